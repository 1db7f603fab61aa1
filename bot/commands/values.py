"""From one word to the value of an argument; UsageError says how such a value is written."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from bot.commands.command import Argument, Kind
from bot.domain.errors import UsageError
from bot.domain.growth import read_count
from bot.domain.links import profile_handle
from bot.domain.money import read_money
from bot.domain.schedule import read_time
from bot.domain.zones import read_zone
from bot.reply.text import visible

V = TypeVar("V")

NUMBER = re.compile(
    r"(?P<sign>[-+−]?)(?P<digits>\d[\d.,]*)(?:d|days?|(?P<weeks>w|weeks?)|(?P<hours>h|hrs?|hours?))?", re.IGNORECASE
)

_READERS: Mapping[Kind, Callable[[str], str | int | Decimal]] = {
    Kind.MONEY: read_money,
    Kind.COUNT: read_count,
    Kind.TIME: read_time,
    Kind.ZONE: read_zone,
}
"""What the domain makes of a word of these kinds."""


def convert(argument: Argument, word: str) -> str | int | Decimal:
    """The value that a word is for an argument."""
    match argument.kind:
        case Kind.MONEY | Kind.COUNT | Kind.TIME | Kind.ZONE:
            return _read(argument, _READERS[argument.kind], word)
        case Kind.NUMBER:
            return number_of(argument, word)
        case Kind.CHOICE:
            chosen = choice_of(argument, word)
            if chosen is None:
                msg = f"{argument.name.capitalize()} is one of {', '.join(argument.choices)}, not “{cut_short(word)}”."
                raise UsageError(msg, argument.name)
            return chosen
        case Kind.CREATOR:
            return profile_handle(word) or word
        case Kind.LINK | Kind.VIDEO | Kind.CAMPAIGN | Kind.WHO | Kind.CHANNEL | Kind.WORD | Kind.SPAN | Kind.SECRET:
            return word


def _read(argument: Argument, read: Callable[[str], V], word: str) -> V:
    """What a reader of the domain makes of the word; its refusal names the argument."""
    try:
        return read(word)
    except UsageError as error:
        raise UsageError(str(error), argument.name) from None


def number_of(argument: Argument, word: str) -> int:
    """The whole number in a word, weeks and hours as days, within the bounds of the argument."""
    match = NUMBER.fullmatch(word)
    if match is None or not match["digits"].isdecimal() or len(match["digits"]) > 9:
        raise UsageError(range_sentence(argument, word), argument.name)
    number = int(match["digits"]) * (-1 if match["sign"] in {"-", "−"} else 1) * (7 if match["weeks"] else 1)
    if match["hours"]:
        number, rest = divmod(number, 24)
        if rest:
            raise UsageError(range_sentence(argument, word), argument.name)
    low, high = argument.minimum, argument.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise UsageError(range_sentence(argument, word), argument.name)
    return number


def range_sentence(argument: Argument, word: str) -> str:
    """Which numbers an argument takes, and that the word is none of them."""
    return f"{argument.name.capitalize()} is a whole number{bounds(argument)}, not “{cut_short(word)}”."


def bounds(argument: Argument) -> str:
    """From where to where the numbers of an argument go, empty if any will do."""
    if argument.minimum is None:
        return ""
    return f" from {argument.minimum}" + ("" if argument.maximum is None else f" to {argument.maximum}")


def choice_of(argument: Argument, word: str) -> str | None:
    """The choice that a word names, in any case and spelling; None if it names none."""
    folded = word.casefold().replace("’", "'").removesuffix("'s")
    if folded in argument.choices:
        return folded
    return dict(argument.aliases).get(folded)


def cut_short(word: str) -> str:
    """A word as a sentence quotes it."""
    cleaned = visible(word)
    return cleaned if len(cleaned) <= 40 else f"{cleaned[:39]}…"
