"""What /track and the buttons of its cards take."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.commands.command import Kind, argument

MOST_DAYS = 30
MOST_LINKS = 10
_LATER = (
    r"(?:in|after)\s+(?:\d+|an?|one)\s*(?:m|min|minutes?|h|hours?|d|days?|w|weeks?|months?)|from now|later|tomorrow"
    r"|tonight|next (?:week|month)|(?:on|next|from) (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:at|from) \d{1,2}(?::\d\d|[ap]m)|(?:starting|beginning) (?!now)\w+"
)
_NOT_LATER = (
    "Tracking starts when you press the button on the card, not later. To start later, send /track at that time. "
    "A number of days is how long it lasts: /track <link> 7."
)


@dataclass(frozen=True, slots=True)
class Track:
    """The links, and for how long."""

    link: tuple[str, ...] = argument(Kind.LINK, "the video's link, or several separated by spaces", many=MOST_LINKS)
    days: int | None = argument(
        Kind.NUMBER,
        "how many days, 1 to 30",
        default=None,
        minimum=1,
        maximum=MOST_DAYS,
        refused=((_LATER, _NOT_LATER),),
    )
    campaign: str = argument(Kind.CAMPAIGN, "the campaign that it goes into", default="", suggested=True)
    dollars: Decimal | None = argument(  # noqa: RUF009 - a field
        Kind.MONEY,
        "what it may cost, which is answered with the days that buys",
        default=None,
        listed=False,
        typed=True,
    )
    left_out: str = argument(Kind.WORD, "links of the same message that there is no room for", default="", listed=False)


_EXACT = re.compile(
    r"(?P<link>\S+)\s+(?P<days>[0-9]{1,2})(?:\s*d|\s*days?)?(?:\s+in\s+(?P<campaign>\S.*))?", re.IGNORECASE
)


def is_exact(typed: str | Mapping[str, str] | None, args: Track) -> bool:
    """Whether somebody typed one link and a number of days, and nothing else but `in` a campaign.

    Only this can start something without a press, so whatever is read in another way than it looks doesn't count.
    """
    if typed is not None and not isinstance(typed, str):
        campaign = f" in {typed['campaign']}" if "campaign" in typed else ""
        typed = f"{typed.get('link', '')} {typed.get('days', '')}{campaign}"
    found = _EXACT.fullmatch(typed.strip()) if typed else None
    if found is None:
        return False
    name = (found["campaign"] or "").strip(' "“”')
    return args == Track((found["link"].removeprefix("<").removesuffix(">"),), int(found["days"]), name)


@dataclass(frozen=True, slots=True)
class Batch:
    """What was proposed together."""

    batch: str = argument(Kind.WORD, "the proposal's token", listed=False)


@dataclass(frozen=True, slots=True)
class Length:
    """What was proposed together, and for how long to show it."""

    batch: str = argument(Kind.WORD, "the proposal's token", listed=False)
    days: int = argument(Kind.NUMBER, "how many days", listed=False, minimum=1, maximum=MOST_DAYS)
    despite: int = argument(Kind.NUMBER, "the newest unclear start", default=0, listed=False, minimum=0)
    asked: int | None = argument(
        Kind.NUMBER, "how many days were typed", default=None, listed=False, minimum=1, maximum=MOST_DAYS
    )
    campaign: int | None = argument(
        Kind.NUMBER, "the number of the campaign to put it into, 0 for none", default=None, listed=False, minimum=0
    )


@dataclass(frozen=True, slots=True)
class Start:
    """What was proposed together, and for how long to start it."""

    batch: str = argument(Kind.WORD, "the proposal's token", listed=False)
    days: int = argument(Kind.NUMBER, "how many days", listed=False, minimum=1, maximum=MOST_DAYS)
    sure: str = argument(Kind.CHOICE, "yes or no", default="no", choices=("yes", "no"), listed=False)
    despite: int = argument(Kind.NUMBER, "the newest unclear start", default=0, listed=False, minimum=0)
