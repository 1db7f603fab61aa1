"""The views.* methods: modals in stacks of three, each opened by a trigger, and Home tabs."""

import secrets
from typing import Any, Literal, TypeAlias

from tests.standins.slack.apps import TRIGGER_LIFE, App, Trigger
from tests.standins.slack.calls import Call
from tests.standins.slack.content import View
from tests.standins.slack.people import Team
from tests.standins.slack.posting import check_view, decoded
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
MOST_STACKED = 3


def open_(world: World, call: Call) -> Json:
    """views.open: in place of whatever modal of the app the person has open."""
    trigger = _exchange(world, call)
    body = check_view(world, _sent(call), "modal", call.app, trigger.team)
    close(world, trigger.user)
    return {"view": show(world, call.app, trigger.team, trigger.user, body).as_json()}


def push(world: World, call: Call) -> Json:
    """views.push: onto the modal that the trigger came from."""
    trigger = _exchange(world, call)
    below = world.views.get(trigger.view_id or "")
    if below is None or not below.is_open:
        raise Refusal("no_permission", ["[ERROR] the trigger did not come from an open modal"])
    body = check_view(world, _sent(call), "modal", call.app, trigger.team)
    return {"view": stack(world, below, body).as_json()}


def update(world: World, call: Call) -> Json:
    """views.update: by view_id or external_id, and only while it is open; `hash` guards against a newer one."""
    names = (call.text("view_id"), call.text("external_id"))
    ours = (view for view in world.views.values() if view.app_id == call.app.id and view.is_open)
    view = next((each for each in ours if each.id == names[0] or names[1] == each.body.get("external_id", "-")), None)
    if view is None or not call.by.may_see(world.teams[view.team_id]):
        raise Refusal("not_found")
    _check_hash(call, view)
    kind: Literal["modal", "home"] = "home" if view.body["type"] == "home" else "modal"
    replace(view, check_view(world, _sent(call), kind, call.app, world.teams[view.team_id]))
    return {"view": view.as_json()}


def publish(world: World, call: Call) -> Json:
    """views.publish: a person's Home tab."""
    user = world.user_for(call.by, call.text("user_id"))
    if user.deleted or user.is_bot:
        raise Refusal("user_not_found")
    body = check_view(world, _sent(call), "home", call.app, user.team)
    shown = [each for each in world.views.values() if each.user == user.id and each.body["type"] == "home"]
    view = next((each for each in shown if each.app_id == call.app.id), None)
    if view is None:
        return {"view": show(world, call.app, user.team, user.id, body).as_json()}
    _check_hash(call, view)
    replace(view, body)
    return {"view": view.as_json()}


def _sent(call: Call) -> Any:
    return decoded(call.args, "view", "invalid_arguments")


def _check_hash(call: Call, view: View) -> None:
    if call.text("hash") and call.text("hash") != view.hash:
        raise Refusal("hash_conflict")


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


def show(world: World, app: App, team: Team, user: str, body: Json) -> View:
    """A view that nobody had open before."""
    external = body.get("external_id")
    if external and any(each.is_open and each.body.get("external_id") == external for each in world.views.values()):
        raise Refusal("duplicate_external_id")
    name = world.new_id("V")
    view = View(id=name, app_id=app.id, team_id=team.id, user=user, body=body, hash=_hash(), root_id=name)
    world.views[name] = view
    return view


def stack(world: World, below: View, body: Json) -> View:
    """A modal on top of another one. Raises Refusal for a fourth."""
    if len([each for each in world.modals(below.user) if each.root_id == below.root_id]) >= MOST_STACKED:
        raise Refusal("push_limit_reached")
    view = show(world, world.apps[below.app_id], world.teams[below.team_id], below.user, body)
    view.root_id, view.previous_id = below.root_id, below.id
    return view


def replace(view: View, body: Json) -> None:
    """Show something else in an open view."""
    view.body, view.hash, view.errors = body, _hash(), {}


def close(world: World, user: str) -> None:
    """Close every modal that a person has open."""
    for view in world.modals(user):
        view.is_open = False


def _hash() -> str:
    return secrets.token_hex(8)
