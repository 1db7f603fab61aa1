"""What a person did in Slack, read from the payload: who, where, when, and how they can be answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from slack_bolt.context.async_context import AsyncBoltContext

Payload: TypeAlias = Mapping[str, Any]

LASTS = timedelta(minutes=30)
USES = 5


class ResponseUrl:
    """Where one gesture may be answered without a token: five times within thirty minutes (Slack's documentation).

    A refused answer counts as well.
    """

    def __init__(self, url: str, made_at: datetime) -> None:
        self.url = url
        self.made_at = made_at
        self._left = USES

    def take(self, now: datetime) -> bool:
        """Whether it may be used now, which is then counted."""
        if self._left == 0 or now - self.made_at >= LASTS:
            return False
        self._left -= 1
        return True

    def give_up(self) -> None:
        """Slack wants no more of it."""
        self._left = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that one person did.

    `id` tells it from everything else, and so from its own redelivery. `channel_id` is None where it was done in no
    channel: on the Home tab, by a global shortcut. `home_team_id` is the person's own workspace, empty if the payload
    doesn't say. `may_replace` says that nobody else sees the message that was acted
    on, so that a private answer may take its place.
    """

    id: str
    team_id: str
    enterprise_id: str | None
    user_id: str
    user_name: str
    channel_id: str | None = None
    response_url: ResponseUrl | None = None
    trigger_id: str = ""
    may_replace: bool = False
    home_team_id: str = ""

    @property
    def is_direct(self) -> bool:
        """Whether it was done where nobody but this person reads: in direct messages, or in no channel."""
        return self.channel_id is None or self.channel_id.startswith("D")


def asked(body: Payload, context: AsyncBoltContext, now: datetime) -> Asked:
    """The facts that every payload has, wherever it keeps them."""
    user = body.get("user")
    named = user if isinstance(user, dict) else {}
    channel_id, trigger_id = context.channel_id, str(body.get("trigger_id") or "")
    view_id = str((body.get("view") or {}).get("id", ""))
    return Asked(
        id=str(body.get("event_id") or trigger_id or view_id),
        team_id=context.team_id or "",
        enterprise_id=context.enterprise_id,
        user_id=context.user_id or "",
        user_name=str(named.get("name") or named.get("username") or body.get("user_name") or ""),
        channel_id=channel_id,
        response_url=ResponseUrl(context.response_url, now) if context.response_url else None,
        trigger_id=trigger_id,
        # Slack offers slash commands to members of the workspace alone, and doesn't repeat its id in a `user`.
        home_team_id=str(named.get("team_id") or (body.get("team_id") if "command" in body else "") or ""),
        may_replace=bool((body.get("container") or {}).get("is_ephemeral")) or (channel_id or "").startswith("D"),
    )


def packed(asked: Asked) -> str:
    """What a modal has to remember of where it was opened: its submission says nothing of it."""
    url = asked.response_url
    where = {"channel": asked.channel_id, "url": url.url, "at": url.made_at.timestamp()} if url else {}
    return json.dumps(where or {"channel": asked.channel_id})


def unpacked(private_metadata: str) -> tuple[str | None, ResponseUrl | None]:
    """The channel and the response_url that `packed` kept. How often the url was used is not known: Slack will tell."""
    where = json.loads(private_metadata or "{}")
    if "url" not in where:
        return where.get("channel"), None
    return where["channel"], ResponseUrl(where["url"], datetime.fromtimestamp(where["at"], UTC))
