"""Digests as rows of their table, and back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from bot.domain.caller import Person
from bot.domain.digest import DigestOptions
from bot.domain.schedule import Occurrence, Schedule


@dataclass(frozen=True, slots=True)
class Subscription:
    """One channel's digest. `next` is the occurrence that comes next, or came and is not done.

    `last_date` is the local date that was done last, `last_window_end` the end of what was told last,
    `last_recent` its `Collected.recent`, and `last_outcome` a sentence where something kept the last one from being
    told. `off_reason` says why it was switched
    off where nobody did it.
    """

    id: int
    workspace_id: int
    channel_id: str
    is_on: bool
    off_reason: str
    schedule: Schedule
    options: DigestOptions
    next: Occurrence
    last_date: date | None
    last_window_end: datetime | None
    last_recent: int | None
    last_outcome: str
    set_by: Person


def set_by(options: DigestOptions, person: Person) -> dict[str, Any]:
    """What a row holds of who set it up and what they want to see."""
    return {"options": options.to_json(), "set_by_id": person.id, "set_by_name": person.name}


def times_of(schedule: Schedule, upcoming: Occurrence) -> dict[str, Any]:
    """What a row holds of its schedule and of what is due next; whoever has claimed what was due loses it."""
    return {
        "minute": schedule.minute,
        "zone": schedule.zone,
        "weekday": schedule.weekday,
        "next_date": upcoming.date,
        "next_due_at": upcoming.at,
        "lease_token": None,  # whoever makes the one that was due gives it up
        "lease_until": None,
    }


def subscription_from(row: Row[Any]) -> Subscription:
    """A row of `digests`."""
    return Subscription(
        id=row.id,
        workspace_id=row.workspace_id,
        channel_id=row.channel_id,
        is_on=row.is_on,
        off_reason=row.off_reason,
        schedule=Schedule(row.minute, row.zone, row.weekday),
        options=DigestOptions.from_json(row.options),
        next=Occurrence(row.next_date, row.next_due_at),
        last_date=row.last_date,
        last_window_end=row.last_window_end,
        last_recent=row.last_recent,
        last_outcome=row.last_outcome,
        set_by=Person(row.set_by_id, row.set_by_name),
    )
