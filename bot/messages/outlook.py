"""Whether the money lasts, in words that several messages share: said only as far as it is known."""

from decimal import Decimal

from bot.domain.money import WalletState, dollars, left_after
from bot.domain.videos import RunningCount
from bot.messages.wording import plural
from bot.reply.model import Text, Time, text


def at_latest(state: WalletState) -> str:
    """What follows a time that unknown costs may bring forward."""
    return "" if state.is_certain else " at the latest"


def how_long(state: WalletState) -> Text:
    """How long the money lasts, as the text of a field."""
    runway = state.runway
    if runway.empty_at is not None and state.usage.available <= 0:
        return text("used up")
    if runway.empty_at is not None:
        return text(Time(runway.empty_at), at_latest(state))
    if runway.left_after < 0:
        return text("not enough for the paused videos" if runway.paused else "used up")
    if runway.last_end is None:
        return text("nothing is being spent" if state.is_certain else "not known")
    whose = "all running videos" if state.is_certain else "all videos with a known end"
    return text(f"covers {whose}; the last one ends ", Time(runway.last_end))


def left(state: WalletState, *more: Decimal) -> Decimal:
    """The dollars left once everything owed is paid, and `more` too."""
    return left_after(state.usage.available, state.runway.promised, *more)


def can_finish(state: WalletState, *more: Decimal) -> str:
    """Whether all running videos can finish, with `more` dollars to be spent too, or why that isn't certain."""
    doubts = []
    remaining, paused = left(state, *more), state.runway.paused
    if remaining < 0:
        whose = f" for {plural(paused, 'paused video')} to finish" if paused else ""
        doubts.append(f"{dollars(-remaining)} short{whose}.")
    if state.open_ended:
        verb = "has" if state.open_ended == 1 else "have"
        doubts.append(f"{plural(state.open_ended, 'video')} {verb} no known end.")
    if not state.complete:
        doubts.append("The account may have more running videos than the API lists.")
    if state.usage.uncharged is None:
        doubts.append("The API doesn't state pending charges.")
    return " ".join(doubts) or "All running videos can finish."


def promised(state: WalletState) -> str:
    """What is owed, and to how many videos; the ones without a known end can't be counted into the sum."""
    unknown = f" ({state.open_ended} with no known end)" if state.open_ended else ""
    return f"{dollars(state.runway.promised)} for {running_words(state.running)}{unknown}"


def running_words(count: RunningCount) -> str:
    """How many videos run, and how many are paused: `15 running videos and 1 paused`."""
    if count.paused and not count.running:
        return plural(count.paused, "paused video")
    paused = f" and {count.paused:,} paused" if count.paused else ""
    return f"{plural(count.running, 'running video')}{paused}"
