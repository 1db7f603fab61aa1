"""Gathers the facts of a digest from the mirror: one set of queries per workspace and window, for all its channels.

Reads only what the workspace may see, and never calls the API: the poller feeds the mirror, and a digest states how
fresh that is. Long work is cut into pieces, so that other tasks get their turn.
"""

import asyncio
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.charts.charts import Charts
from bot.charts.specs import Movers
from bot.digests.facts import BoardRow, DigestFacts, DigestMoney
from bot.domain.commitments import ends_at, remaining_snapshots
from bot.domain.digest import (
    LATE,
    Collected,
    DigestOptions,
    Ranked,
    Section,
    VideoChange,
    Window,
    collected,
    flattened,
    leaderboard,
    ranked_as,
    top_movers,
    totals,
)
from bot.domain.growth import JITTER, Change, Coverage, change, coverage, main_metric
from bot.domain.links import creator_name, creator_of, on_several_platforms
from bot.domain.money import WalletState
from bot.domain.poll_times import GRACE
from bot.domain.videos import DAY, HOUR, Metric, Snapshot, count_running
from bot.messages.wording import creator_words, linked, name_of, shortened
from bot.reply.model import Drawing, Mention, Text, text
from bot.store import Store
from bot.store.videos import StoredVideo
from bot.store.workspaces import Workspace
from bot.wallet.wallet import stored_state

SLACK = 12 * HOUR
"""How much earlier than a window snapshots are read, to have one before a gap at its beginning."""
NEXT_AFTER = timedelta(minutes=50)
"""Minimum time between two snapshots of a video, as a rule."""
CURRENT = HOUR + JITTER
"""Maximum lag of the latest reading behind the window's end while every hour is read on time."""


def needed_since(window: Window) -> datetime:
    """Start of the snapshots needed: for the window, the one before, and the day that shows which videos flattened."""
    return min(min(window.start - window.length, window.end - DAY) - SLACK, window.start - LATE - HOUR)


def active_since(window: Window) -> datetime:
    """How recent a video's last snapshot or end must be for the window to need it."""
    return window.start - max(window.length, LATE + HOUR)


def video_change(
    stored: StoredVideo, snapshots: Sequence[Snapshot], window: Window, reported_at: datetime | None = None
) -> VideoChange:
    """What happened to a video in a window, from its snapshots since `needed_since`, oldest first.

    The change begins with the last reading that the digest before included: at `reported_at`, or else before the start
    of the window. So nothing is counted twice or left out, whatever is read late or never. Without a digest before, it
    covers the window's length up to the latest reading of a running video, since the latest hour may not be read yet.
    """
    video = stored.video
    metric = stored.main_metric or main_metric(video.platform, snapshots)
    known = [each for each in snapshots if each.taken_at <= window.end and metric in each.counts]
    start = window.start if window.reported is None else reported_at or window.start - GRACE
    inside = [each for each in known if each.taken_at > start]
    collected = [each for each in snapshots if window.holds(each.taken_at)]
    current = _change(known, metric, window, start, is_running=video.is_running) if inside else None
    earlier = [each for each in known if current and each.taken_at <= current.until - current.window]
    end = ends_at(video, stored.seen_at) if video.is_running else None
    over_at = None if video.is_running else _over_at(stored)
    return VideoChange(
        video=video,
        metric=metric,
        count=known[-1].counts[metric] if known else stored.main_count,
        counted_at=known[-1].taken_at if known else stored.last_snapshot_at,
        change=current,
        before=change(earlier, metric, window.length),
        day=change(known, metric, DAY) if video.is_running and inside else None,
        coverage=_coverage(stored, collected, window),
        is_new=_is_new(stored, window),
        is_finished=over_at is not None and window.start < over_at <= window.end,
        ends_at=end if end is not None and end > window.end else None,
        saves=remaining_snapshots(stored.observation, window.end),
        started_by=stored.started_by,
        key=stored.key,
    )


def _change(
    known: Sequence[Snapshot], metric: Metric, window: Window, start: datetime, *, is_running: bool
) -> Change | None:
    """The change since the last reading that the digest before can have shown, or since the first one."""
    if len(known) < 2:
        return None
    latest = known[-1].taken_at
    is_first = window.reported is None and is_running and window.end - latest <= CURRENT
    since = latest - window.length + JITTER if is_first else start
    told = sum(each.taken_at <= since for each in known[:-1])
    from_there = known[max(told - 1, 0) :]
    found = change(from_there, metric, latest - from_there[0].taken_at)
    span = window.length if is_running else max(latest - window.start, HOUR)
    return found and replace(found, exact=abs(found.window - span) <= JITTER)


def _coverage(stored: StoredVideo, collected: Sequence[Snapshot], window: Window) -> Coverage:
    """Snapshots read and due in the window; a tracking that has ended or waits for money has none due any more."""
    video = stored.video
    start = max(window.start - GRACE, video.started_at or window.start)
    is_due = video.collects and not video.is_deleted
    last = collected[-1].taken_at if collected else start
    return coverage(collected, start, max(window.end - GRACE if is_due else last, start))


def _over_at(stored: StoredVideo) -> datetime | None:
    """When the bot learned that a video ended: at first sight, if the video had collected until shortly before."""
    last = stored.last_snapshot_at
    if stored.ended_at is not None or last is None:
        return stored.ended_at
    return max(last, stored.first_seen_at) if last > stored.first_seen_at - DAY else last


def _is_new(stored: StoredVideo, window: Window) -> bool:
    """Whether the bot first saw the video in the window while it was recent: linking a key makes no old video new."""
    started = stored.video.started_at
    learned = window.start < stored.first_seen_at <= window.end
    return learned and (started is None or started > window.start - DAY)


MOST_MOVERS = MOST_RANKED = 5
MOST_LETTERS = 20
ROWS_AT_ONCE = 500
"""Snapshots processed in one piece: a few milliseconds."""


@dataclass(frozen=True, slots=True)
class DigestInput:
    """A workspace's videos in a window, and its wallet if that is known.

    `complete` is False if the API may hide some videos. `told_until` is the end of what this covers: before the
    window's end if no running video was read lately, so that the next digest covers the rest. `collected` counts the
    snapshots up to there. `reported` is for the next digest's window.
    """

    window: Window
    videos: tuple[VideoChange, ...]
    wallet: WalletState | None
    complete: bool
    is_test: bool
    told_until: datetime
    collected: Collected
    reported: frozenset[tuple[str, datetime]]


async def gather(store: Store, workspace: Workspace, window: Window, *, is_test: bool) -> DigestInput:
    """Gather what any digest of the workspace needs for a window. `is_test`: its key charges nothing."""
    stored = await store.videos.active(workspace, active_since(window))
    until = _reported_until(stored, window)
    videos, found = await _moved(store, workspace, stored, window, until)
    wallet = await stored_state(store, workspace.wallet_id)
    complete = wallet is None or wallet.complete
    return DigestInput(window, videos, wallet, complete, is_test, until, found, _reported(videos, window, until))


def _reported(videos: Iterable[VideoChange], window: Window, until: datetime) -> frozenset[tuple[str, datetime]]:
    """The last readings after which others up to `until` may still be read, or which are later themselves."""
    last = [(each.video.id, each.counted_at) for each in videos if each.counted_at is not None]
    return frozenset(
        (id_, at) for id_, at in last if at <= window.end and not timedelta() <= until - GRACE - at < NEXT_AFTER
    )


def _reported_until(stored: Sequence[StoredVideo], window: Window) -> datetime:
    running = [each for each in stored if each.video.collects and not each.video.is_deleted]
    last = max((each.last_snapshot_at for each in running if each.last_snapshot_at is not None), default=None)
    if last is None or window.end - last <= CURRENT:
        return window.end
    return max(last + GRACE, window.start)


@dataclass(frozen=True, slots=True)
class CampaignScope:
    """The campaign that a digest is about: its label, and the keys of its links."""

    name: str
    keys: frozenset[str]


async def scope_of(store: Store, workspace: Workspace, options: DigestOptions) -> CampaignScope | None:
    """The campaign chosen by these options, archived or not; None for every video."""
    if options.campaign_id is None:
        return None
    campaign = await store.campaigns.find(workspace.id, options.campaign_id)
    keys = await store.campaigns.keys_of(workspace.id, options.campaign_id)
    return CampaignScope(campaign.label if campaign else "", keys)


def digest_facts(
    found: DigestInput,
    options: DigestOptions,
    charts: Charts,
    scope: CampaignScope | None = None,
    before: tuple[int | None, Decimal] = (None, Decimal(0)),
) -> DigestFacts:
    """Select the facts that a channel wants to see, with a picture to be drawn.

    `before` is what the channel's last digest stored: its `Collected.recent` and its carry.
    """
    videos = [
        each
        for each in found.videos
        if (not options.platforms or each.video.platform in options.platforms)
        and (scope is None or each.key in scope.keys)
    ]
    window = found.window
    running = [each for each in videos if each.video.is_running]
    changes = [each.change for each in videos if each.change is not None]
    movers = top_movers(videos, MOST_MOVERS)
    soon = [each for each in running if each.ends_at is not None and each.ends_at <= window.end + DAY]
    soon.sort(key=lambda each: (each.ends_at or window.end, each.video.id))
    shown = {each.video.id for each in running}
    spent = _money(found.wallet, found.collected, *before)
    money = spent if Section.MONEY in options.sections else None
    flat = [each for each in flattened(found.videos) if each.video.id in shown]
    flat.sort(key=lambda each: (-(each.saves or 0), each.video.id))
    return DigestFacts(
        window=window,
        options=options,
        totals=totals(videos),
        movers=movers,
        picture=_picture(charts, movers, window) if Section.MOVERS in options.sections else None,
        new=_largest(each for each in videos if each.is_new),
        finished=_largest(each for each in videos if each.is_finished),
        ending=tuple(soon),
        flat=tuple(flat),
        running=count_running(each.video for each in running),
        unread=sum(
            not each.coverage.collected and each.coverage.expected > 1 for each in running if each.video.collects
        ),
        uneven=sum(not each.exact for each in changes),
        fell=sum(each.fell for each in changes),
        coverage=Coverage(
            sum(each.coverage.collected for each in videos), sum(each.coverage.expected for each in videos)
        ),
        complete=found.complete,
        newest_at=max((each.counted_at for each in videos if each.counted_at is not None), default=None),
        told_until=found.told_until,
        recent=found.collected.recent,
        reported=found.reported,
        carry=spent.spent + spent.carry - spent.shown if spent else Decimal(0),
        money=money,
        cost_per_snapshot=money.wallet.usage.cost_per_snapshot if money else None,
        is_test=found.is_test,
        board=_board(videos, options.ranked) if Section.LEADERBOARD in options.sections else (),
        campaign=scope.name if scope else "",
    )


async def _moved(
    store: Store, workspace: Workspace, stored: Sequence[StoredVideo], window: Window, until: datetime
) -> tuple[tuple[VideoChange, ...], Collected]:
    """The change of each video and the snapshots collected, in few queries: several videos, some hundred rows each."""
    since, told = needed_since(window), Window(window.start, until)
    reported = dict(window.reported or ())
    step = max(ROWS_AT_ONCE // max((window.end - since) // HOUR, 1), 1)
    found: list[VideoChange] = []
    count = Collected()
    for place in range(0, len(stored), step):
        some = stored[place : place + step]
        ids = [each.video.id for each in some]
        taken = await store.videos.snapshots_between(workspace.wallet_id, ids, since, window.end)
        found += [video_change(each, taken[each.video.id], window, reported.get(each.video.id)) for each in some]
        count = sum((collected(each, told) for each in taken.values()), count)
        await asyncio.sleep(0)
    return tuple(found), count


def _money(wallet: WalletState | None, found: Collected, counted: int | None, carry: Decimal) -> DigestMoney | None:
    if wallet is None:
        return None
    cost, late = wallet.usage.cost_per_snapshot, found.late(counted)
    return DigestMoney(wallet, spent=cost * (found.inside + late), late=cost * late, carry=carry)


def _largest(videos: Iterable[VideoChange]) -> tuple[VideoChange, ...]:
    return tuple(sorted(videos, key=lambda each: (-(each.count or 0), each.video.id)))


def _board(videos: Sequence[VideoChange], ranked: Ranked) -> tuple[BoardRow, ...]:
    """The top of the leaderboard by the first metric with a gain; empty if only one entry is known."""
    counted = totals(videos)
    found = leaderboard(videos, counted[0].metric, ranked) if counted else None
    if found is None or len(found.standings) < 2:
        return ()
    shown = {ranked_as(each, ranked): each for each in videos}
    best, several = found.standings[:MOST_RANKED], on_several_platforms(each.who for each in found.standings)
    return tuple(
        BoardRow(_ranked_name(shown[each.who], ranked, several), each, counted[0].metric, found.has_moves)
        for each in best
    )


def _ranked_name(shown: VideoChange, ranked: Ranked, several: AbstractSet[str]) -> Text:
    """The name of a place on the leaderboard, from one of its videos."""
    person = shown.started_by
    if ranked is Ranked.PEOPLE and person is not None:
        return text(Mention(person.id, shortened(person.name, MOST_LETTERS)))
    if ranked is Ranked.VIDEOS:
        return text(linked(shown.video, MOST_LETTERS))
    name = creator_name(shown.video.link, shown.video.creator)
    return text(creator_words(name, creator_of(shown.video), several, MOST_LETTERS))


def _picture(charts: Charts, movers: Sequence[tuple[VideoChange, Change]], window: Window) -> Drawing | None:
    """The chart of the top movers; None without any."""
    if not movers:
        return None
    metrics = tuple(each.metric for each, _ in movers)
    unit = "/".join(each for each in Metric if each in metrics)
    changes = tuple((name_of(each.video), change.delta) for each, change in movers)
    units = metrics if len(set(metrics)) > 1 else ()
    return charts.picture(Movers("Top movers", unit, window.start, window.end, changes, units=units))
