"""Turns request bodies into messages, checked as Discord checks them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from tests.standins.discord_server.calls import Upload
from tests.standins.discord_server.components import COMPONENTS_V2, EPHEMERAL, message_problems
from tests.standins.discord_server.content import LOADING, Attachment, Message
from tests.standins.discord_server.markdown import mentions
from tests.standins.discord_server.people import Channel
from tests.standins.discord_server.refusal import Refusal
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]

MAX_REQUEST_BYTES = 25 * 1024 * 1024
MAX_FILES = 10


def compose(world: World, channel: Channel, sent: Json, uploads: Sequence[Upload], flags: int = 0) -> Json:
    """The fields of a new message; `flags` are allowed besides the usual ones. Raises Refusal."""
    attachments = _attachments(world, channel, sent, uploads, [])
    _check(sent, uploads)
    if sent["flags"] & EPHEMERAL & ~flags:
        raise Refusal(50035, ["/flags cannot have EPHEMERAL here"])
    return {
        "components": sent["components"],
        "flags": sent["flags"],
        "attachments": attachments,
        "notified": mentions(sent, is_answer=bool(flags & EPHEMERAL)),
        "sent": sent,
    }


def change(world: World, channel: Channel, message: Message, sent: Json, uploads: Sequence[Upload]) -> None:
    """Edit a message: fields not in the body stay, files only if `attachments` lists them. Raises Refusal."""
    attachments = _attachments(world, channel, sent, uploads, message.attachments)
    if sent.get("flags", COMPONENTS_V2) != COMPONENTS_V2:
        raise Refusal(50035, ["/flags must be those of Components V2 in an edit, and cannot have EPHEMERAL"])
    before = {} if message.is_thinking else {"components": message.components}
    whole = {**before, **sent, "flags": COMPONENTS_V2}
    old = {each.id for each in message.attachments}
    _check(whole, uploads, kept=(each.filename for each in attachments if each.id in old))
    message.components, message.attachments, message.sent = whole["components"], attachments, sent
    message.flags = message.flags & ~LOADING | COMPONENTS_V2
    message.edits += 1


def put(world: World, channel: Channel, author: Json, content: Json, **more: Any) -> Message:
    """Add a message to a channel; `more` are further fields of `Message`."""
    message = Message(
        id=world.new_id(),
        channel_id=channel.id,
        author=author,
        created_at=world.clock(),
        **{**content, **more},
    )
    channel.history.append(message)
    return message


def _check(message: Json, uploads: Sequence[Upload], kept: Iterable[str] = ()) -> None:
    listed = {str(each["id"]) for each in message.get("attachments") or ()}
    loose = [each.filename for each in uploads if each.number not in listed]
    problems = message_problems(message, [*kept, *loose])
    if problems:
        raise Refusal(50035, problems)


def _attachments(
    world: World, channel: Channel, body: Json, uploads: Sequence[Upload], old: Sequence[Attachment]
) -> list[Attachment]:
    """The message's files after the call: those of the request, and the old ones it keeps."""
    if any(len(each.content) > world.max_file_bytes for each in uploads):
        raise Refusal(40005)
    listed = body.get("attachments")
    entries = {str(each["id"]): each for each in listed or ()}
    stray = sorted(set(entries) - {each.id for each in old} - {each.number for each in uploads})
    if stray:
        raise Refusal(50035, [f"/attachments names {', '.join(stray)}, neither a file here nor one of the message"])
    kept = old if listed is None else [_described(each, entries[each.id]) for each in old if each.id in entries]
    new = [_attachment(world, channel, each, entries.get(each.number, {})) for each in uploads]
    if len(kept) + len(new) > MAX_FILES:
        raise Refusal(50035, [f"/attachments has more than {MAX_FILES} files"])
    return [*kept, *new]


def _described(file: Attachment, entry: Json) -> Attachment:
    return replace(file, description=entry.get("description", file.description))


def _attachment(world: World, channel: Channel, upload: Upload, entry: Json) -> Attachment:
    id_ = world.new_id()
    filename = str(entry.get("filename") or upload.filename)
    url = f"{world.base_url}/attachments/{channel.id}/{id_}/{filename}"
    file = Attachment(
        id=id_, filename=filename, url=url, content=upload.content, description=entry.get("description") or None
    )
    world.files[id_] = file
    return file
