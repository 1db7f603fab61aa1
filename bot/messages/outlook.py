"""Whether the money lasts, in words that several messages share: said only as far as it is known."""

from datetime import datetime
from decimal import Decimal

from bot.domain.moments import moment_text
from bot.domain.money import MonthlyCap, Runway, Usage, dollars
from bot.domain.videos import RunningCount
from bot.messages.wording import plural
from bot.reply.model import Text, Time, text


def money_ends(usage: Usage, empty_at: datetime, open_ended: int, *, complete: bool) -> str:
    """When the money ends, as the beginning of a sentence; what is not known can only bring that nearer."""
    return f"Your balance would run out {moment_text(empty_at)}{at_latest(usage, open_ended, complete=complete)}"


def at_latest(usage: Usage, open_ended: int, *, complete: bool) -> str:
    """What stands behind a time at which the money ends, where something is not known that can bring it nearer."""
    return "" if complete and not open_ended and usage.uncharged is not None else " at the latest"


def how_long(usage: Usage, runway: Runway, open_ended: int, *, complete: bool) -> Text:
    """How long the money lasts, as a field tells it."""
    latest = at_latest(usage, open_ended, complete=complete)
    if runway.empty_at is not None:
        return text(Time(runway.empty_at), latest)
    if runway.left_after < 0:
        return text("not enough for the paused videos" if runway.paused else "used up")
    if runway.last_end is None:
        return text("not known" if latest else "nothing is being spent")
    whose = "all videos with a known end" if latest else "all running videos"
    return text(f"covers {whose}; the last one ends ", Time(runway.last_end))


def can_finish(usage: Usage, left_after: Decimal, paused: int, open_ended: int, *, complete: bool) -> str:
    """That all running videos can finish with the money that is there, or why nobody can say so.

    `left_after` is dollars, `paused` counts the videos that wait for money, `open_ended` those whose end is not known;
    `complete` is False where the API may hide some.
    """
    doubts = []
    if left_after < 0:
        whose = f" for {plural(paused, 'paused video')} to finish" if paused else ""
        doubts.append(f"{dollars(-left_after)} short{whose}.")
    if open_ended:
        doubts.append(f"{plural(open_ended, 'video')} {'has' if open_ended == 1 else 'have'} no known end.")
    if not complete:
        doubts.append("The account may have more running videos than the API lists.")
    if usage.uncharged is None:
        doubts.append("The API doesn't state pending charges.")
    return " ".join(doubts) or "All running videos can finish."


def cap_left(cap: MonthlyCap) -> str:
    """What is left of the workspace's monthly cap."""
    return f"{dollars(cap.left, down=True)} of {dollars(cap.limit)} left"


def promised(runway: Runway, count: RunningCount, open_ended: int) -> str:
    """What is promised, and to how many videos, of which the `open_ended` ones cannot be counted into the sum."""
    unknown = f" ({open_ended} with no known end)" if open_ended else ""
    return f"{dollars(runway.promised)} for {running_words(count)}{unknown}"


def running_words(count: RunningCount) -> str:
    """How many videos run, and how many are paused: `15 running videos and 1 paused`."""
    if count.paused and not count.running:
        return plural(count.paused, "paused video")
    paused = f" and {count.paused:,} paused" if count.paused else ""
    return f"{plural(count.running, 'running video')}{paused}"
