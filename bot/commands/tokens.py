"""Tokens: splits free text into words, joins words that form one value, and converts each to a value."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from bot.commands.command import Argument, Kind
from bot.commands.words import FILLERS
from bot.domain.campaigns import EVERY_VIDEO, read_date
from bot.domain.errors import UsageError
from bot.domain.growth import read_count
from bot.domain.links import find_links, link_starts, looks_like_link, profile_handle
from bot.domain.money import read_cents
from bot.domain.schedule import read_time
from bot.domain.zones import read_zone
from bot.reply.text import cut, visible

_NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_IN_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS, 1)} | {"a": "1", "an": "1", "thirty": "30"}
_UNIT = r"(?:m|min(?:ute)?s?|h|hrs?|hours?|d|days?|w|weeks?)\b"
_HALF_OF_DAY = re.compile(r"(?<=\d) +(?=[ap]\.?m\b|uhr\b|o['’]?clock\b)", re.IGNORECASE)
_PART_OF_DAY = re.compile(
    r"(?<!\S)(\d{1,2}(?:[:.]\d\d)?)(?: *o['’]?clock)? +(?:in the (morning|afternoon|evening)|at (night))\b",
    re.IGNORECASE,
)
_NUMBER_IN_WORDS = re.compile(rf"(?<!\S)({'|'.join(_NUMBERS)})(?!\S)", re.IGNORECASE)
_AT_IN_WORDS = re.compile(rf"(?<!\S)((?:at|on) +)({'|'.join(_NUMBERS[:12])})(?!\S)", re.IGNORECASE)
_MONTH = re.compile(r"(?<!\S)(?:an?|one|1)[ -]+month\b", re.IGNORECASE)
_COUPLE = re.compile(rf"(?<!\S)(?:a +)?couple +(?:of +)?(?={_UNIT})", re.IGNORECASE)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH_NAME = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_UNTIL_DAY = re.compile(
    r"\b(?:until|till|til|through) +(?:next +|this +)?(?P<date>tomorrow|\d{4}-\d\d-\d\d"
    r"|\d{1,2}\.\d{1,2}\.(?:\d{4})?"
    rf"|(?:{'|'.join(_DAYS)})(?:s|nes|rs|ur)?(?:day)?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? +{_MONTH_NAME}|{_MONTH_NAME} +\d{{1,2}}(?:st|nd|rd|th)?)(?![\w:])",
    re.IGNORECASE,
)
_AND_A_HALF = re.compile(r"(?<!\S)(an?|one|\d{1,3}) *(?:h|hrs?|hours?) +and +(?:a +)?half\b", re.IGNORECASE)
_PAST_HOUR = re.compile(
    rf"(?<!\S)(?:a +)?(half|quarter) +(past|to) +(\d{{1,2}}|{'|'.join(_NUMBERS[:12])})(?![\w:])", re.IGNORECASE
)
_TWELVE = re.compile(r"(?<!\S)12 +(?=(?:noon|midday|midnight)\b)", re.IGNORECASE)
_HALF_AN_HOUR = re.compile(r"(?<!\S)(?:a +half|half +an?) +hour\b", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till|til) +(\d{1,2})(?: ?h| ?uhr)?(?=\s|$)", re.IGNORECASE)
_SPREAD = re.compile(r"(?<=[\dm.h]) *(?:[-–]|to|till?|until|through|and) *(?=\d{1,2}(?::\d|[ap]\.?m|h))", re.IGNORECASE)
_COUNTED = re.compile(rf"(?<!\S)(\d{{1,4}}) +(?={_UNIT})", re.IGNORECASE)
_COUNTED_IN_WORDS = re.compile(rf"(?<!\S)({'|'.join(_IN_WORDS)})[ -]+(?={_UNIT})", re.IGNORECASE)
_COMPOUND = re.compile(rf"(?<=[a-z]) +(?:and +)?(?=\d{{1,4}}{_UNIT})", re.IGNORECASE)
_LENGTH_AT_END = re.compile(rf"\d{{1,4}}{_UNIT}$", re.IGNORECASE)
_FORTNIGHT = re.compile(r"(?<!\S)(?:a +)?fortnight\b", re.IGNORECASE)
_CURRENCY = r"(?:\$|€|£|¥|(?:us\$|usd|dollars?|bucks?|eur|euros?|gbp|pounds?|yen)(?!\w))"
_AMOUNT = re.compile(rf"(?<!\S)(\$?\d[\d.,]*) +(?={_CURRENCY}(?![\w$]))|(?<!\S)({_CURRENCY}) +(?=\d)", re.IGNORECASE)
_TIME = r"(?:\d{1,2}(?:[:.]\d\d)?(?:[ap]\.?m\.?|h|uhr)?|morning|evening|noon|midnight)"
_DAY_AND_TIME = re.compile(
    r"(?<!\S)(?:(?:until|till?|this|next) +)*(today|tonight|tomorrow|\d{4}-\d\d-\d\d"
    rf"|(?:{'|'.join(_DAYS)})(?:s|nes|rs|ur|r)?(?:day)?)(?:,? +(?:at +)?({_TIME}))?(?![\w:.-])",
    re.IGNORECASE,
)
_THIS_PART = re.compile(r"(?<!\S)(?:until|till?) +(?:tonight|this +evening)\b", re.IGNORECASE)
_NEXT_WEEK = re.compile(r"(?<!\S)(?:(?:until|till?|for|over) +)?(?:next +week|(?:the|this) +weekend)\b", re.IGNORECASE)
_LARGE = re.compile(r"(?<=\d) +(?=(?:thousand|million)\b)", re.IGNORECASE)
_MASKED = re.compile(r"\[[^\[\]]*\]\((<?https?://[^()\s]+)\)", re.IGNORECASE)
_ANGLED = r"<(https?://[^\s<>|]+)(?:\|[^<>]*)?>"
_TOUCHED = re.compile(
    rf"(?<=[^\s,;|&<>]){_ANGLED}(?=[*~_`。…！)]*(?:[\s,;|&<]|$))|{_ANGLED}(?=[*~_`。…！)]+(?:[\s,;|&]|$))",
    re.IGNORECASE,
)
"""A link in angle brackets directly followed or preceded by text that can't be part of the link."""
_HTML = re.compile(r"<(iframe|blockquote|a)\b.*</\1>", re.IGNORECASE | re.DOTALL)
"""The embed code that a site offers for a video."""
_JOINED = re.compile(r"(?<=>)[,;|&]+(?=<)")
_LISTED = re.compile(r"[,;|，；、]+")
_ROW = re.compile(r"#?\d{1,3}")
_ROWS = re.compile(r"#?\d{1,3}(?:[\s,;+&]+#?\d{1,3})+")
"""Row numbers of a list, as in `1,2`."""
_INTO = frozenset({"in", "into", "campaign"})
_NUMBER = re.compile(r"\d{1,2}\w{0,5}")
_QUOTED = (r'"([^"]*)"', r"“([^”]*)”", r"„([^“”]*)[“”]", r"«([^»]*)»", r"‘(.+?)’(?=[\s,;|]|$)", r"'(.+?)'(?=[\s,;|]|$)")
_WHOLE = r"(?<!\S)(?:\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」|‘.+?’|'.+?'|<[^<>]*>)(?=[\s,]|$)"
"""A quoted title, or text in angle brackets, as a whole word."""
_BETWEEN_TITLES = tuple(
    re.compile(rf"{_WHOLE}|(?P<mark>{mark})", re.IGNORECASE)
    for mark in (
        r"(?<!\S)(?:vs\.?|versus)(?!\S)",
        r"(?<!\S)\|(?!\S)",
        r",(?!\S)",
        r"(?<!\S)(?:and|&|\+|with|against)(?!\S)",
    )
)
"""Separators between titles, the least ambiguous first; only the first kind found in a line is used."""
_TOKEN = re.compile("|".join((*_QUOTED, r"(?P<angle><[^<>]*>)", r"(?P<bare>\S+)")))


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or the text between quotation marks."""

    text: str
    quoted: bool


def unpunctuated(token: Token) -> Token:
    """Strip punctuation around a word."""
    if token.quoted or looks_like_link(token.text):
        return token
    return Token(token.text.lstrip("([").rstrip(",;:.!?)]") or token.text, quoted=False)


def tokens_of(typed: str) -> list[Token]:
    """Split into words in order; links are separate words even if no space separates them."""
    tokens = []
    for match in _TOKEN.finditer(_plain(typed)):
        quoted = next((match[each] for each in range(1, len(_QUOTED) + 1) if match[each] is not None), None)
        words = [quoted.strip()] if quoted is not None else [match[0]] if match["angle"] else _apart(match[0])
        tokens += [Token(word, quoted is not None) for word in words]
    return [token for token in tokens if token.text]


def titles_of(typed: str) -> list[str]:
    """Split into titles, links or ids: separated by `vs`, a bar, a comma or `and`, else one per word or quotation."""
    text = _plain(typed)
    for pattern in _BETWEEN_TITLES:
        ends = [match.span() for match in pattern.finditer(text) if match["mark"]]
        if ends:
            starts = (0, *(end for _, end in ends))
            parts = [
                text[start:end] for start, end in zip(starts, (*(start for start, _ in ends), len(text)), strict=True)
            ]
            return [title for part in parts for title in _titles_in(part.strip())]
    if _ROWS.fullmatch(text):
        return _ROW.findall(text)
    return [token.text for token in tokens_of(typed)]


def _titles_in(part: str) -> list[str]:
    """The text between two separators as one title, unless it consists of adjacent links or of quotations."""
    tokens = tokens_of(part)
    if len(part.split()) > 1 and not all(token.quoted for token in tokens):
        return [part]
    return [token.text for token in tokens]


def _plain(typed: str) -> str:
    """Remove invisible characters, HTML and chats' markup around links."""
    text = visible(typed)
    if "<" not in text and "[" not in text:
        return text
    text = _HTML.sub(lambda match: " ".join(("", *find_links(match[0]), "")), text)
    return _JOINED.sub(" ", _TOUCHED.sub(r"\1\2", _MASKED.sub(r" \1 ", text)))


def _apart(word: str) -> Iterator[str]:
    """Split a word at links. Text before a link stays with it, unless it is a word or a number."""
    before = ""
    for piece in link_starts(word):
        if not looks_like_link(piece) and not re.search(r"\d|[^\W_]$", piece, re.ASCII):
            before += piece
            continue
        yield from _listed(before + piece)
        before = ""
    yield before


def _listed(word: str) -> Iterator[str]:
    """Split a link from other links or a number after a comma or bar."""
    first, *others = _LISTED.split(word)
    if looks_like_link(first) and all(not each or looks_like_link(each) or _NUMBER.fullmatch(each) for each in others):
        yield from (first, *others)
    else:
        yield word


def campaign_in(
    typed: str,
    is_other: Callable[[Token], bool],
    *,
    at_start: bool,
    is_place: Callable[[Sequence[str]], bool] = lambda _: False,
) -> tuple[str, str]:
    """Split off `in <campaign>`: returns the remaining line and the campaign's name, empty if there is none.

    An unquoted name ends before a word that `is_other`. `at_start`: only fillers and choices may come before it. If the
    words after `in` satisfy `is_place`, they aren't a campaign.
    """
    tokens = tokens_of(typed)
    for at, token in enumerate(tokens[:-1]):
        if token.quoted or token.text.casefold() not in _INTO:
            is_chosen = is_other(token) and not looks_like_link(token.text)
            if at_start and (token.quoted or not (is_chosen or token.text.casefold() in {*FILLERS, "all"})):
                break
            continue
        name = at + 2 if tokens[at + 1].text.casefold() == "campaign" and at + 2 < len(tokens) else at + 1
        end = name + 1
        if not tokens[name].quoted:
            if name == at + 1 and is_place([each.text for each in tokens[name:]]):
                continue
            first = name + (tokens[name].text.casefold() in EVERY_VIDEO)
            end = next((each for each in range(first, len(tokens)) if is_other(tokens[each])), len(tokens))
            while end > name + 1 and tokens[end - 1].text.casefold() in FILLERS:
                end -= 1
        if end > name:
            rest = " ".join(f'"{each.text}"' if each.quoted else each.text for each in (*tokens[:at], *tokens[end:]))
            return rest, " ".join(each.text for each in tokens[name:end])
    return typed, ""


def until_in_days(typed: str, today: date) -> str:
    """Replace `until friday`, `until tomorrow`, `until 3 dec` or `until 2026-12-03` by a number of days from today."""

    def days(match: re.Match[str]) -> str:
        try:
            return f"{(read_date(match['date'], today) - today).days}days"
        except UsageError:
            return match[0]

    return _UNTIL_DAY.sub(days, typed)


def join_spaced_values(typed: str, kinds: frozenset[Kind]) -> str:
    """Join `9 am`, `22:00 to 07:00`, `two days`, `5 dollars` to one word each, if an argument takes such a value."""
    if kinds & {Kind.TIME, Kind.SPAN}:
        typed = _AT_IN_WORDS.sub(lambda match: match[1] + _IN_WORDS[match[2].lower()], typed)
        typed = _PART_OF_DAY.sub(lambda match: f"{match[1]}{'am' if match[2] == 'morning' else 'pm'}", typed)
        typed = _HALF_OF_DAY.sub("", _TWELVE.sub("", _PAST_HOUR.sub(_past_hour, typed)))
    if Kind.SPAN in kinds:
        typed = _NEXT_WEEK.sub("monday", _THIS_PART.sub("today@evening", typed))
        typed = _DAY_AND_TIME.sub(_at_time, typed)
        typed = _AND_A_HALF.sub(lambda match: f"{_IN_WORDS.get(match[1].lower(), match[1])}.5h", typed)
        typed = _SPREAD.sub("-", _UNTIL.sub(r"\1:00", _HALF_AN_HOUR.sub("30min", typed)))
    if kinds & {Kind.SPAN, Kind.NUMBER}:
        typed = _COUPLE.sub("2", _MONTH.sub("30days", typed))
        typed = _COUNTED_IN_WORDS.sub(lambda match: _IN_WORDS[match[1].lower()], _FORTNIGHT.sub("2weeks", typed))
        typed = _COUNTED.sub(r"\1", _NUMBER_IN_WORDS.sub(lambda match: _IN_WORDS[match[1].lower()], typed))
    if Kind.SPAN in kinds:
        typed = _COMPOUND.sub(lambda match: "" if _LENGTH_AT_END.search(typed, 0, match.start()) else match[0], typed)
    if Kind.COUNT in kinds:
        typed = _LARGE.sub("", typed)
    if Kind.MONEY in kinds:
        typed = _AMOUNT.sub(r"\1\2", typed)
    return typed


def in_digits(word: str) -> str:
    """Convert a number word to digits: `10` for `ten`; other words are unchanged."""
    return _IN_WORDS.get(word.casefold(), word)


def _past_hour(match: re.Match[str]) -> str:
    """`half past 8` as 8:30, `quarter to nine` as 8:45; the same words for what can't be."""
    hour, minute = int(in_digits(match[3])), 30 if match[1].lower() == "half" else 15
    if match[2].lower() == "to":
        return match[0] if minute == 30 else f"{(hour - 1) % 24 or 12}:45"
    return f"{hour}:{minute}"


def _at_time(match: re.Match[str]) -> str:
    """Join a day and a time: `tomorrow@9:00`."""
    day, time = match[1], match[2]
    return f"{day}@{time}:00" if time and time.isdecimal() else f"{day}@{time}" if time else day


V = TypeVar("V")

NUMBER = re.compile(
    r"(?P<sign>[-+−]?)(?P<digits>\d[\d.,]*)(?:d|days?|(?P<weeks>w|weeks?)|(?P<hours>h|hrs?|hours?))?", re.IGNORECASE
)

_READERS: Mapping[Kind, Callable[[str], str | int | Decimal]] = {
    Kind.MONEY: read_cents,
    Kind.COUNT: read_count,
    Kind.TIME: read_time,
    Kind.ZONE: read_zone,
}
"""Domain parsers for values of these kinds."""


def convert(argument: Argument, word: str) -> str | int | Decimal:
    """Convert a word to an argument's value. Raises UsageError."""
    match argument.kind:
        case Kind.MONEY | Kind.COUNT | Kind.TIME | Kind.ZONE:
            return _read(argument, _READERS[argument.kind], word)
        case Kind.NUMBER:
            return number_of(argument, word)
        case Kind.CHOICE:
            chosen = choice_of(argument, word)
            if chosen is None:
                msg = f"{argument.name.capitalize()} is one of {', '.join(argument.choices)}, not “{shorten(word)}”."
                raise UsageError(msg, argument.name)
            return chosen
        case Kind.CREATOR:
            return profile_handle(word) or word
        case Kind.LINK | Kind.VIDEO | Kind.CAMPAIGN | Kind.WHO | Kind.CHANNEL | Kind.WORD | Kind.SPAN | Kind.SECRET:
            return word


def _read(argument: Argument, read: Callable[[str], V], word: str) -> V:
    """Parse a word with a domain parser, naming the argument in its error."""
    try:
        return read(word)
    except UsageError as error:
        raise UsageError(str(error), argument.name) from None


def number_of(argument: Argument, word: str) -> int:
    """Parse a whole number within the argument's bounds; weeks and hours are converted to days."""
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
    """Error sentence with the numbers that an argument accepts."""
    return f"{argument.name.capitalize()} is a whole number{bounds(argument)}, not “{shorten(word)}”."


def bounds(argument: Argument) -> str:
    """The range of an argument's numbers as ` from … to …`; empty if any will do."""
    if argument.minimum is None:
        return ""
    return f" from {argument.minimum}" + ("" if argument.maximum is None else f" to {argument.maximum}")


def choice_of(argument: Argument, word: str) -> str | None:
    """The choice that a word names, in any case and spelling; None if it names none."""
    folded = word.casefold().replace("’", "'").removesuffix("'s")
    if folded in argument.choices:
        return folded
    return dict(argument.aliases).get(folded)


def shorten(word: str) -> str:
    """Shorten a word for quoting in a sentence."""
    cleaned = visible(word)
    return cut(cleaned, 40)
