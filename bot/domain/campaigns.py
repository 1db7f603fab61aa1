"""Campaigns: named sets of links with a budget and dates, and the rules for their names."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches

from bot.domain.caller import Person
from bot.domain.errors import UsageError
from bot.domain.folding import folded
from bot.domain.links import looks_like_link

LONGEST_NAME = 40

RESERVED = frozenset(
    """
    new add remove rename archive archived restore budget dates start starts end ends here off on list all any every
    everything none no nothing mine my me now campaign campaigns video videos views creator creators people person
    link links in into for to from of the a and with by today yesterday week month year hour hours day days this
    last since growth newest ending cost count running monitoring completed stopped paused error summary paid terms
    log cancel help tiktok youtube instagram x twitter alerts allowance compare connect contentstats digest
    disconnect export leaderboard payout status stats stop track usage
    """.split()  # noqa: SIM905 - a hundred quoted words are harder to read
)
"""Words that commands use, so they can't be a campaign's name."""
EVERY_VIDEO = frozenset({"all", "any", "everything", "none", "no campaign"})
"""Words for no campaign, in a channel that has its own."""
_SPAN = re.compile(r"\d+ ?(?:d|days?|h|hrs?|hours?|w|weeks?|k|m|b)")


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of one workspace. `budget` is dollars for tracking, None if unlimited; dates are inclusive."""

    id: int
    workspace_id: int
    name: str
    budget: Decimal | None
    starts_on: date | None
    ends_on: date | None
    archived_at: datetime | None
    created_at: datetime
    created_by: Person

    @property
    def label(self) -> str:
        """The name, marked if it is archived."""
        return self.name if self.archived_at is None else f"{self.name} (archived)"


@dataclass(frozen=True, slots=True)
class CampaignLink:
    """A link in a campaign, with all its trackings. `key` is the canonical one of `bot.domain.links`."""

    key: str
    link: str
    platform: str
    added_at: datetime
    added_by: Person


def campaign_name(typed: str) -> str:
    """Normalise a typed name. Raises UsageError if a campaign can't have it."""
    name = " ".join(typed.split())
    words = folded(name)
    if not words:
        raise UsageError("A campaign needs a name, for example: /campaign new spring launch.")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"That name has {len(name)} characters. A campaign's name can have {LONGEST_NAME} at most.")
    if words in RESERVED:
        raise UsageError(f"“{name}” is a word that commands use. Add another word, for example “{name} 1”.")
    if looks_like_link(name):
        raise UsageError("A link can't be a campaign's name. Give it a name first, then add the link.")
    if _SPAN.fullmatch(words) or all(unicodedata.category(each) in _NUMERIC for each in words):
        raise UsageError("A campaign's name needs at least one word or emoji, for example “launch 2026”.")
    return name


def nearest_name(words: str, names: Sequence[str]) -> str:
    """The campaign name contained in the folded words, or close to them; empty if there is none."""
    known = {folded(each): each for each in names}
    held = [each for each in known if f" {each} " in f" {words} "]
    near = max(held, key=len) if held else next(iter(get_close_matches(words, known, n=1, cutoff=0.7)), "")
    return known.get(near, "")


_NUMERIC = frozenset({"Nd", "Nl", "No", "Zs", "Pd", "Po", "Ps", "Pe", "Pc", "Pi", "Pf", "Sc", "Sm"})
"""Unicode categories of digits, spaces, punctuation, currency and arithmetic signs."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})?")
_DAY = r"(?P<{}>\d{{1,2}})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>\d{4}))?"
_DATE = re.compile(rf"(?:{_DAY.format('day')} )?(?P<month>[a-z]{{3}})[a-z]*(?: {_DAY.format('after')})?{_YEAR}")


def read_date(typed: str, today: date) -> date:
    """Parse a date: 2026-12-01, 1 dec, Dec 1 2027, 1.12., today, friday. Without a year it is the next such date."""
    dotted = _DOTTED.fullmatch(typed.strip())
    if dotted is not None and 1 <= int(dotted["month"]) <= len(_MONTHS):
        return read_date(f"{dotted['day']} {_MONTHS[int(dotted['month']) - 1]} {dotted['year'] or ''}".strip(), today)
    words = " ".join(typed.casefold().replace(".", "").split())
    near = {"today": 0, "tomorrow": 1}
    if words in near:
        return today + timedelta(days=near[words])
    if words[:3] in _WEEKDAYS and words.isalpha():
        return today + timedelta(days=(_WEEKDAYS.index(words[:3]) - today.weekday() - 1) % 7 + 1)
    match = _DATE.fullmatch(words)
    try:
        if _ISO.fullmatch(words):
            year, month, day = map(int, words.split("-"))
            return date(year, month, day)
        if match is not None and match["month"] in _MONTHS and (match["day"] or match["after"]):
            month, day = _MONTHS.index(match["month"]) + 1, int(match["day"] or match["after"])
            if match["year"]:
                return date(int(match["year"]), month, day)
            this_year = date(today.year, month, day)
            return this_year if this_year >= today else date(today.year + 1, month, day)
    except ValueError:
        pass  # the month has no such day
    raise UsageError(f"I don't read “{typed[:40]}” as a date. Write it like 2026-12-01 or 1 Dec.")
