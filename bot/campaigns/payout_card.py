"""Cards of /payout: amounts per creator, details per line, the terms, and paid marks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from bot.campaigns.owed import Owed
from bot.domain.campaigns import Campaign
from bot.domain.clock import moment_text
from bot.domain.growth import ago, exact_count, short_count
from bot.domain.links import creator_name
from bot.domain.money import dollars
from bot.domain.payout import Account, Line, State, Terms, accounts, total
from bot.domain.payout_terms import EXAMPLE, packed_terms, terms_words
from bot.domain.videos import Video
from bot.messages.wording import PLATFORM_NAMES, linked, platform_name, plural, series, shortened
from bot.reply.call import Call
from bot.reply.model import (
    Action,
    Align,
    Button,
    Column,
    File,
    Item,
    Listing,
    Menu,
    MenuOption,
    Note,
    Paragraph,
    Part,
    Reply,
    Span,
    Text,
    Time,
    Tone,
    bold,
    text,
)

SHOWN_CREATORS, SHOWN_LINES, MOST_OPTIONS = 5, 10, 20
NEVER_PAYS = "I never move money."
NO_HANDLE = "No handle"
WHOLE = "1"
"""Argument of a form's button if the form begins with all terms, so that terms left out end."""
ABOUT = (
    "A video's count at its final hour (or the last reading before it), less its first reading, is paid by these rules "
    "in turn: minimum, rate, rounding to the cent (half to even), cap per video, cap per creator (final lines first, "
    "then the oldest videos). Final lines keep their terms; Instagram pays by likes.\n"
    f"All terms: {EXAMPLE}. What isn't named stays; “no cap” removes one.\n"
    "Budgets alert at 50, 80 and 100%: in the own channel with low balances, elsewhere with `/alerts payouts on`."
)
EXAMPLES = (
    ("/payout launch", "what each creator is owed"),
    ("/payout launch terms youtube 2.50 per 1000, cap 200", "set the terms"),
    ("/payout launch paid @handle", "mark what you paid"),
    ("/payout launch csv", "recompute each line"),
)


def payout(owed: Owed, tracking: Decimal | None, *, may_configure: bool, is_own: bool = False) -> Reply:
    """What a campaign owes, the channel's own or not; `tracking` is what tracking cost, None if unknown."""
    found = accounts(owed.lines)
    amount, named = dollars(owed.total), {"campaign": str(owed.campaign.id)}
    return Reply(
        f"{amount} owed{_budget(owed)}",
        title=owed.campaign.name,
        strong=(f"{amount} owed",),
        parts=(*_creators(found), *_doubts(owed), _small_print(owed, tracking, is_own=is_own)),
        actions=(
            Button("Details", Call("payout.details", named)),
            Button("CSV file", Call("payout", named | {"action": "csv"})),
            *((_more(owed, found),) if may_configure else ()),
        ),
        tone=Tone.WARNING if owed.full_at == owed.now else Tone.INFO,
    )


def no_terms(campaign: Campaign, *, may_configure: bool) -> Reply:
    """Reply if no terms are set."""
    ask = "" if may_configure else " Ask an admin of this workspace to set them."
    return Reply(
        f"No terms yet, so nothing is owed.{ask}",
        title=campaign.name,
        actions=(_terms_button(campaign, "Set terms"),) if may_configure else (),
    )


def terms_set(owed: Owed, before: Terms) -> Reply:
    """Confirmation of new terms, and what they amount to."""
    kept, new = _earlier(owed), sum(line.is_settled and not line.terms_id for line in owed.lines)
    said = [f"{plural(kept, 'final line keeps', 'final lines keep')} earlier terms."] * bool(kept)
    if new:
        become = plural(new, "line becomes", "lines become")
        said.append(f"{become} final when the payout is next shown: correct the terms before.")
    same = owed.terms.terms == before
    return Reply(
        f"{'These terms already apply' if same else 'Terms saved'}; they come to {dollars(owed.total)} so far.",
        title=owed.campaign.name,
        parts=(Paragraph(_terms(owed.terms.terms)), *((Note(text(" ".join(said))),) if said else ())),
        actions=(
            Button("Payout", Call("payout", {"campaign": str(owed.campaign.id)})),
            _terms_button(owed.campaign, terms=owed.terms.terms),
        ),
        tone=Tone.SUCCESS,
    )


def payout_details(owed: Owed) -> Reply:
    """Every line with its counts, and the terms."""
    lines = sorted(owed.lines, key=lambda line: (line.state is State.UNKNOWN, -line.amount, line.key))
    columns = (Column("Video"), Column("Amount", Align.RIGHT), Column("How"))
    items = tuple(
        Item(
            text(_linked(line)),
            (text(_amount(line)), text(_computation(line))),
            text(*bold(text(_amount(line))), f" · {_computation(line)}"),
        )
        for line in lines[:SHOWN_LINES]
    )
    more = len(lines) - len(items)
    parts: list[Part] = [Paragraph(_terms(owed.terms.terms))]
    if items:
        parts.append(Listing("Lines", columns, items))
    why = Counter(f"{platform_name(line.platform)}: {line.why}" for line in lines if line.state is State.UNKNOWN)
    if why:
        parts.append(
            Paragraph(text(f"Can't be computed: {'; '.join(f'{count:,} {each}' for each, count in why.items())}."))
        )
    if more:
        parts.append(Note(text(f"{more:,} more in the CSV file, which recomputes each line to the cent.")))
    states = [(state, [line for line in owed.lines if line.state is state]) for state in State]
    sums = [f"{dollars(total(each))} {state}" for state, each in states if each and state is not State.UNKNOWN]
    return Reply(
        f"{plural(len(owed.lines), 'line')}: {', '.join(sums)}." if sums else "Nothing can be computed yet.",
        title=owed.campaign.name,
        parts=tuple(parts),
        actions=(Button("CSV file", Call("payout", {"campaign": str(owed.campaign.id), "action": "csv"})),),
    )


def payout_file(owed: Owed, file: File) -> Reply:
    """The file from which each line can be recomputed."""
    return Reply(
        f"{plural(len(owed.lines), 'line')}, {dollars(owed.total)} in all.",
        title=owed.campaign.name,
        parts=(
            Note(
                text(
                    "Each amount is counted × rate ÷ 1,000, rounded to the cent, up to video_cap and creator_cap_left."
                )
            ),
        ),
        files=(file,),
        tone=Tone.SUCCESS,
    )


def marked_paid(campaign: Campaign, found: Sequence[Line], undo: Call) -> Reply:
    """Confirmation that a creator's lines are marked as paid."""
    sites = series(sorted({platform_name(line.platform) for line in found}))
    return Reply(
        f"Marked {dollars(total(found))} for {plural(len(found), 'video')} on {sites} as paid. {NEVER_PAYS}",
        title=f"{campaign.name}: {found[0].creator or NO_HANDLE}",
        actions=(Button("Undo", undo), Button("Payout", Call("payout", {"campaign": str(campaign.id)}))),
        tone=Tone.SUCCESS,
    )


def unmarked_paid(campaign: Campaign, found: Sequence[Line]) -> Reply:
    """Confirmation that a paid mark was removed."""
    again = Button("Payout", Call("payout", {"campaign": str(campaign.id)}))
    if not found:
        return Reply("That was already undone. Nothing changed.", title=campaign.name, actions=(again,))
    return Reply(
        f"{dollars(total(found))} for {plural(len(found), 'video')} is unpaid again.",
        title=f"{campaign.name}: {found[0].creator or NO_HANDLE}",
        actions=(again,),
        tone=Tone.SUCCESS,
    )


def _budget(owed: Owed) -> str:
    budget, full_at = owed.terms.terms.budget, owed.full_at
    if budget is None:
        return "."
    of = f" of the {dollars(budget)} budget"
    if full_at == owed.now:
        over = owed.total - budget
        return f"{of}, {dollars(over)} over." if over else f"{of}: it's used up."
    if full_at is None or not owed.lines:
        return f"{of}."
    return f"{of}, reached {moment_text(full_at, owed.now).partition(',')[0]} at today's pace."


def _creators(found: Sequence[Account]) -> Iterator[Part]:
    columns = (Column("Creator"), Column("Counted", Align.RIGHT), Column("Amount", Align.RIGHT), Column("State"))
    items = []
    for each in found[:SHOWN_CREATORS]:
        counted, amount = _counted(each), dollars(each.amount)
        line = text(f"{counted} · ", *bold(text(amount)), f" · {each.state}")
        items.append(Item(text(_who(each, found)), (text(counted), text(amount), text(each.state)), line))
    if items:
        caption = f"Creators, {len(items)} of {len(found):,}" if len(found) > len(items) else "Creators"
        yield Listing(caption, columns, tuple(items))
    if not found:
        yield Paragraph(text("No videos are in this campaign yet."))


def _who(account: Account, among: Sequence[Account]) -> str:
    name = shortened(account.creator or NO_HANDLE, 30)
    alike = sum(each.creator.casefold() == account.creator.casefold() for each in among) > 1
    return f"{name} ({platform_name(account.platform)})" if alike and account.platform else name


def _counted(account: Account) -> str:
    metrics = dict.fromkeys(line.metric for line in account.lines if line.state is not State.UNKNOWN)
    return ", ".join(f"{short_count(account.counted(metric))} {metric}" for metric in metrics) or "nothing counted"


def _doubts(owed: Owed) -> Iterator[Part]:
    """Caveats about the sum: lines without an amount, gaps, falling counters and earlier terms."""
    found = (
        ("can't be computed", sum(line.state is State.UNKNOWN for line in owed.lines)),
        ("with gaps", sum(bool(line.missing) for line in owed.lines)),
        ("with a falling counter", sum(bool(line.fallen) for line in owed.lines)),
        ("on earlier terms", _earlier(owed)),
    )
    said = ", ".join(f"{count:,} {what}" for what, count in found if count)
    if said:
        yield Paragraph(text(f"⚠️ Of {plural(len(owed.lines), 'video')}: {said}."))


def _earlier(owed: Owed) -> int:
    """How many final lines keep terms that have changed since."""
    return sum(line.is_settled and line.terms_id not in {0, owed.terms.id} for line in owed.lines)


def _small_print(owed: Owed, tracking: Decimal | None, *, is_own: bool) -> Note:
    own = "This channel's campaign. " if is_own else ""
    cost = "" if tracking is None else f" Tracking cost {dollars(tracking)}."
    last = max((line.end_at for line in owed.lines if line.end_at is not None), default=None)
    as_of: tuple[str | Span, ...] = () if last is None else (" Counted to ", Time(last, owed.now), ".")
    return Note(text(f"{own}{NEVER_PAYS}{cost}", *as_of))


def _more(owed: Owed, found: Sequence[Account]) -> Action:
    """The menu for managers: change the terms, and mark creators as paid."""
    paid = []
    for each in found:
        unpaid = [line for line in each.lines if line.state is State.FINAL and line.amount]
        arguments = {"campaign": str(owed.campaign.id), "creator": creator_value(unpaid[0])} if unpaid else {}
        call = Call("payout.paid", arguments)
        if unpaid and call.fits:
            label = shortened(f"Mark {_who(each, found)} as paid", 75)
            paid.append(MenuOption(label, call, f"{dollars(total(unpaid))}, {plural(len(unpaid), 'video')}"))
    terms = MenuOption("Change terms…", _terms_call(owed.campaign, owed.terms.terms))
    return Menu("More…", (terms, *paid[:MOST_OPTIONS]))


def creator_value(line: Line) -> str:
    """A creator in a button: `tiktok @ana`; the platform alone without a handle."""
    return f"{line.platform} @{line.handle}" if line.handle else line.platform


def _terms_button(campaign: Campaign, label: str = "Change terms", terms: Terms | None = None) -> Button:
    return Button(label, _terms_call(campaign, terms))


def _terms_call(campaign: Campaign, terms: Terms | None) -> Call:
    """Button that opens the form for terms, filled with the current ones unless their sums are too large for it."""
    empty = Call("payout", {"campaign": str(campaign.id), "action": "terms"})
    if terms is None:
        return empty
    begun = Call("payout", {"campaign": str(campaign.id), "whole": WHOLE, "terms": packed_terms(terms)})
    return begun if begun.fits else empty


def _terms(terms: Terms) -> Text:
    words = "; ".join(terms_words(terms, PLATFORM_NAMES))
    return text(f"{words[:1].upper()}{words[1:]}.")


def _linked(line: Line) -> Span:
    return linked(Video("", line.link, line.platform, "", line.title, creator_name(line.link, line.creator)), 40)


def _amount(line: Line) -> str:
    return "none" if line.state is State.UNKNOWN else dollars(line.amount)


def _computation(line: Line) -> str:
    """How a line is computed, with every irregularity: `5 → 1,005 views · final Sun 1 Mar, 10:00 UTC`."""
    if line.state is State.UNKNOWN or line.end_at is None:
        return f"{line.state}: {line.why}"
    said = [f"{exact_count(line.start)} → {exact_count(line.end)} {line.metric}", str(line.state)]
    if line.final_hour is not None:
        said[-1] += f" {moment_text(line.final_hour)}" if line.is_settled else f" until {moment_text(line.final_hour)}"
    if line.final_hour is not None and line.is_settled and line.ends_early:
        said.append(f"read {ago(line.final_hour - line.end_at)} before")
    if max(line.end - line.start, 0) < line.minimum:
        said.append(f"below the minimum of {line.minimum:,}")
    if line.video_cap is not None and line.amount == line.video_cap:
        said.append("capped")
    elif line.creator_left is not None and line.amount == line.creator_left:
        said.append("creator's cap")
    if line.missing:
        said.append(f"{line.missing:,} h missing")
    if line.fallen:
        said.append(f"counter fell {line.fallen:,}×")
    return " · ".join(said)
