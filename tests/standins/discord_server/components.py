"""Validate messages and modals: against Discord's description, and against documented rules that it lacks.

The bot writes every message in Components V2, so content, embeds, polls and stickers are refused, not modelled.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from tests.standins.discord_server.api_spec import problems

Json: TypeAlias = dict[str, Any]

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
TEXT_DISPLAY, FILE, LABEL = 10, 13, 18
COMPONENTS_V2, EPHEMERAL, SUPPRESS_NOTIFICATIONS = 1 << 15, 1 << 6, 1 << 12
LINK_STYLE = 5
MAX_COMPONENTS = 40
MAX_TEXT = 4000
MAX_MODAL_COMPONENTS = 5
_LEGACY = ("content", "embeds", "poll", "sticker_ids")
_FILE_NAME = re.compile(r"[A-Za-z0-9._-]+")
_ADDRESS = re.compile(r"(https?|attachment)://[^\s/]\S*")


def validate(message: object, *, attached: Collection[str] = ()) -> list[str]:
    """The problems that make Discord refuse a message, each starting with its JSON path.

    `attached` are names of files that are sent without being listed in the message's `attachments`.
    """
    found = problems("MessageCreateRequest", message)
    return found or message_problems(message, attached) if isinstance(message, dict) else found


def validate_modal(modal: object) -> list[str]:
    """The problems that make Discord refuse a callback that opens a modal."""
    found = problems("ModalInteractionCallbackRequestData", modal)
    return found or modal_problems(modal) if isinstance(modal, dict) else found


def message_problems(message: Json, attached: Collection[str] = ()) -> list[str]:
    """The undescribed rules that a valid message breaks."""
    return [*_envelope(message), *_placed(message.get("components")), *_references(message, attached)]


def modal_problems(modal: Json) -> list[str]:
    """The undescribed rules that a valid modal breaks."""
    found = list(_placed(modal["components"]))
    if len(modal["components"]) > MAX_MODAL_COMPONENTS:
        found.append(f"/components must have at most {MAX_MODAL_COMPONENTS} items")
    if any(each["type"] == ACTION_ROW for each in modal["components"]):
        found.append("/components has an action row: put each field into a label")
    return found


def nested(components: object) -> Iterator[Json]:
    """Every component, including those inside rows, sections, containers, accessories and labels."""
    return (each for _, each in _walk(components, ""))


def _walk(components: object, where: str) -> Iterator[tuple[str, Json]]:
    for index, each in enumerate(components) if isinstance(components, list) else ():
        if isinstance(each, dict):
            yield from _with_inner(each, f"{where}/{index}")


def _with_inner(component: Json, where: str) -> Iterator[tuple[str, Json]]:
    yield where, component
    yield from _walk(component.get("components"), f"{where}/components")
    for key in ("accessory", "component"):
        if isinstance(component.get(key), dict):
            yield from _with_inner(component[key], f"{where}/{key}")


def _envelope(message: Json) -> Iterator[str]:
    flags = message.get("flags") or 0
    if not flags & COMPONENTS_V2 or flags & ~(COMPONENTS_V2 | EPHEMERAL | SUPPRESS_NOTIFICATIONS):
        yield "/flags must be those of Components V2, ephemeral and silent at most"
    for key in _LEGACY:
        if message.get(key):
            yield f"/{key} cannot be used with Components V2 (MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_V2)"
    found = list(nested(message.get("components")))
    if not found:
        yield "/components must not be empty"
    if len(found) > MAX_COMPONENTS:
        yield f"/components has {len(found)} components in all, more than {MAX_COMPONENTS}"
    length = sum(len(each["content"]) for each in found if each["type"] == TEXT_DISPLAY)
    if length > MAX_TEXT:
        yield f"/components has {length} characters of text in all, more than {MAX_TEXT}"


def _placed(components: object) -> Iterator[str]:
    """The problems of single components, and repeated ids."""
    found = list(_walk(components, "/components"))
    for where, each in found:
        if each["type"] == TEXT_DISPLAY and not each["content"].strip():
            yield f"{where}/content must be more than white space (BASE_TYPE_REQUIRED)"
        elif each["type"] == BUTTON:
            yield from _button(each, where)
        elif each["type"] == STRING_SELECT:
            yield from _select(each, where)
        elif each["type"] == ACTION_ROW and len(each["components"]) > 1:
            if any(inner["type"] != BUTTON for inner in each["components"]):
                yield f"{where}/components must be up to five buttons or one menu"
        elif each["type"] == TEXT_INPUT and not (each.get("min_length") or 0) <= (each.get("max_length") or 4000):
            yield f"{where}/min_length must not be more than max_length"
    for key in ("custom_id", "id"):
        for value in _repeated(each[key] for _, each in found if each.get(key)):
            yield f"/components has the {key} {value} twice (COMPONENT_CUSTOM_ID_DUPLICATED)"


def _button(button: Json, where: str) -> Iterator[str]:
    needed, other = ("url", "custom_id") if button["style"] == LINK_STYLE else ("custom_id", "url")
    if not button.get(needed) or button.get(other):
        yield f"{where} with style {button['style']} must have {needed} and not {other}"
    if not button.get("label"):
        yield f"{where}/label is missing"
    if button.get("url") and not _ADDRESS.fullmatch(button["url"]):
        yield f"{where}/url is not a well formed URL with the scheme http or https"


def _select(menu: Json, where: str) -> Iterator[str]:
    least, most = menu.get("min_values"), menu.get("max_values") or 1
    least = 1 if least is None else least
    yield from (
        f"{where}/options has the value {each} twice" for each in _repeated(o["value"] for o in menu["options"])
    )
    if not least <= most <= len(menu["options"]):
        yield f"{where}/max_values must be from min_values to the number of options"
    chosen = [each for each in menu["options"] if each.get("default")]
    if chosen and not least <= len(chosen) <= most:
        yield f"{where} has {len(chosen)} options chosen at first, which min_values and max_values do not allow"


def _repeated(values: Iterable[Any]) -> list[str]:
    names = [str(each) for each in values]
    return sorted({name for name in names if names.count(name) > 1})


def _references(message: Mapping[str, Any], attached: Collection[str]) -> Iterator[str]:
    """The problems of media addresses: files shown but not sent, or sent but not shown."""
    shown = set()
    for url in _media(message.get("components")):
        name = url.removeprefix("attachment://")
        if not _ADDRESS.fullmatch(url):
            yield f"{url} is not a well formed URL with the scheme http, https or attachment"
        if url != name:
            shown.add(name)
            if not _FILE_NAME.fullmatch(name):
                yield f"{url} has other characters than letters, digits, dots, dashes and underscores"
    named = {each["filename"] for each in message.get("attachments") or () if each.get("filename")} | set(attached)
    yield from (f"attachment://{name} is not among the attachments" for name in sorted(shown - named))
    yield from (f"{name} is attached and shown by no component: nobody would see it" for name in sorted(named - shown))


def _media(components: object) -> Iterator[str]:
    for each in nested(components):
        for place in (each, *each.get("items", ())):
            yield from (place[key]["url"] for key in ("media", "file") if key in place)
