"""The routes of channels: messages, threads, and the history as an app without message content sees it."""

from typing import Any, TypeAlias

from tests.standins.discord_server.calls import Call
from tests.standins.discord_server.content import Message
from tests.standins.discord_server.people import Channel, ChannelKind
from tests.standins.discord_server.permissions import Permission
from tests.standins.discord_server.posting import change, compose, put
from tests.standins.discord_server.refusal import Refusal
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]
NONCE_SECONDS = 120
"""How long a nonce is known. Discord says "the past few minutes"."""
MESSAGE_CONTENT = 1 << 15
_MINUTES = (60, 1440, 4320, 10080)


def get(world: World, call: Call) -> Json:
    """GET /channels/{channel}."""
    return world.channel_for(call.path["channel"]).as_json()


def post(world: World, call: Call) -> Json:
    """POST /channels/{channel}/messages; with `enforce_nonce` a repetition gives the message that is there already.

    One that was deleted shortly before is unknown (discord.py, Messageable.send, NotFound).
    """
    channel = _writable(world, call)
    body = call.body if isinstance(call.body, dict) else {}
    for key, needed in (("embeds", Permission.EMBED_LINKS), ("attachments", Permission.ATTACH_FILES)):
        if body.get(key) or (key == "attachments" and call.uploads):
            world.channel_for(channel.id, needed)
    nonce = str(body["nonce"]) if body.get("nonce") not in (None, "") else None
    content = compose(world, channel, call.body, call.uploads)
    if nonce and body.get("enforce_nonce"):
        before = _sent_before(world, nonce)
        if before is not None and before.is_deleted:
            raise Refusal(10008)
        if before is not None:
            return before.as_json()
    reply = (body.get("message_reference") or {}).get("message_id")
    if reply is not None and not any(each.id == str(reply) for each in channel.messages):
        raise Refusal(50035, ["/message_reference names an unknown message"])
    author = world.app.user.as_json()
    message = put(world, channel, author, content, nonce=nonce, reply_to=str(reply) if reply else None)
    return message.as_json()


def edit(world: World, call: Call) -> Json:
    """PATCH /channels/{channel}/messages/{message}: one's own only."""
    channel = world.channel_for(call.path["channel"])
    message = _message(channel, call.path["message"])
    if message.author["id"] != world.app.user.id:
        raise Refusal(50005)
    if call.uploads:
        world.channel_for(channel.id, Permission.ATTACH_FILES)
    change(world, channel, message, call.body, call.uploads)
    return message.as_json()


def delete(world: World, call: Call) -> None:
    """DELETE /channels/{channel}/messages/{message}: somebody else's with the permission for it."""
    channel = world.channel_for(call.path["channel"])
    message = _message(channel, call.path["message"])
    if message.author["id"] != world.app.user.id:
        world.channel_for(channel.id, Permission.MANAGE_MESSAGES)
    message.is_deleted = True


def read(world: World, call: Call) -> Json:
    """GET /channels/{channel}/messages/{message}."""
    channel = world.channel_for(call.path["channel"], Permission.READ_MESSAGE_HISTORY)
    return _readable(world, _message(channel, call.path["message"]))


def history(world: World, call: Call) -> list[Json]:
    """GET /channels/{channel}/messages, the newest first."""
    channel = world.channel_for(call.path["channel"], Permission.READ_MESSAGE_HISTORY)
    newest = channel.messages[::-1][: int(call.query.get("limit", 50))]
    return [_readable(world, each) for each in newest]


def start_thread(world: World, call: Call) -> Json:
    """POST /channels/{channel}/threads, or …/messages/{message}/threads: that one has the message's id."""
    channel = world.channel_for(call.path["channel"], Permission.CREATE_PUBLIC_THREADS)
    message = _message(channel, call.path["message"]) if "message" in call.path else None
    body = call.body if isinstance(call.body, dict) else {}
    problems = [] if 1 <= len(str(body.get("name") or "")) <= 100 else ["/name must have 1 to 100 characters"]
    if body.get("auto_archive_duration", 1440) not in _MINUTES:
        problems.append(f"/auto_archive_duration must be one of {_MINUTES}")
    if message is None and body.get("type") != ChannelKind.PUBLIC_THREAD:
        problems.append("/type must be 11: others are not played here")
    if problems or channel.guild is None or channel.is_thread:
        raise Refusal(50035, problems)
    if message is not None and message.id in world.channels:
        raise Refusal(160004)
    thread = world.add_channel(channel.guild, str(body["name"]), ChannelKind.PUBLIC_THREAD, channel)
    if message is not None:
        world.channels[message.id] = channel.guild.channels[message.id] = thread
        del world.channels[thread.id], channel.guild.channels[thread.id]
        thread.id = message.id
    world.dispatch("THREAD_CREATE", {**thread.as_json(), "newly_created": True}, channel.guild.id)
    return thread.as_json()


def _writable(world: World, call: Call) -> Channel:
    channel = world.channel_for(call.path["channel"])
    if channel.guild is None:
        if not all(each.takes_dms and world.is_known(each) for each in channel.recipients):
            raise Refusal(50007)
        return channel
    writing = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    if channel.is_locked:
        raise Refusal(160005)
    return world.channel_for(channel.id, writing)


def _sent_before(world: World, nonce: str) -> Message | None:
    """The bot's message with this nonce, in whichever channel, if it is not too old."""
    everything = (message for channel in world.channels.values() for message in channel.history)
    return next(
        (
            each
            for each in everything
            if each.nonce == nonce and (world.clock() - each.created_at).total_seconds() <= NONCE_SECONDS
        ),
        None,
    )


def _message(channel: Channel, id_: str) -> Message:
    message = next((each for each in channel.messages if each.id == id_), None)
    if message is None:
        raise Refusal(10008)
    return message


def _readable(world: World, message: Message) -> Json:
    """Another's message is empty for an app without the intent for message content, unless it is mentioned."""
    shown = message.as_json()
    is_ours = message.author["id"] == world.app.user.id or message.guild_id is None
    if is_ours or f"<@{world.app.user.id}>" in message.content or world.app.allowed_intents & MESSAGE_CONTENT:
        return shown
    return {**shown, "content": "", **{key: [] for key in ("embeds", "attachments", "components")}}
