"""The Web API methods that the bot calls: scope, tier, arguments and handler of each.

Other methods are refused as unknown_method, other arguments as invalid_arguments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from tests.standins.slack import oauth
from tests.standins.slack.apps import TRIGGER_LIFE, App, Trigger
from tests.standins.slack.calls import Call
from tests.standins.slack.content import File, Message, View
from tests.standins.slack.people import SCOPE_FAMILY, Channel, Team
from tests.standins.slack.posting import check_blocks, check_view, content_of, decoded, put
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
Answer: TypeAlias = Callable[[World, Call], Json]
MAX_EDITED_TEXT = 4_000
MAX_ALT_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Method:
    """A method. `bearers` are the kinds of token that it takes; empty if it needs none."""

    answer: Answer
    tier: int
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    scope: str = ""
    bearers: tuple[Literal["bot", "app"], ...] = ("bot",)


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _auth_test(world: World, call: Call) -> Json:
    """auth.test: identifies the token. An organisation's has its id in place of a workspace's."""
    token = call.by
    if token.kind == "app":
        return {"app_id": token.app.id, "app_name": token.app.name}
    return {
        "url": f"https://{token.team.domain if token.team else 'grid'}.slack.com/",
        "team": call.place.name,
        "user": world.users[token.bot_user].name,
        "team_id": call.place.id,
        "user_id": token.bot_user,
        "bot_id": token.bot_id,
        "is_enterprise_install": token.team is None,
        **({"enterprise_id": token.enterprise.id} if token.enterprise else {}),
    }


def _users_info(world: World, call: Call) -> Json:
    return {"user": world.user_for(call.by, call.text("user")).as_json()}


def _usergroups_list(world: World, call: Call) -> Json:
    """usergroups.list with the members of each."""
    groups = world.user_groups.get(call.place.id, {})
    shown = [
        {"id": f"S{name}", "team_id": call.place.id, "handle": name, "users": [*users]}
        for name, users in groups.items()
    ]
    return {"usergroups": shown}


def _conversations_info(world: World, call: Call) -> Json:
    """conversations.info: each kind of conversation needs its own scope."""
    channel = world.channel_for(call.by, call.text("channel"))
    needed = f"{SCOPE_FAMILY[channel.kind]}:read"
    if needed not in call.by.scopes:
        raise Refusal("missing_scope", needed=needed, provided=",".join(sorted(call.by.scopes)))
    return {"channel": channel.as_json(call.by.bot_user)}


def _conversations_open(world: World, call: Call) -> Json:
    """conversations.open: the direct messages with a person."""
    user = world.user_for(call.by, call.text("users"))
    if user.deleted:
        raise Refusal("user_disabled")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    return {"channel": {"id": world.conversation(call.by, user).id}}


def _post_message(world: World, call: Call) -> Json:
    """chat.postMessage: `channel` may be a user's id, for direct messages."""
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


def _post_ephemeral(world: World, call: Call) -> Json:
    """chat.postEphemeral: both the bot and the person must be in the channel."""
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


def _update(world: World, call: Call) -> Json:
    """chat.update: only the bot's own visible messages. Blocks stay if none are sent."""
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


def _unfurl(world: World, call: Call) -> Json:
    """chat.unfurl: for links in the message that are in the app's own domains."""
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
    """The message by channel and ts, or by unfurl_id and source, which also works in the composer."""
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


def _get_upload_url(world: World, call: Call) -> Json:
    """files.getUploadURLExternal: where to upload a file's bytes."""
    if not call.text("length").isdigit() or int(call.text("length")) < 1:
        raise Refusal("invalid_arguments", ["[ERROR] length must be more than 0"])
    if len(call.text("alt_txt")) > MAX_ALT_TEXT:
        raise Refusal("invalid_arguments", [f"[ERROR] alt_txt must be less than {MAX_ALT_TEXT + 1} characters"])
    file = File(
        id=world.new_id("F"),
        place_id=call.place.id,
        app_id=call.app.id,
        name=call.text("filename"),
        length=int(call.text("length")),
        alt_text=call.text("alt_txt"),
    )
    world.files[file.id] = file
    return {"file_id": file.id, "upload_url": f"{world.base_url}/upload/v1/{file.id}"}


def upload(world: World, file_id: str, content: bytes) -> str:
    """Accept a file's bytes, once. Raises Refusal unless they have the announced length."""
    file = world.files.get(file_id)
    if file is None or file.content is not None:
        raise Refusal("file_not_found")
    if len(content) != file.length:
        raise Refusal("file_size_mismatch")
    file.content = content
    return f"OK - {len(content)}"


def _complete(world: World, call: Call) -> Json:
    """files.completeUploadExternal: into a channel, or into none, when only the bot can see it."""
    listed = decoded(call.args, "files", "invalid_arguments")
    if not isinstance(listed, list) or not listed or not all(isinstance(each, dict) for each in listed):
        raise Refusal("invalid_arguments", ["[ERROR] files must be an array of objects"])
    files = [_uploaded(world, call, str(each.get("id", ""))) for each in listed]
    channel = _shared_in(world, call, call.text("channel_id")) if call.text("channel_id") else None
    for file, each in zip(files, listed, strict=True):
        file.title = str(each.get("title") or file.name)
        file.completed_at = world.clock()
        file.processed_at = world.clock() + world.processing
        file.channels = [channel.id] if channel else []
    if channel:
        _share(world, call, channel, files)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _uploaded(world: World, call: Call, file_id: str) -> File:
    file = world.files.get(file_id)
    if file is None or file.app_id != call.app.id or file.place_id != call.place.id:
        raise Refusal("file_not_found")
    if file.content is None or file.completed_at is not None:
        raise Refusal("file_not_found")
    return file


def _shared_in(world: World, call: Call, name: str) -> Channel:
    channel = world.channel_for(call.by, name)
    if call.by.bot_user not in channel.members:
        raise Refusal("not_in_channel")
    if channel.is_archived:
        raise Refusal("is_archived")
    return channel


def _share(world: World, call: Call, channel: Channel, files: list[File]) -> None:
    # A file may come without a comment.
    comment = call.text("initial_comment")
    content = content_of(world, {"text": comment}, call.app, channel.team) if comment else {"text": ""}
    more = {"files": files, "app_id": call.app.id, "thread_ts": call.text("thread_ts") or None, "sent": dict(call.args)}
    put(world, channel, call.by.bot_user, content, **more)


def _open_view(world: World, call: Call) -> Json:
    """views.open: replaces the app's open modal."""
    trigger = _exchange(world, call)
    body = check_view(world, _sent(call), "modal", call.app, trigger.team)
    for each in world.modals(trigger.user):
        each.is_open = False
    return {"view": _show(world, call.app, trigger.team, trigger.user, body).as_json()}


def _publish_view(world: World, call: Call) -> Json:
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


_SPOKEN = _words("text blocks thread_ts unfurl_links unfurl_media client_msg_id metadata")
METHODS: dict[str, Method] = {
    "auth.test": Method(_auth_test, 4, bearers=("bot", "app")),
    "oauth.v2.access": Method(
        oauth.access, 4, optional=_words("client_id client_secret code redirect_uri grant_type"), bearers=()
    ),
    "users.info": Method(_users_info, 4, _words("user"), scope="users:read"),
    "usergroups.list": Method(_usergroups_list, 2, _words("include_users"), scope="usergroups:read"),
    "conversations.info": Method(_conversations_info, 3, _words("channel")),
    "conversations.open": Method(_conversations_open, 3, _words("users"), scope="im:write"),
    "chat.postMessage": Method(_post_message, 4, _words("channel"), _SPOKEN | {"reply_broadcast"}, "chat:write"),
    "chat.postEphemeral": Method(_post_ephemeral, 4, _words("channel user"), _SPOKEN, "chat:write"),
    "chat.update": Method(_update, 3, _words("channel ts"), _words("text blocks parse"), "chat:write"),
    "chat.unfurl": Method(_unfurl, 3, _words("unfurls"), _words("channel ts unfurl_id source"), "links:write"),
    "views.open": Method(_open_view, 4, _words("trigger_id view")),
    "views.publish": Method(_publish_view, 4, _words("user_id view")),
    "files.getUploadURLExternal": Method(
        _get_upload_url, 4, _words("filename length"), _words("alt_txt"), "files:write"
    ),
    "files.completeUploadExternal": Method(
        _complete, 4, _words("files"), _words("channel_id initial_comment thread_ts"), "files:write"
    ),
}
