"""How long a text is to a chat platform, and where one that is too long may be taken apart."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from bot.reply.clean import visible

T = TypeVar("T")


def length(text: str) -> int:
    """How long a text is at most: in UTF-16 units, as JavaScript counts; no other count is larger."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """The text, its end replaced by an ellipsis where it is longer than that."""
    if length(text) <= most:
        return text
    short = text[: most - 1]
    while length(short) > most - 1:
        short = short[:-1]
    return f"{short}…"


def pieces(text: str, most: int) -> Iterator[str]:
    """The visible text in pieces of so many characters at most, taken apart between words where it has any."""
    text = visible(text)
    while len(text) > most:
        end = text.rfind(" ", most // 2, most) + 1 or most
        yield text[:end]
        text = text[end:]
    yield text


def batches(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """The items in their order, so many at a time."""
    return (items[start : start + most] for start in range(0, len(items), most))
