"""Modals for a command's arguments: builds, reads and validates them, and renders options for external selects.

The view's callback_id is the encoded call that the form completes. An input's block_id and action_id are its argument's
name, by which requests for options are matched too. Validation runs before the acknowledgement, so it uses neither the
database nor the network.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from adapters.slack.actions import MAX_LABEL, MAX_OPTION, MAX_OPTIONS, MAX_PLACEHOLDER, option_of
from adapters.slack.interaction import Payload
from adapters.slack.text import MAX_TEXT, Block, plain, words
from bot.commands.command import Argument, Command, Kind
from bot.commands.forms import SHOWN_WHILE_TYPING, Field, filled_in, form_fields, form_of, joined, title_with_channel
from bot.commands.parse import bind
from bot.commands.registry import AnyCommand
from bot.domain.errors import LinkError, UsageError
from bot.domain.links import parse_link
from bot.reply.model import Option
from bot.reply.text import length

MAX_TITLE = 24
MAX_LABEL_OF_INPUT = 2_000
MAX_METADATA = 3_000

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')


def form(
    command: Command[Any], private_metadata: str, given: Mapping[str, str], channel: str = "", zone: str = ""
) -> Block:
    """Build the modal of a command, prefilled with `given` where Slack allows it. Secrets are never prefilled.

    `channel` is the channel's name, and `zone` prefills a time zone field; empty if unknown. Raises ValueError if
    `private_metadata` exceeds Slack's 3,000 characters, which would be a bug.
    """
    if length(private_metadata) > MAX_METADATA:
        msg = f"{length(private_metadata)} characters don't fit in a modal's private_metadata"
        raise ValueError(msg)
    shape = form_of(command, given)
    own = {each.name: zone for each in shape.arguments if each.kind is Kind.ZONE and zone}
    intro = [{"type": "section", "text": plain(shape.intro)}] if shape.intro else []
    return {
        "type": "modal",
        "callback_id": shape.call.encode(),
        "private_metadata": private_metadata,
        "title": plain(title_with_channel(shape.title, channel, MAX_TITLE), MAX_TITLE),
        "submit": plain(shape.send, MAX_TITLE),
        "close": plain("Cancel"),
        "blocks": [*intro, *map(_input, form_fields(command, {**own, **given}))],
    }


def values(view: Mapping[str, Any]) -> Mapping[str, str]:
    """The arguments in a submitted view, without the fields that were left empty."""
    elements = (element for block in view["state"]["values"].values() for element in block.items())
    filled = ((name, _value(element)) for name, element in elements)
    return {name: value for name, value in filled if value}


def errors(sentences: Mapping[str, str]) -> Block:
    """The response to a submission that keeps the modal open, with an error message under each wrong field."""
    return {"response_action": "errors", "errors": {name: words(each) for name, each in sentences.items()}}


def options(offered: Iterable[Option]) -> Block:
    """The response to a block_suggestion, with at most 100 options."""
    found = (option_of(each.label, each.value) for each in offered)
    return {"options": [each for each in found if each is not None][:MAX_OPTIONS]}


def _input(field: Field) -> Block:
    argument = field.argument
    hint = field.hint if field.hint.endswith("…") else f"{field.hint}."
    if argument.kind is Kind.SECRET:
        hint = f"{hint} {SHOWN_WHILE_TYPING}"
    element = {**_element(field), "action_id": argument.name}
    if field.placeholder:
        element["placeholder"] = plain(field.placeholder, MAX_PLACEHOLDER)
    return {
        "type": "input",
        "block_id": argument.name,
        "label": plain(field.label, MAX_LABEL_OF_INPUT),
        "hint": plain(hint, MAX_LABEL_OF_INPUT),
        "optional": not argument.required,
        "element": element,
    }


_PLAIN: Mapping[Kind, Block] = {
    Kind.WHO: {"type": "users_select"},
    Kind.CHANNEL: {"type": "conversations_select", "filter": {"include": ["public", "private"]}},
    Kind.SECRET: {"type": "plain_text_input"},
}
"""Elements that are never prefilled."""


def _element(field: Field) -> Block:
    argument, given = field.argument, field.given
    match argument.kind:
        case Kind.NUMBER:
            return _number(argument, given)
        case Kind.CHOICE:
            return _choices(field)
        case Kind.TIME:
            return {"type": "timepicker", **({"initial_time": given} if _CLOCK.fullmatch(given) else {})}
        case Kind.VIDEO | Kind.CAMPAIGN | Kind.CREATOR | Kind.ZONE if argument.suggested:
            return _suggested(argument, given)
        case Kind.WHO | Kind.CHANNEL | Kind.SECRET:
            return dict(_PLAIN[argument.kind])
        case _:  # typed as text
            typed = {"initial_value": given} if 0 < length(given) <= MAX_TEXT else {}
            return {"type": "plain_text_input", "multiline": argument.is_long or argument.many > 1, **typed}


def _choices(field: Field) -> Block:
    argument, given = field.argument, field.given
    choices = {str(choice): _option(str(choice), field.shown(choice)) for choice in argument.choices}
    if argument.many > 1:
        chosen = [choices[each] for each in _named(given) if each in choices]
        several = {"initial_options": chosen} if chosen else {}
        return {
            "type": "multi_static_select",
            "options": [*choices.values()],
            "max_selected_items": argument.many,
            **several,
        }
    one = {"initial_option": choices[given]} if given in choices else {}
    return {"type": "static_select", "options": [*choices.values()], **one}


def _number(argument: Argument, given: str) -> Block:
    low, high = argument.minimum, argument.maximum
    bounds = {"min_value": low, "max_value": high}
    is_number = given.isascii() and given.isdecimal() and len(given) <= 9
    if is_number and (low is None or low <= int(given)) and (high is None or int(given) <= high):
        bounds["initial_value"] = int(given)
    set_bounds = {key: str(bound) for key, bound in bounds.items() if bound is not None}
    return {"type": "number_input", "is_decimal_allowed": False, **set_bounds}


def _suggested(argument: Argument, given: str) -> Block:
    """An external select, which requests its options when it is opened and while somebody types."""
    if argument.many == 1:
        chosen = {"initial_option": _option(given)} if 0 < length(given) <= MAX_OPTION else {}
        return {"type": "external_select", "min_query_length": 0, **chosen}
    names = _named(given)[: argument.many]
    several = {"initial_options": [_option(name) for name in names if 0 < length(name) <= MAX_OPTION]}
    return {
        "type": "multi_external_select",
        "min_query_length": 0,
        "max_selected_items": argument.many,
        **(several if several["initial_options"] else {}),
    }


def _named(given: str) -> list[str]:
    """Split a text into its distinct values, which may be quoted."""
    return list(dict.fromkeys("".join(found) for found in _QUOTED.findall(given)))


def _option(value: str, shown: str = "") -> Block:
    return {"text": plain(shown or value, MAX_LABEL), "value": value}


def _value(element: Mapping[str, Any]) -> str:
    match element:
        case {"selected_user": str(person_id)}:
            return f"<@{person_id}>"
        case {"selected_conversation": str(channel_id)}:
            return f"<#{channel_id}>"
        case {"selected_options": list(chosen)}:
            return joined(option["value"] for option in chosen)
        case {"selected_option": {"value": str(value)}} | {"value": str(value)} | {"selected_time": str(value)}:
            return value.strip()
        case _:
            return ""


def wrong_fields(command: AnyCommand | None, view: Payload, now: datetime) -> Mapping[str, str]:
    """An error message for each wrong field, by its name; empty if all are valid."""
    if command is None:
        return {}
    _, given = filled_in(view["callback_id"], values(view))
    listed = form_of(command, given).arguments
    wrong = {each.name: sentence for each in listed if (sentence := _link_field_error(each, given.get(each.name, "")))}
    try:
        command.check(bind(command, given, now), now)
    except UsageError as error:
        shown = {each.name for each in listed}
        wrong.setdefault(error.argument if error.argument in shown else listed[0].name, str(error))
    return wrong


def _link_field_error(argument: Argument, given: str) -> str:
    """Why a link field has no usable link. If it has at least one, the reply reports the others."""
    problems = [_link_error(word) for word in given.split()] if argument.kind is Kind.LINK else []
    return problems[0] if all(problems) and problems else ""


def _link_error(word: str) -> str:
    try:
        parse_link(word)
    except LinkError as error:
        return str(error)
    return ""
