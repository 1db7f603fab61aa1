"""Every route of the REST API that the bot calls, with its handler. Other routes are refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from tests.standins.discord_server.application_commands import CHAT_INPUT, PUT_COMMANDS, validate_commands
from tests.standins.discord_server.callbacks import DEFERRED, answer_message, callback
from tests.standins.discord_server.calls import Call
from tests.standins.discord_server.components import EPHEMERAL
from tests.standins.discord_server.content import Message
from tests.standins.discord_server.gateway import IDENTIFIES_PER_DAY, gateway_url
from tests.standins.discord_server.interactions import TOKEN_LIFE, Interaction
from tests.standins.discord_server.people import Channel
from tests.standins.discord_server.permissions import Permission
from tests.standins.discord_server.posting import change, compose, put
from tests.standins.discord_server.refusal import Refusal
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]
CREATIONS_PER_DAY = 200
NONCE_SECONDS = 120
"""How long a nonce is remembered. Discord documents "the past few minutes"."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route. Interaction routes need no token and don't count towards the 50 calls per second."""

    name: str
    answer: Callable[[World, Call], Any]
    needs_token: bool = True


# Identity


def _gateway_bot(world: World, _: Call) -> Json:
    """The gateway's address, the recommended shards, and the sessions that may still be started today."""
    left = max(0, IDENTIFIES_PER_DAY - len(world.identifies))
    limit = {"total": IDENTIFIES_PER_DAY, "remaining": left, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": gateway_url(world), "shards": world.shards, "session_start_limit": limit}


def _application(world: World, _: Call) -> Json:
    return {**world.app.as_json(), "approximate_guild_count": len(_guilds(world))}


def _me(world: World, _: Call) -> Json:
    return {**world.app.user.as_json(), "verified": True, "mfa_enabled": True, "locale": "en-US", "flags": 0}


def _my_guilds(world: World, _: Call) -> list[Json]:
    shown = ("id", "name", "icon", "features")
    bot = world.app.user
    return [
        {**{key: each.as_json()[key] for key in shown}, "owner": False, "permissions": str(each.permissions(bot))}
        for each in _guilds(world)
    ]


def _guilds(world: World) -> list[Any]:
    return [each for each in world.guilds.values() if world.app.user.id in each.members]


def _member(world: World, call: Call) -> Json:
    guild = world.guild_for(call.path["guild"])
    if call.path["user"] not in guild.members:
        raise Refusal(10007)
    return guild.member_json(world.users[call.path["user"]])


# Messages in channels


def _open_conversation(world: World, call: Call) -> Json:
    person = world.users.get(str(call.body.get("recipient_id")))
    if person is None or person.is_bot:
        raise Refusal(50035, ["/recipient_id names no person"])
    return world.conversation(person).as_json()


def _channel(world: World, call: Call) -> Json:
    return world.channel_for(call.path["channel"]).as_json()


def _post(world: World, call: Call) -> Json:
    """Post a message; a repeated nonce with `enforce_nonce` returns the existing message.

    If that was deleted, the answer is Unknown Message (discord.py, Messageable.send, NotFound).
    """
    channel = _writable(world, call)
    if call.uploads:
        world.channel_for(channel.id, Permission.ATTACH_FILES)
    if reference := call.body.get("message_reference"):
        world.channel_for(channel.id, Permission.READ_MESSAGE_HISTORY, code=160002)
        known = any(each.id == reference["message_id"] for each in channel.messages)
        if not known and reference.get("fail_if_not_exists", True):
            raise Refusal(50035, ["/message_reference names no message"])
    nonce = str(call.body.get("nonce") or "")
    content = compose(world, channel, call.body, call.uploads)
    if nonce and call.body.get("enforce_nonce"):
        before = _sent_before(world, nonce)
        if before is not None and before.is_deleted:
            raise Refusal(10008)
        if before is not None:
            return before.as_json()
    return put(world, channel, world.app.user.as_json(), content, nonce=nonce).as_json()


def _edit(world: World, call: Call) -> Json:
    """Edit one of the bot's own messages."""
    channel = world.channel_for(call.path["channel"])
    message = next((each for each in channel.messages if each.id == call.path["message"]), None)
    if message is None:
        raise Refusal(10008)
    if message.author["id"] != world.app.user.id:
        raise Refusal(50005)
    if call.uploads:
        world.channel_for(channel.id, Permission.ATTACH_FILES)
    change(world, channel, message, call.body, call.uploads)
    return message.as_json()


def _writable(world: World, call: Call) -> Channel:
    channel = world.channel_for(call.path["channel"])
    if channel.guild is None:
        if not all(each.takes_dms and world.is_known(each) for each in channel.recipients):
            raise Refusal(50007)
        return channel
    writing = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    return world.channel_for(channel.id, writing)


def _sent_before(world: World, nonce: str) -> Message | None:
    """The bot's recent message with this nonce, in any channel."""
    everything = (message for channel in world.channels.values() for message in channel.history)
    same = (each for each in everything if each.nonce == nonce)
    return next((each for each in same if (world.clock() - each.created_at).total_seconds() <= NONCE_SECONDS), None)


# Commands


def _commands(world: World, call: Call) -> list[Json]:
    if call.path["app"] != world.app.id:
        raise Refusal(20012)
    return world.commands


def _put_commands(world: World, call: Call) -> list[Json]:
    """A bulk overwrite: new names count towards the daily limit, others keep their id, missing ones are deleted."""
    old = {(each["type"], each["name"]): each for each in _commands(world, call)}
    problems = validate_commands(call.body)
    if problems:
        raise Refusal(50035, problems)
    sent = [{"application_id": world.app.id, "type": CHAT_INPUT, "description": "", **each} for each in call.body]
    new = [each for each in sent if (each["type"], each["name"]) not in old]
    recent = [at for at in world.creations if world.clock() - at < timedelta(days=1)]
    if len(recent) + len(new) > CREATIONS_PER_DAY:
        raise Refusal(30034)
    world.creations = recent + [world.clock()] * len(new)
    world.commands = [_kept(world, each, old.get((each["type"], each["name"]))) for each in sent]
    return world.commands


def _kept(world: World, command: Json, old: Json | None) -> Json:
    if old is not None and {**command, "id": old["id"], "version": old["version"]} == old:
        return old
    return {**command, "id": old["id"] if old else world.new_id(), "version": world.new_id()}


# Replies with an interaction's token, for 15 minutes after the initial response


def _follow_up(world: World, call: Call) -> Json:
    """Another message. As the first after a deferral it would replace that, which Discord deprecated: refused here."""
    interaction = _interaction(world, call)
    if interaction.callback == DEFERRED and interaction.is_thinking:
        raise Refusal(50035, ["the deferral has to be edited before anything follows it"])
    content = compose(world, interaction.channel, call.body, call.uploads, EPHEMERAL)
    message = answer_message(world, interaction, content)
    interaction.followups.append(message)
    return message.as_json()


def _edit_original(world: World, call: Call) -> Json:
    """Turn a deferral into the reply, or edit the reply."""
    interaction, message = _original(world, call)
    change(world, interaction.channel, message, call.body, call.uploads)
    return message.as_json()


def _interaction(world: World, call: Call) -> Interaction:
    interaction = world.interactions.get(call.path["token"])
    if interaction is None or interaction.callback is None or call.path["app"] != world.app.id:
        raise Refusal(10015)
    if world.clock() - interaction.made_at > TOKEN_LIFE:
        raise Refusal(50027)
    return interaction


def _original(world: World, call: Call) -> tuple[Interaction, Message]:
    """The interaction and its initial response, the only one that the bot edits."""
    interaction = _interaction(world, call)
    message = interaction.message
    if call.path["message"] != "@original" or message is None or message.is_deleted:
        raise Refusal(10008)
    return interaction, message


_WEBHOOK = "/webhooks/{app}/{token}"

ROUTES = (
    Route("GET /gateway/bot", _gateway_bot),
    Route("GET /users/@me", _me),
    Route("GET /oauth2/applications/@me", _application),
    Route("GET /applications/@me", _application),
    Route("GET /users/@me/guilds", _my_guilds),
    Route("GET /guilds/{guild}", lambda world, call: world.guild_for(call.path["guild"]).as_json()),
    Route("GET /guilds/{guild}/members/{user}", _member),
    Route("POST /users/@me/channels", _open_conversation),
    Route("GET /channels/{channel}", _channel),
    Route("POST /channels/{channel}/messages", _post),
    Route("PATCH /channels/{channel}/messages/{message}", _edit),
    Route("GET /applications/{app}/commands", _commands),
    Route(PUT_COMMANDS, _put_commands),
    Route("POST /interactions/{interaction}/{token}/callback", callback, needs_token=False),
    Route(f"POST {_WEBHOOK}", _follow_up, needs_token=False),
    Route(f"PATCH {_WEBHOOK}/messages/{{message}}", _edit_original, needs_token=False),
)
