"""The choices in a line: of two words, in ranges such as `mon-fri`, and several that stand together."""

import re
from collections.abc import Sequence

from bot.commands.command import Argument, Kind
from bot.commands.tokens import Token, choice_of
from bot.domain.growth import COUNT

_MARKS = re.compile("[,;/+&]")
_RANGE = re.compile(
    r"(?<!\S)(?P<first>[^\W\d]+) +(?:to|till?|until|through|thru|[-–]) +(?P<last>[^\W\d]+)(?!\S)", re.IGNORECASE
)


def hyphenated(typed: str, arguments: Sequence[Argument]) -> str:
    """Join choices of two words, such as `top videos`, by hyphens, and ranges such as `mon to fri`."""
    choices = [each for each in arguments if each.kind is Kind.CHOICE]
    known = (word for each in choices for word in (*each.choices, *dict(each.aliases)) if "-" in word)
    for word in known:
        typed = re.sub(rf"(?<!\S){word.replace('-', ' +')}\b", word, typed, flags=re.IGNORECASE)
    return _RANGE.sub(lambda found: _closed(found, choices), typed)


def _closed(found: re.Match[str], choices: Sequence[Argument]) -> str:
    """Two choices with a word such as `to` between them as one range."""
    ends = f"{found['first']}-{found['last']}"
    return ends if any(each.many > 1 and _range(each, ends) for each in choices) else found[0]


def apart(token: Token, arguments: tuple[Argument, ...]) -> list[Token]:
    """Split choices and counts that are joined, as in `mon,thu`, `mon-fri` and `10k,100k`."""
    several = [each for each in arguments if each.kind in {Kind.CHOICE, Kind.COUNT} and each.many > 1]
    for each in several:
        if not token.quoted and (names := _range(each, token.text)):
            return [Token(name, quoted=False) for name in names]
    parts = [] if token.quoted or COUNT.fullmatch(token.text) else [each for each in _MARKS.split(token.text) if each]
    if len(parts) > 1 and all(any(_is_one_of(each, part) for each in several) for part in parts):
        return [Token(part, quoted=False) for part in parts]
    return [token]


def _is_one_of(argument: Argument, word: str) -> bool:
    return bool(COUNT.fullmatch(word)) if argument.kind is Kind.COUNT else choice_of(argument, word) is not None


def _range(argument: Argument, word: str) -> tuple[str, ...]:
    """The choices from the first to the last of a range such as `mon-fri`; none if it is no range."""
    first, dash, last = word.replace("–", "-").partition("-")
    ends = choice_of(argument, first), choice_of(argument, last)
    if not dash or not set(ends) <= set(argument.choices):
        return ()
    start, end = (argument.choices.index(each) for each in ends if each is not None)
    return argument.choices[start : end + 1]


def narrowed(argument: Argument, words: list[str]) -> list[str]:
    """Drop repeated choices, and vague ones if there is another."""
    if argument.kind is not Kind.CHOICE:
        return words
    chosen = {choice_of(argument, word): word for word in words if word.casefold() not in argument.vague}
    return list(chosen.values()) or words[:1]
