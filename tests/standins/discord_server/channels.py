"""The routes of channels: messages that the bot posts and edits."""

from typing import Any, TypeAlias

from tests.standins.discord_server.calls import Call
from tests.standins.discord_server.content import Message
from tests.standins.discord_server.people import Channel
from tests.standins.discord_server.permissions import Permission
from tests.standins.discord_server.posting import change, compose, put
from tests.standins.discord_server.refusal import Refusal
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]
NONCE_SECONDS = 120
"""How long a nonce is known. Discord says "the past few minutes"."""


def get(world: World, call: Call) -> Json:
    """GET /channels/{channel}."""
    return world.channel_for(call.path["channel"]).as_json()


def post(world: World, call: Call) -> Json:
    """POST /channels/{channel}/messages; with `enforce_nonce` a repetition returns the message that is there already.

    One that was deleted shortly before is unknown (discord.py, Messageable.send, NotFound).
    """
    channel = _writable(world, call)
    if call.uploads:
        world.channel_for(channel.id, Permission.ATTACH_FILES)
    nonce = str(call.body.get("nonce") or "")
    content = compose(world, channel, call.body, call.uploads)
    if nonce and call.body.get("enforce_nonce"):
        before = _sent_before(world, nonce)
        if before is not None and before.is_deleted:
            raise Refusal(10008)
        if before is not None:
            return before.as_json()
    return put(world, channel, world.app.user.as_json(), content, nonce=nonce).as_json()


def edit(world: World, call: Call) -> Json:
    """PATCH /channels/{channel}/messages/{message}: one's own only."""
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
    return world.channel_for(
        channel.id, Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    )


def _sent_before(world: World, nonce: str) -> Message | None:
    """The bot's message with this nonce, in whichever channel, if it is not too old."""
    everything = (message for channel in world.channels.values() for message in channel.history)
    same = (each for each in everything if each.nonce == nonce)
    return next((each for each in same if (world.clock() - each.created_at).total_seconds() <= NONCE_SECONDS), None)
