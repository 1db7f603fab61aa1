"""The bot's own words as Discord's people know them: a server for a workspace, moments in the reader's time zone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.reply.model import Plain, Time

_MOMENT = re.compile(r"\b([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}) UTC\b", re.ASCII)
_BEFORE = (
    *("linked to", "link", "known for", "stored for", "stored here for", "in", "of", "from", "disconnect", "spend in"),
    *("manage", "manages", "members of"),
)
_WORKSPACE = re.compile(
    rf"(\b(?:{'|'.join(_BEFORE)}) (?:this|the|another)|^This|\. This|\bthe(?= workspace's cap)) workspace\b",
    re.IGNORECASE | re.MULTILINE,
)
"""The phrases of the bot's own sentences; titles, which hold any words, hardly ever have one of them."""


def servers(text: str) -> str:
    """The text with the word that Discord has for a workspace."""
    return _WORKSPACE.sub(r"\1 server", text)


def local(text: str) -> Iterator[Plain | Time]:
    """The text in pieces: words, and moments that Discord shows in the zone of whoever reads."""
    for number, piece in enumerate(_MOMENT.split(servers(text))):
        moment = _moment(piece) if number % 2 else None
        if moment is not None:
            yield Time(moment)
        elif number % 2:
            yield Plain(f"{piece} UTC")
        elif piece:
            yield Plain(piece)


def _moment(text: str) -> datetime | None:
    """None for a date that no calendar has."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None
