"""Text displays, labels and what they may hold; components are plain dictionaries, as they are sent."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from adapters.discord.files import Attachment
from adapters.discord.local_words import servers
from adapters.discord.markdown import line, unpinged
from bot.reply.cutting import cut, length

Component: TypeAlias = dict[str, Any]
"""One component of a message or a modal, or one option of a menu, as it is sent."""

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 10, 12, 13, 14, 17, 18

MAX_DISPLAY = 2_000
"""Characters in one text display: half of what a message takes, so that a message is never left half empty."""
NOTHING = "–"
"""Stands where Discord wants a character and there is none to show."""


@dataclass(frozen=True, slots=True)
class Group:
    """Components that are not parted, and the files that they show."""

    components: tuple[Component, ...] = ()
    files: tuple[Attachment, ...] = ()

    def __add__(self, other: Self) -> "Group":
        return Group(self.components + other.components, self.files + other.files)


def lines(made: Iterable[str], mark: str = "") -> Iterator[str]:
    """Pieces of markdown as one line, or as several where they are too long for one; `mark` stands before each."""
    held: list[str] = []
    size = len(mark) + 2  # room for what `line` may add
    for piece in made:
        more = length(piece) + 1
        if held and size + more > MAX_DISPLAY:
            yield from _line(held, mark)
            held, size = [], len(mark) + 2
        held.append(piece)
        size += more
    yield from _line(held, mark)


def displays(rows: Iterable[Sequence[str]]) -> Iterator[Component]:
    """Lines as text displays, as few as take them; the lines of one row stay together where they fit."""
    held: list[str] = []
    size = 0
    for row in filter(None, rows):
        together = "\n".join(row)
        for each in (together,) if length(together) <= MAX_DISPLAY else row:
            if held and size + length(each) + 1 > MAX_DISPLAY:
                yield display("\n".join(held))
                held, size = [], 0
            held.append(each)
            size += length(each) + 1
    if held:
        yield display("\n".join(held))


def display(content: str) -> Component:
    """One text display."""
    return {"type": TEXT_DISPLAY, "content": content}


def label(text: str, most: int) -> str:
    """Foreign text for a place that reads no markup, cut with an ellipsis where it is too long; never empty."""
    words = unpinged(servers(text))
    return cut(words if words.strip() else NOTHING, most)


def _line(held: list[str], mark: str) -> Iterator[str]:
    whole = line(held)
    if whole:
        yield f"{mark}{whole}"
