"""Messages, files and views. Blocks are kept as Slack keeps them, with every id filled in."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

Json: TypeAlias = dict[str, Any]

PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(slots=True, kw_only=True)
class Message:
    """A message in its current state. `only_for` is the only person who sees an ephemeral one."""

    ts: str
    channel_id: str
    team_id: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    app_id: str | None = None
    thread_ts: str | None = None
    only_for: str | None = None
    via: Literal["api", "response_url", "person"] = "api"
    edits: int = 0
    is_deleted: bool = False
    metadata: Json | None = None
    unfurls: Json = field(default_factory=dict)
    files: list["File"] = field(default_factory=list)
    sent: Json = field(default_factory=dict)
    """The arguments of the last call that wrote it."""

    def as_json(self) -> Json:
        shown: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": self.team_id}
        optional = {"thread_ts": self.thread_ts, "app_id": self.app_id, "metadata": self.metadata}
        shown |= {key: value for key, value in optional.items() if value}
        shown |= {"blocks": self.blocks} if self.blocks else {}
        shown |= {"attachments": self.attachments} if self.attachments else {}
        shown |= {"files": [{"id": file.id, "name": file.name} for file in self.files]} if self.files else {}
        return shown | ({"edited": {"user": self.user, "ts": self.ts}} if self.edits else {})


@dataclass(slots=True, kw_only=True)
class File:
    """A file: requested, uploaded, completed, and processed some time later."""

    id: str
    place_id: str
    app_id: str
    name: str
    length: int
    alt_text: str = ""
    title: str = ""
    content: bytes | None = field(default=None, repr=False)
    completed_at: datetime | None = None
    processed_at: datetime | None = None
    channels: list[str] = field(default_factory=list)

    @property
    def media_type(self) -> str:
        """The real type, whatever the name says."""
        if (self.content or b"").startswith(PNG):
            return "image/png"
        return "text/csv" if self.name.endswith(".csv") else "application/octet-stream"

    def is_processed(self, now: datetime) -> bool:
        return self.processed_at is not None and now >= self.processed_at


@dataclass(slots=True, kw_only=True)
class View:
    """A modal or Home tab as one person sees it. `errors` are those of the last submission, by block."""

    id: str
    app_id: str
    team_id: str
    user: str
    body: Json
    is_open: bool = True
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.body["blocks"]
        return blocks

    def as_json(self, values: Json | None = None) -> Json:
        """The view as in responses and payloads, with the submitted values."""
        return {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            **self.body,
            "id": self.id,
            "team_id": self.team_id,
            "app_id": self.app_id,
            "hash": "0",
            "root_view_id": self.id,
            "previous_view_id": None,
            "state": {"values": values or {}},
        }


def with_ids(blocks: list[Json], new_id: Iterator[str]) -> list[Json]:
    """A copy of the blocks; block_ids and action_ids are counted up where none was sent."""
    filled = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", next(new_id))
        for element in elements(block):
            element.setdefault("action_id", next(new_id))
    return filled


def elements(block: Json) -> list[Json]:
    """The elements of a block that can be pressed, chosen or filled in."""
    if block["type"] == "actions":
        return list(block["elements"])
    return [block["element"]] if block["type"] == "input" else []
