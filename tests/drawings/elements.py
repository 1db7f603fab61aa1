"""What a message is made of as a person sees it, whatever chat sent it: for drawings, and to count its lines."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style. `url` makes them a link."""

    text: str
    is_bold: bool = False
    is_code: bool = False
    url: str = ""


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
    """A table: its head, then its rows. `rights` are the columns of numbers. One with pages shows the first."""

    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]
    rights: frozenset[int]
    caption: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """A picture. `url` holds its bytes."""

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
class Control:
    """A button or a menu. `options` are a menu's labels and what stands below each."""

    label: str
    look: Look = Look.PLAIN
    options: tuple[tuple[str, str], ...] = ()


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


Element: TypeAlias = TextLines | Code | Grid | Image | Controls | Row | Rule | Attached


@dataclass(frozen=True, slots=True)
class Card:
    """One message. `accent` is the colour at its side, if the chat shows one."""

    elements: tuple[Element, ...] = field(repr=False)
    accent: str = ""
