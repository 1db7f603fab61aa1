"""The views.* methods that the bot calls: a modal that a trigger opens, and Home tabs."""

from typing import Any, TypeAlias

from tests.standins.slack.apps import TRIGGER_LIFE, App, Trigger
from tests.standins.slack.calls import Call
from tests.standins.slack.content import View
from tests.standins.slack.people import Team
from tests.standins.slack.posting import check_view, decoded
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]


def open_(world: World, call: Call) -> Json:
    """views.open: in place of whatever modal of the app the person has open."""
    trigger = _exchange(world, call)
    body = check_view(world, _sent(call), "modal", call.app, trigger.team)
    for each in world.modals(trigger.user):
        each.is_open = False
    return {"view": _show(world, call.app, trigger.team, trigger.user, body).as_json()}


def publish(world: World, call: Call) -> Json:
    """views.publish: a person's Home tab."""
    user = world.user_for(call.by, call.text("user_id"))
    if user.deleted or user.is_bot:
        raise Refusal("user_not_found")
    body = check_view(world, _sent(call), "home", call.app, user.team)
    shown = [each for each in world.views.values() if each.user == user.id and each.body["type"] == "home"]
    view = next((each for each in shown if each.app_id == call.app.id), None)
    if view is None:
        return {"view": _show(world, call.app, user.team, user.id, body).as_json()}
    view.body = body
    return {"view": view.as_json()}


def _sent(call: Call) -> Any:
    return decoded(call.args, "view", "invalid_arguments")


def _exchange(world: World, call: Call) -> Trigger:
    trigger = world.triggers.get(call.text("trigger_id"))
    if trigger is None or trigger.app is not call.app or not call.by.may_see(trigger.team):
        raise Refusal("invalid_trigger_id")
    if trigger.is_used:
        raise Refusal("exchanged_trigger_id")
    if world.clock() - trigger.made_at > TRIGGER_LIFE:
        raise Refusal("expired_trigger_id")
    trigger.is_used = True
    return trigger


def _show(world: World, app: App, team: Team, user: str, body: Json) -> View:
    view = View(id=world.new_id("V"), app_id=app.id, team_id=team.id, user=user, body=body)
    world.views[view.id] = view
    return view
