"""Words as Slack takes them: what they weigh, and what they may not look like.

Blocks are plain dictionaries here: slack_sdk's models know them all (the tests hold every block to that), but making
one of each costs half a millisecond a block, and an answer has ten.
"""

import re
from typing import TypeAlias

from bot.reply.clean import shown
from bot.reply.cutting import cut, length

Block: TypeAlias = dict[str, object]
"""One object of Block Kit as it is sent: a block, an element of one, a text object, a view."""
Group: TypeAlias = tuple[Block, ...]
"""Blocks that are not parted: a caption and its table."""

MAX_TEXT = 3_000
"""Characters in a text object."""
NOTHING = "–"
"""Stands where Slack wants a character and there is none to show."""
PIECE = 1_000
"""Characters; a longer span is taken apart."""

_MENTION = re.compile("<(?=[!@#])")


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


def plain(text: str, most: int = MAX_TEXT) -> Block:
    """A plain_text object: no markup, no emoji codes."""
    return {"type": "plain_text", "text": cut(words(text) or NOTHING, most), "emoji": False}
