"""The reply: spans make text, parts make layout, actions make calls. No markup, no platform, no limits of theirs.

Every string in here may hold hostile text (a title, a user name, the API's words): a renderer escapes all of them, and
mentions nobody.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from bot.reply.call import Call
from bot.reply.spool import Spool


@dataclass(frozen=True, slots=True)
class Plain:
    """Text as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    """Text that carries the point."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type or copy to the letter: a command, an id."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads to an https address."""

    text: str
    url: str
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """A moment (aware), shown in the reader's time zone if the platform can do that, else in UTC.

    `now` is when the reply is written; give it if `at` may lie in another year, which is then shown.
    """

    at: datetime
    now: datetime | None = None

    @property
    def is_near(self) -> bool:
        """Whether it lies less than half a day before `now`, or an hour after it: then a clock's time is enough."""
        return self.now is not None and timedelta(hours=-1) < self.now - self.at < timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Mention:
    """A person who is named and, where the platform allows it, linked, but never notified."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, named by its id: the platform shows the name that the reader may know."""

    id: str


Span: TypeAlias = Plain | Bold | Code | Link | Time | Mention | Channel
Text: TypeAlias = tuple[Span, ...]


def text(*pieces: str | Span) -> Text:
    """A text from spans and plain strings, the empty ones left out."""
    spans = (Plain(piece) if isinstance(piece, str) else piece for piece in pieces)
    return tuple(span for span in spans if not (isinstance(span, Plain) and not span.text))


def bold(words: Text) -> Text:
    """The text with its words, names and links in bold."""
    return tuple(map(_bold, words))


def _bold(span: Span) -> Span:
    match span:
        case Plain(words):
            return Bold(words)
        case Mention(person_id, name):
            return Bold(name or person_id)
        case Link(words, url):
            return Link(words, url, is_bold=True)
        case _:
            return span


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One named value."""

    name: str
    value: Text


@dataclass(frozen=True, slots=True)
class Fields:
    """Named values, side by side where there is room."""

    fields: tuple[Field, ...]


class Align(StrEnum):
    """How a column is set: words left, numbers right."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a table's column."""

    name: str
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, each row as long as `columns`. `caption` says what the table shows."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG. `alt` states the finding, so that nobody needs to see the picture to know it; `name` ends in .png."""

    name: str
    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that isn't drawn yet: a chat shows the rest of the card first. None if it can't be drawn.

    A stored message holds the picture instead.
    """

    draw: Callable[[], Awaitable[Picture | None]]


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: freshness, caveats, where a number comes from."""

    text: Text


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between two things."""


class Weight(StrEnum):
    """What pressing a button means: nothing much, saying yes to spending, or ending something."""

    NORMAL = "normal"
    CONFIRM = "confirm"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A call under a label of 80 characters at most. CONFIRM and DANGER act at once: their card is the question."""

    label: str
    call: Call
    weight: Weight = Weight.NORMAL


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A label that opens an https address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a listing. `line` states in one line, without the heads, what the cells show under them."""

    name: Text
    cells: tuple[Text, ...]
    line: Text
    button: Button | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Things of one kind, a row each. `columns` are the heads of the names and of the cells after them.

    A platform with no room for a button in a row offers the rows' buttons as a menu, with `choice` as its placeholder.
    """

    caption: str
    columns: tuple[Column, ...]
    items: tuple[Item, ...]
    choice: str = "Open…"

    @property
    def table(self) -> Table:
        """The same rows as a table."""
        return Table(self.caption, self.columns, tuple((item.name, *item.cells) for item in self.items))


Part: TypeAlias = Paragraph | Fields | Table | Listing | Picture | Drawing | Note | Divider


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what is shown and what is sent."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Select:
    """One of up to 25 options; the chosen value becomes the call's argument of that name."""

    placeholder: str
    call: Call
    argument: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class MenuOption:
    """A call under a label of 75 characters at most, with a shorter line about it below."""

    label: str
    call: Call
    description: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """Up to 25 calls in one menu. Choosing one is like pressing its button."""

    placeholder: str
    options: tuple[MenuOption, ...]


Action: TypeAlias = Button | LinkButton | Select | Menu


@dataclass(frozen=True, slots=True)
class File:
    """Something to download."""

    name: str
    content: bytes
    media_type: str
    description: str


@dataclass(frozen=True, slots=True)
class LargeFile:
    """Something to download that stays on disk. It's never stored with a message."""

    name: str
    content: Spool
    media_type: str
    description: str


class Tone(StrEnum):
    """The colour of a reply: news, a success, something to mind, or something that went wrong."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Reply:
    """One card.

    `summary` is the finding in a sentence or two that stand alone: every renderer shows it first, under the title, and
    a notification may show nothing else, so `parts` do not repeat it. `strong` are the words of it that carry the
    point, in their order: they are shown in bold. `public_line` is the one short line that the
    whole channel sees when money was spent or a tracking was stopped; empty otherwise. `changes_settings` says that a
    page which shows the settings is out of date. `reports` are the keys of outbox messages that are withdrawn once the
    person has this reply, since they report the same; `announces` of those withdrawn once its public line is posted.
    `shared_as` is the call that shows the same card again, if the card may be posted to the channel. `is_silent`: a
    post of it notifies nobody, where the platform has such posts.
    """

    summary: str
    title: str = ""
    parts: tuple[Part, ...] = ()
    actions: tuple[Action, ...] = ()
    tone: Tone = Tone.INFO
    files: tuple[File | LargeFile, ...] = ()
    public_line: Text = ()
    changes_settings: bool = False
    reports: tuple[str, ...] = ()
    announces: tuple[str, ...] = ()
    shared_as: Call | None = None
    strong: tuple[str, ...] = ()
    is_silent: bool = False


def has_pictures(reply: Reply) -> bool:
    """Whether the reply has a picture, drawn or not."""
    return any(isinstance(part, Picture | Drawing) for part in reply.parts)


def without_pictures(reply: Reply) -> Reply:
    """The reply to show until its pictures are drawn."""
    return replace(reply, parts=tuple(part for part in reply.parts if not isinstance(part, Picture | Drawing)))


def pictures_alone(reply: Reply) -> Reply:
    """The reply's pictures, for a message of their own."""
    return Reply("", parts=tuple(part for part in reply.parts if isinstance(part, Picture)))


async def picture_of(part: Picture | Drawing | None) -> Picture | None:
    """The picture, drawn now if it isn't yet; None if there is none, or it can't be drawn."""
    return await part.draw() if isinstance(part, Drawing) else part


async def drawn(reply: Reply) -> Reply:
    """The reply with its pictures drawn, without those that can't be."""
    parts: list[Part] = []
    for part in reply.parts:
        shown = await picture_of(part) if isinstance(part, Drawing) else part
        if shown is not None:
            parts.append(shown)
    return replace(reply, parts=tuple(parts))
