"""Time zone names: those available, what people write instead, and what they may have meant.

Abbreviations (CET, EST) and offsets (UTC+2) are refused even if the data know them: they ignore daylight saving time,
so a time set with one would be an hour off for half of the year.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from bot.domain.errors import UsageError

UTC_NAME = "UTC"
MOST_LETTERS = 60
"""Longer than any zone's name; longer text isn't compared."""
OFFERED = 5
"""How many zones a refusal suggests."""

_OFFSET = re.compile(r"(?:utc|gmt)(?P<sign>[+−-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?", re.IGNORECASE)
_AREA = re.compile(r"[a-z_]{3,}/[a-z_/+-]{2,}", re.IGNORECASE)
_BY_ABBREVIATION: dict[tuple[str, ...], tuple[str, ...]] = {
    ("cet", "cest", "met", "mez", "mesz"): ("Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome"),
    ("eet", "eest"): ("Europe/Athens", "Europe/Helsinki", "Europe/Kyiv"),
    ("wet", "west"): ("Europe/Lisbon", "Atlantic/Canary"),
    ("gmt", "bst"): ("Europe/London", UTC_NAME),
    ("msk",): ("Europe/Moscow",),
    ("est", "edt", "et", "est5edt"): ("America/New_York", "America/Toronto"),
    ("cst", "cdt", "ct", "cst6cdt"): ("America/Chicago", "America/Mexico_City", "Asia/Shanghai"),
    ("mst", "mdt", "mt", "mst7mdt"): ("America/Denver", "America/Phoenix"),
    ("pst", "pdt", "pt", "pst8pdt"): ("America/Los_Angeles", "America/Vancouver"),
    ("hst",): ("Pacific/Honolulu",),
    ("brt",): ("America/Sao_Paulo",),
    ("ist",): ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"),
    ("sgt",): ("Asia/Singapore",),
    ("jst",): ("Asia/Tokyo",),
    ("kst",): ("Asia/Seoul",),
    ("aest", "aedt"): ("Australia/Sydney", "Australia/Brisbane"),
    ("nzst", "nzdt"): ("Pacific/Auckland",),
}
_ABBREVIATIONS = {short: zones for shorts, zones in _BY_ABBREVIATION.items() for short in shorts}
_BY_PLACE: dict[tuple[str, ...], tuple[str, ...]] = {
    ("usa", "us", "united_states", "america"): (
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
    ),
    ("uk", "england", "scotland", "wales", "britain", "great_britain", "united_kingdom"): ("Europe/London",),
    ("canada",): ("America/Toronto", "America/Winnipeg", "America/Edmonton", "America/Vancouver"),
    ("australia",): ("Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide", "Australia/Perth"),
    ("brazil", "brasil"): ("America/Sao_Paulo", "America/Manaus"),
    ("mexico",): ("America/Mexico_City", "America/Tijuana"),
    ("russia",): ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Vladivostok"),
    ("korea", "south_korea"): ("Asia/Seoul",),
    ("uae", "emirates", "abu_dhabi"): ("Asia/Dubai",),
    ("holland",): ("Europe/Amsterdam",),
    ("eastern", "us_eastern"): ("America/New_York", "America/Toronto"),
    ("central", "us_central"): ("America/Chicago", "America/Mexico_City"),
    ("mountain", "us_mountain"): ("America/Denver", "America/Phoenix"),
    ("pacific", "us_pacific"): ("America/Los_Angeles", "America/Vancouver"),
    ("turkey", "turkiye", "ankara"): ("Europe/Istanbul",),
    ("tel_aviv", "haifa"): ("Asia/Jerusalem",),
    ("st_petersburg", "saint_petersburg"): ("Europe/Moscow",),
    ("mumbai", "bombay", "delhi", "new_delhi", "bangalore", "bengaluru", "chennai", "madras", "hyderabad", "pune"): (
        "Asia/Kolkata",
    ),
    ("beijing", "peking", "shenzhen", "guangzhou"): ("Asia/Shanghai",),
    ("san_francisco", "sf", "seattle", "san_diego", "la", "california"): ("America/Los_Angeles",),
    ("washington", "boston", "miami", "atlanta", "nyc", "philadelphia", "florida"): ("America/New_York",),
    ("austin", "dallas", "houston", "texas"): ("America/Chicago",),
    ("munich", "munchen", "hamburg", "frankfurt", "cologne", "koln", "stuttgart", "dusseldorf"): ("Europe/Berlin",),
    ("germany", "deutschland"): ("Europe/Berlin",),
    ("wien", "austria", "osterreich"): ("Europe/Vienna",),
    ("prag", "praha"): ("Europe/Prague",),
    ("moskau", "moskva"): ("Europe/Moscow",),
    ("københavn", "kopenhagen", "denmark", "danmark"): ("Europe/Copenhagen",),
    ("sverige", "sweden"): ("Europe/Stockholm",),
    ("bruxelles", "brussel"): ("Europe/Brussels",),
    ("lyon", "marseille", "nice"): ("Europe/Paris",),
    ("milan", "naples"): ("Europe/Rome",),
    ("barcelona", "valencia"): ("Europe/Madrid",),
    ("manchester", "edinburgh", "birmingham"): ("Europe/London",),
    ("geneva", "geneve", "genf", "basel", "bern", "switzerland", "schweiz", "suisse"): ("Europe/Zurich",),
    ("rio", "rio_de_janeiro", "brasilia"): ("America/Sao_Paulo",),
    ("osaka", "kyoto"): ("Asia/Tokyo",),
}
_PLACES = {place: zones for places, zones in _BY_PLACE.items() for place in places}
"""Countries with several zones, and large cities without a zone of their own, with their most likely zones."""


@cache
def zone_names() -> tuple[str, ...]:
    """Every zone that can be chosen, sorted."""
    known = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return tuple(sorted(name for name in known if "/" in name or name == UTC_NAME))


def looks_like_zone(word: str) -> bool:
    """Whether a word can only mean a time zone."""
    folded = word.casefold()
    if folded in _by_name() or folded in _ABBREVIATIONS:
        return True
    return any(shape.fullmatch(word) for shape in (_OFFSET, _AREA))


def near_zones(words: str, most: int = OFFERED) -> tuple[str, ...]:
    """Zones that somebody may mean: by prefix, by city, or by a typo."""
    folded = _folded(words)
    if not 0 < len(folded) <= MOST_LETTERS:
        return ()
    if folded in _ABBREVIATIONS:
        return _ABBREVIATIONS[folded][:most]
    if places := _by_place().get(folded):
        return places[:most]
    if len(folded) < 3:
        return ()
    begins = [name for name in zone_names() if name.casefold().startswith(folded)]
    cities = [name for city, names in _by_city().items() if city.startswith(folded) for name in names]
    slips = get_close_matches(folded, _by_city(), n=most, cutoff=0.75)
    slipped = [name for city in slips for name in _by_city()[city]]
    slipped += [_by_name()[each] for each in get_close_matches(folded, _by_name(), n=most, cutoff=0.8)]
    return tuple(dict.fromkeys((*cities, *begins, *slipped)))[:most]


def is_zone(words: str) -> bool:
    """Whether the words name a zone, or a place or abbreviation for which zones can be suggested."""
    folded = _folded(words)
    return any(folded in known for known in (_by_name(), _by_city(), _by_place(), _ABBREVIATIONS))


def read_zone(words: str) -> str:
    """Parse a zone's name in any case, or a city with a single zone. Raises UsageError with suggestions."""
    folded = _folded(words)
    if folded in _by_name():
        return _by_name()[folded]
    if (offset := _OFFSET.fullmatch(words.strip())) is not None:
        raise UsageError(_offset_sentence(words.strip(), offset))
    shown = words.strip()[:40]
    if folded in _ABBREVIATIONS:
        msg = (
            f"“{shown}” is an abbreviation, which doesn't cover daylight saving time. Use a city instead: "
            f"{_either(_ABBREVIATIONS[folded])}."
        )
        raise UsageError(msg)
    named = {_aliases().get(name, name) for name in _by_city().get(folded, ())}
    if len(named) == 1:
        return named.pop()
    near = near_zones(words)
    hint = f" Did you mean {_either(near)}?" if near else " Use a city, such as Europe/Berlin, or UTC."
    msg = f"I don't know the time zone “{shown}”.{hint}"
    raise UsageError(msg)


def _offset_sentence(shown: str, offset: re.Match[str]) -> str:
    hours, minutes = int(offset["hours"]), int(offset["minutes"] or 0)
    sign = "-" if offset["sign"] == "+" else "+"  # in the data, these signs are reversed
    fixed = f"Etc/GMT{sign}{hours}" if hours else UTC_NAME
    always = f", or {fixed} for that offset all year" if not minutes and fixed.casefold() in _by_name() else ""
    return (
        f"“{shown}” is an offset, which doesn't cover daylight saving time. Use a city, such as Europe/Berlin{always}."
    )


@cache
def _by_name() -> dict[str, str]:
    return {_folded(name): name for name in zone_names()}


@cache
def _by_city() -> dict[str, tuple[str, ...]]:
    """Zones by the last part of their names, without legacy areas."""
    cities: dict[str, tuple[str, ...]] = {}
    for name in zone_names():
        area, _, city = name.rpartition("/")
        if area and area.split("/")[0] not in {"Etc", "US", "Canada", "Mexico", "Brazil", "Chile"}:
            cities[_folded(city)] = (*cities.get(_folded(city), ()), name)
    return cities


@cache
def _by_place() -> dict[str, tuple[str, ...]]:
    """Zones of countries, and of large cities without a zone of their own."""
    data = files("tzdata").joinpath("zoneinfo")
    rows = [line.split("\t") for line in data.joinpath("zone.tab").read_text(encoding="utf-8").splitlines()]
    zones: dict[str, tuple[str, ...]] = {}
    for code, _, zone, *_ in (row for row in rows if len(row) > 2):
        zones[code] = (*zones.get(code, ()), zone)
    rows = [line.split("\t") for line in data.joinpath("iso3166.tab").read_text(encoding="utf-8").splitlines()]
    named = {_folded(row[1]): zones[row[0]] for row in rows if len(row) == 2 and row[0] in zones}
    return {country: found for country, found in named.items() if country not in _by_city()} | _PLACES


@cache
def _aliases() -> dict[str, str]:
    """Zones that are another one's alias."""
    lines = files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="utf-8").splitlines()
    return {alias: zone for _, zone, alias in (line.split() for line in lines if line.startswith("L "))}


def _folded(words: str) -> str:
    """Fold words to a key: lower case, no accents, dots or apostrophes, no "time" at the end."""
    plain = (
        each for each in unicodedata.normalize("NFKD", words) if not (unicodedata.combining(each) or each in "'’‘`ʻ")
    )
    return "_".join("".join(plain).replace(".", " ").split()).casefold().removesuffix("_time")


def _either(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
