"""Spans as far as Slack can show them: links that it may follow, channels that it knows, moments that it can format."""

import re
from typing import TypeAlias, assert_never

from bot.reply.address import address
from bot.reply.model import Bold, Channel, Code, Link, Mention, Plain, Span, Time, TimeStyle
from bot.reply.plain import plain_spans

Native: TypeAlias = Plain | Bold | Code | Link | Time | Channel

MAX_URL = 3_000

_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")  # a direct message, D…, has no name to show
_LAST_SECOND = 9_999_999_999
_FORMATS = {
    TimeStyle.DATE: "{date_short_pretty}",
    TimeStyle.MOMENT: "{date_short_pretty} {time}",
    TimeStyle.RELATIVE: "{date_short_pretty} {time}",  # as in plain text: what stays must not age
}


def native(span: Span) -> Native:
    """The span, its link's address fit to be sent; as plain words where Slack has nothing better for it.

    A person is a name and no more: whatever links to a person in a channel also notifies that person.
    """
    match span:
        case Plain() | Bold() | Code():
            return span
        case Link(text, url):
            target = target_of(url)
            return Plain(plain_spans((span,))) if target is None else Link(text, target)
        case Time(at):
            return span if 0 <= at.timestamp() <= _LAST_SECOND else Plain(plain_spans((span,)))
        case Mention():
            return Plain(plain_spans((span,)))
        case Channel(channel_id):
            return span if _CHANNEL.fullmatch(channel_id) else Plain(channel_id)
        case _:
            assert_never(span)


def target_of(url: str) -> str | None:
    """The address of a link as Slack takes it; None for what is no plain https address, or a longer one."""
    clean = address(url)
    return clean if clean is not None and len(clean) <= MAX_URL else None


def moment(time: Time) -> tuple[int, str]:
    """A moment as Unix seconds and Slack's format for it, which shows it in the zone of whoever reads."""
    return int(time.at.timestamp()), _FORMATS[time.style]
