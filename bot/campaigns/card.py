"""Card of one campaign: totals, top videos and creators, and cost; the details have every metric and the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.campaigns.totals import CampaignMoney, CampaignTotals, MetricTotal, TopVideo, TotalChange
from bot.domain.campaigns import Campaign
from bot.domain.clock import date_text
from bot.domain.growth import ago, exact_count, metric_name, short_change, short_count, signed_count
from bot.domain.links import on_several_platforms
from bot.domain.money import dollars, unit_price
from bot.messages.campaign import campaign_value
from bot.messages.video_count import NAME_LENGTH
from bot.messages.wording import creator_words, linked, platform_name, plural
from bot.reply.call import FORM, Call
from bot.reply.model import (
    Align,
    Bold,
    Button,
    Column,
    Drawing,
    Field,
    Fields,
    Item,
    Listing,
    Menu,
    MenuOption,
    Note,
    Paragraph,
    Part,
    Picture,
    Reply,
    Table,
    Text,
    Time,
    text,
)

TOP, MOST_ROWS = 3, 10
"""Videos and creators on the card, and in the details."""
_LINE, _CREATOR = 31, 16
"""Characters of a line on a phone, and of a creator's name within it."""


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """A campaign and its totals. `is_own`: it is the channel's. `sees_money`: the reader may see money."""

    campaign: Campaign
    totals: CampaignTotals
    is_own: bool
    sees_money: bool
    now: datetime


def campaign_card(facts: CampaignFacts, picture: Picture | Drawing | None) -> Reply:
    """The totals in a sentence, the top three of each, the cost, and the chart."""
    summary, strong = _summary(facts.totals)
    return Reply(
        summary,
        title=facts.campaign.name,
        strong=strong,
        parts=(*_lines(facts), *((picture,) if picture else ()), _small_print(facts)),
        actions=_actions(facts),
        shared_as=Call("campaign", {"campaign": campaign_value(facts.campaign)}),
    )


def _summary(totals: CampaignTotals) -> tuple[str, tuple[str, ...]]:
    """The main total and its changes, with the likes of links without views; and the words to emphasise."""
    if not totals.links:
        return "No videos in it yet. Add some to see their totals here.", ()
    if totals.main is None:
        return f"{plural(totals.links, 'video')}, none with a reading yet.", ()
    main = _total_words(totals.main)
    apart = f" Plus {_count_words(totals.apart)}." if totals.apart else ""
    return f"{main}.{apart}", (_count_words(totals.main),)


def _count_words(total: MetricTotal) -> str:
    return f"{short_count(total.count)} {total.metric}"


def _total_words(total: MetricTotal) -> str:
    """For example `1.23M views · +12.3k in 24 h · +88.2k in 7 d`."""
    changes = (f"{short_change(each.delta)} in {ago(each.window)}" for each in (total.day, total.week) if each)
    return " · ".join((_count_words(total), *changes))


def _lines(facts: CampaignFacts) -> Iterator[Part]:
    for place, each in enumerate(facts.totals.videos[:TOP], 1):
        count = f" {short_count(each.count)}"
        gained = f" {short_change(each.day)}" if each.day is not None else ""
        room = _LINE - len(f"{place}. {count}{gained}")
        yield Paragraph(text(f"{place}. ", linked(each.stored.video, room), Bold(count), gained))
    several = on_several_platforms(each.who for each in facts.totals.creators)
    creators = [
        f"{creator_words(each.name, each.who, several, _CREATOR)} {short_count(each.count)}"
        for each in facts.totals.creators[:TOP]
    ]
    while len(creators) > 1 and len(" · ".join(creators)) > 2 * _LINE:
        creators.pop()
    if creators:
        yield Paragraph(text(Bold("By"), f" {' · '.join(creators)}"))
    if facts.totals.money is not None and facts.sees_money and facts.totals.links:
        yield Paragraph(_money_line(facts.totals.money))


def _money_line(money: CampaignMoney) -> Text:
    least = "" if money.is_certain else "at least "
    price = f" · {unit_price(money.per_thousand)} per 1,000 new views" if money.per_thousand is not None else ""
    return text(Bold(f"{dollars(money.spent)} spent"), f" · {least}{dollars(money.committed)} committed{price}")


def _small_print(facts: CampaignFacts) -> Note:
    """The number of videos, what weakens the total, and how old it is."""
    totals, own = facts.totals, "This channel's own. " if facts.is_own else ""
    archived = "Archived. " if facts.campaign.archived_at is not None else ""
    said = [
        plural(totals.links, "video") if totals.main is not None else "",
        f"{totals.ended:,} ended" if totals.ended else "",
        f"{totals.gaps:,} with gaps" if totals.gaps else "",
        f"{totals.unread:,} unread" if totals.unread and totals.main is not None else "",
    ]
    words = ", ".join(filter(None, said))
    age = ("As of ", Time(totals.as_of, facts.now), ".") if totals.as_of is not None else ()
    return Note(text(f"{own}{archived}{words}{'. ' if words else ''}", *age))


_CHANGES = (
    ("Add videos", "add"),
    ("Remove videos", "remove"),
    ("Set the budget", "budget"),
    ("Set the dates", "dates"),
    ("Rename", "rename"),
    ("Make it this channel's", "here"),
)
_ARCHIVED = (("Restore it", "restore"),)
"""Menu entries for a campaign, and for an archived one."""


def _actions(facts: CampaignFacts) -> tuple[Button | Menu, ...]:
    named = {"campaign": campaign_value(facts.campaign)}
    add = Button("Add videos", Call("campaign", {"action": "add", **named}))
    refresh = Button("Refresh", Call("campaign", named, in_place=True))
    if not facts.totals.links:
        return (add, refresh)
    changes = _ARCHIVED if facts.campaign.archived_at is not None else _CHANGES
    return (
        Button("Videos", Call("videos", named)),
        Button("Leaderboard", Call("leaderboard", named)),
        Menu(
            "More…",
            (
                MenuOption("Details", Call("campaign.details", named)),
                MenuOption("Refresh", refresh.call),
                MenuOption("Export", Call("export", named)),
                MenuOption("Digest…", Call("digest", {"time": "09:00", "every": "daily", **named, "asks": "1"})),
                *(MenuOption(label, _change(action, facts.campaign)) for label, action in changes),
            ),
        ),
    )


def _change(action: str, campaign: Campaign) -> Call:
    """A change of a campaign; its form is prefilled with the present values if a button has room."""
    named = {"action": action, "campaign": campaign_value(campaign)}
    start, end, budget = campaign.starts_on, campaign.ends_on, campaign.budget
    known = {
        "budget": {"dollars": f"{budget.normalize():f}" if budget is not None else ""},
        "dates": {"start": start.isoformat() if start else "", "end": end.isoformat() if end else ""},
        "rename": {"name": campaign.name},
    }.get(action, {})
    begun = Call(FORM, {"command": "campaign", **named, **{name: each for name, each in known.items() if each}})
    return begun if any(known.values()) and begun.fits else Call("campaign", named)


def campaign_details(facts: CampaignFacts) -> Reply:
    """Every metric with its changes, more videos and creators, and what the totals leave out."""
    totals = facts.totals
    running = totals.links - totals.ended - totals.unread
    creators = f" by {plural(len(totals.creators), 'creator')}" if totals.creators else ""
    summary = f"{plural(totals.links, 'video')}{creators}, {max(running, 0) or 'none'} running."
    remarks = " ".join(_remarks(totals))
    return Reply(
        summary,
        title=facts.campaign.name,
        parts=(
            *((_metrics(totals),) if totals.metrics else ()),
            *((_video_list(totals),) if totals.videos else ()),
            *((_creator_list(totals),) if totals.creators else ()),
            *((Fields(fields),) if (fields := tuple(_fields(facts))) else ()),
            *((Note(text(remarks)),) if remarks else ()),
        ),
        shared_as=Call("campaign.details", {"campaign": campaign_value(facts.campaign)}),
    )


def _metrics(totals: CampaignTotals) -> Table:
    columns = (Column("Metric"), *(Column(each, Align.RIGHT) for each in ("Now", "24 h", "7 days")))
    rows = tuple(
        (text(each.metric.capitalize()), text(exact_count(each.count)), _cell(each.day, 24), _cell(each.week, 168))
        for each in totals.metrics
    )
    return Table("Totals", columns, rows)


def _cell(change: TotalChange | None, hours: int) -> Text:
    if change is None:
        return text("–")
    real = change.window.total_seconds() / 3600
    return text(f"{signed_count(change.delta)}{'' if round(real) == hours else f' in {ago(change.window)}'}")


def _video_list(totals: CampaignTotals) -> Listing:
    columns = (Column("Video"), Column("Count", Align.RIGHT), Column("24 h", Align.RIGHT))
    items = tuple(_video_item(place, each) for place, each in enumerate(totals.videos[:MOST_ROWS], 1))
    return Listing(_caption("video", len(totals.videos)), columns, items, choice="Open a video")


def _video_item(place: int, top: TopVideo) -> Item:
    video, unit = top.stored.video, metric_name(top.stored.video.platform, top.metric)
    gained = "–" if top.day is None else signed_count(top.day)
    moved = () if top.day is None else (" · ", Bold(f"{short_change(top.day)} in 24 h"))
    line = text(f"{short_count(top.count)} {unit}", *moved, f" · {platform_name(video.platform)}")
    name = text(f"{place}. ", linked(video, NAME_LENGTH))
    cells = (text(f"{exact_count(top.count)} {unit}"), text(gained))
    return Item(name, cells, line, Button("Stats", Call("stats", {"video": video.id})))


def _creator_list(totals: CampaignTotals) -> Listing:
    columns = (
        Column("Creator"),
        Column("Videos", Align.RIGHT),
        Column("Count", Align.RIGHT),
        Column("24 h", Align.RIGHT),
    )
    items, several = [], on_several_platforms(each.who for each in totals.creators)
    for place, each in enumerate(totals.creators[:MOST_ROWS], 1):
        gained = "–" if each.day is None else signed_count(each.day)
        cells = (text(f"{each.links:,}"), text(exact_count(each.count)), text(gained))
        moved = () if each.day is None else (" · ", Bold(f"{short_change(each.day)} in 24 h"))
        line = text(short_count(each.count), *moved, f" · {plural(each.links, 'video')}")
        items.append(Item(text(f"{place}. {creator_words(each.name, each.who, several, NAME_LENGTH)}"), cells, line))
    return Listing(_caption("creator", len(totals.creators)), columns, tuple(items))


def _caption(word: str, count: int) -> str:
    return f"Top {word}s" if count <= MOST_ROWS else f"Top {MOST_ROWS} of {count:,} {word}s"


def _fields(facts: CampaignFacts) -> Iterator[Field]:
    campaign, today = facts.campaign, facts.now.date()
    dates = [
        f"{word} {date_text(day, today)}"
        for word, day in (("from", campaign.starts_on), ("until", campaign.ends_on))
        if day is not None
    ]
    if dates:
        yield Field("Dates", text(" ".join(dates)))
    if campaign.budget is not None and facts.sees_money:
        yield Field("Tracking budget", text(dollars(campaign.budget)))


def _remarks(totals: CampaignTotals) -> Iterator[str]:
    uneven = max((each.uneven for total in totals.metrics for each in (total.day, total.week) if each), default=0)
    if totals.unread:
        yield plural(totals.unread, "video isn't", "videos aren't") + " in any total: nothing has been read yet."
    if totals.apart is not None:
        verb = "counts" if totals.apart.links == 1 else "count"
        yield f"{plural(totals.apart.links, 'video')} without views, such as Instagram's, {verb} by likes alone."
    if totals.ended:
        last = "has ended and counts with its" if totals.ended == 1 else "have ended and count with their"
        yield f"{plural(totals.ended, 'video')} {last} last reading."
    if totals.gaps:
        yield f"Hours are missing in {plural(totals.gaps, 'video')}."
    if uneven:
        yield f"The change of {plural(uneven, 'video')} covers another period: it began later, or hours are missing."
