"""Outbox messages about approval requests, written in the transaction of the change; expiry and left-over starts."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.allowances import Approval
from bot.domain.clock import Clock
from bot.domain.tracking import TrackRequest
from bot.messages.approval import approval_answered, approval_card, approval_decided, approved_not_started
from bot.messages.wording import plural
from bot.store import Store
from bot.store.outbox import Message, News

STARTED_WITHIN = timedelta(minutes=5)
"""How long after an approval its start may still be under way; later, the process that was to send it has ended."""


def asked_news(approval: Approval, requests: Sequence[TrackRequest], left: str) -> News:
    """The card for the approvers; it shows amounts unless `left` is empty.

    The requester is notified if the card can't be posted in the channel.
    """
    card = Message(
        _key(approval),
        approval.workspace_id,
        approval.channel_id,
        approval_card(approval, requests, left),
        owner_id=approval.person.id,
        expires_at=approval.expires_at,
    )
    return News((card,))


def decided_news(approval: Approval, shows_money: bool) -> News:  # noqa: FBT001 - a NewsOf
    """The updated card, and the reply to the requester."""
    key, edited = f"{_key(approval)}:{approval.state}", approval_decided(approval, shows_money=shows_money)
    card = Message(key, approval.workspace_id, approval.channel_id, edited, edits=_key(approval))
    answer = Message(
        f"{key}:asker", approval.workspace_id, "", approval_answered(approval), person_id=approval.person.id
    )
    return News((card, answer))


def not_started(approval: Approval, reason: str) -> Message:
    """Notice to the requester: approved, but not started. Sent once."""
    reply = approved_not_started(approval, reason)
    return Message(f"{_key(approval)}:refused", approval.workspace_id, "", reply, person_id=approval.person.id)


class ApprovalMaintenance:
    """Expires requests that nobody answered in time, and reports approved ones that were never started.

    Safe to repeat, in any number of processes at once. `speed` is how fast the clock runs.
    """

    def __init__(self, store: Store, clock: Clock, speed: float = 1.0) -> None:
        self._store = store
        self._clock = clock
        self._started_within = STARTED_WITHIN * speed

    async def run(self) -> int:
        """Run once; returns how many requests it handled."""
        now = self._clock()
        unstarted = await self._store.approvals.unstarted(now - self._started_within, now)
        for approval, videos in unstarted:
            reason = f"I was interrupted with {plural(videos, 'video')} left to start."
            await self._store.outbox.add(not_started(approval, reason), now)
        return len(unstarted) + await self._store.approvals.expire(now, decided_news)


def _key(approval: Approval) -> str:
    return f"approval:{approval.id}"
