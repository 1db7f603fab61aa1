"""What a campaign owes, from its terms, its links and the mirror; lines are frozen once they are final."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from bot.domain.campaigns import Campaign, CampaignLink
from bot.domain.curves import joined
from bot.domain.links import creator_name, creator_of
from bot.domain.payout import PACE, Line, PaidVideo, State, Terms, lines, metric_of, reached_at, total
from bot.domain.videos import HOUR, Snapshot, Video, VideoReading
from bot.store import Store
from bot.store.payouts import StoredTerms
from bot.store.readings import LinkReadings
from bot.store.stored_video import StoredVideo
from bot.store.workspaces import Workspace

AT_ONCE = 50
"""Links whose snapshots are read in one statement."""
TRIES = 3
"""How often to recompute if another process froze lines meanwhile."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a campaign owes at `now`, and owed a day `before`. `snapshots` counts those of its videos so far."""

    campaign: Campaign
    terms: StoredTerms
    lines: tuple[Line, ...]
    before: Decimal
    snapshots: int
    now: datetime

    @property
    def total(self) -> Decimal:
        """The sum of all lines."""
        return total(self.lines)

    @property
    def full_at(self) -> datetime | None:
        """When the budget is reached at the present pace; None without a budget, or if it won't be."""
        budget = self.terms.terms.budget
        return None if budget is None else reached_at(budget, self.total, self.before, self.now)


async def owed(
    store: Store, workspace: Workspace, campaign: Campaign, now: datetime, *, keeps: bool = True, whole: bool = False
) -> Owed | None:
    """Compute what a campaign owes; None without terms.

    Lines that are final by now are stored, unless `keeps` is False. A change of terms affects only lines that aren't
    stored, so store final lines before it. Safe in several processes at once. `whole` also reads every snapshot of open
    lines, to find falling counters.
    """
    tries = TRIES
    while (terms := await store.payouts.terms(workspace.id, campaign.id)) is not None:
        settled = await store.payouts.lines(workspace.id, campaign.id)
        links = await store.campaigns.links(workspace.id, campaign.id)
        found = await store.readings.at(workspace, (now - PACE, now), [each.key for each in links])
        renamed = {each.key: each for each in _renamed(settled, found)}
        if renamed:
            await store.payouts.rename(workspace.id, campaign.id, renamed.values())
            settled = {**settled, **renamed}
        videos = await _videos(
            store, [each for each in links if each.key not in settled], found, terms.terms, now, whole
        )
        computed = lines(terms.terms, videos, settled, now)
        new = [each for each in computed if each.state is State.FINAL and each.key not in settled]
        tries -= 1
        if not (keeps and new and tries) or await store.payouts.settle(
            workspace.id, campaign.id, terms.id, len(settled), new
        ):
            before = total(lines(terms.terms, videos, settled, now - PACE))
            snapshots = sum(one.snapshot_count for each in found for one in each.trackings)
            return Owed(campaign, terms, computed, before, snapshots, now)
    return None


def _renamed(settled: Mapping[str, Line], found: Iterable[LinkReadings]) -> Iterator[Line]:
    """Final lines whose creators have changed their handle: a cap applies to a person, under any handle."""
    for each in found:
        line, video = settled.get(each.key), each.newest.video
        creator = creator_of(video)
        if line is not None and creator is not None and creator.handle != line.handle:
            yield replace(line, creator=creator_name(video.link, video.creator), handle=creator.handle)


async def _videos(
    store: Store,
    links: Sequence[CampaignLink],
    found: Iterable[LinkReadings],
    terms: Terms,
    now: datetime,
    whole: bool,  # noqa: FBT001 - as `owed` takes it
) -> list[PaidVideo]:
    """The videos of these links, with all their snapshots if those at two moments aren't enough."""
    tracked = {each.key: each for each in found}
    videos = {each.key: _glance(each, tracked.get(each.key), terms, now) for each in links}
    wanted = [tracked[key] for key, video in videos.items() if key in tracked and (whole or video is None)]
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        taken = await _snapshots(store, [one for each in part for one in each.trackings])
        videos |= {each.key: _read(each, taken) for each in part}
    return [each for each in videos.values() if each is not None]


async def _snapshots(store: Store, trackings: Sequence[StoredVideo]) -> Mapping[str, tuple[Snapshot, ...]]:
    until = max((each.last_snapshot_at or _EVER) for each in trackings)
    ids = [each.video.id for each in trackings]
    return await store.videos.snapshots_between(trackings[0].wallet_id, ids, _EVER, until)


def _glance(link: CampaignLink, tracked: LinkReadings | None, terms: Terms, now: datetime) -> PaidVideo | None:
    """A video from its first snapshot and those of a day ago and now; None if its line needs more."""
    if tracked is None:
        return PaidVideo(link.key, Video("", link.link, link.platform, ""), None, None, ())
    first, last, metric = tracked.first, tracked.at[-1], metric_of(tracked.newest.video.platform)
    if first is None or last is None:
        return None
    began = tracked.trackings[0].video.started_at or first.taken_at
    final_hour = terms.final_hour(began)
    taken = tuple({each.taken_at: each for each in (first, *tracked.at) if each is not None}.values())
    if (final_hour is not None and final_hour <= now) or any(metric not in each.counts for each in taken):
        return None
    due = round((last.taken_at - first.taken_at) / HOUR) + 1
    missing = max(due - sum(each.snapshot_count for each in tracked.trackings), 0)
    return PaidVideo(link.key, tracked.newest.video, began, tracked.newest.read_at, taken, missing)


def _read(tracked: LinkReadings, taken: Mapping[str, tuple[Snapshot, ...]]) -> PaidVideo:
    """A video with all of its snapshots."""
    newest = tracked.newest
    curve = joined(VideoReading(each.video, taken[each.video.id]) for each in tracked.trackings)
    began = curve.started_at or tracked.trackings[0].first_seen_at
    # A page that isn't due any more is complete.
    read_at = newest.read_at if newest.due_at is not None else newest.read_at and datetime.max.replace(tzinfo=UTC)
    return PaidVideo(tracked.key, newest.video, began, read_at, curve.reading.snapshots)
