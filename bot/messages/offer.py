"""Consequence card: what tracking would cost and do to the balance, before anything is spent."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.allowances import Limit, fixed, tightest
from bot.domain.caller import Person
from bot.domain.campaigns import Campaign
from bot.domain.clock import date_text, moment_text
from bot.domain.links import FORMS, VideoLink
from bot.domain.money import DURATIONS, Consequence, WalletState, dollars, left_after
from bot.domain.videos import Video
from bot.messages.allowance import how_to_raise, limit_words
from bot.messages.approval import above_words, ask_button
from bot.messages.campaign import Into, campaign_note
from bot.messages.wording import (
    available,
    left,
    name_of,
    name_of_link,
    platform_name,
    plural,
    running_words,
    series,
    shortened,
    shortfall,
)
from bot.reply.call import Call
from bot.reply.model import (
    Action,
    Button,
    Column,
    Field,
    Fields,
    Item,
    Link,
    LinkButton,
    Listing,
    Mention,
    Menu,
    MenuOption,
    Note,
    Paragraph,
    Part,
    Reply,
    Text,
    Time,
    Tone,
    Weight,
    text,
)

MOST_OPTIONS = 25
"""Maximum number of menu options."""
LONGEST_TYPED = 40
"""Characters of an unreadable link in its row."""
ADD_CREDIT = LinkButton("Add credit", "https://contentstats.io/")


@dataclass(frozen=True, slots=True)
class Row:
    """One link of a request: its video, or the `problem` with the `typed` text, and the tracking that runs already.

    `started_by` is None for a tracking started outside the bot; `hidden` ones belong to another workspace. `may_run`:
    the video may be tracked already although no list shows it; `unclear_at` is when an earlier start was sent whose
    outcome is unknown.
    """

    link: VideoLink | None
    problem: str = ""
    typed: str = ""
    video: Video | None = None
    started_by: Person | None = None
    hidden: bool = False
    in_flight: bool = False
    may_run: bool = False
    unclear_at: datetime | None = None

    @property
    def is_new(self) -> bool:
        """Whether this link would be started."""
        return self.link is not None and self.video is None and not self.in_flight


@dataclass(frozen=True, slots=True)
class Offer:
    """What a consequence card shows. `days` is None if the person didn't choose.

    `despite` is the id of the newest unclear start that the card warns of, or 0. `asked` is the number of days typed,
    or None. Anything above `approval_above` dollars needs approval. `campaigns` are alternatives to `into`. Without
    `sees_money` the card has prices, but nothing that reveals the balance.
    """

    batch: str
    rows: tuple[Row, ...]
    wallet: WalletState
    choices: tuple[Consequence, ...]
    days: int | None
    usual_days: int
    limits: tuple[Limit, ...]
    expires_at: datetime
    now: datetime
    despite: int = 0
    asked: int | None = None
    approval_above: Decimal | None = None
    into: Into | None = None
    campaigns: tuple[Campaign, ...] = ()
    sees_money: bool = True

    @property
    def proposed(self) -> Consequence:
        """The chosen length; else the usual one, or if that can't be started the longest that can."""
        wanted = self.days or self.usual_days
        asked = next(choice for choice in self.choices if choice.days == wanted)
        if self.days is not None or self.can_start(asked):
            return asked
        return max(filter(self.can_start, self.choices), key=lambda choice: choice.days, default=asked)

    def can_start(self, choice: Consequence) -> bool:
        """Whether the balance and every limit cover a choice, and nobody else has to approve it."""
        return choice.affordable and choice.price <= self.limit.left and not self.is_above(choice)

    def can_ask(self, choice: Consequence) -> bool:
        """Whether a choice can be started once somebody approves it."""
        fits = all(choice.price <= each.left for each in fixed(self.limits))
        return choice.affordable and fits and not self.can_start(choice)

    def is_above(self, choice: Consequence) -> bool:
        """Whether the price alone requires approval."""
        return self.approval_above is not None and choice.price > self.approval_above

    def needs_no_press(self, up_to: Decimal) -> bool:
        """Whether it may start without a press, if that is allowed up to so many dollars.

        Only if everything on the card is known, and nothing on it is a warning.
        """
        is_known = self.wallet.is_certain and not self.wallet.problem and not self.despite
        is_plain = len(self.rows) == 1 and self.rows[0].is_new and not _doubt(self.rows)
        return (
            is_known and is_plain and 0 < self.proposed.price <= up_to and _effect(self.proposed, self) is _Effect.FINE
        )

    @property
    def limit(self) -> Limit:
        """The tightest limit."""
        return tightest(self.limits)


class _Effect(StrEnum):
    """Effect of a length of tracking on the balance."""

    FINE = "fine"
    PAUSES = "pauses"
    SHORT_LATER = "short later"
    SHORT = "short"
    OVER_LIMIT = "over limit"
    ABOVE = "above"


_EFFECTS = {
    _Effect.FINE: "enough for all videos",
    _Effect.SHORT_LATER: "not enough for everything",
    _Effect.SHORT: "not enough credit",
    _Effect.ABOVE: "needs approval",
}


NOT_ENOUGH = "There isn't enough credit for that. Ask an admin to add some."
_WITHOUT_AMOUNTS = {_Effect.SHORT: NOT_ENOUGH, _Effect.SHORT_LATER: "Not enough for everything.", _Effect.FINE: ""}
_APPROVABLE = "Somebody else can approve it."


def consequence_card(offer: Offer) -> Reply:
    """Cost and effect of one length of tracking, with a button to start it and a menu of others."""
    new = [row for row in offer.rows if row.is_new]
    doubt = _doubt(new)
    return Reply(
        f"{_cost(offer)} {_what_follows(offer)}".strip() + campaign_note(offer.into),
        strong=(_price(offer.proposed),),
        title="Track this video?" if len(new) == 1 else f"Track {plural(len(new), 'video')}?",
        parts=(*links(offer.rows), *doubt, *_other_effects(offer), _small_print(offer)),
        actions=_actions(offer),
        tone=Tone.INFO if _effect(offer.proposed, offer) is _Effect.FINE and not doubt else Tone.WARNING,
    )


BILLED_TWICE = "If it turns out to be running, both are billed."


def _doubt(new: Sequence[Row]) -> tuple[Paragraph, ...]:
    """Warning for videos that may be tracked already; empty if none may."""
    unclear = max((row.unclear_at for row in new if row.unclear_at is not None), default=None)
    if unclear is not None:
        return (Paragraph(text("An earlier start (", Time(unclear), f") is still unclear. {BILLED_TWICE}")),)
    platforms = dict.fromkeys(row.link.platform for row in new if row.may_run and row.link is not None)
    if not platforms:
        return ()
    which = "It" if len(new) == 1 else plural(sum(row.may_run for row in new), "video")
    names = " or ".join(map(platform_name, platforms))
    said = f"{which} may already be tracked: ContentStats doesn't list every running {names} video."
    return (Paragraph(text(said)),)


def links(rows: Sequence[Row]) -> tuple[Part, ...]:
    """The only link, or each of several with its state."""
    if len(rows) == 1:
        return (Paragraph(_named(rows[0])),)
    items = tuple(Item(_named(row), (state := _state_of(row),), state) for row in rows)
    return (Listing("Links", (Column("Video"), Column("State")), items),)


def _named(row: Row) -> Text:
    if row.link is None:
        return text(shortened(row.typed, LONGEST_TYPED))
    shown = row.video is not None and not row.hidden
    name = name_of(row.video) if row.video is not None and shown else name_of_link(row.link.url, row.link.platform)
    return text(Link(name, row.link.url))


def _state_of(row: Row) -> Text:
    if row.problem:
        return text("left out: ", row.problem.removesuffix(FORMS).strip())
    if row.in_flight:
        return text("starting right now")
    if row.video is None:
        return text("may already be tracked" if row.may_run else "new")
    return text("already tracked from another workspace") if row.hidden else text("already tracked, ", *starter(row))


def starter(row: Row) -> Text:
    """Who started the running tracking."""
    if row.started_by is None:
        return text("outside this bot")
    return text(Mention(row.started_by.id, row.started_by.name))


def _price(choice: Consequence) -> str:
    return f"{plural(choice.days, 'day')} · up to {dollars(choice.price)}"


def _cost(offer: Offer) -> str:
    """The price, and the tightest limit that applies to it."""
    chosen, usage = offer.proposed, offer.wallet.usage
    price = _price(chosen)
    if offer.limit.left < usage.available:
        return f"{price}, of {dollars(offer.limit.left, down=True)} left of {limit_words(offer.limit, sum_too=False)}."
    if not offer.sees_money:
        return f"{price}."
    if usage.available < 0:
        return f"{price}; the balance is {dollars(usage.available)}."
    return f"{price}, of {available(usage)} available."


def _effect(choice: Consequence, offer: Offer) -> _Effect:
    if not choice.affordable:
        return _Effect.SHORT
    if choice.price > offer.limit.left:
        return _Effect.OVER_LIMIT
    if offer.is_above(choice):
        return _Effect.ABOVE
    if choice.pauses_at is not None:
        return _Effect.PAUSES
    return _Effect.SHORT_LATER if left(offer.wallet, choice.price) < 0 else _Effect.FINE


def _what_follows(offer: Offer) -> str:
    """Effect of the proposed length on the balance and limits; no amounts for people who may not see money."""
    unseen = None if offer.sees_money else _WITHOUT_AMOUNTS.get(_effect(offer.proposed, offer))
    return _consequence(offer) if unseen is None else unseen


def _consequence(offer: Offer) -> str:
    """Effect of the proposed length on the balance and limits, in a sentence or two."""
    chosen, wallet = offer.proposed, offer.wallet
    match _effect(chosen, offer):
        case _Effect.SHORT:
            return f"You're {_shortfall(wallet.usage.available, chosen.price)} short."
        case _Effect.OVER_LIMIT:
            over = _shortfall(offer.limit.left, chosen.price)
            return f"That's {over} too much. {_APPROVABLE if offer.can_ask(chosen) else how_to_raise(offer.limit)}"
        case _Effect.ABOVE:
            return above_words(offer.approval_above or chosen.price)
        case _Effect.PAUSES if chosen.pauses_at is not None:
            others = f", for {plural(len(chosen.affected), 'other video')} too" if chosen.affected else ""
            when = f"{'' if wallet.is_certain else 'by '}{moment_text(chosen.pauses_at)}"
            return f"Not enough for everything: tracking would pause {when}{others}."
        case _Effect.SHORT_LATER | _Effect.PAUSES:
            return f"You'd be {shortfall(wallet, left(wallet, chosen.price))}."
        case _Effect.FINE:
            committed = f" after paying for {running_words(wallet.running)}" if any(wallet.running) else ""
            return f"That leaves {dollars(left(wallet, chosen.price))}{committed}."


def _briefly(choice: Consequence, offer: Offer) -> str:
    """The effect of a choice in a few words."""
    match _effect(choice, offer):
        case _Effect.SHORT:
            return f"{_shortfall(offer.wallet.usage.available, choice.price)} short"
        case _Effect.ABOVE:
            return _EFFECTS[_Effect.ABOVE]
        case _Effect.OVER_LIMIT:
            return f"over {limit_words(offer.limit, sum_too=False)}"
        case _Effect.PAUSES if choice.pauses_at is not None:
            return f"pauses {'others ' if choice.affected else ''}{date_text(choice.pauses_at)}"
        case _Effect.SHORT_LATER | _Effect.PAUSES:
            return f"{dollars(-left(offer.wallet, choice.price))} short later"
        case _Effect.FINE:
            return f"leaves {dollars(left(offer.wallet, choice.price))}"


def _shortfall(there: Decimal, needed: Decimal) -> str:
    return dollars(-left_after(there, needed))


def _other_effects(offer: Offer) -> tuple[Fields, ...]:
    """One line per other effect, with its lengths.

    If the proposed length isn't covered, others that aren't have theirs in the menu alone, if they are in it.
    """
    usual = _effect(offer.proposed, offer)
    alike: dict[str, list[int]] = defaultdict(list)
    for each in offer.choices:
        effect = _effect(each, offer)
        if effect is not usual and (_Effect.FINE in {usual, effect} or not offer.can_start(each)):
            alike[_EFFECTS.get(effect) or _briefly(each, offer)].append(each.days)
    fields = (
        Field(f"{series(map(str, days))} {'day' if days == [1] else 'days'}", text(what))
        for what, days in alike.items()
    )
    return (Fields(tuple(fields)),) if alike else ()


def _small_print(offer: Offer) -> Note:
    wallet = offer.wallet
    unknown = [plural(wallet.open_ended, "video") + " with no known end"] if wallet.open_ended else []
    unlisted = [] if wallet.complete else ["unlisted ones"]
    uncounted = f"Not counted: {series((*unknown, *unlisted))}. " if unknown or unlisted else ""
    test = "Test key: nothing is charged. " if wallet.is_test else ""
    old = f"Not refreshed: {wallet.problem.partition('. ')[0].rstrip('.')}. " if wallet.problem else ""
    return Note(text(old, test, uncounted, "Offer ends ", Time(offer.expires_at, offer.now), "."))


def _actions(offer: Offer) -> tuple[Action, ...]:
    chosen = offer.proposed
    given = {"batch": offer.batch} | ({"despite": str(offer.despite)} if offer.despite else {})
    days = plural(chosen.days, "day")
    start = Call("track.start", given | {"days": str(chosen.days)})
    typed = {"asked": str(offer.asked)} if offer.asked and offer.asked not in DURATIONS else {}
    others = tuple(
        MenuOption(
            f"{plural(each.days, 'day')} · {dollars(each.price)}",
            Call("track.length", given | typed | {"days": str(each.days)}, in_place=True),
            _briefly(each, offer) if offer.sees_money else _EFFECTS.get(_effect(each, offer)) or _briefly(each, offer),
        )
        for each in offer.choices
        if each is not chosen and offer.can_start(each)
    )
    elsewhere = tuple(
        MenuOption(
            label,
            Call("track.length", given | typed | {"days": str(chosen.days), "campaign": str(number)}, in_place=True),
        )
        for label, number in _other_campaigns(offer)
    )
    options = (*others, *elsewhere[: MOST_OPTIONS - len(others)])
    return (
        *(
            (Button(f"Track {days} · {dollars(chosen.price)}", start, Weight.CONFIRM),)
            if offer.can_start(chosen)
            else ()
        ),
        *((ask_button(offer.batch, chosen.days),) if offer.can_ask(chosen) else ()),
        *(() if chosen.affordable else (ADD_CREDIT,)),
        Button("Cancel", Call("track.cancel", {"batch": offer.batch})),
        *((Menu("Length or campaign…" if elsewhere else "Another length…", options),) if options else ()),
    )


def _other_campaigns(offer: Offer) -> list[tuple[str, int]]:
    """Campaigns that the videos could go into instead, with their ids; 0 is none."""
    now = None if offer.into is None else offer.into.campaign.id
    others = [(f"Into {each.name}", each.id) for each in offer.campaigns if each.id != now]
    return others if now is None else [("Into no campaign", 0), *others]
