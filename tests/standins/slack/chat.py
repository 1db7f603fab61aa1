"""The chat.* methods."""

from typing import Any, TypeAlias
from urllib.parse import urlsplit

from tests.standins.slack.calls import Call
from tests.standins.slack.content import Message
from tests.standins.slack.people import Channel
from tests.standins.slack.posting import check_blocks, content_of, decoded, put
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
MAX_EDITED_TEXT = 4_000


def post_message(world: World, call: Call) -> Json:
    """chat.postMessage: `channel` may be a user's id, which means the direct messages with them."""
    channel = _writable(world, call)
    world.rates.spend_on_post(call.app.id, channel.team.id, channel.id)
    content = content_of(world, call.args, call.app, channel.team)
    message = put(world, channel, call.by.bot_user, content, **_circumstances(call, channel))
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json()}


def _writable(world: World, call: Call) -> Channel:
    name = call.text("channel")
    if name[:1] in ("U", "W") and name in world.users:
        channel = world.conversation(call.by, world.user_for(call.by, name))
    else:
        channel = world.channel_for(call.by, name)
    if channel.is_archived:
        raise Refusal("is_archived")
    if call.by.bot_user not in channel.members and "chat:write.public" not in call.by.scopes:
        raise Refusal("not_in_channel")
    return channel


def _circumstances(call: Call, channel: Channel) -> Json:
    thread = call.text("thread_ts")
    if thread and channel.find(thread) is None:
        raise Refusal("thread_not_found")
    metadata = decoded(call.args, "metadata", "invalid_metadata_format")
    if metadata is not None and not {"event_type", "event_payload"} <= set(metadata):
        raise Refusal("invalid_metadata_schema")
    return {"app_id": call.app.id, "thread_ts": thread or None, "metadata": metadata, "sent": dict(call.args)}


def post_ephemeral(world: World, call: Call) -> Json:
    """chat.postEphemeral: both the bot and the person have to be in the channel."""
    channel = world.channel_for(call.by, call.text("channel"))
    if channel.is_archived:
        raise Refusal("is_archived")
    if call.by.bot_user not in channel.members:
        raise Refusal("not_in_channel")
    if call.text("user") not in channel.members:
        raise Refusal("user_not_in_channel")
    content = content_of(world, call.args, call.app, channel.team)
    more = {**_circumstances(call, channel), "only_for": call.text("user")}
    return {"message_ts": put(world, channel, call.by.bot_user, content, **more).ts}


def update(world: World, call: Call) -> Json:
    """chat.update: of the bot's own messages that everybody sees. Blocks that are not sent stay as they were."""
    channel = world.channel_for(call.by, call.text("channel"))
    message = channel.find(call.text("ts"))
    if message is None:
        raise Refusal("message_not_found")
    if message.user != call.by.bot_user or message.via != "api":
        raise Refusal("cant_update_message")
    if channel.is_archived:
        raise Refusal("is_archived")
    if len(call.text("text")) > MAX_EDITED_TEXT:
        raise Refusal("msg_too_long")
    content = content_of(world, call.args, call.app, channel.team)
    message.text = content["text"]
    if call.args.get("blocks") is not None:
        message.blocks = content["blocks"]
    message.edits += 1
    message.sent = dict(call.args)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.as_json()}


def unfurl(world: World, call: Call) -> Json:
    """chat.unfurl: for links of the app's own domains that stand in the message."""
    channel, message = _shown_in(world, call)
    unfurls = decoded(call.args, "unfurls", "invalid_unfurls_format")
    if not isinstance(unfurls, dict) or not all(isinstance(each, dict) for each in unfurls.values()):
        raise Refusal("missing_unfurls" if not unfurls else "invalid_unfurls_format")
    for url, preview in unfurls.items():
        host = urlsplit(url).hostname or ""
        if url not in message.text or not any(f".{host}".endswith(f".{own}") for own in call.app.unfurl_domains):
            raise Refusal("cannot_unfurl_url")
        check_blocks(world, preview.get("blocks", []), "message", call.app, channel.team)
    message.unfurls |= unfurls
    return {}


def _shown_in(world: World, call: Call) -> tuple[Channel, Message]:
    """The message by its channel and ts, or, in the composer too, by the id of its link: either pair, whole."""
    if {"unfurl_id", "source"} <= call.args.keys():
        channel_id, _, ts = call.text("unfurl_id").partition("-")
    elif {"channel", "ts"} <= call.args.keys():
        channel_id, ts = call.text("channel"), call.text("ts")
    else:
        raise Refusal("invalid_arguments")
    channel = world.channel_for(call.by, channel_id)
    message = channel.find(ts)
    if message is None:
        raise Refusal("cannot_find_message")
    return channel, message
