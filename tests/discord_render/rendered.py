"""What a person reads in Discord's components: every word of them, in order, however they are cut."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.discord.render import Message
from bot.domain.clock import moment_text
from tests.standins.discord_server.components import nested
from tests.standins.discord_server.markdown import visible_text

_TIME = re.compile(r"⟪t:(-?[0-9]+):[ft]⟫")
_UNSEEN = re.compile("[\\s\u200b\u2066-\u2069]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sent(message: Message) -> dict[str, object]:
    """A message as it goes over the wire, its files beside it."""
    made: dict[str, object] = json.loads(json.dumps({"flags": message.flags, "components": message.components}))
    return made


def squashed(text: str) -> str:
    """Letters alone, so that a line cut between two components reads as it did."""
    return _UNSEEN.sub("", text)


def read(components: Iterable[Any]) -> str:
    """Every text and every alt text of components, times as plain text has them."""
    return "".join(_read(each) for each in nested(list(components)))


def missing(text: str, found: tuple[Message, ...]) -> list[str]:
    """The words of a plain text that nobody finds in the messages, where a link's address may be behind its words."""
    components = [component for message in found for component in message.components]
    raw = "".join(str(each.get("content", "")) for each in nested(components))
    places = squashed(read(components)), squashed(raw)
    words = (squashed(word).strip("():") for word in text.split())
    return [word for word in words if word.strip("-") and not any(word in place for place in places)]


def _read(component: dict[str, object]) -> str:
    match component:
        case {"type": 10, "content": str(content)}:
            return _TIME.sub(_plain_time, visible_text(content)).replace("\u00a0", " ") + "\n"
        case {"type": 13, "file": {"url": str(url)}}:
            return f"File {url.removeprefix('attachment://')}:\n"
        case {"type": 12, "items": list(items)}:
            return "".join(f"Picture: {item['description']}\n" for item in items)
        case _:
            return ""


def _plain_time(found: re.Match[str]) -> str:
    """As plain text has it, with and without the year, which Discord shows as it likes."""
    at = _EPOCH + timedelta(seconds=int(found[1]))
    other_year = at.replace(year=at.year - 1 if at.year > 1 else 2, day=1)
    return f"{moment_text(at)} {moment_text(at, other_year)}"
