"""The fields of a message without Components V2: content and embeds."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tests.standins.discord_server.shapes import address, maybe, words
from tests.standins.slack.shapes import among, array, flag, integer, shape, string

KEYS = frozenset(
    {"content", "embeds", "allowed_mentions", "components", "flags", "attachments", "nonce", "enforce_nonce", "tts"}
    | {"message_reference", "sticker_ids", "poll"}
)
MOST_CONTENT = 2000
MOST_IN_EMBEDS = 6000
_PICTURE = shape(
    {"url": address(2048, "http", "https", "attachment")}, {"width": integer(0, 9999), "height": integer(0, 9999)}
)
_LINK = maybe(address(2048, "http", "https"))
_ICON = maybe(address(2048, "http", "https", "attachment"))
_EMBED = shape(
    {},
    {
        "type": among("rich"),
        "title": maybe(string(256, least=0)),
        "description": maybe(string(4096, least=0)),
        "url": _LINK,
        "timestamp": maybe(string(40)),
        "color": maybe(integer(0, 0xFFFFFF)),
        "flags": integer(0, 1 << 10),
        "footer": maybe(shape({"text": string(2048)}, {"icon_url": _ICON})),
        "author": maybe(shape({"name": string(256)}, {"url": _LINK, "icon_url": _ICON})),
        **dict.fromkeys(("image", "thumbnail"), maybe(_PICTURE)),
        "fields": array(shape({"name": words(256), "value": words(1024)}, {"inline": flag()}), 25, least=0),
    },
)


def problems(message: Mapping[str, Any], attached: Collection[str]) -> Iterator[str]:
    """What is wrong with content and embeds, and whether there is anything at all."""
    yield from maybe(string(MOST_CONTENT, least=0))(message.get("content"), "/content")
    embeds = message.get("embeds")
    wrong = list(maybe(array(_EMBED, 10, least=0))(embeds, "/embeds"))
    yield from wrong
    length = 0 if wrong else sum(map(_length, embeds or ()))
    if length > MOST_IN_EMBEDS:
        yield f"/embeds has {length} characters in all, more than {MOST_IN_EMBEDS}"
    others = ("embeds", "components", "attachments", "poll")
    if not attached and not str(message.get("content") or "").strip() and not any(message.get(key) for key in others):
        yield "the message is empty"


def _length(embed: Mapping[str, Any]) -> int:
    parts = [embed.get("title"), embed.get("description")]
    parts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for each in embed.get("fields") or ():
        parts += [each["name"], each["value"]]
    return sum(len(part) for part in parts if part)
