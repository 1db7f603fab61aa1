"""What an acknowledgement does: a command's answer is posted, a form closes or shows its errors.

Raises Refusal for an answer that Slack does not take; the person then sees a failure.
"""

from typing import Any, TypeAlias

from tests.standins.slack.apps import ResponseUrl
from tests.standins.slack.content import View
from tests.standins.slack.delivery import Delivery
from tests.standins.slack.elements import OPTION
from tests.standins.slack.json_checks import array
from tests.standins.slack.people import Channel, User
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.response_urls import KNOWN, answer
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
MAX_OPTIONS = 100


def command(world: World, delivery: Delivery, user: User, channel: Channel) -> None:
    """Post what the acknowledgement of a slash command says, for the person alone unless it says otherwise."""
    if delivery.ack is None:
        return
    unknown = sorted(set(delivery.ack) - KNOWN)
    if unknown:
        raise Refusal("invalid_payload", unknown)
    place = ResponseUrl(delivery.app, channel, user.id, world.clock())
    answer(world, place, delivery.ack, via="ack")


def submission(delivery: Delivery, view: View) -> None:
    """Close a submitted form after an empty acknowledgement, or show the errors that it has."""
    said = delivery.ack
    if not said:
        view.is_open = False
    elif said.get("response_action") == "errors":
        view.errors = _errors(view, said.get("errors"))
    else:
        raise Refusal("invalid_response_action", [f"the bot never answers {said.get('response_action')}"])


def _errors(view: View, errors: object) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise Refusal("invalid_errors", ["errors must be by the block_id of input blocks"])
    if not all(isinstance(each, str) and each for each in errors.values()):
        raise Refusal("invalid_errors", ["errors must be sentences"])
    return dict(errors)


def options(delivery: Delivery) -> list[Json]:
    """The options that the app offers, at most a hundred, each within the limits of an option."""
    offered = (delivery.ack or {}).get("options")
    problems = list(array(OPTION, MAX_OPTIONS, least=0)(offered, "/options"))
    if problems:
        raise Refusal("invalid_options", problems)
    return list(offered or ())
