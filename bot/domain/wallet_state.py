"""A wallet's money, what its running videos still owe, and how certain that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.money import Promise, Runway, Usage, promises, runway
from bot.domain.videos import RunningCount, Video, count_running


@dataclass(frozen=True, slots=True)
class WalletState:
    """What a wallet holds and owes, as the API stated it at `as_of`; `problem` says why there is nothing newer.

    `owed` holds what each running video with a known end still costs; `open_ended` counts those without one, and
    `running` both. `complete` is False if the API may hide running videos; `is_test`: the key charges nothing.
    """

    usage: Usage
    owed: tuple[Promise, ...]
    runway: Runway
    running: RunningCount
    open_ended: int
    complete: bool
    is_test: bool
    as_of: datetime
    problem: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether everything is known that could bring the end of the money nearer."""
        return self.complete and not self.open_ended and self.usage.uncharged is not None

    @property
    def is_short(self) -> bool:
        """Whether the money doesn't cover all that is owed."""
        return self.runway.empty_at is not None or self.runway.left_after < 0

    @property
    def is_out(self) -> bool:
        """Whether nothing is collected for want of money: the documentation pauses everything at 0."""
        available, paused = self.usage.available, self.running.paused
        return any(self.running) and (available <= 0 or (paused > 0 and available < self.usage.cost_per_snapshot))


def wallet_state(
    usage: Usage,
    seen: Sequence[tuple[Video, datetime]],
    since: datetime,
    *,
    complete: bool,
    is_test: bool,
    as_of: datetime,
    problem: str = "",
) -> WalletState:
    """The state with these running videos, each with the time it was seen; the runway counts from `since`."""
    owed, open_ended = promises(seen)
    return WalletState(
        usage=usage,
        owed=owed,
        runway=runway(usage.available, usage.cost_per_snapshot, owed, since),
        running=count_running(video for video, _ in seen),
        open_ended=open_ended,
        complete=complete,
        is_test=is_test,
        as_of=as_of,
        problem=problem,
    )
