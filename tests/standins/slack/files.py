"""The files.* methods of the current upload flow, and the address that the bytes go to."""

from typing import Any, TypeAlias

from tests.standins.slack.calls import Call
from tests.standins.slack.content import File
from tests.standins.slack.people import Channel
from tests.standins.slack.posting import content_of, decoded, put
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
MAX_ALT_TEXT = 1_000


def get_upload_url(world: World, call: Call) -> Json:
    """files.getUploadURLExternal: where the bytes of one file go."""
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
    """Take the bytes of a file. Raises Refusal unless they are as many as were announced, and the first."""
    file = world.files.get(file_id)
    if file is None or file.content is not None:
        raise Refusal("file_not_found")
    if len(content) != file.length:
        raise Refusal("file_size_mismatch")
    file.content = content
    return f"OK - {len(content)}"


def complete(world: World, call: Call) -> Json:
    """files.completeUploadExternal: in a channel, or in none and then for the bot's eyes only."""
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
    # A file may come with no words at all.
    comment = call.text("initial_comment")
    content = content_of(world, {"text": comment}, call.app, channel.team) if comment else {"text": ""}
    more = {"files": files, "app_id": call.app.id, "thread_ts": call.text("thread_ts") or None, "sent": dict(call.args)}
    put(world, channel, call.by.bot_user, content, **more)
