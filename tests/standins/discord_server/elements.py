"""What a person can press, choose in or fill in: buttons, menus, and the fields of a modal."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.standins.discord_server.shapes import SNOWFLAKE, address, by_type, maybe, no_repeats, snowflake
from tests.standins.slack.shapes import Check, among, array, flag, integer, shape, string

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = range(
    1, 9
)
FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 19, 21, 22, 23
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
LINK_STYLE, PREMIUM_STYLE = 5, 6

ID = {"id": maybe(integer(0, 2**31 - 1))}
CUSTOM_ID = string(100)


def _emoji_rules(value: Any, where: str) -> Iterator[str]:
    if not value.get("id") and not any(each >= _FIRST_EMOJI for each in value["name"]):
        yield f"{where}/name is no emoji: {value['name']}"


_FIRST_EMOJI = "\u00a9"
_EMOJI = shape({"name": string(32)}, {"id": maybe(snowflake), "animated": flag()}, also=_emoji_rules)


def _button_rules(value: Any, where: str) -> Iterator[str]:
    has = {key for key in ("custom_id", "url", "sku_id", "label", "emoji") if value.get(key)}
    identity = {LINK_STYLE: "url", PREMIUM_STYLE: "sku_id"}.get(value["style"], "custom_id")
    if identity not in has:
        yield f"{where}/{identity} is missing: a button of style {value['style']} needs it"
    for other in sorted({"custom_id", "url", "sku_id"} & has - {identity}):
        yield f"{where}/{other} does not go with style {value['style']}"
    if value["style"] == PREMIUM_STYLE and has & {"label", "emoji"}:
        yield f"{where} cannot have a label or an emoji: its style has its own"
    if value["style"] != PREMIUM_STYLE and not has & {"label", "emoji"}:
        yield f"{where} needs a label or an emoji"


BUTTON_SHAPE = shape(
    {"type": among(BUTTON), "style": integer(1, 6)},
    {
        **ID,
        "custom_id": maybe(CUSTOM_ID),
        "label": maybe(string(80, least=0)),
        "url": maybe(address(512, "http", "https", "discord")),
        "sku_id": maybe(SNOWFLAKE),
        "emoji": maybe(_EMOJI),
        "disabled": maybe(flag()),
    },
    also=_button_rules,
)


def _option(*more: str) -> Check:
    emoji = {"emoji": maybe(_EMOJI)} if "emoji" in more else {}
    return shape(
        {"label": string(100), "value": string(100)},
        {"description": maybe(string(100, least=0)), "default": maybe(flag()), **emoji},
    )


def _range_rules(value: Any, where: str) -> Iterator[str]:
    least, most = value.get("min_values"), value.get("max_values")
    least, most = 1 if least is None else least, 1 if most is None else most
    options = value.get("options")
    if least > most:
        yield f"{where}/min_values must not be more than max_values"
    if options is None:
        chosen = value.get("default_values") or []
    else:
        chosen = [each for each in options if each.get("default")]
        yield from no_repeats([each["value"] for each in options], f"{where}/options")
        if most > len(options):
            yield f"{where}/max_values must not be more than there are options: {len(options)}"
    if chosen and not least <= len(chosen) <= most:
        yield f"{where} has {len(chosen)} values by default, which is not within min_values and max_values"


def _in_modal(value: Any, where: str) -> Iterator[str]:
    yield from _range_rules(value, where)
    if value.get("disabled"):
        yield f"{where}/disabled cannot be set in a modal"
    if value.get("min_values") == 0 and value.get("required", True) is not False:
        yield f"{where}/required must be false for min_values to be 0"


def _selects(also: Check) -> dict[int, Check]:
    own: dict[str, Check] = {
        **ID,
        "placeholder": maybe(string(150, least=0)),
        "min_values": maybe(integer(0, 25)),
        "max_values": maybe(integer(1, 25)),
        **dict.fromkeys(("disabled", "required"), maybe(flag())),
    }
    default: Callable[..., Check] = lambda *kinds: maybe(  # noqa: E731
        array(shape({"id": snowflake, "type": among(*kinds)}), 25, least=0)
    )
    text: dict[str, Check] = {"options": array(_option("emoji"), 25)}
    more: Mapping[int, dict[str, Check]] = {
        USER_SELECT: {"default_values": default("user")},
        ROLE_SELECT: {"default_values": default("role")},
        MENTIONABLE_SELECT: {"default_values": default("user", "role")},
        CHANNEL_SELECT: {"default_values": default("channel"), "channel_types": maybe(array(integer(0, 16), least=0))},
    }
    found = {STRING_SELECT: shape({"type": among(STRING_SELECT), "custom_id": CUSTOM_ID, **text}, own, also=also)}
    for kind, keys in more.items():
        found[kind] = shape({"type": among(kind), "custom_id": CUSTOM_ID}, {**own, **keys}, also=also)
    return found


def _row_rules(value: Any, where: str) -> Iterator[str]:
    kinds = [each["type"] for each in value["components"]]
    if len(kinds) > 1 and any(kind in SELECTS for kind in kinds):
        yield f"{where}/components must be up to five buttons or one select"


ROW = shape(
    {
        "type": among(ACTION_ROW),
        "components": array(by_type({BUTTON: BUTTON_SHAPE, **_selects(_range_rules)}, "component of an action row"), 5),
    },
    ID,
    also=_row_rules,
)


def _input_rules(value: Any, where: str) -> Iterator[str]:
    least, most = value.get("min_length") or 0, value.get("max_length") or 4000
    if least > most:
        yield f"{where}/min_length must not be more than max_length"
    text = value.get("value")
    if text and not least <= len(text) <= most:
        yield f"{where}/value must have between {least} and {most} characters"


INPUT = shape(
    {"type": among(TEXT_INPUT), "custom_id": CUSTOM_ID, "style": integer(1, 2)},
    {
        **ID,
        "label": maybe(string(45)),
        "value": maybe(string(4000, least=0)),
        "placeholder": maybe(string(100, least=0)),
        "required": maybe(flag()),
        "min_length": maybe(integer(0, 4000)),
        "max_length": maybe(integer(1, 4000)),
    },
    also=_input_rules,
)
_COUNTED: dict[str, Check] = {
    **ID,
    "min_values": maybe(integer(0, 10)),
    "max_values": maybe(integer(1, 10)),
    "required": maybe(flag()),
}


def _named(kind: int, required: dict[str, Check], optional: dict[str, Check], also: Check | None = None) -> Check:
    return shape({"type": among(kind), "custom_id": CUSTOM_ID, **required}, {**ID, **optional}, also=also)


MODAL_FIELDS: dict[int, Check] = {
    TEXT_INPUT: INPUT,
    **_selects(_in_modal),
    FILE_UPLOAD: _named(FILE_UPLOAD, {}, _COUNTED, _in_modal),
    RADIO_GROUP: _named(RADIO_GROUP, {"options": array(_option(), 10, least=2)}, {"required": maybe(flag())}),
    CHECKBOX_GROUP: _named(CHECKBOX_GROUP, {"options": array(_option(), 10)}, _COUNTED),
    CHECKBOX: _named(CHECKBOX, {}, {"default": maybe(flag())}),
}
