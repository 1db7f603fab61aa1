"""The text that a person reads in Discord's components: every word, in order, however it is split."""

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
    """A message as it is sent, with its files."""
    made: dict[str, object] = json.loads(json.dumps({"flags": message.flags, "components": message.components}))
    return made


def squashed(text: str) -> str:
    """Only letters and digits, so that a line split between two components still matches."""
    return _UNSEEN.sub("", text)


def read(components: Iterable[Any]) -> str:
    """Every text and alt text of components, with times as in plain text."""
    return "".join(_read(each) for each in nested(list(components)))


def missing(text: str, found: tuple[Message, ...]) -> list[str]:
    """The words of a plain text that the messages lack; a link's address may follow its label.

    A file's description may begin with a capital: it is shown as a sentence.
    """
    components = [component for message in found for component in message.components]
    raw = "".join(str(each.get("content", "")) for each in nested(components))
    places = squashed(read(components)), squashed(raw)
    words = (squashed(word).strip("():") for word in text.split())
    spelled = ((word, {word, f"{word[:1].upper()}{word[1:]}"}) for word in words if word.strip("-"))
    return [word for word, forms in spelled if not any(form in place for place in places for form in forms)]


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
    """The plain-text forms of a time, with and without the year, since Discord decides how to show it."""
    at = _EPOCH + timedelta(seconds=int(found[1]))
    other_year = at.replace(year=at.year - 1 if at.year > 1 else 2, day=1)
    return f"{moment_text(at)} {moment_text(at, other_year)}"
