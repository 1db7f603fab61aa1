"""Parses typed text, or a button's values, into a command's arguments; word order is free if unambiguous."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import TypeVar

from bot.commands.choices import apart, hyphenated, narrowed
from bot.commands.command import Argument, Command, Kind
from bot.commands.tokens import (
    NUMBER,
    Token,
    bounds,
    campaign_in,
    choice_of,
    convert,
    join_spaced_values,
    number_of,
    range_sentence,
    shorten,
    titles_of,
    tokens_of,
    unpunctuated,
    until_in_days,
)
from bot.commands.words import FILLERS, NEAR, NEGATIONS, PASSED_OVER
from bot.domain.campaigns import EVERY_VIDEO
from bot.domain.errors import UsageError
from bot.domain.growth import COUNT
from bot.domain.links import find_links, looks_like_link, profile_handle
from bot.domain.money import looks_like_money
from bot.domain.quiet import is_span
from bot.domain.schedule import looks_like_time
from bot.domain.zones import is_zone, looks_like_zone, near_zones
from bot.reply.text import visible

A = TypeVar("A")
V = TypeVar("V")

MOST_CHOICES = 9
"""Maximum number of choices that an error sentence lists."""
LONGEST_HINT = 120
"""Maximum characters of hints about arguments in an error; /help has the rest."""
MOST_ZONES = 40
"""Maximum number of a country's zones that are compared; Russia and the USA have fewer."""
MOST_ZONE_WORDS = 4
"""Words in the longest place name: Dumont d'Urville, New South Wales Australia."""

_HOUR = re.compile(r"\d{1,2}")
_HANDLE = re.compile(r"[@＠][^\s@＠]+|mine", re.IGNORECASE)
_BY_LOOK: Mapping[Kind, Callable[[str], object]] = {
    Kind.CREATOR: lambda word: _HANDLE.fullmatch(word) or profile_handle(word),
    Kind.NUMBER: NUMBER.fullmatch,
    Kind.TIME: looks_like_time,
    Kind.ZONE: looks_like_zone,
    Kind.SPAN: is_span,
    Kind.MONEY: looks_like_money,
    Kind.COUNT: COUNT.fullmatch,
}
"""Kinds whose values are recognisable by their form."""
_WRITTEN: Mapping[Kind, str] = {
    Kind.MONEY: "an amount like 10 or 2.50",
    Kind.COUNT: "a count like 50k or 1,000,000",
    Kind.TIME: "like 09:00 or 9am",
    Kind.SPAN: "like 8h, friday or 22:00-07:00",
    Kind.ZONE: "a city like Berlin or New York",
    Kind.CREATOR: "mine or a creator like @viral.recipe",
}
"""How error sentences describe values of these kinds."""
_DAYS = frozenset({"day", "days", "d"})
_OPEN = frozenset({Kind.LINK, Kind.TIME})
"""Kinds whose field may contain further words, in forms with one field per argument."""
_COUNTED = frozenset({Kind.NUMBER, Kind.MONEY, Kind.TIME, Kind.SPAN})
"""Kinds whose values may also be number words."""
_TITLES = frozenset({Kind.VIDEO, Kind.WORD})
"""Kinds that accept any words."""


def parse(command: Command[A], typed: str, now: datetime | None = None) -> A:
    """Parse a line of free text. Raises UsageError that names the unknown word, or what is missing.

    Without `now`, an end such as "until friday" isn't recognised.
    """
    if len(typed) > command.longest:
        msg = f"That's {len(typed):,} characters; a command can have {command.longest:,} at most. Please shorten it."
        raise UsageError(msg)
    if command.secret is not None:
        msg = (
            f"Never type a {command.secret.name} into a command. Send /{command.name} on its own where a private form "
            "can open: in Slack, Discord or the console."
        )
        raise UsageError(msg)
    if command.reader is not None:
        return bind(command, command.reader(typed), now)
    arguments = tuple(each for each in command.arguments if each.listed or each.typed)
    names = "|".join(each.name for each in arguments)
    typed = re.sub(
        rf"(?<!\S)(?:{names})[:=](?=\S)", "", typed, flags=re.IGNORECASE
    )  # Discord shows options as name:value
    typed = _with_days(arguments, typed, now)
    _refuse(command, typed)
    return _build(command, _placed(arguments, typed))


def bind(command: Command[A], given: Mapping[str, str], now: datetime | None = None) -> A:
    """Parse arguments given by name: by a button, select, form or option. Empty values count as absent.

    Words typed after a link or a time, such as a number of days, go to the argument that they fit.
    """
    arguments = {each.name: each for each in command.arguments}
    unknown = next((name for name in given if name not in arguments), None)
    if unknown is not None:
        msg = f"/{command.name} takes no “{shorten(unknown)}”."
        raise UsageError(msg)
    values = {name: value for name, value in given.items() if visible(value).strip()}
    found: dict[str, list[str]] = {}
    for name, value in values.items():
        if arguments[name].kind in _OPEN and len(tokens_of(value)) > 1:
            free = (each for each in arguments.values() if (each.listed or each.typed) and each.name not in values)
            takers = (arguments[name], *free)
            typed = _with_days(takers, value, now)
            _refuse(command, typed)
            found |= _placed(takers, typed)
        else:
            found[name] = _split(arguments[name], _with_days((arguments[name],), value, now))
    return _build(command, found)


def _with_days(arguments: tuple[Argument, ...], typed: str, now: datetime | None) -> str:
    """Convert an end such as "until friday" to a number of days, if an argument takes one."""
    takes_days = now is not None and any(each.kind is Kind.NUMBER and each.listed for each in arguments)
    return until_in_days(typed, now.date()) if takes_days and now is not None else typed


def _placed(arguments: tuple[Argument, ...], typed: str) -> dict[str, list[str]]:
    """Assign each word to the argument that it can only belong to. Raises UsageError for a word that fits none."""
    several = next((each for each in arguments if each.kind is Kind.VIDEO and each.many > 1), None)
    if several is not None:
        return {several.name: titles_of(typed)}
    campaign = next((each for each in arguments if each.kind is Kind.CAMPAIGN), None)
    if campaign is not None:
        others = tuple(each for each in arguments if each is not campaign)
        at_start = any(each.kind is Kind.VIDEO for each in others)
        closed = join_spaced_values(typed, frozenset(each.kind for each in others))
        is_place = _is_place if any(each.kind is Kind.ZONE for each in others) else lambda _: False
        rest, name = campaign_in(closed, lambda token: _fits(token, others), at_start=at_start, is_place=is_place)
        if name:
            return {**_placed(others, rest), campaign.name: [name]}
    found: dict[str, list[str]] = {}
    words: list[Token] = []
    tokens = tokens_of(hyphenated(join_spaced_values(typed, frozenset(each.kind for each in arguments)), arguments))
    arguments = _readable(arguments, tokens)
    has_titles = any(each.kind in _TITLES for each in arguments)
    tokens = [each for token in tokens for each in apart(token, arguments)]
    for place, each in enumerate(tokens):
        token = each if has_titles else unpunctuated(each)
        target = _home(token, arguments) or _home_of_hour(tokens, place, arguments)
        if target is None:
            words.append(token)
        else:
            found.setdefault(target.name, []).append(token.text)
    sole = next((each for each in arguments if each.kind is Kind.VIDEO and each.many == 1), None)
    if sole is not None and words and set(found) <= {sole.name} and len(find_links(typed)) <= 1:
        is_one = len(tokens) == 1
        return {sole.name: [tokens[0].text if is_one else visible(typed).strip()]}  # the title, kept whole
    if not any(each.kind in _TITLES or (each.kind is Kind.CAMPAIGN and not _needs_in(arguments)) for each in arguments):
        _refuse_negation(words)
    _place_words(words, arguments, found)
    return {each.name: narrowed(each, found[each.name]) for each in arguments if each.name in found}


def _readable(arguments: tuple[Argument, ...], tokens: Sequence[Token]) -> tuple[Argument, ...]:
    """Arguments that this line may contain; those tied to a choice in the line come first."""
    choices = [each for each in arguments if each.kind is Kind.CHOICE]
    chosen = {choice_of(each, token.text) for each in choices for token in tokens if not token.quoted}
    beside = tuple(each for each in arguments if each.beside and each.beside in chosen)
    return (*beside, *(each for each in arguments if not each.beside))


def _refuse(command: Command[A], typed: str) -> None:
    """Raise UsageError if the words around the links ask for something that an argument can't do."""
    refused = [(each.name, pattern, sentence) for each in command.arguments for pattern, sentence in each.refused]
    if not refused:
        return
    words = " ".join(each.text for each in tokens_of(typed) if not (each.quoted or looks_like_link(each.text)))
    for name, pattern, sentence in refused:
        if re.search(rf"\b(?:{pattern})\b", words, re.IGNORECASE):
            raise UsageError(sentence, name)


def _home(token: Token, arguments: tuple[Argument, ...]) -> Argument | None:
    """The only argument that this word can belong to; None if it may be part of a title, as quoted words may."""
    for each in arguments:
        if each.kind in {Kind.LINK, Kind.VIDEO} and looks_like_link(token.text):
            return each
        if token.quoted:
            continue
        if each.kind is Kind.CHOICE and choice_of(each, token.text) is not None:
            return each
        if each.kind is Kind.CAMPAIGN and token.text.casefold() in EVERY_VIDEO and not _needs_in(arguments):
            return each
        looks = _BY_LOOK.get(each.kind)
        is_bare = not each.listed and not re.search(r"[^\d.,]", token.text)  # unlisted arguments need a unit
        if looks is not None and looks(token.text) and not is_bare:
            return each
    return None


def _fits(token: Token, arguments: tuple[Argument, ...]) -> bool:
    """Whether a word is a valid value of one of the arguments, such as a number of days in range."""
    home = _home(token, arguments)
    try:
        return home is not None and (home.kind is not Kind.NUMBER or number_of(home, token.text) > 0)
    except UsageError:
        return False


def _may_be_name(word: str, arguments: tuple[Argument, ...]) -> bool:
    """Whether an unassigned word may be a campaign's name: it resembles no choice, link or number."""
    return not (looks_like_link(word) or word.isdecimal() or _near(arguments, word) is not None)


def _needs_in(arguments: tuple[Argument, ...]) -> bool:
    """Whether a campaign has to follow `in`, because any other word may be a link or a time zone."""
    return any(each.kind in {Kind.LINK, Kind.ZONE} for each in arguments)


def _is_place(words: Sequence[str]) -> bool:
    """Whether the words begin with a time zone, or consist of fillers as in `in this channel`."""
    starts = (" ".join(words[:size]) for size in range(1, MOST_ZONE_WORDS + 1))
    return any(map(is_zone, starts)) or all(each.casefold() in FILLERS for each in words)


def _home_of_hour(tokens: list[Token], place: int, arguments: tuple[Argument, ...]) -> Argument | None:
    """The argument for a time of day, if a bare number can only be an hour: after `on` or `at`, not as a count."""
    time = next((each for each in arguments if each.kind is Kind.TIME), None)
    if time is None or place == 0 or not _is_hour(tokens[place]):
        return None
    counted = tokens[place + 1] if place + 1 < len(tokens) else None
    if counted is not None:
        home = _home(counted, arguments)
        if counted.text.casefold() in _DAYS or (home is not None and home.many > 1):
            return None
    return time if tokens[place - 1].text.casefold() in {"on", "at"} else None


def _is_hour(token: Token) -> bool:
    return not token.quoted and _HOUR.fullmatch(token.text) is not None


def _place_words(words: list[Token], arguments: tuple[Argument, ...], found: dict[str, list[str]]) -> None:
    """Assign unclassified words to the argument that accepts any, or raise UsageError."""
    taker = next((each for each in arguments if each.kind in _TITLES), None)
    if taker is not None:
        if words:
            found.setdefault(taker.name, []).append(" ".join(token.text for token in words))
        return
    stray = next((token for token in words if token.quoted or token.text.casefold() not in PASSED_OVER), None)
    if stray is None:
        return
    link = next((each for each in arguments if each.kind is Kind.LINK and each.name not in found), None)
    if link is not None:
        found[link.name] = [stray.text]  # the link parser has the most precise error
        return
    time = next((each for each in arguments if each.kind is Kind.TIME and each.name not in found), None)
    hour = next(filter(_is_hour, words), None)
    if time is not None and hour is not None:
        msg = f"If “{shorten(hour.text)}” is the time of day, write it like 09:00 or 9am."
        raise UsageError(msg, time.name)
    zone = next((each for each in arguments if each.kind is Kind.ZONE and each.name not in found), None)
    strays = [token.text for token in words if token.quoted or token.text.casefold() not in PASSED_OVER]
    if zone is not None:
        found[zone.name], strays = _zone_and_rest(strays)
        if not strays:
            return
        del found[zone.name]
    campaign = next((each for each in arguments if each.kind is Kind.CAMPAIGN and each.name not in found), None)
    if campaign is not None and not _needs_in(arguments) and all(_may_be_name(each, arguments) for each in strays):
        found[campaign.name] = [" ".join(strays)]
        return
    number = next((each for each in arguments if each.kind is Kind.NUMBER and each.name not in found), None)
    if number is not None and re.search(r"[\d²³]", strays[0]):
        raise UsageError(range_sentence(number, strays[0]), number.name)
    raise _not_understood(strays, arguments, found)


def _refuse_negation(words: Sequence[Token]) -> None:
    """Raise UsageError for a word that turns the others into their opposite."""
    for each in words:
        if not each.quoted and each.text.casefold().replace("’", "'") in NEGATIONS:
            msg = f"I can't read “{shorten(each.text)}” here. Name what you want instead of what you don't want."
            raise UsageError(msg)


def _not_understood(strays: list[str], arguments: tuple[Argument, ...], found: Mapping[str, list[str]]) -> UsageError:
    """The error for words that fit no argument, with the nearest words that work."""
    free = [each for each in arguments if each.name not in found or each.many > 1]
    near = [(word, choice) for word in strays if (choice := _near(free, word)) is not None]
    known = [word for each in arguments for word in found.get(each.name, ())]
    instead = " ".join(dict.fromkeys((*known, *(choice for _, choice in near[:1]))))
    loses = len(strays) > len(near[:1])
    word = shorten(near[0][0] if near else strays[0])
    kinds = {each.kind for each in arguments if each.listed}
    if Kind.CHOICE in kinds and kinds <= {Kind.CHOICE, Kind.CREATOR, Kind.CAMPAIGN}:
        choices = ", ".join(choice for each in free for choice in each.choices)
        hint = "" if near or not choices else f" Filters are {choices}."
        return UsageError(f"No filter called “{word}”.{hint}", None, instead, loses=loses)
    offered = ""
    for each in free:
        more = f"; {meant}" if each.name not in found and (meant := _meant(each)) else ""
        offered += more if len(offered + more) <= LONGEST_HINT else ""
    hint = offered.replace(";", ":", 1)
    return UsageError(f"I don't know what “{word}” means here{hint}.", None, instead, loses=loses)


def _near(arguments: Sequence[Argument], word: str) -> str | None:
    """The choice closest to a word; None if none is similar."""
    names = {choice: choice for each in arguments for choice in each.choices}
    names |= dict(alias for each in arguments for alias in each.aliases)
    folded = word.casefold()
    if NEAR.get(folded) in names:
        return NEAR[folded]
    return next((names[name] for name in get_close_matches(folded, names, n=1, cutoff=0.75)), None)


def _zone_and_rest(strays: list[str]) -> tuple[list[str], list[str]]:
    """Split into the words of a time zone and the rest; the longest exact match wins over a near one."""
    longest = range(min(len(strays), MOST_ZONE_WORDS), 0, -1)
    for start, end in ((start, start + size) for size in longest for start in range(len(strays) - size + 1)):
        place = " ".join(strays[start:end])
        if is_zone(place):
            others = strays[:start] + strays[end:]
            return [place], [] if _is_around(" ".join(others), place) else others
    place = " ".join(strays)
    return ([place], []) if near_zones(place) else ([], strays)


def _is_around(country: str, place: str) -> bool:
    """Whether a place is in the country that stands beside it, as in `Sydney, Australia`."""
    zones = near_zones(country, MOST_ZONES) if is_zone(country) else ()
    return bool(zones) and not set(zones).isdisjoint(near_zones(place, MOST_ZONES))


def _meant(argument: Argument) -> str | None:
    """What a person may write for an argument, if that can be described in a few words."""
    match argument.kind:
        case Kind.CHOICE:
            *others, last = argument.choices[:MOST_CHOICES]
            end = f", {last} and so on" if len(argument.choices) > MOST_CHOICES else f" or {last}"
            return f"use {', '.join(others)}{end}"
        case Kind.NUMBER:
            return f"{argument.name} is a whole number{bounds(argument)}"
        case kind if argument.listed and kind in _WRITTEN:
            return f"{argument.name} is {_WRITTEN[kind]}"
        case _:
            return None


def _split(argument: Argument, value: str) -> list[str]:
    if argument.many == 1:
        text = visible(value).strip()
        return [join_spaced_values(text, frozenset({argument.kind})) if argument.kind in _COUNTED else text]
    if argument.kind is Kind.VIDEO:
        return titles_of(value)
    return [each.text for token in tokens_of(hyphenated(value, (argument,))) for each in apart(token, (argument,))]


def _several(argument: Argument) -> str:
    """Values of an argument, in the plural."""
    return f"{argument.name}s" if argument.kind in {Kind.LINK, Kind.VIDEO} else f"values for {argument.name}"


def _build(command: Command[A], found: Mapping[str, list[str]]) -> A:
    values: dict[str, object] = {}
    for each in command.arguments:
        texts = found.get(each.name, [])
        if len(texts) < each.fewest and (texts or each.required):
            least = f"at least {each.fewest} {_several(each)}" if each.fewest > 1 else f"a {each.name}"
            msg = f"/{command.name} needs {least}."
            raise UsageError(msg, each.name)
        if len(texts) > each.many:
            most = f"one value for {each.name}" if each.many == 1 else f"at most {each.many} {_several(each)}"
            msg = f"/{command.name} takes {most}; {len(texts)} were given."
            raise UsageError(msg, each.name)
        if texts:
            converted = tuple(convert(each, word) for word in texts)
            values[each.name] = converted if each.many > 1 else converted[0]
    return command.takes(**values)
