"""Words as Slack takes them: how long it finds them, where they are cut, and what they may not look like.

Blocks are plain dictionaries here: slack_sdk's models know them all (the tests hold every block to that), but making
one of each costs half a millisecond a block, and an answer has ten.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias, TypeVar

from bot.reply.clean import shown, visible

Block: TypeAlias = dict[str, object]
"""One object of Block Kit as it is sent: a block, an element of one, a text object, a view."""
Group: TypeAlias = tuple[Block, ...]
"""Blocks that are not parted: a caption and its table."""

MAX_TEXT = 3_000
"""Characters in a text object."""
NOTHING = "–"
"""Stands where Slack wants a character and there is none to show."""

T = TypeVar("T")
_PIECE = 1_000  # characters; a longer text is taken apart
_MENTION = re.compile("<(?=[!@#])")


def length(text: str) -> int:
    """How long a text is to Slack at most: in UTF-16 units, as JavaScript counts; no other count is larger."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def weight(value: object) -> int:
    """How much text an object of Block Kit holds in all, addresses and values of buttons included."""
    match value:
        case str():
            return length(value)
        case dict():
            return sum([weight(item) for key, item in value.items() if key != "type"])
        case list() | tuple():
            return sum(map(weight, value))
        case _:
            return 0


def words(text: str) -> str:
    """Foreign text for a place that reads no markup, empty where nothing of it can be seen.

    `<!channel>` and its like mention nobody there; they are still broken by a character of no width, because a client
    or an integration that reads only a message's text gets it from its blocks.
    """
    clean = _MENTION.sub("<\u2060", shown(text))
    return clean if clean.strip() else ""


def cut(text: str, most: int) -> str:
    """The text, its end replaced by an ellipsis where it is longer than Slack takes."""
    if length(text) <= most:
        return text
    short = text[: most - 1]
    while length(short) > most - 1:
        short = short[:-1]
    return f"{short}…"


def plain(text: str, most: int = MAX_TEXT) -> Block:
    """A plain_text object: no markup, no emoji codes."""
    return {"type": "plain_text", "text": cut(words(text) or NOTHING, most), "emoji": False}


def pieces(text: str) -> Iterator[str]:
    """A text in pieces of 1,000 characters at most, taken apart between words where it has any."""
    text = visible(text)
    while len(text) > _PIECE:
        end = text.rfind(" ", _PIECE // 2, _PIECE) + 1 or _PIECE
        yield text[:end]
        text = text[end:]
    yield text


def batches(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """The items in their order, so many at a time."""
    return (items[start : start + most] for start in range(0, len(items), most))
