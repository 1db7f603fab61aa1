"""A digest's sentences and lines: what changed, what is new and how the money stands."""

from collections.abc import Iterator, Sequence

from bot.digests.facts import DigestFacts, DigestMoney
from bot.domain.clock import moment_text
from bot.domain.digest import Total, VideoChange
from bot.domain.growth import ago, percent, short_change, signed_count
from bot.domain.money import dollars
from bot.domain.videos import HOUR, Metric
from bot.messages.outlook import at_latest, can_finish, running_words
from bot.messages.wording import available, move_words, name_of, plural, series, shortened
from bot.reply.model import Bold, Text, text

MOST_NAMED = 3
"""Movers or places that the card names; the picture and the details show more."""
LINE = 31
"""Letters of a line on a phone, of which a bold or a wide one takes more room."""


def summary(facts: DigestFacts) -> str:
    """What happened, in two sentences."""
    span = ago(facts.window.length)
    is_free = facts.money is None or not facts.money.spent
    if not any(facts.running) and is_free and not any((facts.totals, facts.new, facts.finished)):
        return f"Nothing was tracked in the last {span}. /track with a link shows what a video costs."
    if not facts.totals:
        return f"No new numbers in {span} from {running_words(facts.running)}."
    is_current = facts.told_until == facts.window.end
    until = "" if is_current or facts.newest_at is None else f", read up to {moment_text(facts.newest_at)}"
    return " ".join([f"{series(gains(facts))} in {span}{until}.", *_compared(facts)])


def gains(facts: DigestFacts) -> tuple[str, ...]:
    """What each metric gained."""
    return tuple(f"{signed_count(each.delta)} {each.metric}" for each in facts.totals)


def _compared(facts: DigestFacts) -> Iterator[str]:
    """How it compares with the time before, and how many videos are new."""
    count = len(facts.new)
    are_new = f"{'is' if count == 1 else 'are'} new"
    total = next((each for each in facts.totals if each.trend is not None), None)
    if total is not None:
        videos = "video" if total.alike == 1 else f"{total.alike:,} videos"
        trend = f"The {videos} that also ran before gained {_trend(total, names=len(facts.totals) > 1)}"
        yield f"{trend}; {count:,} {are_new}." if count else f"{trend}."
    elif count:
        yield f"{plural(count, 'video')} {are_new}."


def _trend(total: Total, *, names: bool) -> str:
    metric = f" {total.metric}" if names else ""
    if not total.trend:
        return f"as many{metric}" if names else "as much"
    share = percent(abs(total.trend)).replace(".0%", "%")
    return f"{share} {'more' if total.trend > 0 else 'fewer' if names else 'less'}{metric}"


def names_line(head: str, videos: Sequence[VideoChange], end: str = "") -> Iterator[Text]:
    """A line with the largest video by name and the number of the others; none without any."""
    if not videos:
        return
    more = f" +{len(videos) - 1:,} more" if len(videos) > 1 else ""
    name = shortened(name_of(videos[0].video), LINE - 4 - len(head) - len(more))
    yield text(Bold(f"{head}:"), f" {name}{more}", end)


def board_lines(facts: DigestFacts) -> Iterator[Text]:
    """The best places of the leaderboard, each with its gain and its move, under what it ranks."""
    if facts.board:
        yield text(Bold(board_title(facts)))
    for name, place, _, has_moves in facts.board[:MOST_NAMED]:
        move = f" {move_words(place)}" if has_moves else ""
        yield text(f"{place.rank}. ", *name, Bold(f" {short_change(place.gain)}"), move.rstrip())


def board_title(facts: DigestFacts) -> str:
    """What the leaderboard ranks; and by what, unless that is views."""
    by = {each.metric for each in facts.board} - {Metric.VIEWS}
    return " ".join([f"Top {facts.options.ranked}", *(f"by {each}" for each in by)])


def money_line(facts: DigestFacts, money: DigestMoney) -> Text:
    """What was spent and what is left, and whether that is enough."""
    state = money.wallet
    as_of = "" if facts.window.end - state.as_of <= HOUR else f" (as of {moment_text(state.as_of, facts.window.end)})"
    there = f", {available(state.usage)} available{as_of}"
    test = "Test key: " if facts.is_test else "All videos: " if facts.campaign else ""
    if state.runway.empty_at is not None and state.usage.available <= 0:
        enough = ". Tracking pauses until you add credit."
    elif state.runway.empty_at is not None:
        enough = f". It would run out {moment_text(state.runway.empty_at)}{at_latest(state)}."
    elif not state.owed and not state.open_ended:
        enough = "."
    elif state.is_certain and not state.is_short:
        enough = ", enough for all running videos."
    else:
        enough = f". {can_finish(state)}"
    return text(test, Bold(f"{spent_words(facts, money).capitalize()} spent"), f"{there}{enough}")


def spent_words(facts: DigestFacts, money: DigestMoney) -> str:
    """What was spent in the window; at least so much, where not everything was read that may have been collected."""
    is_all = facts.complete and not facts.unread and facts.told_until == facts.window.end
    return f"{'' if is_all else 'at least '}{dollars(money.spent + money.carry, down=True)}"
