"""The routes of application commands: what is there, and the bulk overwrite with its daily limit."""

from datetime import timedelta
from typing import Any, TypeAlias

from tests.standins.discord_server.application_commands import CHAT_INPUT, validate_commands
from tests.standins.discord_server.calls import Call
from tests.standins.discord_server.refusal import Refusal
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]
CREATIONS_A_DAY = 200
_LOCALIZED = ("name_localizations", "description_localizations")


def get(world: World, call: Call) -> list[Json]:
    """GET /applications/{app}/commands, or …/guilds/{guild}/commands."""
    guild = _place(world, call)
    commands = world.commands.get(guild, [])
    return commands if call.query.get("with_localizations") in ("1", "true") else [_plain(each) for each in commands]


def overwrite(world: World, call: Call) -> list[Json]:
    """PUT of the same: names that are new count towards the day's limit, others keep their id, missing ones go."""
    guild = _place(world, call)
    problems = validate_commands(call.body, in_guild=guild is not None)
    if problems:
        raise Refusal(50035, problems)
    old = {(each["type"], each["name"]): each for each in world.commands.get(guild, [])}
    new = [each for each in call.body if (each.get("type", CHAT_INPUT), each["name"]) not in old]
    recent = [at for at in world.creations.get(guild, []) if world.clock() - at < timedelta(days=1)]
    if len(recent) + len(new) > CREATIONS_A_DAY:
        raise Refusal(30034)
    world.creations[guild] = recent + [world.clock()] * len(new)
    world.commands[guild] = [
        _kept(world, guild, each, old.get((each.get("type", CHAT_INPUT), each["name"]))) for each in call.body
    ]
    return world.commands[guild]


def _place(world: World, call: Call) -> str | None:
    if call.path["app"] != world.app.id:
        raise Refusal(20012)
    return world.guild_for(call.path["guild"]).id if "guild" in call.path else None


def _kept(world: World, guild: str | None, sent: Json, old: Json | None) -> Json:
    permissions = sent.get("default_member_permissions")
    command: Json = {
        "application_id": world.app.id,
        "type": CHAT_INPUT,
        "description": "",
        "dm_permission": True,
        "nsfw": False,
        **dict.fromkeys(_LOCALIZED),
        **sent,
        "default_member_permissions": None if permissions is None else str(permissions),
    }
    if guild is None:
        command |= {"contexts": sent.get("contexts"), "integration_types": sent.get("integration_types") or [0]}
    else:
        command["guild_id"] = guild
    was = {key: value for key, value in (old or {}).items() if key not in ("id", "version")}
    if old is not None and was == command:
        return old
    return {**command, "id": old["id"] if old else world.new_id(), "version": world.new_id()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key not in _LOCALIZED}
    return [_plain(each) for each in value] if isinstance(value, list) else value
