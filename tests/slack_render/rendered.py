"""The text that a person reads in blocks: every word, in order, however it is split."""

import re
from typing import Any

from tests.standins.slack.mrkdwn import visible_text

_LINK = re.compile(r"(<https://[^>]*>)")
_UNSEEN = re.compile("[\\s\u2060\u2066-\u2069]+")


def squashed(text: str) -> str:
    """Only letters and digits, so that a line split between two blocks still matches."""
    return _UNSEEN.sub("", text)


def words(text: str) -> list[str]:
    """The words to look for, without what plain text adds: rules under headings, colons, brackets around addresses."""
    found = (squashed(word).strip("():") for word in text.split())
    return [word for word in found if word.strip("-")]


def missing(text: str, blocks: object) -> list[str]:
    """The words of a plain text that the blocks lack; a link's address may follow its label."""
    seen = squashed(read(blocks)), squashed(read(blocks, addresses=True))
    return [word for word in words(text) if not any(word in each for each in seen)]


def read(value: Any, *, addresses: bool = False) -> str:  # noqa: PLR0911 - a return for each kind of text
    """The text of a block, a list of blocks or a view."""
    match value:
        case {"type": "mrkdwn", "text": str(text)}:
            return "".join(_link_or_text(piece, addresses=addresses) for piece in _LINK.split(text))
        case {"type": "link", "url": str(url)}:
            return _link(str(value.get("text", "")), url, addresses=addresses)
        case {"type": "date", "fallback": str(fallback)}:
            return fallback
        case {"type": "channel", "channel_id": str(channel_id)}:
            return channel_id
        case {"type": "data_table", "caption": str(caption), "rows": rows}:
            return f"{caption} {read(rows, addresses=addresses)}"
        case {"type": "image", "alt_text": str(alt)}:
            return f"Picture: {alt}"
        case {"text": str(text)}:
            return text.replace("\u00a0", " ")
        case dict():
            return " ".join(filter(None, (read(item, addresses=addresses) for item in value.values())))
        case list() | tuple():
            return "".join(read(item, addresses=addresses) for item in value)
        case _:
            return ""


def _link_or_text(piece: str, *, addresses: bool) -> str:
    if not _LINK.fullmatch(piece):
        return visible_text(piece)
    url, _, label = piece[1:-1].partition("|")
    return _link(visible_text(label), visible_text(url), addresses=addresses)


def _link(label: str, url: str, *, addresses: bool) -> str:
    return f"{label} ({url})" if addresses and label not in {"", url} else label or url
