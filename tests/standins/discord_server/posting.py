"""Turns the bodies of calls into messages, checked as Discord checks them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from tests.standins.discord_server.calls import Upload
from tests.standins.discord_server.components import COMPONENTS_V2, EPHEMERAL, MOST_FILES, validate
from tests.standins.discord_server.content import LOADING, Attachment, Message
from tests.standins.discord_server.markdown import mentions
from tests.standins.discord_server.people import Channel
from tests.standins.discord_server.refusal import Refusal
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]

MOST_BYTES_IN_ALL = 25 * 1024 * 1024
_KEPT = ("content", "components", "embeds")


def compose(world: World, channel: Channel, body: object, uploads: Sequence[Upload], flags: int = 0) -> Json:
    """The fields of a new message; `flags` are those that may be sent here besides the usual ones. Raises Refusal."""
    sent = _object(body)
    attachments = _attachments(world, channel, sent, uploads, [])
    _check(sent, uploads, kept=())
    if (sent.get("flags") or 0) & EPHEMERAL & ~flags:
        raise Refusal(50035, ["/flags cannot have EPHEMERAL here"])
    fields = {key: sent.get(key) or ("" if key == "content" else []) for key in _KEPT}
    notified = mentions(sent, is_answer=bool(flags & EPHEMERAL))
    return {
        **fields,
        "flags": sent.get("flags") or 0,
        "attachments": attachments,
        "notified": notified,
        "sent": sent,
    }


def change(world: World, channel: Channel, message: Message, body: object, uploads: Sequence[Upload]) -> None:
    """Edit a message: what the body does not name stays, and of its files what `attachments` lists. Raises Refusal."""
    sent = _object(body)
    said = sent.get("flags")
    flags = said if isinstance(said, int) else message.flags & COMPONENTS_V2
    if message.is_v2 and not flags & COMPONENTS_V2:
        raise Refusal(
            50035, ["/flags cannot lose the flag for Components V2 (MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG)"]
        )
    if flags & EPHEMERAL:
        raise Refusal(50035, ["/flags cannot have EPHEMERAL in an edit"])
    attachments = _attachments(world, channel, sent, uploads, message.attachments)
    was = {} if message.is_thinking else {key: getattr(message, key) for key in _KEPT}
    whole = {**was, **sent, "flags": flags}
    _check(
        whole,
        uploads,
        kept=[each.filename for each in attachments if each.id in {old.id for old in message.attachments}],
    )
    message.content, message.components, message.embeds = (
        whole.get("content") or "",
        whole.get("components") or [],
        whole.get("embeds") or [],
    )
    message.attachments, message.sent = attachments, sent
    message.flags = message.flags & ~LOADING | flags
    message.edits += 1
    message.edited_at = world.clock()


def put(world: World, channel: Channel, author: Json, content: Json, **more: Any) -> Message:
    """A new message in a channel; `more` are further fields of `Message`."""
    message = Message(
        id=world.new_id(),
        channel_id=channel.id,
        guild_id=channel.guild.id if channel.guild else None,
        author=author,
        created_at=world.clock(),
        **{**content, **more},
    )
    channel.history.append(message)
    return message


def _object(body: object) -> Json:
    if not isinstance(body, dict):
        raise Refusal(50035, ["the body must be an object"])
    return body


def _check(message: Json, uploads: Sequence[Upload], kept: Sequence[str]) -> None:
    listed = message.get("attachments")
    named = {str(each.get("id")) for each in listed if isinstance(each, dict)} if isinstance(listed, list) else set()
    loose = [each.filename for each in uploads if each.number not in named]
    problems = validate(message, attached=[*kept, *loose])
    if problems == ["the message is empty"]:
        raise Refusal(50006)
    if problems:
        raise Refusal(50035, problems)


def _attachments(
    world: World, channel: Channel, body: Json, uploads: Sequence[Upload], old: Sequence[Attachment]
) -> list[Attachment]:
    """The files that the message has from now on: those of the request, and the old ones that are not dropped."""
    if any(len(each.content) > world.most_bytes for each in uploads):
        raise Refusal(40005)
    listed = body.get("attachments")
    entries = (
        {str(each.get("id")): each for each in listed if isinstance(each, dict)} if isinstance(listed, list) else {}
    )
    known = {each.id: each for each in old}
    stray = sorted(set(entries) - set(known) - {each.number for each in uploads})
    if stray:
        raise Refusal(
            50035, [f"/attachments names {', '.join(stray)}, which is neither a file here nor in the message"]
        )
    kept = list(old) if listed is None else [_described(each, entries[each.id]) for each in old if each.id in entries]
    new = [_attachment(world, channel, each, entries.get(each.number, {})) for each in uploads]
    if len(kept) + len(new) > MOST_FILES:
        raise Refusal(50035, [f"/attachments has more than {MOST_FILES} files"])
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
