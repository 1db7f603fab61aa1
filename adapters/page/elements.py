"""The elements of a message or form as a person sees them, for any chat."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style. `url` makes them a link, `command` a name that is pressed to type it."""

    text: str
    is_bold: bool = False
    is_code: bool = False
    url: str = ""
    command: str = ""


Line: TypeAlias = tuple[Run, ...]


class Size(StrEnum):
    """How large words are."""

    HEADING = "heading"
    BODY = "body"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class TextLines:
    """Lines one under the other."""

    lines: tuple[Line, ...]
    size: Size = Size.BODY


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its head, then its rows. `rights` are the columns of numbers. One with pages is sortable."""

    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]
    rights: frozenset[int]
    caption: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """A picture at an address, or its alt text if there is none."""

    url: str
    alt: str


class Look(StrEnum):
    """How a control looks."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"
    LINK = "link"
    MENU = "menu"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a menu's options. `below` stands under its label."""

    label: str
    value: str
    below: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a button asks before it is pressed."""

    title: str
    text: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Control:
    """A button, a link or a menu. A press sends back its `id` and `value`, or the value of an option."""

    label: str
    look: Look = Look.PLAIN
    id: str = ""
    value: str = ""
    url: str = ""
    options: tuple[Choice, ...] = ()
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Controls:
    """Buttons and menus beside each other."""

    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Lines of text with a button at their end."""

    text: TextLines
    control: Control


@dataclass(frozen=True, slots=True)
class Rule:
    """A line between two things."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to download."""

    name: str
    url: str = ""


Element: TypeAlias = TextLines | Code | Grid | Image | Controls | Row | Rule | Attached


@dataclass(frozen=True, slots=True)
class Card:
    """One message. `accent` is the colour at its side, if the chat shows one."""

    elements: tuple[Element, ...] = field(repr=False)
    accent: str = ""


class Entry(StrEnum):
    """How a field of a form is filled in."""

    TEXT = "text"
    LINES = "lines"
    NUMBER = "number"
    TIME = "time"
    ONE = "one"
    SEVERAL = "several"
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True)
class Input:
    """One field. `most` is how many values it takes; `low` and `high` bound a number."""

    name: str
    label: str
    hint: str
    entry: Entry
    is_required: bool
    given: tuple[str, ...] = ()
    placeholder: str = ""
    options: tuple[Choice, ...] = ()
    most: int = 1
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A modal. `send` and `cancel` are on its buttons."""

    title: str
    send: str
    cancel: str
    inputs: tuple[Input, ...]
    intro: str = ""
