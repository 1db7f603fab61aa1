"""Before anything is spent: the consequence card, and the answers that make it needless."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.caller import Person
from bot.domain.links import VideoLink
from bot.domain.moments import moment_text
from bot.domain.money import Consequence, MonthlyCap, dollars, left_after, unit_price
from bot.domain.videos import Video
from bot.domain.wallet_state import WalletState
from bot.messages.outlook import can_finish, cap_left, left, money_ends, promised
from bot.messages.wording import available, name_of, platform_name, plural, shortened, status_word, video_actions
from bot.reply.call import Call
from bot.reply.model import (
    Action,
    Align,
    Button,
    Column,
    Field,
    Fields,
    Link,
    LinkButton,
    Mention,
    Note,
    Paragraph,
    Part,
    Reply,
    Table,
    Text,
    Time,
    Tone,
    Weight,
    text,
)

ADD_CREDIT = LinkButton("Add credit", "https://contentstats.io/")


@dataclass(frozen=True, slots=True)
class Row:
    """One link of a request: the video it names or the `problem` with it, and what tracks that video already.

    `started_by` is None for a tracking that was started outside the bot; `hidden` is one of another workspace.
    `may_run` says that the video may be tracked already although nothing shows it; `unclear_at` is when an earlier
    start of it was sent whose outcome is not known yet.
    """

    link: VideoLink | None
    problem: str = ""
    video: Video | None = None
    started_by: Person | None = None
    hidden: bool = False
    in_flight: bool = False
    may_run: bool = False
    unclear_at: datetime | None = None

    @property
    def is_new(self) -> bool:
        """Whether this one would be started."""
        return self.link is not None and self.video is None and not self.in_flight


@dataclass(frozen=True, slots=True)
class Offer:
    """What a consequence card shows. `days` is None where the asker left the choice open.

    `despite` is the newest unclear start, by its id, that the card warns of; 0 for none.
    """

    batch: str
    rows: tuple[Row, ...]
    wallet: WalletState
    choices: tuple[Consequence, ...]
    days: int | None
    usual_days: int
    cap: MonthlyCap
    expires_at: datetime
    despite: int = 0

    @property
    def proposed(self) -> Consequence:
        """The choice that was asked for, or the usual one."""
        wanted = self.days or self.usual_days
        return next(choice for choice in self.choices if choice.days == wanted)

    def can_start(self, choice: Consequence) -> bool:
        """Whether both the balance and the monthly cap cover a choice."""
        return choice.affordable and choice.price <= self.cap.left


def consequence_card(offer: Offer) -> Reply:
    """What each length of tracking would cost and do to the rest, with a button to press once."""
    new = [row for row in offer.rows if row.is_new]
    chosen = offer.proposed
    what = plural(len(new), "video")
    if len(new) == 1 and new[0].link is not None:
        what = f"this {platform_name(new[0].link.platform)} video"
    parts: list[Part] = []
    if len(offer.rows) > 1:
        parts.append(_links_table(offer.rows))
    elif new[0].link is not None:
        parts.append(Fields((Field("Video", text(Link(shortened(new[0].link.url, 80), new[0].link.url))),)))
    doubt = _doubt(new)
    is_fine = offer.can_start(chosen) and chosen.pauses_at is None and chosen.left_after >= 0 and not doubt
    parts += [*doubt, _wallet_fields(offer), _price_table(offer), _small_print(offer)]
    cost = f"Tracking {what} for {plural(chosen.days, 'day')} costs up to {dollars(chosen.price)}."
    return Reply(
        f"{cost} {_effect(chosen, offer)} {_next_step(offer)}",
        title=f"Track {what}?",
        parts=tuple(parts),
        actions=_buttons(offer),
        tone=Tone.INFO if is_fine else Tone.WARNING,
    )


BILLED_TWICE = "If it turns out to be running, both are billed."


def unclear_words(at: datetime) -> str:
    """Why a second start needs another press, from the middle of a sentence on."""
    return f"an earlier start of this video ({moment_text(at)}) is still unclear. {BILLED_TWICE}"


def may_run_words(platform: str) -> str:
    """Why a video that nobody here knows may be tracked all the same, from the middle of a sentence on."""
    hidden = f"ContentStats doesn't list all running {platform_name(platform)} videos"
    return f"it may already be tracked: {hidden}. Tracking it twice is billed twice."


def _doubt(new: Sequence[Row]) -> tuple[Paragraph, ...]:
    """What to know before tracking videos that may be tracked already; nothing if none may."""
    unclear = max((row.unclear_at for row in new if row.unclear_at is not None), default=None)
    if unclear is not None:
        return (Paragraph(text("An earlier start (", Time(unclear), f") is still unclear. {BILLED_TWICE}")),)
    platforms = dict.fromkeys(row.link.platform for row in new if row.may_run and row.link is not None)
    if not platforms:
        return ()
    count = sum(row.may_run for row in new)
    which, started = ("This video", "it's started") if len(new) == 1 else (plural(count, "video"), "one is started")
    names = " and ".join(map(platform_name, platforms))
    hidden = f"ContentStats doesn't list all running {names} videos"
    return (Paragraph(text(f"{which} may already be tracked: {hidden}. You'll be asked again before {started}.")),)


def already_tracked(row: Row, now: datetime) -> Reply:
    """The video runs already: who started it, and nothing is spent."""
    if row.hidden or row.video is None:
        return Reply(
            f"This video is {_state(row)} from another workspace with the same API key. Nothing was spent. Ask your "
            "admin if you need its numbers here.",
            title="Already tracked",
            tone=Tone.WARNING,
        )
    return Reply(
        f"{name_of(row.video)} is already being tracked ({status_word(row.video)}). Nothing was spent.",
        title="Already tracked",
        parts=(Fields((Field("Started by", _starter(row)), *_times(row.video, now))),),
        actions=video_actions(row.video),
    )


def _state(row: Row) -> str:
    return "starting right now" if row.in_flight else "already being tracked"


def nothing_new(rows: Sequence[Row]) -> Reply:
    """Several links, none of which can be started."""
    return Reply(
        "There's nothing new to track in these links. Nothing was spent.",
        title="Nothing to start",
        parts=(_links_table(rows),),
        tone=Tone.WARNING,
    )


def _links_table(rows: Sequence[Row]) -> Table:
    columns = (Column("#", Align.RIGHT), Column("Video"), Column("State"))
    cells = tuple((text(str(number)), _video_cell(row), _state_cell(row)) for number, row in enumerate(rows, 1))
    return Table("Links", columns, cells)


def _video_cell(row: Row) -> Text:
    if row.video is not None and not row.hidden:
        return text(Link(name_of(row.video), row.link.url) if row.link else name_of(row.video))
    return text(Link(shortened(row.link.url), row.link.url)) if row.link else text("–")


def _state_cell(row: Row) -> Text:
    if row.problem:
        return text(row.problem)
    if row.in_flight:
        return text("starting right now")
    if row.video is None:
        return text("may already be tracked" if row.may_run else "new")
    return text("already tracked from another workspace") if row.hidden else text("already tracked, ", *_starter(row))


def _starter(row: Row) -> Text:
    if row.started_by is None:
        return text("outside this bot")
    return text(Mention(row.started_by.id, row.started_by.name))


def _times(video: Video, now: datetime) -> tuple[Field, ...]:
    if video.started_at is None:
        return ()
    return (Field("Since", text(Time(min(video.started_at, now), now))),)


def _wallet_fields(offer: Offer) -> Fields:
    owed = text(promised(offer.wallet))
    cap = Field("Monthly cap", text(cap_left(offer.cap)))
    return Fields((Field("Available now", text(available(offer.wallet.usage))), Field("Committed", owed), cap))


def _price_table(offer: Offer) -> Table:
    columns = (
        Column("Days", Align.RIGHT),
        Column("Price", Align.RIGHT),
        Column("Left after", Align.RIGHT),
        Column("Outcome"),
    )
    cells = tuple(
        (
            text(str(each.days)),
            text(dollars(each.price)),
            text(dollars(left(offer.wallet, each.price))),
            text(_effect(each, offer)),
        )
        for each in offer.choices
    )
    return Table("Prices", columns, cells)


def _effect(choice: Consequence, offer: Offer) -> str:
    if not choice.affordable:
        return f"Not enough credit: {dollars(-left_after(offer.wallet.usage.available, choice.price))} short."
    if choice.price > offer.cap.left:
        return f"Over the monthly cap by {dollars(-left_after(offer.cap.left, choice.price))}."
    if choice.pauses_at is None:
        return can_finish(offer.wallet, choice.price)
    cut = f" for {plural(len(choice.affected), 'running video')} too" if choice.affected else ""
    ends = money_ends(offer.wallet, choice.pauses_at)
    return f"{ends}, and tracking would pause{cut}."


def _next_step(offer: Offer) -> str:
    if not any(each.price <= offer.cap.left for each in _wanted(offer)):
        return "The monthly cap doesn't cover this. Ask an admin to raise MONTHLY_CAP_USD."
    return "Nothing is spent until you press a button."


def _wanted(offer: Offer) -> list[Consequence]:
    """The choices that the card may offer a button for."""
    return [each for each in offer.choices if offer.days is None or each.days == offer.days]


def _small_print(offer: Offer) -> Note:
    each = unit_price(offer.wallet.usage.cost_per_snapshot)
    price = f"{each} per snapshot, 24 per day; only collected snapshots are billed. "
    test = "This is a test key: nothing is charged. " if offer.wallet.is_test else ""
    old = f"These figures may have changed: {offer.wallet.problem} " if offer.wallet.problem else ""
    hidden = (
        "" if offer.wallet.complete else "Your account has more videos than the API lists, so more may be committed. "
    )
    return Note(text(price, test, old, hidden, "This offer expires ", Time(offer.expires_at), "."))


def _buttons(offer: Offer) -> tuple[Action, ...]:
    despite = {"despite": str(offer.despite)} if offer.despite else {}
    wanted = _wanted(offer)
    shown = [each for each in wanted if offer.can_start(each)]
    buttons = tuple(
        Button(
            f"Track {plural(each.days, 'day')} · {dollars(each.price)}",
            Call("track.start", {"batch": offer.batch, "days": str(each.days), **despite}),
            Weight.CONFIRM if each.days == offer.proposed.days else Weight.NORMAL,
        )
        for each in shown
    )
    return (
        *buttons,
        *(() if any(each.affordable for each in wanted) else (ADD_CREDIT,)),
        Button("Cancel", Call("track.cancel", {"batch": offer.batch})),
    )
