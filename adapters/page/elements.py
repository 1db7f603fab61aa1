"""Platform-neutral elements of a message or form on the page, parsed from Slack's and Discord's payloads."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style. `url` makes it a link; `command` makes it a button that types the command."""

    text: str
    is_bold: bool = False
    is_code: bool = False
    url: str = ""
    command: str = ""


Line: TypeAlias = tuple[Run, ...]


class Size(StrEnum):
    """Text size."""

    HEADING = "heading"
    BODY = "body"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class TextLines:
    """Lines of text."""

    lines: tuple[Line, ...]
    size: Size = Size.BODY


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `rights` are the indexes of right-aligned columns. If it has a `page` size, it is sortable."""

    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]
    rights: frozenset[int]
    caption: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, or its alt text if it has no URL."""

    url: str
    alt: str


class Look(StrEnum):
    """The style of a control."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"
    LINK = "link"
    MENU = "menu"


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a menu. `below` is shown under its label."""

    label: str
    value: str
    below: str = ""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The confirmation dialog of a button."""

    title: str
    text: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Control:
    """A button, a link or a menu. A press sends its `id` and its `value`, or that of the chosen option."""

    label: str
    look: Look = Look.PLAIN
    id: str = ""
    value: str = ""
    url: str = ""
    options: tuple[Choice, ...] = ()
    confirmation: Confirmation | None = None


@dataclass(frozen=True, slots=True)
class Controls:
    """Buttons and menus in a row."""

    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Lines of text with a button beside them."""

    text: TextLines
    control: Control


@dataclass(frozen=True, slots=True)
class Rule:
    """A divider."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to download."""

    name: str
    url: str = ""


Element: TypeAlias = TextLines | Code | Grid | Image | Controls | Row | Rule | Attached


@dataclass(frozen=True, slots=True)
class Card:
    """A message. `accent` is the colour at its side, if the platform shows one."""

    elements: tuple[Element, ...] = field(repr=False)
    accent: str = ""


class Entry(StrEnum):
    """The kind of a form field."""

    TEXT = "text"
    LINES = "lines"
    NUMBER = "number"
    TIME = "time"
    ONE = "one"
    SEVERAL = "several"
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True)
class Input:
    """One field. `max_values` is how many values it takes; `low` and `high` bound a number."""

    name: str
    label: str
    hint: str
    entry: Entry
    is_required: bool
    given: tuple[str, ...] = ()
    placeholder: str = ""
    options: tuple[Choice, ...] = ()
    max_values: int = 1
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A modal. `send` and `cancel` are the labels of its buttons."""

    title: str
    send: str
    cancel: str
    inputs: tuple[Input, ...]
    intro: str = ""
