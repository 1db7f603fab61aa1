"""Messages and their files. Bodies are kept as sent, and returned as Discord returns them: with ids and addresses."""

import copy
import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from tests.standins.discord_server.components import nested

Json: TypeAlias = dict[str, Any]

LOADING = 1 << 7
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(slots=True, kw_only=True)
class Attachment:
    id: str
    filename: str
    url: str
    content: bytes = field(repr=False)
    description: str | None = None

    @property
    def media_type(self) -> str:
        """The real type, whatever the name says."""
        if self.content.startswith(PNG):
            return "image/png"
        return "text/csv" if self.filename.endswith(".csv") else "application/octet-stream"

    def as_json(self) -> Json:
        shown: Json = {"id": self.id, "filename": self.filename, "size": len(self.content), "url": self.url}
        shown |= {"proxy_url": self.url, "content_type": self.media_type}
        return shown | ({"description": self.description} if self.description else {})


@dataclass(slots=True, kw_only=True)
class Message:
    """A message in its current state. `only_for` is the only person who sees an ephemeral one.

    People write `content`, the bot writes components. A message that `is_thinking` is a deferral without its reply.
    """

    id: str
    channel_id: str
    author: Json
    created_at: datetime
    content: str = ""
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    nonce: str = ""
    only_for: str | None = None
    via_interaction: bool = False
    notified: set[str] = field(default_factory=set)
    """Who was notified when it arrived: `<@user>`, `<@&role>`, `@everyone`."""
    edits: int = 0
    is_deleted: bool = False
    sent: Json = field(default_factory=dict)
    """The body of the last call that wrote it."""

    @property
    def is_thinking(self) -> bool:
        return bool(self.flags & LOADING)

    @property
    def text(self) -> str:
        """All its markdown, in order."""
        parts = [self.content, *(str(each["content"]) for each in nested(self.components) if each.get("type") == 10)]
        return "\n".join(part for part in parts if part).replace("\u00a0", " ")

    def shown_components(self) -> list[Json]:
        """Its components, each with an id, and each attachment by its address."""
        shown = with_ids(self.components)
        urls = {f"attachment://{each.filename}": each for each in self.attachments}
        for each in nested(shown):
            for place in (each, *(each.get("items") or ())):
                for key in {"media", "file"} & set(place):
                    place[key] = _media(place[key]["url"], urls)
        return shown

    def as_json(self) -> Json:
        shown: Json = {
            "id": self.id,
            "channel_id": self.channel_id,
            "author": self.author,
            "type": 20 if self.via_interaction else 0,
            "content": self.content,
            "components": self.shown_components(),
            "attachments": [each.as_json() for each in self.attachments],
            "flags": self.flags,
            "timestamp": self.created_at.isoformat(),
            "edited_timestamp": self.created_at.isoformat() if self.edits else None,
            "tts": False,
            "pinned": False,
            "mention_everyone": False,
            **{key: [] for key in ("embeds", "mentions", "mention_roles", "reactions")},
        }
        return shown | ({"nonce": self.nonce} if self.nonce else {})


def with_ids(components: list[Json]) -> list[Json]:
    """A copy of the components, with ids counted up for those that have none."""
    filled = copy.deepcopy(components)
    taken = {each["id"] for each in nested(filled) if each.get("id")}
    free = (number for number in itertools.count(1) if number not in taken)
    for each in nested(filled):
        each["id"] = each.get("id") or next(free)
    return filled


def _media(url: str, files: dict[str, Attachment]) -> Json:
    file = files.get(url)
    address = file.url if file else url
    shown: Json = {"url": address, "proxy_url": address, "width": 1, "height": 1, "loading_state": 2}
    return shown | ({"content_type": file.media_type, "attachment_id": file.id} if file else {})
