"""What is written at Discord: messages and their files. Bodies are kept as they were sent and shown as Discord shows
them: every component with an id, every attachment with an address.
"""

import copy
import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from tests.standins.discord_server.components import COMPONENTS_V2, EPHEMERAL, nested

Json: TypeAlias = dict[str, Any]

LOADING = 1 << 7
PNG, JPEG, GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8"
_PICTURES = {PNG: "image/png", JPEG: "image/jpeg", GIF: "image/gif"}


@dataclass(slots=True, kw_only=True)
class Attachment:
    """A file of a message."""

    id: str
    filename: str
    url: str
    content: bytes = field(repr=False)
    description: str | None = None

    @property
    def media_type(self) -> str:
        """What it really is, whatever its name says."""
        known = (kind for magic, kind in _PICTURES.items() if self.content.startswith(magic))
        return next(known, "text/csv" if self.filename.endswith(".csv") else "application/octet-stream")

    def as_json(self) -> Json:
        """The attachment as a message shows it."""
        shown: Json = {"id": self.id, "filename": self.filename, "size": len(self.content), "url": self.url}
        shown |= {"proxy_url": self.url, "content_type": self.media_type}
        return shown | ({"description": self.description} if self.description else {})


@dataclass(slots=True, kw_only=True)
class Message:
    """One message as it stands now. `only_for` is the one person who sees an ephemeral one.

    `via` is the way it came: a call to the channel, an interaction, or a person. A message that is `is_thinking` has
    been promised by a deferral and says nothing yet.
    """

    id: str
    channel_id: str
    guild_id: str | None
    author: Json
    created_at: datetime
    content: str = ""
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    application_id: str | None = None
    nonce: str | None = None
    reply_to: str | None = None
    only_for: str | None = None
    interaction: Json | None = None
    via: Literal["channel", "interaction", "person"] = "channel"
    notified: set[str] = field(default_factory=set)
    """Whom it notified when it came: `<@user>`, `<@&role>`, `@everyone`, `reply`."""
    edits: int = 0
    edited_at: datetime | None = None
    is_deleted: bool = False
    sent: Json = field(default_factory=dict)
    """The body of the call that made it what it is."""

    @property
    def is_v2(self) -> bool:
        """Whether components are all that it is made of."""
        return bool(self.flags & COMPONENTS_V2)

    @property
    def is_ephemeral(self) -> bool:
        """Whether one person alone sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def is_thinking(self) -> bool:
        """Whether it only says that the app is thinking."""
        return bool(self.flags & LOADING)

    @property
    def text(self) -> str:
        """All markdown that it shows, in order: the content, the components, the embeds."""
        parts = [self.content, *(str(each["content"]) for each in nested(self.components) if each.get("type") == 10)]
        for embed in self.embeds:
            parts += [embed.get("title") or "", embed.get("description") or ""]
            parts += [f"{each['name']}\n{each['value']}" for each in embed.get("fields") or ()]
        return "\n".join(part for part in parts if part)

    def shown_components(self) -> list[Json]:
        """The components with every id filled in and every attachment by its address."""
        shown = with_ids(self.components)
        urls = {f"attachment://{each.filename}": each for each in self.attachments}
        for each in nested(shown):
            for place in (each, *(each.get("items") or ())):
                for key in {"media", "file"} & set(place):
                    place[key] = _media(place[key]["url"], urls)
        return shown

    def as_json(self) -> Json:
        """The message as answers and events show it."""
        shown: Json = {
            "id": self.id,
            "channel_id": self.channel_id,
            "author": self.author,
            "type": 20 if self.interaction else 19 if self.reply_to else 0,
            "content": self.content,
            "components": self.shown_components(),
            "embeds": [{"type": "rich", **each} for each in self.embeds],
            "attachments": [each.as_json() for each in self.attachments],
            "flags": self.flags,
            "timestamp": self.created_at.isoformat(),
            "edited_timestamp": self.edited_at.isoformat() if self.edited_at else None,
            "tts": False,
            "pinned": False,
            "mention_everyone": False,
            **{key: [] for key in ("mentions", "mention_roles", "reactions")},
        }
        optional = {
            "application_id": self.application_id,
            "nonce": self.nonce,
            "interaction_metadata": self.interaction,
        }
        shown |= {key: value for key, value in optional.items() if value}
        shown |= {"webhook_id": self.application_id} if self.interaction else {}
        if self.reply_to:
            shown["message_reference"] = {"message_id": self.reply_to, "channel_id": self.channel_id, "type": 0}
        return shown


def with_ids(components: list[Json]) -> list[Json]:
    """A copy of the components in which each has an id, made up in order where none was sent."""
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
