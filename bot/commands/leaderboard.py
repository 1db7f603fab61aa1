"""/leaderboard: the largest gains in a period, from the mirror alone."""

from dataclasses import dataclass

from bot.campaigns.leaderboard import RankingRequest, ranked_links
from bot.campaigns.leaderboard_card import LeaderboardFacts, leaderboard_card, movers_of
from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.domain.leaderboard import Period
from bot.domain.videos import VideoPlatform
from bot.domain.zones import UTC_NAME, zone_names
from bot.reply.model import Reply

MOST_HOURS = 720
_BY = ("videos", "creators", "people")
_NO_PERIOD = (
    "I rank by today, yesterday, 24 h, 7 days, this week, this month or since start; “at hour 48” compares all at that "
    "age. Try /leaderboard 7 days."
)
_REFUSED = (
    (
        (
            r"(?!(?:24 ?h(?:ours?|rs?)?|7 ?d(?:ays?)?|1 ?d(?:ay)?|1 ?w(?:eek)?)\b)"
            r"\d+ ?(?:h|hrs?|hours?|d|days?|w|weeks?|months?)"
        ),
        _NO_PERIOD,
    ),
    (r"(?:a|one|two|three|six) (?:hours?|days|weeks|months?)", _NO_PERIOD),
    (r"(?:last|past|previous) (?:week|month|year)", _NO_PERIOD),
    (r"(?:top|best) \d+", "I show five places; All places shows the others. Leave the number out."),
)
"""Unsupported periods that would otherwise be read as an hour of tracking or as a campaign's name."""


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """What to rank, over which period, and which videos."""

    by: str = argument(
        Kind.CHOICE,
        "videos, creators or people",
        default="videos",
        choices=_BY,
        aliases=(
            *(
                ("video", "videos"),
                ("top", "videos"),
                ("best", "videos"),
                ("creator", "creators"),
                ("accounts", "creators"),
                ("channels", "creators"),
            ),
            *(("person", "people"), ("members", "people"), ("team", "people"), ("us", "people")),
        ),
        vague=("top", "best"),
    )
    period: str = argument(
        Kind.CHOICE,
        "the period",
        default=Period.WEEK,
        choices=tuple(Period),
        aliases=(
            *(("24hours", Period.DAY), ("1d", Period.DAY), ("1days", Period.DAY), ("1day", Period.DAY)),
            *(("7days", Period.WEEK), ("7day", Period.WEEK), ("1w", Period.WEEK), ("1week", Period.WEEK)),
            *(("weekly", Period.THIS_WEEK), ("monthly", Period.THIS_MONTH), ("daily", Period.TODAY)),
            *((word, Period.WEEK) for word in ("last", "past", "the")),  # of "in the last 7 days"
            *(("ever", Period.START), ("total", Period.START), ("beginning", Period.START), ("since", Period.START)),
        ),
        vague=("since", "last", "past", "the"),
        labels=(
            *(
                (Period.TODAY, "Today"),
                (Period.YESTERDAY, "Yesterday"),
                (Period.DAY, "24 hours"),
                (Period.WEEK, "7 days"),
            ),
            *((Period.THIS_WEEK, "This week"), (Period.THIS_MONTH, "This month"), (Period.START, "Since the start")),
        ),
    )
    hour: int | None = argument(
        Kind.NUMBER,
        "compare all at this hour of tracking",
        default=None,
        minimum=1,
        maximum=MOST_HOURS,
        refused=_REFUSED,
    )
    platform: str | None = argument(
        Kind.CHOICE,
        "only this platform",
        default=None,
        choices=tuple(VideoPlatform),
        aliases=(("x", "twitter"), ("yt", "youtube"), ("ig", "instagram"), ("insta", "instagram"), ("tt", "tiktok")),
    )
    campaign: str = argument(
        Kind.CAMPAIGN, "only this campaign's videos; all ends the channel's own", default="", suggested=True
    )
    page: int = argument(Kind.NUMBER, "the page", default=0, minimum=0, maximum=10_000, listed=False)
    public: str = argument(Kind.WORD, "whether it is for everybody, not the asker", default="", listed=False)


async def leaderboard(context: Context, args: Leaderboard) -> Reply:
    """Rank gains in the period, or counts at one hour of tracking. The first page has a chart."""
    now, caller = context.clock(), context.caller
    campaign, keys_of = await context.campaign(args.campaign), context.store.campaigns.keys_of
    request = RankingRequest(
        by=args.by,
        period=Period(args.period),
        hour=args.hour,
        platform=args.platform,
        person_id="" if args.public else caller.person.id,
        zone=caller.zone if caller.zone in zone_names() else UTC_NAME,
        keys=None if campaign is None else await keys_of(context.workspace.id, campaign.id),
    )
    found = await ranked_links(context.store, context.workspace, request, now)
    given = {"by": args.by, "period": str(args.period), "hour": str(args.hour or ""), "platform": args.platform or ""}
    given["campaign"] = args.campaign if campaign is None else str(campaign.id)
    facts = LeaderboardFacts(
        found, {name: each for name, each in given.items() if each}, args.page, now, campaign, is_own=not args.campaign
    )
    return leaderboard_card(facts, None if args.page else context.charts.picture(movers_of(facts)))
