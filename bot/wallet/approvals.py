"""Messages about requests for approval, written in the transaction that changes them; and the end of old requests."""

from collections.abc import Sequence

from bot.domain.approvals import Approval
from bot.domain.clock import Clock
from bot.domain.tracking import TrackRequest
from bot.messages.approval import approval_answered, approval_card, approval_decided
from bot.store import Store
from bot.store.outbox import Message, News


def asked_news(approval: Approval, requests: Sequence[TrackRequest], left: str) -> News:
    """The card for the approvers, with amounts if it says what is `left`.

    The asker is notified if the channel takes no message.
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
    """The updated card, and the answer for the person who asked."""
    key, edited = f"{_key(approval)}:{approval.state}", approval_decided(approval, shows_money=shows_money)
    card = Message(key, approval.workspace_id, approval.channel_id, edited, edits=_key(approval))
    answer = Message(
        f"{key}:asker", approval.workspace_id, "", approval_answered(approval), person_id=approval.person.id
    )
    return News((card, answer))


class ApprovalExpiry:
    """Ends requests for approval that nobody answered in time. Safe to repeat, in any number of processes at once."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def run(self) -> int:
        """Returns how many were looked at."""
        return await self._store.approvals.expire(self._clock(), decided_news)


def _key(approval: Approval) -> str:
    return f"approval:{approval.id}"
