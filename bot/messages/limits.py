"""Spending limits in words: whose they are, what is left, and who can raise them."""

from bot.domain.allowances import Limit, Scope
from bot.domain.money import dollars


def limit_words(limit: Limit, *, sum_too: bool = True, whose: str = "your") -> str:
    """A limit within a sentence: `your $20.00 monthly allowance`, `the $50.00 budget of launch`."""
    amount = f"{dollars(limit.limit)} " if sum_too else ""
    match limit.scope:
        case Scope.OPERATOR:
            return f"the {amount}monthly cap"
        case Scope.EVERYONE | Scope.PERSON:
            return f"{whose} {amount}monthly allowance"
        case Scope.ROLE | Scope.CAMPAIGN:
            return f"the {amount}monthly allowance of {limit.name}"
        case Scope.CHANNEL:
            return f"{'this' if whose == 'your' else whose} channel's {amount}monthly allowance"
        case Scope.BUDGET:
            return f"the {amount}budget of {limit.name}"


def left_words(limit: Limit, *, whose: str = "your") -> str:
    """What is left of a limit: `$7.48 left of the $20.00 budget of launch`."""
    return f"{dollars(limit.left, down=True)} left of {limit_words(limit, whose=whose)}"


def left_of_sum(limit: Limit) -> str:
    """What is left of a limit that is named already: `$7.48 left of $20.00`."""
    return f"{dollars(limit.left, down=True)} left of {dollars(limit.limit)}"


def how_to_raise(limit: Limit) -> str:
    """The next step for a person who reached a limit."""
    match limit.scope:
        case Scope.OPERATOR:
            return "Ask an admin to raise MONTHLY_CAP_USD."
        case Scope.BUDGET:
            return "Ask an admin to raise it with /campaign."
        case _:
            return "Ask an admin to raise it with /allowance."
