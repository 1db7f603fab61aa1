"""The files.* methods of the current upload flow, and the address that the bytes go to."""

from typing import Any, TypeAlias

from tests.standins.slack.calls import Call
from tests.standins.slack.content import File
from tests.standins.slack.people import Channel, Team
from tests.standins.slack.posting import content_of, decoded, put
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
MOST_ALT_TEXT = 1_000


def get_upload_url(world: World, call: Call) -> Json:
    """files.getUploadURLExternal: where the bytes of one file go."""
    if not call.text("length").isdigit() or int(call.text("length")) < 1:
        raise Refusal("invalid_arguments", ["[ERROR] length must be more than 0"])
    if len(call.text("alt_txt")) > MOST_ALT_TEXT:
        raise Refusal("invalid_arguments", [f"[ERROR] alt_txt must be less than {MOST_ALT_TEXT + 1} characters"])
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
    wanted = [name for name in (call.text("channel_id"), *call.text("channels").split(",")) if name]
    channels = [_shared_in(world, call, name) for name in wanted]
    for file, each in zip(files, listed, strict=True):
        file.title = str(each.get("title") or file.name)
        file.completed_at = world.clock()
        file.processed_at = world.clock() + world.processing
        file.channels = [channel.id for channel in channels]
    for channel in channels:
        _share(world, call, channel, channel.team, files)
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


def _share(world: World, call: Call, channel: Channel, team: Team, files: list[File]) -> None:
    # Blocks are ignored beside a comment, as documented; a file may also come with no words at all.
    said = {key: call.args[key] for key in ("initial_comment", "blocks") if call.args.get(key)}
    sent = {"text": said["initial_comment"]} if "initial_comment" in said else said
    content = content_of(world, sent, call.app, team) if sent else {"text": ""}
    more = {"files": files, "app_id": call.app.id, "thread_ts": call.text("thread_ts") or None, "sent": dict(call.args)}
    put(world, channel, call.by.bot_user, content, **more)


def info(world: World, call: Call) -> Json:
    """files.info: what is known of a file so far."""
    file = world.files.get(call.text("file"))
    if file is None or file.place_id != call.place.id or file.completed_at is None:
        raise Refusal("file_not_found")
    return {"file": file.as_json(world.clock())}
