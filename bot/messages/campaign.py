"""Campaign replies: the list, confirmations of changes, and errors about names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import quote_plus

from bot.domain.allowances import Limit
from bot.domain.caller import Person
from bot.domain.campaigns import Campaign
from bot.domain.clock import date_text
from bot.domain.growth import short_change, short_count
from bot.domain.money import dollars
from bot.messages.wording import plural, shortened
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Bold,
    Button,
    Channel,
    Column,
    Item,
    Listing,
    Mention,
    Note,
    Part,
    Reply,
    Span,
    Table,
    Tone,
    text,
)

ABOUT = (
    "A campaign holds links, so a video that is tracked again stays in it.\n"
    "`/campaign launch remove street food` takes a video out.\n"
    "`/campaign launch rename spring` changes its name.\n"
    "`/campaign launch budget 50` limits what its videos may cost.\n"
    "`/campaign launch start 1 dec` and `/campaign launch end 31 dec` set its dates.\n"
    "`/campaign launch archive` puts it away, `/campaign launch restore` brings it back.\n"
    "`/campaign here off` ends a channel's own."
)
EXAMPLES = (
    ("/campaign launch", "its totals, creators and cost"),
    ("/campaign new launch budget 50", "create it"),
    ("/campaign launch add street food", "put videos in: links, titles or ids"),
    ("/campaign launch here", "make it this channel's own"),
)
MOST_ROWS = 8
"""Maximum number of problems listed in one reply."""
OWN = ", this channel's own"
_LONGEST_VALUE = 45
"""Characters of a button's value that a campaign's name may take; with a longer name its id is used."""


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign in the list: its links, their views and 24 h change (None if unknown), and dollars spent."""

    campaign: Campaign
    links: int
    views: int | None
    change_24h: int | None
    spent: Decimal | None


@dataclass(frozen=True, slots=True)
class Unfit:
    """Text typed for a video, and why it matches none."""

    typed: str
    reason: str


@dataclass(frozen=True, slots=True)
class Into:
    """The campaign that videos go into, `is_own` if it is the channel's. `joined` counts videos that already run."""

    campaign: Campaign
    is_own: bool = False
    joined: int = 0

    @property
    def name(self) -> str:
        """The campaign's name, marked if it is the channel's own."""
        return f"campaign {self.campaign.name}{OWN if self.is_own else ''}"


def campaign_note(into: Into | None) -> str:
    """The campaign that a start goes into, as a sentence to append."""
    if into is None:
        return ""
    others = f" {plural(into.joined, 'video')} tracked already joined it." if into.joined else ""
    return f" Goes into {into.name}.{others}"


def joined_words(into: Into | None) -> str:
    """Whether a tracked video was added to the campaign, as a sentence to append."""
    if into is None:
        return ""
    return f" Added to {into.name}." if into.joined else f" It's already in {into.name}."


def campaign_value(campaign: Campaign) -> str:
    """A campaign in a button: its name if it is short enough, else its id."""
    return campaign.name if len(quote_plus(campaign.name, errors="replace")) <= _LONGEST_VALUE else str(campaign.id)


def no_such_campaign(named: str, known: Sequence[str], meant: str = "") -> str:
    """Error sentence for an unknown campaign."""
    if meant:
        hint = f"Did you mean {meant}?"
    elif not known:
        hint = "There are none yet. Create one with /campaign new launch."
    else:
        more = f" and {len(known) - 5} more" if len(known) > 5 else ""
        hint = f"Campaigns: {', '.join(known[:5])}{more}."
    return f"There's no campaign called “{shortened(named, 40)}”. {hint}"


def campaign_list(rows: Sequence[CampaignRow], *, archived: bool) -> Reply:
    """Every campaign with its videos, views, change and spend."""
    if not rows:
        sentence = (
            "No campaign is archived."
            if archived
            else "A campaign groups videos: their totals, ranking and cost on one card."
        )
        return Reply(sentence, title="Campaigns", actions=(_NEW,))
    columns = (Column("Campaign"), *(Column(each, Align.RIGHT) for each in ("24 h", "Views", "Videos", "Spent")))
    return Reply(
        f"{plural(len(rows), 'archived campaign' if archived else 'campaign')}.",
        title="Campaigns",
        parts=(Listing("Campaigns", columns, tuple(map(_row, rows)), choice="Open a campaign"),),
        actions=(_NEW,),
    )


_NEW = Button("New campaign", Call("campaign", {"action": "new"}))


def _row(row: CampaignRow) -> Item:
    videos, spent = plural(row.links, "video"), "–" if row.spent is None else dollars(row.spent)
    views = "–" if row.views is None else short_count(row.views)
    gained = "–" if row.change_24h is None else short_change(row.change_24h)
    line: list[str | Span] = [videos]
    if row.views is not None:
        line += [f" · {views} views"]
    if row.change_24h is not None:
        line += [" · ", Bold(f"{gained} in 24 h")]
    if row.spent:
        line += [f" · {spent} spent"]
    cells = tuple(text(each) for each in (gained, views, f"{row.links:,}", spent))
    return Item(text(row.campaign.name), cells, text(*line), _open(row.campaign, "Open"))


def _open(campaign: Campaign, label: str) -> Button:
    return Button(label, Call("campaign", {"campaign": campaign_value(campaign)}))


def campaign_created(
    campaign: Campaign, *, is_new: bool, added: int, unfit: Sequence[Unfit], today: date, is_kept: bool = False
) -> Reply:
    """Reply to creating a campaign, which may exist already. `is_kept`: its other budget or dates were kept."""
    state = "is archived" if campaign.archived_at is not None else "already exists"
    first = "Campaign created." if is_new else f"This campaign {state}, so no second one was created."
    filled = f" {plural(added, 'video')} added." if added else ""
    fill = Button("Add videos", Call("campaign", {"action": "add", "campaign": campaign_value(campaign)}))
    here = Button("Make it this channel's", Call("campaign", {"action": "here", "campaign": campaign_value(campaign)}))
    return Reply(
        f"{first}{' Its budget and dates were not changed.' if is_kept else ''}{_terms(campaign, today)}{filled}",
        title=campaign.name,
        parts=_unfit(unfit),
        actions=(fill, here, _open(campaign, "Show it")),
        tone=Tone.SUCCESS if is_new and not unfit else Tone.WARNING,
    )


def campaign_changed(campaign: Campaign, sentence: str, today: date, tone: Tone = Tone.SUCCESS) -> Reply:
    """Confirmation that a setting of a campaign changed."""
    return Reply(
        f"{sentence}{_terms(campaign, today)}", title=campaign.name, actions=(_open(campaign, "Show it"),), tone=tone
    )


def budget_used_up(limit: Limit) -> str:
    """Warning that nothing more can be started under a campaign's budget."""
    return f"Starts in it come to {dollars(limit.used)}, so nothing more can be started; what runs goes on."


def campaign_filled(
    campaign: Campaign, added: int, known: int, untracked: int, unfit: Sequence[Unfit], named: str
) -> Reply:
    """Reply to adding videos: how many were added, and a row for each that wasn't."""
    facts = [f"{plural(added, 'video')} added" if added else "Nothing was added"]
    if known:
        facts.append(f"{plural(known, 'was', 'were')} in it already")
    if untracked:
        facts.append(plural(untracked, "isn't", "aren't") + " tracked yet; /track starts that")
    if unfit:
        facts.append(f"{plural(len(unfit), 'problem')} below")
    own = "" if named else " This is the channel's own campaign."
    return Reply(
        f"{'. '.join(facts)}.{own}",
        title=campaign.name,
        parts=_unfit(unfit),
        actions=(_open(campaign, "Show it"),),
        tone=Tone.WARNING if unfit or not added else Tone.SUCCESS,
    )


def campaign_emptied(campaign: Campaign, removed: int, absent: int, unfit: Sequence[Unfit]) -> Reply:
    """Reply to removing videos; they stay tracked."""
    missing = " " + plural(absent, "wasn't", "weren't") + " in it." if absent else ""
    sentence = f"{plural(removed, 'video')} removed; tracking goes on." if removed else "Nothing was removed."
    return Reply(
        f"{sentence}{missing}",
        title=campaign.name,
        parts=_unfit(unfit, "Not removed"),
        actions=(_open(campaign, "Show it"),),
        tone=Tone.SUCCESS if removed and not unfit else Tone.WARNING,
    )


def channel_campaign(campaign: Campaign) -> Reply:
    """Confirmation that a campaign is the channel's own now."""
    return Reply(
        "This is now the channel's campaign: look-ups and /track here use it unless a line names another one "
        "or says all.",
        title=campaign.name,
        actions=(_open(campaign, "Show it"), Button("Turn off here", Call("campaign", {"action": "off"}))),
        tone=Tone.SUCCESS,
    )


def no_channel_campaign(before: Campaign | None) -> Reply:
    """Reply to ending a channel's campaign."""
    if before is None:
        return Reply(
            "This channel has no campaign of its own. Choose one with /campaign launch here.", tone=Tone.WARNING
        )
    return Reply(f"Campaign {before.name} is no longer this channel's own.", tone=Tone.SUCCESS)


def campaign_spend(
    campaign: Campaign,
    spent: Decimal | None,
    people: Sequence[tuple[Person, Decimal]],
    channels: Sequence[tuple[str, Decimal]],
    *,
    is_own: bool,
) -> Reply:
    """Cost of and commitments for tracking in a campaign, by person and channel."""
    committed = sum((cost for _, cost in people), Decimal())
    facts = [] if spent is None else [f"{dollars(spent)} spent so far"]
    facts.append(f"what was started in it costs up to {dollars(committed)}")
    if campaign.budget is not None:
        left = campaign.budget - committed
        facts.append(
            f"{dollars(left, down=True)} of its {dollars(campaign.budget)} budget left"
            if left >= 0
            else f"{dollars(-left)} over its {dollars(campaign.budget)} budget"
        )
    summary = " · ".join(facts)
    own = " This is the channel's own campaign; /usage all shows the wallet." if is_own else ""
    tables = (
        ("By person", "Person", [(text(Mention(each.id, each.name)), cost) for each, cost in people]),
        ("By channel", "Channel", [(text(Channel(each)), cost) for each, cost in channels]),
    )
    return Reply(
        f"{summary[:1].upper()}{summary[1:]}.{own}",
        title=campaign.name,
        strong=(facts[0][:1].upper() + facts[0][1:],),
        parts=tuple(
            Table(
                caption,
                (Column(head), Column("Costs up to", Align.RIGHT)),
                tuple((each, text(dollars(cost))) for each, cost in rows),
            )
            for caption, head, rows in tables
            if rows
        ),
        actions=(_open(campaign, "Show it"), Button("Wallet", Call("usage", {"campaign": "all"}))),
        tone=Tone.WARNING if campaign.budget is not None and committed > campaign.budget else Tone.INFO,
    )


def _terms(campaign: Campaign, today: date) -> str:
    """The budget and the dates that are set."""
    budget = f"{dollars(campaign.budget)} tracking budget" if campaign.budget is not None else ""
    dates = [
        f"{word} {date_text(day, today)}"
        for word, day in (("from", campaign.starts_on), ("until", campaign.ends_on))
        if day is not None
    ]
    facts = [each for each in (budget, " ".join(dates)) if each]
    return f" {', '.join(facts)[:1].upper()}{', '.join(facts)[1:]}." if facts else ""


def _unfit(unfit: Sequence[Unfit], caption: str = "Not added") -> tuple[Part, ...]:
    """A row for each problem."""
    if not unfit:
        return ()
    items = tuple(Item(text(shortened(each.typed)), (text(each.reason),), text(each.reason)) for each in unfit)
    listing = Listing(caption, (Column("Typed"), Column("Problem")), items[:MOST_ROWS])
    more = Note(text(f"{plural(len(unfit) - MOST_ROWS, 'more problem')} of this kind."))
    return (listing, more) if len(unfit) > MOST_ROWS else (listing,)
