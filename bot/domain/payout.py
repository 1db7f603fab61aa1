"""Payout rules: what a campaign owes its creators, with one line per video. Computes only, never moves money.

Rules in order: the count at the final hour less the count at the start, the minimum, the rate, half-even rounding to
the cent, the cap per video, and the cap per creator, which final lines use first and then the videos tracked longest.
Every sum is the sum of its lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

from bot.domain.alerts import Stage
from bot.domain.caller import Person
from bot.domain.growth import falls, gaps
from bot.domain.links import creator_name, creator_of
from bot.domain.videos import HOUR, Metric, Snapshot, Video, VideoPlatform

CENT = Decimal("0.01")
PACE = timedelta(hours=24)
"""The period from which the present pace is computed."""
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a campaign pays. Money is dollars; `rates` are per 1,000 views by platform, on Instagram per 1,000 likes.

    A video is final `final_days` after its first tracking began or at the end of `final_on` (UTC), whichever is first;
    never if neither is set. `minimum` is the count that a video needs to earn anything.
    """

    rates: Mapping[str, Decimal] = field(default_factory=dict)
    from_zero: bool = False
    minimum: int = 0
    video_cap: Decimal | None = None
    creator_cap: Decimal | None = None
    final_days: int | None = None
    final_on: date | None = None
    budget: Decimal | None = None

    def final_hour(self, tracked_since: datetime) -> datetime | None:
        """The hour whose count is final, for a video tracked since then."""
        ends = []
        if self.final_days is not None:
            ends.append(tracked_since + timedelta(days=self.final_days))
        if self.final_on is not None:
            ends.append(datetime.combine(self.final_on + timedelta(days=1), time(), UTC))
        return min(ends).replace(minute=0, second=0, microsecond=0) if ends else None


class State(StrEnum):
    """State of a line. UNKNOWN: it can't be computed, and counts as zero in every sum."""

    OPEN = "open"
    FINAL = "final"
    PAID = "paid"
    UNKNOWN = "can't be computed"


@dataclass(frozen=True, slots=True)
class PaidVideo:
    """A link of a campaign: its newest tracking, when it was first tracked, and the snapshots of all trackings.

    `read_at` is when its page was last read; None if never, or without a tracking. `missing` is set if only the
    snapshots at the relevant times were read; then falls in between aren't known.
    """

    key: str
    video: Video
    tracked_since: datetime | None
    read_at: datetime | None
    snapshots: Sequence[Snapshot]
    missing: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What one video earns. `amount` = min(`counted` x `rate` / 1,000 to the cent, `video_cap`, `creator_left`).

    `creator` is the display name and `handle` its folded form; both are empty if unknown. `start` and `end` are counts
    of `metric`, taken at `start_at` and `end_at`, which is before `final_hour` if that hour has no reading. `missing`
    hours lie in between, and the counter fell `fallen` times. `creator_left` is what earlier lines leave of the
    creator's cap. `why` says what can't be computed. `terms_id` identifies the terms that a final line keeps.
    """

    key: str
    link: str
    title: str
    platform: str
    creator: str
    handle: str
    metric: Metric
    state: State
    why: str = ""
    start_at: datetime | None = None
    start: int = 0
    end_at: datetime | None = None
    end: int = 0
    final_hour: datetime | None = None
    missing: int = 0
    fallen: int = 0
    counted: int = 0
    minimum: int = 0
    rate: Decimal = Decimal()
    video_cap: Decimal | None = None
    creator_left: Decimal | None = None
    amount: Decimal = Decimal()
    terms_id: int = 0
    paid_at: datetime | None = None
    paid_by: Person | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the line can't change any more."""
        return self.state in {State.FINAL, State.PAID}

    @property
    def ends_early(self) -> bool:
        """Whether a final line's count was taken before its final hour."""
        return self.final_hour is not None and self.end_at is not None and self.end_at < self.final_hour


def metric_of(platform: str) -> Metric:
    """The metric that is paid: views, or likes on Instagram, which has no views."""
    return Metric.LIKES if platform == VideoPlatform.INSTAGRAM else Metric.VIEWS


def to_cents(counted: int, rate: Decimal) -> Decimal:
    """What this many views or likes earn at a rate per 1,000, half-even to the cent."""
    return _EXACT.quantize(_EXACT.multiply(Decimal(counted), rate).scaleb(-3, _EXACT), CENT)


def lines(terms: Terms, videos: Iterable[PaidVideo], settled: Mapping[str, Line], now: datetime) -> tuple[Line, ...]:
    """One line per video; final ones are kept as they are, also for videos that left the campaign since.

    A line becomes final once its final hour is over and the page was read after it, so that the hour's count is known.
    """
    used: dict[tuple[str, str], Decimal] = {}
    for line in settled.values():
        used[line.platform, line.handle] = used.get((line.platform, line.handle), Decimal()) + line.amount
    found = list(settled.values())
    longest = sorted(videos, key=lambda each: (each.tracked_since is None, each.tracked_since or now, each.key))
    for each in longest:
        if each.key in settled:
            continue
        line = _line(terms, each, now)
        whose = (line.platform, line.handle)
        if terms.creator_cap is not None and line.handle and line.state is not State.UNKNOWN:
            left = max(terms.creator_cap - used.get(whose, Decimal()), Decimal())
            line = replace(line, creator_left=left, amount=min(line.amount, left))
        used[whose] = used.get(whose, Decimal()) + line.amount
        found.append(line)
    return tuple(found)


def _line(terms: Terms, video: PaidVideo, now: datetime) -> Line:
    """One video's line before the cap per creator is applied."""
    stated, metric = video.video, metric_of(video.video.platform)
    creator = creator_of(stated)
    line = Line(
        key=video.key,
        link=stated.link,
        title=stated.title,
        platform=stated.platform,
        creator=creator_name(stated.link, stated.creator) if creator else "",
        handle=creator.handle if creator else "",
        metric=metric,
        state=State.UNKNOWN,
        minimum=terms.minimum,
        video_cap=terms.video_cap,
    )
    if video.tracked_since is None:
        return replace(line, why="not tracked yet")
    final_hour = terms.final_hour(video.tracked_since)
    line = replace(line, final_hour=final_hour)
    rate = terms.rates.get(stated.platform)
    if rate is None:
        return replace(line, why=f"the terms have no rate per 1,000 {metric}")
    until = now if final_hour is None else min(now, final_hour + HOUR - timedelta.resolution)
    counted = [each for each in video.snapshots if metric in each.counts and each.taken_at <= until]
    if not counted:
        is_there = any(each.taken_at <= until for each in video.snapshots)
        return replace(line, why=f"no {metric} are stated" if is_there else "no reading yet")
    first, last = counted[0], counted[-1]
    start = 0 if terms.from_zero else first.counts[metric]
    gain = max(last.counts[metric] - start, 0)
    earned = to_cents(gain, rate) if gain >= terms.minimum else Decimal()
    is_over = final_hour is not None and final_hour + HOUR <= min(now, video.read_at or video.tracked_since)
    return replace(
        line,
        state=State.FINAL if is_over else State.OPEN,
        start_at=first.taken_at,
        start=start,
        end_at=last.taken_at,
        end=last.counts[metric],
        missing=sum(each.missing for each in gaps(counted)) if video.missing is None else video.missing,
        fallen=len(falls(counted, metric)) if video.missing is None else 0,
        counted=gain if gain >= terms.minimum else 0,
        rate=rate,
        amount=earned if terms.video_cap is None else min(earned, terms.video_cap),
    )


@dataclass(frozen=True, slots=True)
class Account:
    """One creator's lines, highest amount first: per platform and handle, or all lines without a handle."""

    creator: str
    platform: str
    lines: tuple[Line, ...]

    @property
    def amount(self) -> Decimal:
        """The sum of all lines."""
        return total(self.lines)

    @property
    def state(self) -> State:
        """OPEN while any line is, then FINAL until every final line is paid; UNKNOWN if no line can be computed."""
        states = {line.state for line in self.lines} - {State.UNKNOWN}
        return next((state for state in (State.OPEN, State.FINAL, State.PAID) if state in states), State.UNKNOWN)

    def counted(self, metric: Metric) -> int:
        """The paid views or likes."""
        return sum(line.counted for line in self.lines if line.metric is metric)


def accounts(found: Iterable[Line]) -> tuple[Account, ...]:
    """Group lines by creator, highest amount first."""
    by: dict[tuple[str, str], list[Line]] = {}
    for line in found:
        by.setdefault((line.handle, line.platform) if line.handle else ("", ""), []).append(line)
    made = (
        Account(each[0].creator, each[0].platform if handle else "", tuple(sorted(each, key=_most)))
        for (handle, _), each in by.items()
    )
    return tuple(sorted(made, key=lambda each: (-each.amount, not each.creator, each.creator, each.platform)))


def total(found: Iterable[Line]) -> Decimal:
    """The sum of lines; those that can't be computed count as zero."""
    return sum((line.amount for line in found), Decimal("0.00"))


def reached_at(budget: Decimal, now_owed: Decimal, owed_before: Decimal, now: datetime) -> datetime | None:
    """When a budget is reached at the pace of the last `PACE`; None if the amount doesn't grow.

    `now` if it is reached already. None also if it is more than ten years ahead.
    """
    if now_owed >= budget:
        return now
    pace = now_owed - owed_before
    if pace <= 0 or (budget - now_owed) / pace > 3650:
        return None
    return now + PACE * float((budget - now_owed) / pace)


def budget_stage(before: Stage, owed: Decimal, budget: Decimal) -> Stage:
    """How much of a budget is owed: OPEN from 50 %, SOON from 80 %, URGENT from 100 %. Never goes down.

    A raised budget starts over.
    """
    steps = ((Stage.URGENT, 100), (Stage.SOON, 80), (Stage.OPEN, 50))
    return max(before, next((stage for stage, share in steps if owed * 100 >= budget * share), Stage.CLEAR))


def _most(line: Line) -> tuple[Decimal, str]:
    return -line.amount, line.key
