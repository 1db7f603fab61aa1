"""What a campaign owes, from its terms, its links and the mirror; lines that have become final are kept for good."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from bot.domain.campaigns import Campaign, CampaignLink
from bot.domain.curves import joined
from bot.domain.payout import PACE, Line, PaidVideo, State, lines, reached_at, total
from bot.domain.videos import Snapshot, Video, VideoReading
from bot.store import Store
from bot.store.payouts import StoredTerms
from bot.store.readings import LinkReadings
from bot.store.stored_video import StoredVideo
from bot.store.workspaces import Workspace

AT_ONCE = 50
"""Links whose snapshots are read in one statement."""
TRIES = 3
"""How often lines are computed again because another process kept some meanwhile."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a campaign owes at `now`, and what it owed a day `before`. `snapshots` were taken of its videos so far."""

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
        """When the budget is reached at the present pace; None without one, or if it isn't."""
        budget = self.terms.terms.budget
        return None if budget is None else reached_at(budget, self.total, self.before, self.now)


async def owed(
    store: Store, workspace: Workspace, campaign: Campaign, now: datetime, *, keeps: bool = True
) -> Owed | None:
    """What a campaign owes; None without terms. Lines that are final by now are kept, unless `keeps` is False.

    Terms change only what isn't kept, so keep what is final before they change. Safe in several processes at once.
    """
    tries = TRIES
    while (terms := await store.payouts.terms(workspace.id, campaign.id)) is not None:
        settled = await store.payouts.lines(workspace.id, campaign.id)
        videos, snapshots = await _videos(store, workspace, campaign, settled, now)
        found = lines(terms.terms, videos, settled, now)
        new = [each for each in found if each.state is State.FINAL and each.key not in settled]
        tries -= 1
        if not (keeps and new and tries) or await store.payouts.settle(
            workspace.id, campaign.id, terms.id, len(settled), new
        ):
            before = total(lines(terms.terms, videos, settled, now - PACE))
            return Owed(campaign, terms, found, before, snapshots, now)
    return None


async def _videos(
    store: Store, workspace: Workspace, campaign: Campaign, settled: Collection[str], now: datetime
) -> tuple[list[PaidVideo], int]:
    """The campaign's videos whose lines are open, and how many snapshots of all of them were taken."""
    links = await store.campaigns.links(workspace.id, campaign.id)
    found = await store.readings.at(workspace, (now,), [each.key for each in links])
    tracked = {each.key: each for each in found}
    wanted = [each for each in links if each.key not in settled]
    videos: list[PaidVideo] = []
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        trackings = [one for link in part if link.key in tracked for one in tracked[link.key].trackings]
        taken = await _snapshots(store, trackings)
        videos += [_video(each, tracked.get(each.key), taken) for each in part]
    return videos, sum(one.snapshot_count for each in found for one in each.trackings)


async def _snapshots(store: Store, trackings: Collection[StoredVideo]) -> Mapping[str, tuple[Snapshot, ...]]:
    if not trackings:
        return {}
    (wallet_id,) = {each.wallet_id for each in trackings}
    until = max((each.last_snapshot_at or _EVER) for each in trackings)
    return await store.videos.snapshots_between(wallet_id, [each.video.id for each in trackings], _EVER, until)


def _video(link: CampaignLink, tracked: LinkReadings | None, taken: Mapping[str, tuple[Snapshot, ...]]) -> PaidVideo:
    if tracked is None:
        return PaidVideo(link.key, Video("", link.link, link.platform, ""), None, None, ())
    newest = tracked.newest
    curve = joined(VideoReading(each.video, taken[each.video.id]) for each in tracked.trackings)
    began = curve.started_at or tracked.trackings[0].first_seen_at
    # A page that nobody needs to read any more has all that there will be.
    read_at = newest.read_at if newest.due_at is not None else newest.read_at and datetime.max.replace(tzinfo=UTC)
    return PaidVideo(link.key, newest.video, began, read_at, curve.reading.snapshots)
