"""The routes that tell who and where: the gateway, the application, its servers, and direct messages."""

from typing import Any, TypeAlias

from tests.standins.discord_server.calls import Call
from tests.standins.discord_server.gateway import IDENTIFIES_PER_DAY, gateway_url
from tests.standins.discord_server.refusal import Refusal
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]


def gateway_bot(world: World, _: Call) -> Json:
    """GET /gateway/bot: the address, how many shards to open, and how many sessions may still be started today."""
    left = max(0, IDENTIFIES_PER_DAY - len(world.identifies))
    limit = {"total": IDENTIFIES_PER_DAY, "remaining": left, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": gateway_url(world), "shards": world.shards, "session_start_limit": limit}


def application(world: World, _: Call) -> Json:
    """GET /oauth2/applications/@me and /applications/@me."""
    return {**world.app.as_json(), "approximate_guild_count": len(_ours(world))}


def me(world: World, _: Call) -> Json:
    """GET /users/@me."""
    return {**world.app.user.as_json(), "verified": True, "mfa_enabled": True, "locale": "en-US", "flags": 0}


def my_guilds(world: World, _: Call) -> list[Json]:
    """GET /users/@me/guilds."""
    shown = ("id", "name", "icon", "features")
    bot = world.app.user
    return [
        {**{key: each.as_json()[key] for key in shown}, "owner": False, "permissions": str(each.permissions(bot))}
        for each in _ours(world)
    ]


def open_conversation(world: World, call: Call) -> Json:
    """POST /users/@me/channels: the direct messages with a person."""
    person = world.users.get(str(call.body.get("recipient_id")))
    if person is None or person.is_bot:
        raise Refusal(50035, ["/recipient_id is nobody to write to"])
    return world.conversation(person).as_json()


def member(world: World, call: Call) -> Json:
    """GET /guilds/{guild}/members/{user}."""
    guild = world.guild_for(call.path["guild"])
    if call.path["user"] not in guild.members:
        raise Refusal(10007)
    return guild.member_json(world.users[call.path["user"]])


def _ours(world: World) -> list[Any]:
    return [each for each in world.guilds.values() if world.app.user.id in each.members]
