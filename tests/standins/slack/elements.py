"""What people press, choose and fill in: the block elements, with their documented limits."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from tests.standins.slack.objects import (
    CONFIRM,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    PICTURE_ELEMENT,
    PLAIN_OPTION,
    RICH_OPTION,
    WEB_ADDRESS,
    chosen_from,
    plain_text,
)
from tests.standins.slack.shapes import Check, among, array, exactly_one, flag, integer, shape, string

ACTION_ID = string(255)
NUMBER = r"-?\d+(\.\d+)?"
_ASKING = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": flag()}
_TYPING = {
    "action_id": ACTION_ID,
    "focus_on_load": flag(),
    "placeholder": plain_text(150),
    "dispatch_action_config": shape(
        {"trigger_actions_on": array(among("on_enter_pressed", "on_character_entered"), 2)}
    ),
}


def _all(*checks: Check) -> Check:
    def check(value: object, where: str) -> Iterator[str]:
        for each in checks:
            yield from each(value, where)

    return check


def _element(kind: str, required: Mapping[str, Check], optional: Mapping[str, Check], *also: Check) -> Check:
    return shape({"type": among(kind), **required}, optional, also=_all(*also))


def _select(kind: str, **own: Check) -> dict[str, Check]:
    """A menu for one choice and its sister for several; `own` describes what is chosen at first."""
    menus = {}
    for name, several in ((kind, False), (f"multi_{kind}", True)):
        more = {"max_selected_items": integer(1, 100)} if several else {}
        initial = {_initial(key, several=several): array(check) if several else check for key, check in own.items()}
        menus[name] = _element(name, {}, {**_ASKING, "placeholder": plain_text(150), **more, **initial})
    return menus


def _initial(what: str, *, several: bool) -> str:
    return f"initial_{what}s" if several else f"initial_{what}"


def _static_select(*, several: bool) -> Check:
    name, first = ("multi_static_select", "initial_options") if several else ("static_select", "initial_option")
    more = {"max_selected_items": integer(1, 100)} if several else {}
    return _element(
        name,
        {},
        {
            **_ASKING,
            **more,
            "placeholder": plain_text(150),
            "options": array(PLAIN_OPTION, 100),
            "option_groups": array(OPTION_GROUP, 100),
            first: array(PLAIN_OPTION) if several else PLAIN_OPTION,
        },
        exactly_one("options", "option_groups"),
        chosen_from(first, several=several),
    )


def _external_select(*, several: bool) -> Check:
    name, first = ("multi_external_select", "initial_options") if several else ("external_select", "initial_option")
    more = {"max_selected_items": integer(1, 100)} if several else {}
    initial = array(PLAIN_OPTION) if several else PLAIN_OPTION
    own = {"placeholder": plain_text(150), "min_query_length": integer(0, 3000), first: initial, **more}
    return _element(name, {}, {**_ASKING, **own})


def _in_order(low: str, high: str) -> Check:
    """One bound is not above the other, and what is filled in at first lies between them."""

    def check(value: object, where: str) -> Iterator[str]:
        assert isinstance(value, Mapping)
        is_number = value["type"] == "number_input"
        bounds = [Decimal(value[key]) for key in (low, high) if key in value]
        if len(bounds) == 2 and bounds[0] > bounds[1]:
            yield f"{where}/{low} is above {high}"
        if "initial_value" not in value:
            return
        size = Decimal(value["initial_value"]) if is_number else Decimal(len(value["initial_value"]))
        if size < Decimal(value.get(low, size)) or size > Decimal(value.get(high, size)):
            yield f"{where}/initial_value is outside {low} and {high}"

    return check


BUTTON = _element(
    "button",
    {"text": plain_text(75)},
    {
        "action_id": ACTION_ID,
        "url": string(3000, like=WEB_ADDRESS),
        "value": string(2000),
        "style": among("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
_MENUS: dict[str, Check] = {
    "static_select": _static_select(several=False),
    "multi_static_select": _static_select(several=True),
    "external_select": _external_select(several=False),
    "multi_external_select": _external_select(several=True),
    **_select("users_select", user=string(like=r"[UW]\w+")),
    **_select("channels_select", channel=string(like=r"[CG]\w+")),
    **_select("conversations_select", conversation=string()),
}
_CHOICES: dict[str, Check] = {
    "radio_buttons": _element(
        "radio_buttons",
        {"options": array(RICH_OPTION, 10)},
        {**_ASKING, "initial_option": RICH_OPTION},
        chosen_from("initial_option", several=False),
    ),
    "checkboxes": _element(
        "checkboxes",
        {"options": array(RICH_OPTION, 10)},
        {**_ASKING, "initial_options": array(RICH_OPTION)},
        chosen_from("initial_options", several=True),
    ),
    "datepicker": _element(
        "datepicker", {}, {**_ASKING, "placeholder": plain_text(150), "initial_date": string(like=r"\d{4}-\d\d-\d\d")}
    ),
    "timepicker": _element(
        "timepicker",
        {},
        {
            **_ASKING,
            "placeholder": plain_text(150),
            "initial_time": string(like=r"([01]\d|2[0-3]):[0-5]\d"),
            "timezone": string(),
        },
    ),
}
_OVERFLOW = _element("overflow", {"options": array(OVERFLOW_OPTION, 5)}, {"action_id": ACTION_ID, "confirm": CONFIRM})
_MOMENT = _element("datetimepicker", {}, {**_ASKING, "initial_date_time": integer(1_000_000_000, 9_999_999_999)})
_TYPED: dict[str, Check] = {
    "plain_text_input": _element(
        "plain_text_input",
        {},
        {
            **_TYPING,
            "initial_value": string(3000, least=0),
            "multiline": flag(),
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        _in_order("min_length", "max_length"),
    ),
    "number_input": _element(
        "number_input",
        {"is_decimal_allowed": flag()},
        {**_TYPING, **dict.fromkeys(("initial_value", "min_value", "max_value"), string(like=NUMBER))},
        _in_order("min_value", "max_value"),
    ),
    "url_text_input": _element("url_text_input", {}, {**_TYPING, "initial_value": string(3000, like=WEB_ADDRESS)}),
    "email_text_input": _element("email_text_input", {}, {**_TYPING, "initial_value": string(3000)}),
}

IN_ACTIONS: dict[str, Check] = {
    "button": BUTTON,
    "overflow": _OVERFLOW,
    "datetimepicker": _MOMENT,
    **_MENUS,
    **_CHOICES,
}
IN_SECTION: dict[str, Check] = {"button": BUTTON, "overflow": _OVERFLOW, "image": PICTURE_ELEMENT, **_MENUS, **_CHOICES}
IN_INPUT: dict[str, Check] = {"datetimepicker": _MOMENT, **_MENUS, **_CHOICES, **_TYPED}
