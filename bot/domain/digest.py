"""Digest rules: the window, each video's change in it, flattened videos, and a channel's options."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import Any, Self

from bot.domain.caller import Person
from bot.domain.growth import Change, Coverage
from bot.domain.leaderboard import Gain, Ranking, ranking
from bot.domain.links import creator_of
from bot.domain.poll_times import GRACE
from bot.domain.schedule import Occurrence, Schedule
from bot.domain.spikes import FLOORS
from bot.domain.videos import DAY, HOUR, Metric, Snapshot, Video

LONGEST_WINDOW = 14 * DAY
"""After a longer gap, or one of more than two periods, a digest covers only one period."""
LATE = 36 * HOUR
"""How long before a window a snapshot that is read only now may have been taken, to be counted in it."""
FLAT_AGE = 2 * DAY
"""Minimum age of a tracking to count as flattened."""
FLAT_SHARE = 100
"""A video is flattened if its last day brought less than one part in this many of its count."""
FEWEST_GAINS = 3
"""Minimum number of videos for a meaningful median of gains; with fewer, `FLOORS` defines a small gain."""
FLAT_RULE = (
    "A video counts as flattened when it has run for two days or more and its last 24 h brought less than 1% of its "
    "count, and less than the median of this workspace's videos."
)
"""The rule in words, for people."""


class Section(StrEnum):
    """Optional sections of a digest; the totals are always shown."""

    MOVERS = "movers"
    LEADERBOARD = "leaderboard"
    VIDEOS = "videos"
    ENDING = "ending"
    FLAT = "flat"
    MONEY = "money"


class Ranked(StrEnum):
    """What a digest's leaderboard ranks."""

    CREATORS = "creators"
    VIDEOS = "videos"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class DigestOptions:
    """What one channel wants to see; no platforms means all. `skips_empty`: no post if there is nothing to report.

    `ranked` is what its leaderboard ranks. With `campaign_id` it covers only that campaign's videos. `is_silent`: the
    post notifies nobody, in chats with silent posts.
    """

    sections: frozenset[Section] = frozenset(Section)
    platforms: frozenset[str] = frozenset()
    skips_empty: bool = False
    is_silent: bool = False
    campaign_id: int | None = None
    ranked: Ranked = Ranked.CREATORS

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Parse what `to_json` wrote; sections unknown to this version are dropped."""
        sections = stored.get("sections", tuple(Section))
        return cls(
            frozenset(each for each in Section if each in sections),
            frozenset(stored.get("platforms", ())),
            bool(stored.get("skips_empty")),
            bool(stored.get("is_silent")),
            stored.get("campaign_id"),
            Ranked(stored.get("ranked", Ranked.CREATORS)),
        )

    def to_json(self) -> dict[str, Any]:
        """The options for storage as JSON."""
        sections, platforms = sorted(self.sections), sorted(self.platforms)
        kept = {"sections": sections, "platforms": platforms, "skips_empty": self.skips_empty}
        return {**kept, "is_silent": self.is_silent, "campaign_id": self.campaign_id, "ranked": self.ranked.value}


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a digest covers: after `start`, up to `end`.

    A snapshot belongs to the window in which it can be read, not the one in which it was taken: a digest that is due a
    minute after a snapshot leaves it to the next one. `reported` is None if no digest came before. That one reported
    each video up to its last reading before `start`, except for those of which `reported` has the time of that reading.
    """

    start: datetime
    end: datetime
    reported: frozenset[tuple[str, datetime]] | None = None

    def holds(self, taken_at: datetime) -> bool:
        """Whether a snapshot taken then belongs to this window. Of consecutive windows, exactly one holds it."""
        return self.start < taken_at + GRACE <= self.end

    @property
    def length(self) -> timedelta:
        """The duration of the window."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Collected:
    """Snapshot counts for billing: `inside` a window, `before` it and `recent` at its end. All cost the same.

    `before` and `recent` cover the LATE time up to the window's start and up to its end. A digest stores its `recent`,
    so that the next one knows how many of its `before` are new.
    """

    inside: int = 0
    before: int = 0
    recent: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(self.inside + other.inside, self.before + other.before, self.recent + other.recent)

    def late(self, told: int | None) -> int:
        """Snapshots from before the window that were read since the last digest, which had counted `told` of them."""
        return 0 if told is None else max(self.before - told, 0)


def collected(snapshots: Iterable[Snapshot], window: Window) -> Collected:
    """Count a video's snapshots from LATE before the window on, whatever they contain."""
    before, recent = Window(window.start - LATE, window.start), Window(window.end - LATE, window.end)
    times = [each.taken_at for each in snapshots]
    return Collected(*(sum(map(each.holds, times)) for each in (window, before, recent)))


def window_of(
    schedule: Schedule,
    due: Occurrence,
    last_end: datetime | None,
    reported: frozenset[tuple[str, datetime]] = frozenset(),
) -> Window:
    """The window of a due digest: since the last one's end, or one period if there was none."""
    period = schedule.period(due.date)
    if last_end is None or not due.at - max(LONGEST_WINDOW, 2 * period) <= last_end < due.at:
        return Window(due.at - period, due.at)
    return Window(last_end, due.at, reported)


@dataclass(frozen=True, slots=True)
class VideoChange:
    """One video in a window, with the canonical `key` of its link.

    `count` is of `metric` at `counted_at`; None if nothing was read until then. `change` covers the window and `before`
    the equally long one before it, each with its real window, None if too little was read; `day` covers the last 24 h
    of a running video. `ends_at` is None if unknown or past; `saves` is the number of snapshots that stopping would
    save, None if unknown.
    """

    video: Video
    metric: Metric
    count: int | None
    counted_at: datetime | None
    change: Change | None
    before: Change | None
    day: Change | None
    coverage: Coverage
    is_new: bool
    is_finished: bool
    ends_at: datetime | None
    saves: int | None
    started_by: Person | None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """All videos with one metric together: how many have a change, and its sum.

    The trend compares like with like: `alike` videos are known in the window and the one before it; in these they
    changed by `alike_delta` and by `alike_before`.
    """

    metric: Metric
    videos: int
    delta: int
    alike: int
    alike_delta: int
    alike_before: int

    @property
    def trend(self) -> Decimal | None:
        """Relative change against the window before; None if there is nothing to compare with."""
        if self.alike_before <= 0:
            return None
        return Decimal(self.alike_delta - self.alike_before) / self.alike_before


def totals(videos: Sequence[VideoChange]) -> tuple[Total, ...]:
    """The sum per metric, views first; metrics without a known change are left out."""
    changes = [(each.metric, each.change, each.before) for each in videos if each.change is not None]
    found = []
    for metric in Metric:
        deltas = [now.delta for of, now, _ in changes if of is metric]
        alike = [
            (now.delta, before.delta)
            for of, now, before in changes
            if of is metric and before is not None and before.exact and now.exact
        ]
        if deltas:
            now_sum, before_sum = sum(delta for delta, _ in alike), sum(before for _, before in alike)
            found.append(Total(metric, len(deltas), sum(deltas), len(alike), now_sum, before_sum))
    return tuple(found)


def ranked_as(video: VideoChange, ranked: Ranked) -> Hashable | None:
    """The leaderboard entry that a video counts for: its creator, link or starter; None if unknown."""
    match ranked:
        case Ranked.CREATORS:
            return creator_of(video.video)
        case Ranked.VIDEOS:
            return video.key
        case Ranked.PEOPLE:
            return video.started_by.id if video.started_by is not None else None


def leaderboard(videos: Iterable[VideoChange], metric: Metric, ranked: Ranked) -> Ranking[Hashable]:
    """Rank by the gain in one metric in the window, with moves since the window before."""
    counted = (each for each in videos if each.metric is metric)
    found = [(who, each) for each in counted if (who := ranked_as(each, ranked)) is not None]
    return ranking(
        [(who, Gain(each.change.delta) if each.change is not None else None) for who, each in found],
        [(who, Gain(each.before.delta) if each.before is not None else None) for who, each in found],
    )


def flattened(videos: Sequence[VideoChange]) -> tuple[VideoChange, ...]:
    """The videos of a workspace that have flattened by FLAT_RULE, so that stopping them would lose little."""
    grown: dict[Metric, list[int]] = {metric: [] for metric in Metric}
    for each in videos:
        if each.day is not None and each.day.exact:
            grown[each.metric].append(each.day.delta)
    little = {
        metric: median(gains) if len(gains) >= FEWEST_GAINS else FLOORS.get(metric, FLOORS[Metric.VIEWS])
        for metric, gains in grown.items()
    }
    return tuple(each for each in videos if _is_flat(each, little[each.metric]))


def _is_flat(moved: VideoChange, little: float) -> bool:
    day, started = moved.day, moved.video.started_at
    if day is None or moved.count is None or not day.exact or not moved.saves or started is None:
        return False
    hardly_grew = hardly_grows(day, moved.count, little)
    return day.until - started >= FLAT_AGE and (day.delta <= 0 or hardly_grew)


def keeps_growing(day: Change | None, count: int | None, metric: Metric) -> bool:
    """Whether a video's last 24 h brought more than a small gain, by the floor that small workspaces use."""
    if day is None or count is None or day.delta <= 0:
        return False
    return not hardly_grows(day, count, FLOORS.get(metric, FLOORS[Metric.VIEWS]))


def hardly_grows(day: Change, count: int, little: float) -> bool:
    """Whether a day brought less than one part in FLAT_SHARE of a count, and less than `little`."""
    return day.delta * FLAT_SHARE < count and day.delta < little


def top_movers(videos: Iterable[VideoChange], most: int) -> tuple[tuple[VideoChange, Change], ...]:
    """The videos that gained most in the window, by any metric, with their change."""
    gained = [(each, each.change) for each in videos if each.change is not None and each.change.delta > 0]
    return tuple(sorted(gained, key=lambda pair: (-pair[1].delta, pair[0].video.id))[:most])
