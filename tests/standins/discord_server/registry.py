"""The routes of application commands: what is registered, and the bulk overwrite with its daily limit."""

from datetime import timedelta
from typing import Any, TypeAlias

from tests.standins.discord_server.application_commands import CHAT_INPUT, validate_commands
from tests.standins.discord_server.calls import Call
from tests.standins.discord_server.refusal import Refusal
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]
CREATIONS_PER_DAY = 200


def get(world: World, call: Call) -> list[Json]:
    """GET /applications/{app}/commands."""
    _check_app(world, call)
    return world.commands


def overwrite(world: World, call: Call) -> list[Json]:
    """PUT of the same: names that are new count towards the day's limit, others keep their id, missing ones go."""
    _check_app(world, call)
    problems = validate_commands(call.body)
    if problems:
        raise Refusal(50035, problems)
    old = {(each["type"], each["name"]): each for each in world.commands}
    new = [each for each in call.body if (each.get("type", CHAT_INPUT), each["name"]) not in old]
    recent = [at for at in world.creations if world.clock() - at < timedelta(days=1)]
    if len(recent) + len(new) > CREATIONS_PER_DAY:
        raise Refusal(30034)
    world.creations = recent + [world.clock()] * len(new)
    world.commands = [_kept(world, each, old.get((each.get("type", CHAT_INPUT), each["name"]))) for each in call.body]
    return world.commands


def _check_app(world: World, call: Call) -> None:
    if call.path["app"] != world.app.id:
        raise Refusal(20012)


def _kept(world: World, sent: Json, old: Json | None) -> Json:
    command: Json = {"application_id": world.app.id, "type": CHAT_INPUT, "description": "", **sent}
    was = {key: value for key, value in (old or {}).items() if key not in ("id", "version")}
    if old is not None and was == command:
        return old
    return {**command, "id": old["id"] if old else world.new_id(), "version": world.new_id()}
