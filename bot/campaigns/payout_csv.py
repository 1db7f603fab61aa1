"""Payout CSV: one row per line, with the columns from which its amount can be recomputed to the cent."""

import codecs
from datetime import datetime
from decimal import Decimal

from bot.campaigns.owed import Owed
from bot.domain.payout import Line, State
from bot.messages.csv_format import encoded, inert, slug
from bot.reply.model import File

HEADER = (
    "creator",
    "platform",
    "title",
    "link",
    "state",
    "why",
    "metric",
    "start_time",
    "start_count",
    "end_time",
    "end_count",
    "final_hour",
    "missing_hours",
    "counter_falls",
    "minimum",
    "counted",
    "rate_per_1000_usd",
    "video_cap_usd",
    "creator_cap_left_usd",
    "amount_usd",
    "terms",
    "paid_at",
    "paid_by",
)


def payout_csv(owed: Owed) -> File:
    """The file; its `amount_usd` column adds up to the total."""
    rows = [_row(line, owed.terms.id) for line in owed.lines]
    name = f"payout-{slug(owed.campaign.name) or owed.campaign.id}-{owed.now:%Y-%m-%d-%H%M}.csv"
    content = codecs.BOM_UTF8 + encoded([HEADER, *rows])
    return File(name, content, "text/csv", "one row per video")


def _row(line: Line, terms_id: int) -> tuple[str, ...]:
    known = line.state is not State.UNKNOWN
    return (
        *(inert(each) for each in (line.creator, line.platform, line.title, line.link)),
        line.state,
        inert(line.why),
        line.metric,
        _time(line.start_at),
        str(line.start) if known else "",
        _time(line.end_at),
        str(line.end) if known else "",
        _time(line.final_hour),
        *(str(each) if known else "" for each in (line.missing, line.fallen, line.minimum, line.counted)),
        _sum(line.rate) if known else "",
        _sum(line.video_cap),
        _sum(line.creator_left),
        _sum(line.amount) if known else "",
        str(line.terms_id or terms_id),
        _time(line.paid_at),
        inert(line.paid_by.name) if line.paid_by else "",
    )


def _time(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()


def _sum(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"
