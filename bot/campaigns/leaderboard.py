"""Leaderboard data: the readings of every link in a window, ranked by video, creator or person."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.domain.caller import Person
from bot.domain.growth import main_metric, metric_name
from bot.domain.leaderboard import LATE, Count, Gain, Period, RankedEntry, Ranking, Window, gained, ranking, window_of
from bot.domain.links import creator_name, creator_of, on_several_platforms
from bot.domain.videos import HOUR, Metric, Snapshot
from bot.domain.zones import UTC_NAME
from bot.messages.video_count import NAME_LENGTH
from bot.messages.wording import creator_words, linked, name_of, platform_name, shortened
from bot.reply.call import Call
from bot.reply.model import Button, Mention, Text, text
from bot.store import Store
from bot.store.readings import LinkReadings
from bot.store.workspaces import Workspace

SHORT = 24
"""Letters of a title or a name: two lines beside two numbers on a phone."""

Who: TypeAlias = Hashable
"""What is ranked: a link's key, a `Creator`, or a person's id."""


@dataclass(frozen=True, slots=True)
class RankingRequest:
    """What to rank. `hour` ranks by the count at that hour of tracking; `keys` are the links, None for all.

    `person_id` is the person whose own place is wanted too; `zone` decides where days begin.
    """

    by: str
    period: Period
    hour: int | None = None
    platform: str | None = None
    keys: Collection[str] | None = None
    person_id: str = ""
    zone: str = UTC_NAME


@dataclass(frozen=True, slots=True)
class Place:
    """How an entry is shown: `name` in spans, `plain` in sentences and charts, a remark, and the button to open it."""

    name: Text
    plain: str
    about: str = ""
    button: Button | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The ranking by one metric, called `unit`. `own` is the asker's place, None if they have none."""

    unit: str
    ranking: Ranking[Who]
    own: RankedEntry[Who] | None = None


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The boards, views before likes; `place` describes an entry of them.

    `nameless` counts links that can't be attributed to anybody, `younger` those not tracked for `hour` hours yet;
    `since` is the time of the first reading, `as_of` of the newest.
    """

    request: RankingRequest
    window: Window
    boards: tuple[Board, ...]
    place: Callable[[Who], Place]
    nameless: int
    younger: int
    since: datetime | None
    as_of: datetime | None


async def ranked_links(store: Store, workspace: Workspace, request: RankingRequest, now: datetime) -> Leaderboard:
    """Rank the links that the workspace may see, from stored readings."""
    window = window_of(request.period, now, UTC if request.zone == UTC_NAME else ZoneInfo(request.zone))
    found = await store.readings.at(workspace, (window.before or window.start, window.start, window.end), request.keys)
    found = tuple(each for each in found if request.platform in {None, each.newest.video.platform})
    whose = {each.key: who for each in found if (who := _who(request.by, each)) is not None}
    named = [each for each in found if each.key in whose]
    shown = {whose[each.key]: each for each in named}
    platforms, several = {each.newest.video.platform for each in named}, on_several_platforms(shown)
    metrics = {each.key: _metric(each) for each in named}
    old, at_hour = named, dict[str, Snapshot]()
    if request.hour is not None:
        moments = {each.key: moment for each in named if (moment := _at_age(each, request.hour)) and moment <= now}
        old = [each for each in named if each.key in moments]
        at_hour |= await store.readings.at_own_moments(workspace, moments)
    boards = []
    for metric in sorted({metrics[each.key] for each in old}, key=list(Metric).index):
        links = [each for each in old if metrics[each.key] is metric]
        if request.hour is not None:
            board = ranking(
                (whose[each.key], _count_then(each, metric, at_hour.get(each.key), request.hour)) for each in links
            )
        else:
            board = ranking(
                [(whose[each.key], _gain(each, metric, 1, window.start, window.end)) for each in links],
                [(whose[each.key], _gain(each, metric, 0, window.before, window.start)) for each in links]
                if window.before
                else (),
            )
        if board.standings:
            boards.append(Board(_unit(links, metric), board, _own(request, links, whose, board)))
    return Leaderboard(
        request=request,
        window=window,
        boards=tuple(boards),
        place=lambda who: _place(request.by, shown[who], several, is_mixed=len(platforms) > 1),
        nameless=len(found) - len(named),
        younger=len(named) - len(old),
        since=min((each.first.taken_at for each in found if each.first is not None), default=None),
        as_of=max((each.at[-1].taken_at for each in found if each.at[-1] is not None), default=None),
    )


def _who(by: str, link: LinkReadings) -> Who | None:
    match by:
        case "creators":
            return creator_of(link.newest.video)
        case "people":
            person = _starter(link)
            return None if person is None else person.id
        case _:
            return link.key


def _starter(link: LinkReadings) -> Person | None:
    """The person who started the newest tracking of the link through the bot; None if there is none."""
    return next((each.started_by for each in reversed(link.trackings) if each.started_by is not None), None)


def _place(by: str, link: LinkReadings, several: AbstractSet[str], *, is_mixed: bool) -> Place:
    """How a ranked video, creator or person is shown; with the platform if the ranking mixes platforms."""
    video, person = link.newest.video, _starter(link)
    platform = platform_name(video.platform) if is_mixed else ""
    if by == "creators":
        name = creator_name(video.link, video.creator)
        return Place(text(shortened(name, SHORT)), creator_words(name, creator_of(video), several, SHORT), platform)
    if by == "people" and person is not None:
        return Place(text(Mention(person.id, person.name)), shortened(person.name or person.id, SHORT))
    button = Button("Stats", Call("stats", {"video": video.id}))
    length = SHORT if video.title else NAME_LENGTH  # without a title, the end of the name distinguishes it
    return Place(text(linked(video, length)), name_of(video), platform, button)


def _metric(link: LinkReadings) -> Metric:
    """The main metric of its newest tracking with a reading."""
    known = (each.main_metric for each in reversed(link.trackings) if each.main_metric is not None)
    return next(known, main_metric(link.newest.video.platform, ()))


def _unit(links: Sequence[LinkReadings], metric: Metric) -> str:
    platforms = {each.newest.video.platform for each in links}
    return metric_name(platforms.pop(), metric) if len(platforms) == 1 else metric.value


def _count(metric: Metric, taken: Snapshot | None) -> Count | None:
    count = None if taken is None else taken.counts.get(metric)
    return None if taken is None or count is None else Count(taken.taken_at, count)


def _gain(link: LinkReadings, metric: Metric, edge: int, start: datetime, end: datetime) -> Gain | None:
    """A link's gain between two neighbouring moments that were read, starting at number `edge`.

    For a link that isn't tracked any more, no hours are missing after the last reading.
    """
    first, before, last = (_count(metric, link.stating(metric, place)) for place in (None, edge, edge + 1))
    is_over = not any(each.video.is_running for each in link.trackings)
    return gained(first, before, last, start, last.at if last is not None and is_over else end)


def _at_age(link: LinkReadings, hour: int) -> datetime | None:
    """When a link had been tracked for this many hours; None if its start is unknown."""
    started = [each.video.started_at for each in link.trackings if each.video.started_at is not None]
    return min(started) + hour * HOUR if started else None


def _count_then(link: LinkReadings, metric: Metric, taken: Snapshot | None, hour: int) -> Gain | None:
    """A link's count at that hour of tracking, as a gain from zero; None without a reading near it."""
    count, moment = _count(metric, taken), _at_age(link, hour)
    return None if count is None or moment is None or moment - count.at > LATE else Gain(count.value)


def _own(
    request: RankingRequest, links: Sequence[LinkReadings], whose: Mapping[str, Who], board: Ranking[Who]
) -> RankedEntry[Who] | None:
    """The asker's best place with their own videos; creators don't belong to anybody."""
    started = (each for each in links if (by := _starter(each)) is not None and by.id == request.person_id)
    mine = set() if request.by == "creators" else {whose[each.key] for each in started}
    return next((each for each in board.standings if each.who in mine), None)
