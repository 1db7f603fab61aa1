"""What a person fills in: the options of a command, as the client lets them, checked as the client checks them.

Everything that the client would not send raises ValueError.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from tests.standins.discord_server.application_commands import (
    BOOLEAN,
    CHANNEL,
    INTEGER,
    NUMBER,
    STRING,
    SUB_COMMAND,
    SUB_COMMAND_GROUP,
)
from tests.standins.discord_server.people import Guild
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]
_USER_OPTION = 6


def subcommand(command: Json, names: list[str]) -> tuple[Json, list[Json]]:
    """The command or subcommand of that name, and the groups and subcommands on the way to it."""
    at, way = command, []
    for name in names:
        at = _named(at, name)
        if at["type"] not in (SUB_COMMAND, SUB_COMMAND_GROUP):
            raise ValueError(f"{name!r} is no subcommand")
        way.append(at)
    if any(each["type"] in (SUB_COMMAND, SUB_COMMAND_GROUP) for each in at.get("options") or ()):
        raise ValueError(f"{at['name']!r} has subcommands: name one")
    return at, way


def filled(command: Json, given: Mapping[str, Any], focused: str = "") -> list[Json]:
    """The options as they are sent, in the order in which they were declared; one may be focused, and unfinished."""
    declared = command.get("options") or []
    for name in given:
        _named(command, name)
    missing = [each["name"] for each in declared if each.get("required") and each["name"] not in given]
    if missing and not focused:
        raise ValueError(f"{missing} has to be filled in")
    sent = []
    for option in declared:
        if option["name"] == focused:
            if not option.get("autocomplete"):
                raise ValueError(f"{focused!r} has no autocomplete")
            sent.append({**_head(option), "value": given.get(focused, ""), "focused": True})
        elif option["name"] in given:
            sent.append({**_head(option), "value": _value(option, given[option["name"]])})
    return sent


def nested(way: list[Json], options: list[Json]) -> list[Json]:
    """The options within the groups and subcommands that lead to them."""
    for each in reversed(way):
        options = [{"name": each["name"], "type": each["type"], "options": options}]
    return options


def resolved(world: World, guild: Guild | None, options: list[Json]) -> Json:
    """Who and what the ids among the options are; a channel with what the person and the app may do there."""
    found: Json = {}
    for option in options:
        id_ = str(option["value"])
        if option["type"] == _USER_OPTION:
            found.setdefault("users", {})[id_] = world.users[id_].as_json()
            if guild is not None and id_ in guild.members:
                found.setdefault("members", {})[id_] = guild.member_json(world.users[id_], with_user=False)
        if option["type"] == CHANNEL:
            found.setdefault("channels", {})[id_] = channel_json(world, id_)
    return found


def channel_json(world: World, id_: str) -> Json:
    """A channel that was chosen."""
    channel = world.channels[id_]
    app = str(int(channel.permissions(world.app.user)))
    return {**channel.as_json(), "permissions": app, "app_permissions": app}


def _head(option: Json) -> Json:
    return {"name": option["name"], "type": option["type"]}


def _named(command: Json, name: str) -> Json:
    found = [each for each in command.get("options") or () if each["name"] == name]
    if not found:
        raise ValueError(f"{command['name']!r} has no option {name!r}")
    option: Json = found[0]
    return option


def _value(option: Json, value: Any) -> Any:
    choices = option.get("choices")
    if choices:
        found = [each["value"] for each in choices if value in (each["value"], each["name"])]
        if not found:
            raise ValueError(f"{option['name']!r} has no choice {value!r}")
        return found[0]
    kinds: dict[int, type | tuple[type, ...]] = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}
    kind = kinds.get(option["type"], str)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{option['name']!r} cannot be {value!r}")
    size = len(value) if isinstance(value, str) else value
    least, most = ("min_length", "max_length") if option["type"] == STRING else ("min_value", "max_value")
    is_low = option.get(least) is not None and size < option[least]
    if is_low or (option.get(most) is not None and size > option[most]):
        raise ValueError(f"{option['name']!r} is not within its limits: {value!r}")
    return value
