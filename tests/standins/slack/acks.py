"""What an acknowledgement does: a command's answer is posted, a form closes, changes or shows its errors.

Raises Refusal for an answer that Slack does not take; the person then sees a failure.
"""

from typing import Any, TypeAlias

from tests.standins.slack import views
from tests.standins.slack.apps import ResponseUrl
from tests.standins.slack.content import View
from tests.standins.slack.delivery import Delivery
from tests.standins.slack.objects import OPTION_GROUP, PLAIN_OPTION
from tests.standins.slack.people import Channel, User
from tests.standins.slack.posting import check_view
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.response_urls import KNOWN, answer
from tests.standins.slack.shapes import array
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
MOST_OPTIONS = 100


def command(world: World, delivery: Delivery, user: User, channel: Channel) -> None:
    """Post what the acknowledgement of a slash command says, for the person alone unless it says otherwise."""
    if delivery.ack is None:
        return
    unknown = sorted(set(delivery.ack) - KNOWN)
    if unknown:
        raise Refusal("invalid_payload", unknown)
    place = ResponseUrl(delivery.app, channel, user.id, world.clock())
    answer(world, place, delivery.ack, via="ack")


def submission(world: World, delivery: Delivery, view: View) -> None:
    """Do with a submitted form what the acknowledgement says; with an empty one it closes, and one below shows."""
    said = delivery.ack
    action = (said or {}).get("response_action")
    if not said or action == "clear":
        for each in world.modals(view.user):
            each.is_open = each.is_open and not (action == "clear" or each is view)
    elif action == "errors":
        view.errors = _errors(view, said.get("errors"))
    elif action in ("update", "push"):
        body = check_view(world, said.get("view"), "modal", delivery.app, world.teams[view.team_id])
        if action == "push":
            views.stack(world, view, body)
        else:
            views.replace(view, body)
    else:
        raise Refusal("invalid_response_action")


def _errors(view: View, errors: object) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise Refusal("invalid_errors", ["errors must be by the block_id of input blocks"])
    if not all(isinstance(each, str) and each for each in errors.values()):
        raise Refusal("invalid_errors", ["errors must be sentences"])
    return dict(errors)


def options(delivery: Delivery) -> list[Json]:
    """The options that the app offers, at most a hundred, each within the limits of an option."""
    said = delivery.ack or {}
    groups = said.get("option_groups")
    problems = (
        array(OPTION_GROUP, MOST_OPTIONS, least=0)(groups, "/option_groups")
        if groups is not None
        else array(PLAIN_OPTION, MOST_OPTIONS, least=0)(said.get("options"), "/options")
    )
    found = list(problems)
    if found:
        raise Refusal("invalid_options", found)
    if groups is None:
        return list(said["options"])
    return [option for group in groups for option in group["options"]]
