"""Parses payout terms from plain words, and writes them: `youtube 2.50 per 1000, cap 200, budget 5000`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.errors import UsageError
from bot.domain.money import dollars, read_money, unit_price, whole_cents
from bot.domain.payout import Terms
from bot.domain.videos import VideoPlatform

EXAMPLE = (
    "youtube 2.50 tiktok 1 per 1000, instagram 3 per 1000 likes, from zero, minimum 1000, cap 200, "
    "cap 500 per creator, final after 30 days, budget 5000"
)
LONGEST_DAYS = 3650
_PACKED = "~"
_SITE_CODES = {"T": VideoPlatform.TIKTOK, "I": VideoPlatform.INSTAGRAM, "Y": VideoPlatform.YOUTUBE}
_SITE_CODES |= {"X": VideoPlatform.TWITTER}
_CENTS, _MICROS = 100, 1_000_000
_PART = re.compile(r"([A-Z])([0-9a-z]{1,10})")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SITES: Mapping[str, VideoPlatform] = {
    **{each.value: each for each in VideoPlatform},
    "yt": VideoPlatform.YOUTUBE,
    "tt": VideoPlatform.TIKTOK,
    "ig": VideoPlatform.INSTAGRAM,
    "insta": VideoPlatform.INSTAGRAM,
    "x": VideoPlatform.TWITTER,
}
_SITES = "|".join(sorted(SITES, key=len, reverse=True))
_SUM = r"(?P<sum>\$?\d[\d.,]*\d|\$?\d)(?:\s*(?:\$|usd|dollars?)(?!\w))?"
_PER = (
    r"\s*(?:per|for|/|a)\s*(?:(?P<per>\d[\d.,]*\d|\d)(?P<k>\s*k)?|(?:a\s+)?(?P<word>thousand|k)|(?P<unit>view|like))\b"
)
_CPM = rf"(?:{_PER}|\s*cpm\b)"
_K = r"(?:(?P<thousand>k)\b)?"
_OF = r"(?:\s*(?P<of>views?|likes?)\b)?"
_WHOSE = r"(?:\s*(?:per|for|/|each)\s*(?:a\s+|each\s+|every\s+)?(?P<whose>videos?|creators?)\b)?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*"
_DATE = (
    rf"(?:(?P<iso>\d{{4}}-\d\d-\d\d)|(?P<day>\d\d?)\.?\s+(?P<month>{_MONTH})|(?P<first>{_MONTH})\s+(?P<last>\d\d?))\b"
)
_NUMBER = re.compile(r"\d(?:[\d.,]*\d)?\Z")
"""A partly read number, such as 1e9."""
_FILLER = re.compile(r"(?:[\s,;.·+&]|and\b|pay\b|with\b|count(?:ed)?\b|then\b)+", re.IGNORECASE)


def read_terms(typed: str, known: Terms, today: date) -> Terms:
    """Apply typed or packed terms to the known ones. Raises UsageError that names the words it can't parse."""
    terms, place, text = known, 0, typed.strip()
    if text.startswith(_PACKED):
        return _unpacked(text)
    stated: dict[str, object] = {}
    while (place := _skip(text, place)) < len(text):
        for pattern, apply in _PARTS:
            found = pattern.match(text, place)
            if found is not None:
                before, terms = terms, apply(terms, found, today)
                _refuse_second(stated, before, terms, is_general=found.groupdict().get("site") == "")
                place = found.end()
                break
        else:
            number = _NUMBER.search(text, 0, place)
            if number is not None and text[place].isalnum():
                word = text[number.start() :].split()[0][:20]
                raise UsageError(f"I can't read “{word}” as a number. Write it like 1000 or 2.50.", "terms")
            rest = " ".join(text[place:].split()[:4])[:40]
            msg = f"I don't understand “{rest}” in these terms. For example: {EXAMPLE}."
            raise UsageError(msg, "terms")
    if terms == known == Terms():
        msg = f"What does the campaign pay? For example: {EXAMPLE}."
        raise UsageError(msg, "terms")
    return _checked(terms)


def _refuse_second(stated: dict[str, object], before: Terms, after: Terms, *, is_general: bool) -> None:
    """Raise UsageError if the same words state a term twice. A general rate gives way to a platform's."""
    for name in (each.name for each in fields(Terms) if each.name != "rates"):
        if getattr(before, name) != getattr(after, name):
            _refuse_other(stated, name.replace("_", " "), getattr(after, name))
    if not is_general:
        for site, rate in after.rates.items():
            if before.rates.get(site) != rate:
                _refuse_other(stated, f"rate for {site}", rate)


def _refuse_other(stated: dict[str, object], what: str, value: object) -> None:
    if stated.setdefault(what, value) != value:
        raise UsageError(f"These terms state the {what} twice, so nothing was changed. Name each once.", "terms")


def terms_words(terms: Terms, known_as: Mapping[str, str]) -> Iterator[str]:
    """The terms in short phrases; `known_as` maps platforms to names."""
    for platform, rate in terms.rates.items():
        unit = "likes" if platform == VideoPlatform.INSTAGRAM else "views"
        yield f"{known_as.get(platform, platform)} {unit_price(rate)} per 1,000 {unit}"
    yield "counted from zero" if terms.from_zero else "counted from the first reading"
    if terms.minimum:
        yield f"minimum {terms.minimum:,}"
    if terms.video_cap is not None:
        yield f"at most {dollars(terms.video_cap)} per video"
    if terms.creator_cap is not None:
        yield f"at most {dollars(terms.creator_cap)} per creator, oldest videos first"
    if terms.final_days is not None:
        yield f"final {terms.final_days} day{'' if terms.final_days == 1 else 's'} after tracking begins"
    if terms.final_on is not None:
        yield f"final at the end of {terms.final_on.isoformat()} UTC"
    if terms.final_days is None and terms.final_on is None:
        yield "never final"
    if terms.budget is not None:
        yield f"budget {dollars(terms.budget)}"


def terms_line(terms: Terms) -> str:
    """The terms as a line that `read_terms` reads, such as `youtube 2.5 per 1000, cap 200`."""
    words = [
        *(f"{platform} {rate.normalize():f} per 1000" for platform, rate in terms.rates.items()),
        "from zero" if terms.from_zero else "",
        f"min {terms.minimum}" if terms.minimum else "",
        f"cap {terms.video_cap.normalize():f}" if terms.video_cap is not None else "",
        f"cap {terms.creator_cap.normalize():f} per creator" if terms.creator_cap is not None else "",
        f"final {terms.final_days} days" if terms.final_days is not None else "",
        f"final {terms.final_on.isoformat()}" if terms.final_on is not None else "",
        f"budget {terms.budget.normalize():f}" if terms.budget is not None else "",
    ]
    return ", ".join(filter(None, words))


def packed_terms(terms: Terms) -> str:
    """The terms as few characters that `read_terms` reads: a letter and a number in base 36 for each.

    At most 63 if rates are below $1,000, and the minimum and all other sums below 10 million.
    """
    amounts = {"V": terms.video_cap, "C": terms.creator_cap, "B": terms.budget}
    numbers = {
        **{code: int(terms.rates[site] * _MICROS) for code, site in _SITE_CODES.items() if site in terms.rates},
        **{code: int(amount * _CENTS) for code, amount in amounts.items() if amount is not None},
        **({"Z": 1} if terms.from_zero else {}),
        **({"M": terms.minimum} if terms.minimum else {}),
        **({"D": terms.final_days} if terms.final_days is not None else {}),
        **({"O": terms.final_on.toordinal()} if terms.final_on is not None else {}),
    }
    return f"{_PACKED}{''.join(f'{code}{_base_36(number)}' for code, number in numbers.items())}"


def _unpacked(packed: str) -> Terms:
    numbers = {code: int(digits, 36) for code, digits in _PART.findall(packed)}

    def dollars_of(code: str) -> Decimal | None:
        return Decimal(numbers[code]) / _CENTS if code in numbers else None

    return _checked(
        Terms(
            rates={site: Decimal(numbers[code]) / _MICROS for code, site in _SITE_CODES.items() if code in numbers},
            from_zero="Z" in numbers,
            minimum=numbers.get("M", 0),
            video_cap=dollars_of("V"),
            creator_cap=dollars_of("C"),
            final_days=numbers.get("D"),
            final_on=date.fromordinal(min(numbers["O"], date.max.toordinal())) if numbers.get("O") else None,
            budget=dollars_of("B"),
        )
    )


def _base_36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _skip(text: str, place: int) -> int:
    found = _FILLER.match(text, place)
    return place if found is None else found.end()


def _checked(terms: Terms) -> Terms:
    for what, amount in (("cap", terms.video_cap), ("cap per creator", terms.creator_cap), ("budget", terms.budget)):
        if amount is not None and (not amount or whole_cents(amount) != amount):
            msg = f"A {what} has to be at least $0.01, in whole cents. To remove it, write no {what}."
            raise UsageError(msg, "terms")
    if not terms.rates:
        raise UsageError("Name a rate per 1,000 views, for example: youtube 2.50 tiktok 1 per 1000.", "terms")
    return terms


def _rate(terms: Terms, found: re.Match[str], _: date) -> Terms:
    site = found["site"]
    platforms = [SITES[site.casefold()]] if site else [p for p in VideoPlatform if p != VideoPlatform.INSTAGRAM]
    of, is_likes = (found["of"] or "").casefold(), platforms == [VideoPlatform.INSTAGRAM]
    if found["unit"] or (found["per"] and _per(found) != 1000):
        raise UsageError(
            "Rates are per 1,000 views (Instagram: 1,000 likes), for example: youtube 2.50 per 1000.", "terms"
        )
    if is_likes and of.startswith("view"):
        raise UsageError(
            "Instagram has no views. Pay for likes instead, for example: instagram 3 per 1000 likes.", "terms"
        )
    if not is_likes and of.startswith("like"):
        raise UsageError("Likes are paid on Instagram alone, for example: instagram 3 per 1000 likes.", "terms")
    return replace(terms, rates={**terms.rates, **dict.fromkeys(platforms, _money(found["sum"]))})


def _per(found: re.Match[str]) -> int:
    return _whole(found["per"]) * (1000 if found["k"] else 1)


def _cap(terms: Terms, found: re.Match[str], _: date) -> Terms:
    amount = _thousands(found)
    words = f"{found['before'] or ''} {found['whose'] or ''}".casefold()
    return replace(terms, creator_cap=amount) if "creator" in words else replace(terms, video_cap=amount)


def _minimum(terms: Terms, found: re.Match[str], _: date) -> Terms:
    return replace(terms, minimum=_whole(found["count"]) * (1000 if found["k"] else 1))


def _days(terms: Terms, found: re.Match[str], _: date) -> Terms:
    days = _whole(found["days"]) * (7 if found["unit"].casefold().startswith("w") else 1)
    if not 1 <= days <= LONGEST_DAYS:
        msg = f"Lines can become final after 1 to {LONGEST_DAYS:,} days."
        raise UsageError(msg, "terms")
    return replace(terms, final_days=days, final_on=None)


def _on(terms: Terms, found: re.Match[str], today: date) -> Terms:
    try:
        if found["iso"]:
            on = date.fromisoformat(found["iso"])
            if on < today - timedelta(days=366):
                raise UsageError(f"{found['iso']} is more than a year ago. Check the year.", "terms")
            return replace(terms, final_on=on, final_days=None)
        month = _MONTHS.index((found["month"] or found["first"])[:3].casefold()) + 1
        year, day = int(found["year"] or today.year), int(found["day"] or found["last"])
        on = date(year, month, day)
        if on < today - timedelta(days=60) and not found["year"]:
            on = date(year + 1, month, day)
    except ValueError:
        msg = f"“{found[0]}” is no date. Write it like final on {today.year}-12-31."
        raise UsageError(msg, "terms") from None
    return replace(terms, final_on=on, final_days=None)


def _off(terms: Terms, found: re.Match[str], _: date) -> Terms:
    what = " ".join(found["what"].casefold().split())
    if what in SITES:
        return replace(terms, rates={site: rate for site, rate in terms.rates.items() if site != SITES[what]})
    if "creator" in what:
        return replace(terms, creator_cap=None)
    changes: Mapping[str, dict[str, Any]] = {
        "cap": {"video_cap": None},
        "min": {"minimum": 0},
        "bud": {"budget": None},
        "fin": {"final_days": None, "final_on": None},
    }
    return replace(terms, **changes[what[:3]])


def _money(words: str) -> Decimal:
    try:
        return read_money(words)
    except UsageError as error:
        raise UsageError(str(error), "terms") from None


def _thousands(found: re.Match[str]) -> Decimal:
    """The amount found, times 1,000 if a `k` follows it."""
    return _money(found["sum"]) * (1000 if found["thousand"] else 1)


def _whole(words: str) -> int:
    digits = re.sub(r"[.,](?=\d{3}(?!\d))", "", words)
    if not digits.isdecimal() or len(digits) > 12:
        msg = f"I can't read “{words[:20]}” as a whole number. Write it like 1000."
        raise UsageError(msg, "terms")
    return int(digits)


_PARTS: tuple[tuple[re.Pattern[str], Callable[[Terms, re.Match[str], date], Terms]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), apply)
    for pattern, apply in (
        (
            r"(?:no|without)\s+(?P<what>cap\s+per\s+creator|creator\s+cap|cap(?:\s+per\s+video)?|min(?:imum)?|budget|final)\b",
            _off,
        ),
        (rf"(?:no|without)\s+(?P<what>{_SITES})\b", _off),
        (r"never\s+(?P<what>final)\b", _off),
        (
            rf"(?P<before>(?:creator|video)\s+)?(?:cap|max(?:imum)?|at\s+most)(?:\s+(?:at|of|is))?\s*[:=]?\s*{_SUM}{_K}{_WHOSE}",
            _cap,
        ),
        (
            rf"(?:min(?:imum)?|at\s+least)(?:\s+(?:of|is|views))?\s*[:=]?\s*(?P<count>\d[\d.,]*\d|\d)(?P<k>\s*k\b)?{_OF}",
            _minimum,
        ),
        (
            rf"budget(?:\s+(?:of|is))?\s*[:=]?\s*{_SUM}{_K}",
            lambda terms, found, _: replace(terms, budget=_thousands(found)),
        ),
        (r"(?:from|since)\s+(?:zero|0)\b", lambda terms, _, __: replace(terms, from_zero=True)),
        (
            r"(?:from|since)\s+(?:the\s+)?(?:first(?:\s+(?:reading|snapshot))?|start)\b",
            lambda terms, _, __: replace(terms, from_zero=False),
        ),
        (r"final(?:\s+(?:after|in))?\s+(?P<days>\d[\d,]*)\s*(?P<unit>days?|d|weeks?|w)\b", _days),
        (rf"final(?:\s+(?:on|at|by))?\s+{_DATE}(?:,?\s+(?P<year>\d{{4}})\b)?", _on),
        (rf"(?:(?P<site>{_SITES})\s*[:=]?\s*){_SUM}{_CPM}?{_OF}", _rate),
        (rf"(?P<site>){_SUM}{_CPM}{_OF}", _rate),
    )
)
