"""What Discord would refuse in a message: components of either version, embeds, attachments and allowed mentions.

Pure, so a renderer's tests need no server. Discord ignores keys that it does not know; here they are mistakes.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from tests.standins.discord_server import classic
from tests.standins.discord_server.elements import ACTION_ROW, BUTTON_SHAPE, ID, ROW
from tests.standins.discord_server.shapes import address, by_type, maybe, no_repeats, snowflake, words
from tests.standins.slack.shapes import Check, among, array, flag, integer, shape, string

Json: TypeAlias = dict[str, Any]

SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
COMPONENTS_V2, EPHEMERAL = 1 << 15, 1 << 6
MOST_COMPONENTS = 40
MOST_TEXT = 4000
MOST_FILES = 10
_FILE_NAME = re.compile(r"[A-Za-z0-9._-]+")
_SENDABLE_FLAGS = 1 << 2 | EPHEMERAL | 1 << 12 | COMPONENTS_V2

_DESCRIPTION = maybe(string(1024))
_MEDIA = shape({"url": address(2048, "http", "https", "attachment")})
_PICTURE: dict[str, Check] = {"description": _DESCRIPTION, "spoiler": maybe(flag())}
TEXT = shape({"type": among(TEXT_DISPLAY), "content": words(MOST_TEXT)}, ID)
_ACCESSORY = by_type(
    {2: BUTTON_SHAPE, THUMBNAIL: shape({"type": among(THUMBNAIL), "media": _MEDIA}, {**ID, **_PICTURE})},
    "accessory of a section",
)
_IN_CONTAINER: dict[int, Check] = {
    ACTION_ROW: ROW,
    TEXT_DISPLAY: TEXT,
    SECTION: shape(
        {
            "type": among(SECTION),
            "components": array(by_type({TEXT_DISPLAY: TEXT}, "text of a section"), 3),
            "accessory": _ACCESSORY,
        },
        ID,
    ),
    MEDIA_GALLERY: shape(
        {"type": among(MEDIA_GALLERY), "items": array(shape({"media": _MEDIA}, _PICTURE), 10)},
        ID,
    ),
    FILE: shape(
        {"type": among(FILE), "file": shape({"url": address(2048, "attachment")})}, {**ID, "spoiler": maybe(flag())}
    ),
    SEPARATOR: shape({"type": among(SEPARATOR)}, {**ID, "divider": maybe(flag()), "spacing": maybe(integer(1, 2))}),
}
_LAYOUT: dict[int, Check] = {
    **_IN_CONTAINER,
    CONTAINER: shape(
        {
            "type": among(CONTAINER),
            "components": array(by_type(_IN_CONTAINER, "component of a container"), MOST_COMPONENTS),
        },
        {**ID, "accent_color": maybe(integer(0, 0xFFFFFF)), "spoiler": maybe(flag())},
    ),
}
_LAYOUTS = array(by_type(_LAYOUT, "component of a message"), MOST_COMPONENTS, least=0)
_ROWS = array(by_type({ACTION_ROW: ROW}, "component of a message without the flag for Components V2"), 5, least=0)
_ATTACHMENT = shape(
    {"id": snowflake},
    {
        "filename": maybe(string(1024)),
        "description": maybe(string(1024, least=0)),
        "title": maybe(string(1024, least=0)),
        "is_spoiler": maybe(flag()),
        **dict.fromkeys(("content_type", "size", "url", "proxy_url", "height", "width", "flags"), lambda *_: iter(())),
    },
)


def _no_both(value: Any, where: str) -> Iterator[str]:
    for kind in ("users", "roles"):
        yield from no_repeats(value.get(kind), f"{where}/{kind}")
        if kind in (value.get("parse") or ()) and value.get(kind):
            yield f"{where}/parse has {kind} and so has {where}/{kind}: they are mutually exclusive"


_ALLOWED_MENTIONS = shape(
    {},
    {
        "parse": maybe(array(among("roles", "users", "everyone"), 3, least=0)),
        **dict.fromkeys(("users", "roles"), maybe(array(snowflake, 100, least=0))),
        "replied_user": maybe(flag()),
    },
    also=_no_both,
)


def validate(message: object, *, attached: Collection[str] = ()) -> list[str]:
    """What Discord would refuse in a message, a sentence each with its place; nothing when all is right.

    `message` is the body of a new message, of an edit or of an interaction's answer; `attached` are names of files that
    go along without standing in its `attachments`.
    """
    if not isinstance(message, Mapping):
        return ["the message must be an object"]
    flags = message.get("flags") or 0
    problems = list(_envelope(message, flags))
    is_v2 = isinstance(flags, int) and bool(flags & COMPONENTS_V2)
    if is_v2:
        problems += _v2(message)
    else:
        problems += [*maybe(_ROWS)(message.get("components"), "/components"), *classic.problems(message, attached)]
    components = message.get("components")
    found = list(nested(components)) if isinstance(components, list) else []
    problems += [*_ids(found), *_references(message, found, attached, is_v2=is_v2)]
    return problems


def nested(components: object) -> Iterator[Json]:
    """Every component, with what is inside of it: those of rows, sections and containers, accessories and labelled."""
    for each in components if isinstance(components, list) else ():
        if isinstance(each, dict):
            yield each
            yield from nested(each.get("components"))
            yield from nested([each.get(key) for key in ("accessory", "component") if each.get(key)])


def _envelope(message: Mapping[str, Any], flags: object) -> Iterator[str]:
    if not isinstance(flags, int) or flags & ~_SENDABLE_FLAGS:
        yield "/flags has flags that cannot be sent"
    yield from maybe(array(_ATTACHMENT, MOST_FILES, least=0))(message.get("attachments"), "/attachments")
    yield from maybe(_ALLOWED_MENTIONS)(message.get("allowed_mentions"), "/allowed_mentions")
    yield from maybe(string(25))(message.get("nonce") if isinstance(message.get("nonce"), str) else None, "/nonce")
    for key in sorted(set(message) - classic.KEYS):
        yield f"/{key} is not a valid property"


def _v2(message: Mapping[str, Any]) -> Iterator[str]:
    for key in ("content", "embeds", "poll", "sticker_ids"):
        if message.get(key):
            yield f"/{key} cannot be used with the flag for Components V2 (MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_V2)"
    yield from _LAYOUTS(message.get("components"), "/components")
    found = list(nested(message.get("components")))
    if not found:
        yield "/components must not be empty with the flag for Components V2"
    if len(found) > MOST_COMPONENTS:
        yield f"/components has {len(found)} components in all, more than {MOST_COMPONENTS}"
    length = sum(len(str(each.get("content"))) for each in found if each.get("type") == TEXT_DISPLAY)
    if length > MOST_TEXT:
        yield f"/components has {length} characters of text in all, more than {MOST_TEXT}"


def _ids(found: list[Json]) -> Iterator[str]:
    names = [str(each["custom_id"]) for each in found if each.get("custom_id")]
    numbers = [str(each["id"]) for each in found if each.get("id")]
    for kind, values in (("custom_id", names), ("id", numbers)):
        for value in sorted({value for value in values if values.count(value) > 1}):
            yield f"/components has the {kind} {value} twice (COMPONENT_CUSTOM_ID_DUPLICATED)"


def references(message: Mapping[str, Any]) -> list[str]:
    """The names of the attachments that a message's components and embeds show."""
    places: list[Any] = []
    for each in nested(message.get("components")):
        items = each.get("items")
        places += [each, *(items if isinstance(items, list) else ())]
    embeds = message.get("embeds")
    places += embeds if isinstance(embeds, list) else ()
    media = [
        each.get(key) for each in places if isinstance(each, dict) for key in ("media", "file", "image", "thumbnail")
    ]
    urls = [str(each.get("url")) for each in media if isinstance(each, dict)]
    return [url.removeprefix("attachment://") for url in urls if url.startswith("attachment://")]


def _references(
    message: Mapping[str, Any], found: list[Json], attached: Collection[str], *, is_v2: bool
) -> Iterator[str]:
    sent = message.get("attachments")
    files = [each for each in sent if isinstance(each, dict)] if isinstance(sent, list) else []
    named = {str(each["filename"]) for each in files if each.get("filename")} | set(attached)
    shown = references(message)
    for name in shown:
        if name not in named:
            yield f"attachment://{name} is not among the attachments"
        if not _FILE_NAME.fullmatch(name):
            yield f"attachment://{name} has other characters than letters, digits, dots, dashes and underscores"
    if is_v2 and found:
        for name in sorted(named - set(shown)):
            yield f"{name} is attached and shown by no component: nobody would see it"
