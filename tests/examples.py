"""The facts of messages, for examples: videos, readings, requests and wallets, with hostile text."""

import struct
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.domain.allowances import Limit, Scope
from bot.domain.caller import Person
from bot.domain.commitments import Promise
from bot.domain.links import VideoLink, parse_link
from bot.domain.money import Usage, WalletState, consequences, runway
from bot.domain.tracking import RequestState, TrackRequest
from bot.domain.videos import HOUR, Metric, RunningCount, Snapshot, Video, VideoReading
from bot.messages import offer, usage
from bot.messages import videos as listing
from bot.messages.video_count import VideoCount
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Bold,
    Button,
    Channel,
    Code,
    Column,
    Divider,
    Field,
    Fields,
    File,
    Link,
    LinkButton,
    Mention,
    Note,
    Option,
    Paragraph,
    Picture,
    Plain,
    Reply,
    Select,
    Table,
)

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
DAYS_AGO = NOW - timedelta(days=2)
TITLES = (
    "<!channel> *bold* @everyone <@U0000001> `code` [free](https://example.com) & <b>markup</b>",
    "Street food in Osaka 🍜🔥 you HAVE to try this 😭👨‍👩‍👧‍👦",
    "أفضل قهوة في القاهرة القديمة",
    "三分钟学会做宫保鸡丁",
    "harmless\u202egpj.exe \u2066and\u200b more",
    "```\n# head\n> quote || spoiler || __x__ ~~y~~ <https://example.com|here>",
    "=cmd|' /C calc'!A1 " + "long " * 100,
)
ANA = Person("U0000001", "Ana <!here> @everyone *star*")
REASON = "ContentStats didn't answer in time. Try again in a minute."
PRICE = Decimal("0.015")


def png() -> bytes:
    """A picture of one white pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")


PICTURE = Picture("growth.png", png(), "Views grew from 1,000 to 25,000 in two days, fastest in the first hour.")


def every_part(words: str, address: str = "https://example.org") -> Reply:
    """A reply with every part, span and action, each of which has these words."""
    spans = (Plain(words), Bold(words), Code(words), Link(words, address), Mention("U1", words), Channel("C1"))
    call = Call("stats", {"video": words})
    return Reply(
        words,
        title=words,
        parts=(
            Paragraph(spans),
            Note(spans),
            Fields((Field(words, spans),)),
            Table(words, (Column(words), Column(words, Align.RIGHT)), ((spans, spans),)),
            Divider(),
            Picture(f"{words}.png", png(), words),
        ),
        actions=(Button(words, call), LinkButton(words, address), Select(words, call, "video", (Option(words, "v1"),))),
        files=(File(f"{words}.csv", b"a", "text/csv", words),),
        public_line=spans,
    )


def video(number: int = 0, **changes: object) -> Video:
    """A running video with the next hostile title and an id as long as the API's."""
    platform = ("tiktok", "youtube", "instagram", "twitter", "myspace")[number % 5]
    known = Video(
        id=f"b77e9e3f-c2a0-532a-aa57-{number:012}",
        link=f"https://www.tiktok.com/@user/video/73012345678901234{number:02}",
        platform=platform,
        status="monitoring",
        title=TITLES[number % len(TITLES)],
        creator="ana.moves | <!channel>",
        started_at=DAYS_AGO,
        days=7,
        days_remaining=Decimal("4.97"),
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def reading(number: int = 0, hours: int = 48, skipped: range = range(20, 24), **changes: object) -> VideoReading:
    """A video's page with a gap, and with a counter that fell if it is long enough."""
    shown = video(number, **changes)
    metrics = (Metric.LIKES, Metric.COMMENTS) if shown.platform == "instagram" else tuple(Metric)
    counts = [1_000 + 500 * hour - (2_000 if hour > 30 else 0) for hour in range(hours + 1)]
    taken = tuple(
        Snapshot(DAYS_AGO + hour * HOUR, {metric: count // (place + 1) for place, metric in enumerate(metrics)})
        for hour, count in enumerate(counts)
        if hour not in skipped
    )
    return VideoReading(shown, taken)


def link(number: int = 0) -> VideoLink:
    """A link that a person typed."""
    read = parse_link(video(number).link)
    assert isinstance(read, VideoLink)
    return read


def request(state: RequestState, number: int = 0, outcome: str = "") -> TrackRequest:
    """A request that was confirmed for a week."""
    wanted = link(number)
    return TrackRequest(
        id=number + 1,
        batch="x" * 12,
        workspace_id=1,
        wallet_id=1,
        channel_id="C0000001",
        person=ANA,
        key=wanted.key,
        link=wanted.url,
        platform=wanted.platform,
        state=state,
        price=PRICE,
        proposed_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
        days=7,
        cost=Decimal("2.52"),
        outcome=outcome,
    )


def usage_of(balance: str) -> Usage:
    """A wallet with half a dollar spent but not charged."""
    return Usage(Decimal(balance), Decimal("0.50"), Decimal("12.34"), PRICE, 1_298)


def wallet_state(balance: str, *owed: Promise, since: datetime = NOW, **changes: object) -> WalletState:
    """A wallet with these commitments, and one video without an end."""
    money = usage_of(balance)
    state = WalletState(
        usage=money,
        owed=owed,
        runway=runway(money.available, PRICE, owed, since),
        running=RunningCount(2, 1),
        open_ended=1,
        complete=False,
        is_test=False,
        as_of=NOW,
    )
    return replace(state, **changes)  # type: ignore[arg-type]


def offered(balance: str, days: int | None = None, rows: tuple[offer.Row, ...] = (offer.Row(link()),)) -> offer.Offer:
    """The facts of a consequence card, with two running videos and one without an end."""
    owed = (Promise("a", NOW + 50 * HOUR), Promise("b", NOW + 90 * HOUR, burns=False))
    is_open = days is None
    wallet = wallet_state(balance, *owed, is_test=is_open, complete=is_open, problem="" if is_open else REASON)
    return offer.Offer(
        batch="x" * 12,
        rows=rows,
        wallet=wallet,
        choices=consequences(wallet.usage, owed, NOW, count=sum(row.is_new for row in rows)),
        days=days,
        usual_days=7,
        limits=(Limit(Scope.OPERATOR, Decimal(100), Decimal("12.50")),),
        expires_at=NOW + timedelta(minutes=10),
        now=NOW,
    )


def listed(**changes: object) -> listing.VideoPage:
    """A page of the list with every kind of video."""
    states = ("monitoring", "completed", "paused", "error", "cancelled", "resting", "monitoring")
    page = listing.VideoPage(
        videos=tuple(
            VideoCount(
                video(number, status=state, is_deleted=state == "error"),
                Metric.LIKES if number == 2 else Metric.VIEWS,
                1_298_000 * number or None,
                300 - 100 * number if number % 3 else None,
                NOW,
                ends_at=NOW + 150 * HOUR,
            )
            for number, state in enumerate(states)
        ),
        total=450,
        complete=False,
        unread=3,
        platform=None,
        status=None,
        sort="change_24h",
        page=2,
        pages=45,
        first=11,
        as_of=NOW - HOUR,
        being_read=0,
        problem="",
        now=NOW,
    )
    return replace(page, **changes)  # type: ignore[arg-type]


def spend_of(balance: str, **changes: object) -> usage.SpendFacts:
    """The details of a wallet."""
    owed = (Promise("a", NOW + 150 * HOUR), Promise("b", NOW + 90 * HOUR, burns=False))
    return usage.SpendFacts(
        wallet=replace(wallet_state(balance, *owed, as_of=NOW - HOUR), **changes),  # type: ignore[arg-type]
        own=3,
        unread=1,
        history=3,
        days=tuple((date(2026, 2, day), Decimal(day) / 8) for day in range(15, 29)),
        picture=replace(PICTURE, name="spend.png"),
        campaigns=(("launch *star*", Decimal("2.52")),),
        people=((ANA, Decimal("2.52")), (Person("U0000002", ""), Decimal("0.36"))),
        channels=(("C0000001", Decimal("2.88")),),
        difference=Decimal("-0.015"),
        limits=(Limit(Scope.OPERATOR, Decimal(100), Decimal("12.50")),),
        now=NOW,
    )
