"""The digest as a channel reads it, on one screen, and the two notices for a digest that can't be made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.digests.details_card import details_call
from bot.digests.facts import DigestFacts
from bot.digests.summary import LINE, MOST_NAMED, board_lines, gains, money_line, names_line, summary
from bot.domain.clock import moment_text
from bot.domain.digest import Ranked, Section
from bot.domain.growth import metric_name, short_count
from bot.domain.money import dollars
from bot.messages.tracking_on import track_on_offer
from bot.messages.wording import linked, plural
from bot.reply.call import Call
from bot.reply.model import Action, Bold, Button, Note, Paragraph, Part, Reply, Span, Text, Time, Tone, text


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one channel gets it: what it is called, when the next one comes, and how late this one is.

    `due_at` is given where it comes late, `next_at` is None where nothing is scheduled; `ref` names this post to its
    own buttons and is empty in a preview.
    """

    title: str
    next_at: datetime | None
    due_at: datetime | None = None
    ref: str = ""


def digest(facts: DigestFacts, delivery: Delivery) -> Reply:
    """The post, or its preview."""
    is_short = facts.money is not None and facts.money.wallet.is_short
    return Reply(
        summary(facts),
        title=f"{delivery.title} · {facts.campaign}" if facts.campaign else delivery.title,
        parts=(*_movers(facts), *map(Paragraph, _lines(facts)), _small_print(facts, delivery)),
        actions=_actions(facts, delivery),
        tone=Tone.WARNING if is_short or facts.unread or delivery.due_at else Tone.INFO,
        is_silent=facts.options.is_silent,
        strong=gains(facts),
    )


def digest_without_key() -> Reply:
    """What a channel reads, once, that wants a digest of a workspace without an API key."""
    return Reply(
        "No digest: no ContentStats API key is linked to this workspace. Ask an admin to link one with /connect; "
        "digests then start on their own.",
        title="Digest",
        actions=(Button("Connect", Call("connect")),),
        tone=Tone.WARNING,
    )


def digests_missed(due_at: datetime, channel: Span) -> Reply:
    """What the person who set a digest up reads when one was left out because it came too late."""
    return Reply(
        f"The digest due {moment_text(due_at)} was skipped because the bot was offline for too long. The next "
        "one covers that period too.",
        title="Digest skipped",
        parts=(Note(text("It was for ", channel, ".")),),
        tone=Tone.WARNING,
    )


def _movers(facts: DigestFacts) -> Iterator[Part]:
    if Section.MOVERS not in facts.options.sections:
        return
    for moved, change in facts.movers[: _named(facts)]:
        metric = metric_name(moved.video.platform, moved.metric)
        gain = f" +{short_count(change.delta)} {metric}"
        yield Paragraph(text(linked(moved.video, LINE - len(gain)), Bold(gain)))
    if facts.picture is not None:
        yield facts.picture


def _named(facts: DigestFacts) -> int:
    """How many movers are named: one beside a leaderboard, and none beside one that names the videos."""
    if not facts.board:
        return MOST_NAMED
    return int(facts.options.ranked is not Ranked.VIDEOS)


def _lines(facts: DigestFacts) -> Iterator[Text]:
    """A line for each thing that happened, and one for the money."""
    shown = facts.options.sections
    yield from board_lines(facts)
    if Section.VIDEOS in shown:
        yield from names_line("New", facts.new)
        yield from names_line("Finished", facts.finished)
    if Section.ENDING in shown:
        yield from names_line("Ends in 24 h", facts.ending)
    if Section.FLAT in shown:
        yield from names_line("Flattened", facts.flat, _saving(facts))
    if facts.money is not None:
        yield money_line(facts, facts.money)


def _saving(facts: DigestFacts) -> str:
    """What stopping the flattened videos saves; nothing in a digest without money."""
    if facts.cost_per_snapshot is None:
        return ""
    saved = facts.cost_per_snapshot * sum(each.saves or 0 for each in facts.flat)
    return f"; stopping saves up to {dollars(saved)}."


def _small_print(facts: DigestFacts, delivery: Delivery) -> Note:
    late = text("Posted late: due ", Time(delivery.due_at), ". ") if delivery.due_at is not None else ()
    following = text(" Next: ", Time(delivery.next_at), ".") if delivery.next_at is not None else ()
    if facts.newest_at is None:
        return Note(text(*late, "No snapshot has been read yet.", *following))
    doubts = "; ".join(_doubts(facts))
    return Note(text(*late, "As of ", Time(facts.newest_at), f" ({doubts})" if doubts else "", ".", *following))


def _doubts(facts: DigestFacts) -> Iterator[str]:
    """What changes how much the sums are to be believed, in a few words each."""
    if facts.coverage.collected < facts.coverage.expected:
        yield f"{facts.coverage.collected:,} of {facts.coverage.expected:,} snapshots"
    if facts.unread:
        yield f"none from {plural(facts.unread, 'running video')}"
    if not facts.complete:
        yield "older videos may be missing"


def _actions(facts: DigestFacts, delivery: Delivery) -> tuple[Action, ...]:
    shows_money = Section.MONEY in facts.options.sections
    growing = [each.video for each in facts.growing] if Section.ENDING in facts.options.sections else []
    return (
        *track_on_offer(growing),
        *((Button("Details", details_call(facts, delivery.ref)),) if facts.newest_at is not None else ()),
        Button("My videos", Call("videos")),
        *((Button("Wallet", Call("usage")),) if shows_money else ()),
    )
