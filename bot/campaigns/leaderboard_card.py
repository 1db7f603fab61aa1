"""Leaderboard card: the largest gains, five places with a chart, or all places ten at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.campaigns.leaderboard import SHORT, Board, Leaderboard, Who
from bot.charts.specs import Movers
from bot.domain.campaigns import Campaign
from bot.domain.growth import short_change, short_count, signed_count
from bot.domain.leaderboard import EPOCH, Period, RankedEntry
from bot.messages.video_count import NAME_LENGTH
from bot.messages.wording import freshness, move_words, platform_name, plural, shortened
from bot.reply.call import Call
from bot.reply.model import (
    Action,
    Align,
    Bold,
    Button,
    Column,
    Drawing,
    Item,
    Listing,
    Menu,
    MenuOption,
    Note,
    Paragraph,
    Part,
    Picture,
    Plain,
    Reply,
    text,
)

TOP, PAGE_SIZE = 5, 10
ABOUT = (
    "Ranks what was gained in the period, not what a video has in all. Ties share a rank; ▲2 is the rise since the "
    "period before. Videos without views are ranked by likes, apart. “at hour 24” compares all at the same age."
)
"""Rules for /help."""
PERIOD_WORDS = {
    Period.TODAY: "today",
    Period.YESTERDAY: "yesterday",
    Period.DAY: "in 24 h",
    Period.WEEK: "in 7 days",
    Period.THIS_WEEK: "this week",
    Period.THIS_MONTH: "this month",
    Period.START: "since tracking began",
}
_LOCAL = frozenset({Period.TODAY, Period.YESTERDAY, Period.THIS_WEEK, Period.THIS_MONTH})
"""Periods that begin at local midnight."""
_PERIOD_NAMES = {
    Period.TODAY: "Today",
    Period.YESTERDAY: "Yesterday",
    Period.DAY: "24 hours",
    Period.WEEK: "7 days",
    Period.THIS_WEEK: "This week",
    Period.THIS_MONTH: "This month",
    Period.START: "Since tracking began",
}
_ONE = {"videos": "Video", "creators": "Creator", "people": "Person"}


@dataclass(frozen=True, slots=True)
class LeaderboardFacts:
    """A leaderboard for a card: `page` 0 has the top five with the chart. Every button keeps `given`.

    With `campaign` it covers only that one's videos; `is_own`: because it is the channel's.
    """

    found: Leaderboard
    given: Mapping[str, str]
    page: int
    now: datetime
    campaign: Campaign | None = None
    is_own: bool = False


def movers_of(facts: LeaderboardFacts) -> Movers | None:
    """The chart of the first board's top places; None if there is nothing to draw."""
    if not facts.found.boards:
        return None
    board = facts.found.boards[0]
    best = board.ranking.standings[:TOP]
    if not any(each.gain for each in best):
        return None
    changes = tuple((facts.found.place(each.who).plain, each.gain) for each in best)
    window = facts.found.window
    since = (facts.found.since or window.end) if window.start == EPOCH else window.start
    return Movers(_title(facts), board.unit, since, window.end, changes, facts.found.request.hour)


def leaderboard_card(facts: LeaderboardFacts, picture: Picture | Drawing | None) -> Reply:
    """Five places with the chart on the first page, ten on each of the others.

    **Post here** shares it without the asker's own place; a reader who opens it sees their own.
    """
    if not facts.found.boards:
        return Reply(_nothing(facts), title=_title(facts), parts=_notes(facts), actions=tuple(_actions(facts)))
    return Reply(
        _finding(facts),
        title=_title(facts),
        parts=(
            *_listings(facts),
            *((picture,) if picture is not None else ()),
            *_own(facts),
            *_notes(facts),
        ),
        actions=tuple(_actions(facts)),
        shared_as=_call(facts, page=str(facts.page or ""), public="yes" if facts.found.request.person_id else ""),
    )


def _title(facts: LeaderboardFacts) -> str:
    platform, campaign = facts.found.request.platform, facts.campaign
    where = f" on {platform_name(platform)}" if platform else ""
    return f"Top {facts.found.request.by}{where}{f' in {campaign.name}' if campaign else ''}"


def _when(facts: LeaderboardFacts) -> str:
    return (
        PERIOD_WORDS[facts.found.request.period]
        if facts.found.request.hour is None
        else f"at hour {facts.found.request.hour}"
    )


def _nothing(facts: LeaderboardFacts) -> str:
    if facts.found.request.by == "people" and facts.found.nameless:
        return "Nobody started a video here with this bot yet, so there's nobody to rank."
    if facts.campaign is not None and not facts.found.request.keys:
        return "This campaign has no videos yet, so there's nothing to rank. Add some first."
    if facts.found.request.hour is not None:
        return f"No video has counts {_when(facts)} yet, so there's nothing to rank."
    return f"No counts were read {_when(facts)}, so there's nothing to rank."


def _finding(facts: LeaderboardFacts) -> str:
    board = facts.found.boards[0]
    first, *others = board.ranking.standings
    name = shortened(facts.found.place(first.who).plain, NAME_LENGTH)
    counted = _counted(facts, first.gain, board.unit)
    if not others:
        return f"{name} {'has' if facts.found.request.hour else 'gained'} {counted} {_when(facts)}."
    ties = [each.who for each in others if each.rank == 1]
    if ties:
        names = (
            f"{name} and {facts.found.place(ties[0]).plain}" if len(ties) == 1 else f"{name} and {len(ties):,} others"
        )
        return f"{names} are tied at {counted} {_when(facts)}."
    whole = sum(each.gain for each in board.ranking.standings)
    total = "" if facts.found.request.hour else f", of {short_change(whole)} in all"
    return f"{name} leads with {counted} {_when(facts)}{total}."


def _counted(facts: LeaderboardFacts, gain: int, unit: str) -> str:
    return f"{_short(facts, gain)} {unit}"


def _short(facts: LeaderboardFacts, gain: int) -> str:
    return short_count(gain) if facts.found.request.hour else short_change(gain)


def _listings(facts: LeaderboardFacts) -> Iterator[Listing]:
    for board in facts.found.boards:
        places = board.ranking.standings
        start, size = ((facts.page - 1) * PAGE_SIZE, PAGE_SIZE) if facts.page else (0, TOP)
        shown = places[start : start + size]
        if shown:
            unit = board.unit.capitalize()
            yield _listing(facts, board, shown, unit if facts.found.request.hour else f"{unit} gained")


def _listing(facts: LeaderboardFacts, board: Board, shown: Sequence[RankedEntry[Who]], caption: str) -> Listing:
    has_moves = board.ranking.has_moves
    columns = (
        Column(_ONE[facts.found.request.by]),
        Column(board.unit.capitalize(), Align.RIGHT),
        *((Column("Move"),) if has_moves else ()),
    )
    items = tuple(_item(facts, each, has_moves=has_moves) for each in shown)
    return Listing(caption, columns, items, choice=_opens(facts, board))


def _opens(facts: LeaderboardFacts, board: Board) -> str:
    """What a menu of one list opens: `Open a creator`, and by which metric they are ranked if there are two."""
    what = f"Open a {_ONE[facts.found.request.by].casefold()}"
    return f"{what} ranked by {board.unit}" if len(facts.found.boards) > 1 else what


def _item(facts: LeaderboardFacts, standing: RankedEntry[Who], *, has_moves: bool) -> Item:
    place = facts.found.place(standing.who)
    move = move_words(standing) if has_moves else ""
    gain = f"{standing.gain:,}" if facts.found.request.hour else signed_count(standing.gain)
    more = plural(standing.links, "video") if facts.found.request.by != "videos" else ""
    line = text(Bold(_short(facts, standing.gain)), *(f" · {each}" for each in (move, more, place.about) if each))
    cells = (text(gain), *((text(move or "–"),) if has_moves else ()))
    return Item(text(f"{standing.rank}. ", *place.name), cells, line, place.button)


def _own(facts: LeaderboardFacts) -> Iterator[Part]:
    """The asker's own place, unless the list shows it."""
    for board in facts.found.boards:
        shown = board.ranking.standings[:TOP] if not facts.page else board.ranking.standings
        if board.own is None or board.own in shown:
            continue
        name = facts.found.place(board.own.who).plain
        what = "You" if facts.found.request.by == "people" else f"Your best: {shortened(name, SHORT)}"
        counted = _counted(facts, board.own.gain, board.unit)
        yield Paragraph(text(f"{what}, rank {board.own.rank:,} with {counted}."))


def _notes(facts: LeaderboardFacts) -> tuple[Part, ...]:
    said = list(_remarks(facts))
    age = freshness(facts.found.as_of, facts.now).text if facts.found.as_of is not None else ()
    words = (*age, *((Plain(f"{' ' if age else ''}{' '.join(said)}"),) if said else ()))
    return (Note(words),) if words else ()


def _remarks(facts: LeaderboardFacts) -> Iterator[str]:
    gaps = sum(board.ranking.gaps for board in facts.found.boards)
    began = sum(board.ranking.began for board in facts.found.boards)
    fell = sum(board.ranking.fell for board in facts.found.boards)
    unread = sum(board.ranking.unread for board in facts.found.boards)
    found = [
        f"{plural(gaps, 'video')} with hours missing" if gaps else "",
        f"{plural(fell, 'counter')} fell" if fell else "",
        f"{began:,} counted from the first reading" if began and facts.found.request.period is not Period.START else "",
        f"{unread:,} without a reading in that time" if unread else "",
        f"{facts.found.younger:,} younger than that" if facts.found.younger else "",
    ]
    if any(found):
        yield f"{', '.join(filter(None, found))}."
    if facts.found.nameless and facts.found.request.by == "people":
        yield f"{plural(facts.found.nameless, 'video')} started outside the bot left out."
    elif facts.found.nameless:
        yield f"{plural(facts.found.nameless, 'video')} without a known creator left out."
    if facts.campaign is not None and facts.is_own:
        yield "Only this channel's campaign."
    if facts.found.request.hour is None and facts.found.request.period in _LOCAL:
        yield f"Days begin at midnight, {facts.found.request.zone}."


def _actions(facts: LeaderboardFacts) -> Iterator[Action]:
    most = max((len(board.ranking.standings) for board in facts.found.boards), default=0)
    pages = -(-most // PAGE_SIZE)
    if facts.page == 0 and most > TOP:
        yield Button("Full ranking", _call(facts, page="1"))
    if facts.page > 1:
        yield Button("Previous", _call(facts, in_place=True, page=str(facts.page - 1)))
    if 0 < facts.page < pages:
        yield Button("Next", _call(facts, in_place=True, page=str(facts.page + 1)))
    others = [each for each in _ONE if each != facts.found.request.by]
    yield Button(f"Top {others[0]}", _call(facts, by=others[0]))
    yield Menu(
        "Another ranking…",
        (
            MenuOption(f"Top {others[1]}", _call(facts, by=others[1])),
            *(
                MenuOption(name, _call(facts, period=period, hour=""))
                for period, name in _PERIOD_NAMES.items()
                if facts.found.request.hour is not None or period is not facts.found.request.period
            ),
            *_of_campaign(facts),
        ),
    )


def _of_campaign(facts: LeaderboardFacts) -> Iterator[MenuOption]:
    if facts.campaign is not None:
        yield MenuOption("The campaign", Call("campaign", {"campaign": str(facts.campaign.id)}))
        yield MenuOption("Of every campaign", _call(facts, campaign="all"))


def _call(facts: LeaderboardFacts, *, in_place: bool = False, **changes: str) -> Call:
    given = {**facts.given, **changes}
    return Call("leaderboard", {name: value for name, value in given.items() if value}, in_place=in_place)
