"""A digest in a few sentences, which a notification may show alone."""

from bot.digests.facts import DigestFacts, DigestMoney
from bot.domain.clock import moment_text
from bot.domain.digest import Total
from bot.domain.growth import ago, percent, signed_count
from bot.domain.money import dollars
from bot.domain.videos import HOUR
from bot.messages.outlook import can_finish, money_ends, running_words
from bot.messages.wording import available, plural


def summary(facts: DigestFacts) -> str:
    """What happened, what is new, and how the money stands."""
    span = ago(facts.window.length)
    is_free = facts.money is None or not facts.money.spent
    if not any(facts.running) and is_free and not any((facts.totals, facts.new, facts.finished)):
        return f"Nothing was tracked in the last {span}. /track with a link shows what a video costs."
    return " ".join(filter(None, (_gained(facts, span), _news(facts), _money_words(facts))))


def _gained(facts: DigestFacts, span: str) -> str:
    if not facts.totals:
        return f"No new numbers in {span} from {running_words(facts.running)}."
    gains = [f"{signed_count(each.delta)} {each.metric}{_trend_words(each, span)}" for each in facts.totals]
    least = "" if facts.complete else "at least "
    counted = sum(each.videos for each in facts.totals)
    is_current = facts.told_until == facts.window.end
    until = "" if is_current or facts.newest_at is None else f", read up to {moment_text(facts.newest_at)}"
    return f"{' and '.join(gains)} in {span}, from {least}{plural(counted, 'video')}{until}."


def _trend_words(total: Total, span: str) -> str:
    if total.trend is None or total.alike != total.videos:  # of some of the videos alone: the field says of how many
        return ""
    if not total.trend:
        return f" (same as the {span} before)"
    return f" ({percent(abs(total.trend))} {'more' if total.trend > 0 else 'less'} than in the {span} before)"


def _news(facts: DigestFacts) -> str:
    flat = len(facts.flat)
    said = (
        (len(facts.new), f"{len(facts.new)} new"),
        (len(facts.finished), f"{len(facts.finished)} finished"),
        (len(facts.ending), f"{len(facts.ending)} ending within 24 h"),
        (flat, f"{flat} flattened{_saving(facts)}"),
    )
    words = [each for count, each in said if count]
    return f"{', '.join(words)}." if words else ""


def _saving(facts: DigestFacts) -> str:
    """What stopping the flattened videos saves; nothing in a digest without money."""
    if facts.cost_per_snapshot is None:
        return ""
    saved = facts.cost_per_snapshot * sum(each.saves or 0 for each in facts.flat)
    return f" (stopping {'it' if len(facts.flat) == 1 else 'them'} saves up to {dollars(saved)})"


def spent_words(facts: DigestFacts, money: DigestMoney) -> str:
    """What was spent in the window; at least so much, where not everything was read that may have been collected."""
    is_all = facts.complete and not facts.unread and facts.told_until == facts.window.end
    return f"{'' if is_all else 'at least '}{dollars(money.spent + money.carry, down=True)}"


def available_words(facts: DigestFacts, money: DigestMoney) -> str:
    """What can still be spent, and as of when where that is no news any more."""
    is_new = facts.window.end - money.wallet.as_of <= HOUR
    return available(money.wallet.usage) + (
        "" if is_new else f" (as of {moment_text(money.wallet.as_of, facts.window.end)})"
    )


def _money_words(facts: DigestFacts) -> str:
    money = facts.money
    if money is None:
        return ""
    spent = f"{spent_words(facts, money).capitalize()} spent, {available_words(facts, money)} available."
    if money.wallet.runway.empty_at is not None:
        ends = money_ends(money.wallet, money.wallet.runway.empty_at)
        return f"{spent} {ends}."
    if not money.wallet.owed and not money.wallet.open_ended:
        return spent
    return f"{spent} {can_finish(money.wallet)}"
