"""The reply model: spans make text, parts make layout, actions make calls. No markup, no platform, no limits of one.

Every string may hold hostile text (a title, a user name, the API's words): renderers escape all of them and mention
nobody.
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
    """Text without emphasis."""

    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    """Emphasised text."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Text to type or copy verbatim: a command, an id."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Text linked to an https address."""

    text: str
    url: str
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """A time (aware), shown in the reader's time zone if the platform can, else in UTC.

    `now` is when the reply is written; pass it if `at` may be in another year, so that the year is shown.
    """

    at: datetime
    now: datetime | None = None

    @property
    def is_near(self) -> bool:
        """Whether it is less than half a day before `now`, or an hour after it: then the time of day is enough."""
        return self.now is not None and timedelta(hours=-1) < self.now - self.at < timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Mention:
    """A person, named and if possible linked, but never notified."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel by id: the platform shows its name if the reader may know it."""

    id: str


Span: TypeAlias = Plain | Bold | Code | Link | Time | Mention | Channel
Text: TypeAlias = tuple[Span, ...]


def text(*pieces: str | Span) -> Text:
    """Build a text from spans and strings, dropping empty ones."""
    spans = (Plain(piece) if isinstance(piece, str) else piece for piece in pieces)
    return tuple(span for span in spans if not (isinstance(span, Plain) and not span.text))


def bold(words: Text) -> Text:
    """Make the text's words, names and links bold."""
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
    """Named values, side by side if there is room."""

    fields: tuple[Field, ...]


class Align(StrEnum):
    """Alignment of a column: words left, numbers right."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's header."""

    name: str
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, each as long as `columns`. `caption` is the table's title."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG. `alt` states the finding, for readers who can't see the picture; `name` ends in .png."""

    name: str
    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that isn't drawn yet: a chat shows the rest of the card first. `draw` returns None if it fails.

    Stored messages hold the picture instead.
    """

    draw: Callable[[], Awaitable[Picture | None]]


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: freshness, caveats, sources."""

    text: Text


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between two parts."""


class Weight(StrEnum):
    """Effect of a button: none in particular, confirming a payment, or ending something."""

    NORMAL = "normal"
    CONFIRM = "confirm"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A call with a label of at most 80 characters. CONFIRM and DANGER act at once: their card is the question."""

    label: str
    call: Call
    weight: Weight = Weight.NORMAL


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button that opens an https address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a listing. `line` has the content of the cells as one line, without headers."""

    name: Text
    cells: tuple[Text, ...]
    line: Text
    button: Button | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Things of one kind, one per row. `columns` are the headers of the names and of the cells after them.

    A platform without buttons in rows offers them as a menu; its placeholder `choice` names what it opens.
    """

    caption: str
    columns: tuple[Column, ...]
    items: tuple[Item, ...]
    choice: str = ""

    @property
    def table(self) -> Table:
        """The same rows as a table, without buttons."""
        return Table(self.caption, self.columns, tuple((item.name, *item.cells) for item in self.items))


Part: TypeAlias = Paragraph | Fields | Table | Listing | Picture | Drawing | Note | Divider


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the label shown and the value sent."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Select:
    """Up to 25 options; the chosen value becomes the call's argument `argument`."""

    placeholder: str
    call: Call
    argument: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class MenuOption:
    """A call with a label of at most 75 characters and a shorter description below it."""

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
    """A file to download, in memory."""

    name: str
    content: bytes
    media_type: str
    description: str


@dataclass(frozen=True, slots=True)
class LargeFile:
    """A file to download, on disk. Never stored with a message."""

    name: str
    content: Spool
    media_type: str
    description: str


class Tone(StrEnum):
    """The colour of a reply: information, success, warning or error."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Reply:
    """One card.

    `summary` states the finding in a sentence or two that stand alone: every renderer shows it first, below the title,
    and a notification may show nothing else, so `parts` don't repeat it. `strong` are the words in it to show in bold,
    in order. `public_line` is a short line for the whole channel about money spent or a tracking stopped; empty
    otherwise. `changes_settings`: pages that show the settings are out of date.

    `reports` are keys of outbox messages to withdraw once the person has this reply, since they report the same;
    `announces` of those to withdraw once its public line is posted. `shared_as` is the call that shows the same card
    again, if the card may be posted to the channel. `is_silent`: posting it notifies nobody, on platforms with silent
    posts.
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
    """The reply without pictures, to show until they are drawn."""
    return replace(reply, parts=tuple(part for part in reply.parts if not isinstance(part, Picture | Drawing)))


def pictures_only(reply: Reply) -> Reply:
    """Only the reply's pictures, for a separate message."""
    return Reply("", parts=tuple(part for part in reply.parts if isinstance(part, Picture)))


async def picture_of(part: Picture | Drawing | None) -> Picture | None:
    """The picture, drawn if necessary; None if there is none, or drawing fails."""
    return await part.draw() if isinstance(part, Drawing) else part


async def drawn(reply: Reply) -> Reply:
    """The reply with its pictures drawn; those that fail are dropped."""
    parts: list[Part] = []
    for part in reply.parts:
        shown = await picture_of(part) if isinstance(part, Drawing) else part
        if shown is not None:
            parts.append(shown)
    return replace(reply, parts=tuple(parts))
