"""Digest card for a channel, on one screen, and the two notices for a digest that can't be made.

Once a video that it offered to stop was stopped, the posted digest is shown without that offer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.digests.facts import DigestFacts, DigestMoney, details_call
from bot.domain.caller import Person
from bot.domain.clock import moment_text
from bot.domain.digest import Ranked, Section, Total, VideoChange, Window
from bot.domain.growth import ago, metric_name, percent, short_change, short_count, signed_count
from bot.domain.money import dollars
from bot.domain.schedule import Schedule
from bot.domain.videos import DAY, HOUR, Metric, Video
from bot.messages.wording import (
    at_latest,
    available,
    can_finish,
    linked,
    move_words,
    name_of,
    plural,
    running_words,
    series,
    shortened,
    track_on_offer,
)
from bot.reply.call import Call
from bot.reply.model import (
    Action,
    Bold,
    Button,
    LinkButton,
    Mention,
    Menu,
    Note,
    Paragraph,
    Part,
    Reply,
    Select,
    Span,
    Text,
    Time,
    Tone,
    text,
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a channel gets a digest: its title, when the next one comes, and how late this one is.

    `due_at` is set if it is late, `next_at` is None if nothing is scheduled; `ref` identifies the post for its own
    buttons and is empty in a preview.
    """

    title: str
    next_at: datetime | None
    due_at: datetime | None = None
    ref: str = ""


def digest(facts: DigestFacts, delivery: Delivery) -> Reply:
    """The digest as a post or a preview."""
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
    """One-time notice in a channel with a digest whose workspace has no API key."""
    return Reply(
        "No digest: no ContentStats API key is linked to this workspace. Ask an admin to link one with /connect; "
        "digests then start on their own.",
        title="Digest",
        actions=(Button("Connect", Call("connect")),),
        tone=Tone.WARNING,
    )


def digests_missed(due_at: datetime, channel: Span) -> Reply:
    """Notice to the person who set up a digest, if one was skipped because it was too late."""
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
    """How many movers to name: one beside a leaderboard, and none if the leaderboard names the videos."""
    if not facts.board:
        return MOST_NAMED
    return int(facts.options.ranked is not Ranked.VIDEOS)


def _lines(facts: DigestFacts) -> Iterator[Text]:
    """One line per kind of event, and one for money."""
    shown = facts.options.sections
    yield from board_lines(facts)
    if Section.VIDEOS in shown:
        yield from names_line("New", facts.new)
        yield from names_line("Finished", facts.finished)
    if Section.ENDING in shown:
        yield from names_line("Ending", facts.ending)
    if Section.FLAT in shown:
        yield from names_line("Flattened", facts.flat, _saving(facts))
    if facts.money is not None:
        yield money_line(facts, facts.money)


def _saving(facts: DigestFacts) -> str:
    """What stopping the flattened videos saves; empty in a digest without money."""
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
    """Reasons why the totals are less reliable, in a few words each."""
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


MOST_NAMED = 3
"""Movers or leaderboard places named on the card; the picture and the details show more."""
LINE = 31
"""Letters per line on a phone; bold and wide ones take more room."""


def summary(facts: DigestFacts) -> str:
    """Summary of the period, in two sentences."""
    span = ago(facts.window.length)
    is_free = facts.money is None or not facts.money.spent
    if not any(facts.running) and is_free and not any((facts.totals, facts.new, facts.finished)):
        return f"Nothing was tracked in the last {span}. /track with a link shows what a video costs."
    if not facts.totals:
        return f"No new numbers in {span} from {running_words(facts.running)}."
    is_current = facts.told_until == facts.window.end
    until = "" if is_current or facts.newest_at is None else f", read up to {moment_text(facts.newest_at)}"
    return " ".join([f"{series(gains(facts))} in {span}{until}.", *_compared(facts)])


def gains(facts: DigestFacts) -> tuple[str, ...]:
    """Gain of each metric."""
    return tuple(f"{signed_count(each.delta)} {each.metric}" for each in facts.totals)


def _compared(facts: DigestFacts) -> Iterator[str]:
    """Comparison with the period before, and the number of new videos."""
    count = len(facts.new)
    total = next((each for each in facts.totals if each.trend is not None), None)
    if total is not None:
        videos = "video" if total.alike == 1 else f"{total.alike:,} videos"
        gained = _trend(total, names=len(facts.totals) > 1)
        trend = f"The {videos} that also ran {_before(facts.window)} gained {gained}"
        yield f"{trend}; {plural(count, 'is', 'are')} new." if count else f"{trend}."
    elif count:
        yield f"{plural(count, 'video is', 'videos are')} new."


def _before(window: Window) -> str:
    """The period before; a clock change makes a day or a week an hour longer or shorter."""
    spans = ((DAY, "the day before"), (7 * DAY, "the week before"))
    return next((words for span, words in spans if abs(window.length - span) <= HOUR), "before")


def _trend(total: Total, *, names: bool) -> str:
    metric = f" {total.metric}" if names else ""
    if not total.trend:
        return f"as many{metric}" if names else "as much"
    share = percent(abs(total.trend)).replace(".0%", "%")
    return f"{share} {'more' if total.trend > 0 else 'fewer' if names else 'less'}{metric}"


def names_line(head: str, videos: Sequence[VideoChange], end: str = "") -> Iterator[Text]:
    """One line with the largest video by name and the number of others; nothing without videos."""
    if not videos:
        return
    more = f" +{len(videos) - 1:,} more" if len(videos) > 1 else ""
    name = shortened(name_of(videos[0].video), LINE - 4 - len(head) - len(more))
    yield text(Bold(f"{head}:"), f" {name}{more}", end)


def board_lines(facts: DigestFacts) -> Iterator[Text]:
    """The top of the leaderboard, each place with its gain and its move."""
    if facts.board:
        yield text(Bold(board_title(facts)))
    for name, place, _, has_moves in facts.board[:MOST_NAMED]:
        move = f" {move_words(place)}" if has_moves else ""
        yield text(f"{place.rank}. ", *name, Bold(f" {short_change(place.gain)}"), move.rstrip())


def board_title(facts: DigestFacts) -> str:
    """Title of the leaderboard; it names the metric unless that is views."""
    by = {each.metric for each in facts.board} - {Metric.VIEWS}
    return " ".join([f"Top {facts.options.ranked}", *(f"by {each}" for each in by)])


def money_line(facts: DigestFacts, money: DigestMoney) -> Text:
    """What was spent, what is left, and whether that is enough."""
    state = money.wallet
    as_of = "" if facts.window.end - state.as_of <= HOUR else f" (as of {moment_text(state.as_of, facts.window.end)})"
    there = f", {available(state.usage)} available{as_of}"
    test = "Test key: " if facts.is_test else "All videos: " if facts.campaign else ""
    if state.runway.empty_at is not None and state.usage.available <= 0:
        enough = ". Tracking pauses until you add credit."
    elif state.runway.empty_at is not None:
        enough = f". It would run out {moment_text(state.runway.empty_at)}{at_latest(state)}."
    elif not state.owed and not state.open_ended:
        enough = "."
    elif state.is_certain and not state.is_short:
        enough = ", enough for all running videos."
    else:
        enough = f". {can_finish(state)}"
    return text(test, Bold(f"{spent_words(facts, money).capitalize()} spent"), f"{there}{enough}")


def spent_words(facts: DigestFacts, money: DigestMoney) -> str:
    """Spend in the window; "at least" if collected snapshots may be unread."""
    is_all = facts.complete and not facts.unread and facts.told_until == facts.window.end
    return f"{'' if is_all else 'at least '}{dollars(money.spent + money.carry, down=True)}"


def digest_title(schedule: Schedule) -> str:
    """Title of a digest with this schedule."""
    if schedule.month_day is not None:
        return "Monthly digest"
    return {0: "Daily digest", 1: "Weekly digest"}.get(len(schedule.weekdays), "Digest")


def with_stopped(post: Reply, video: Video, person: Person) -> Reply:
    """The post without the offer to stop this video, and with a note of who stopped it."""
    note = Note(text(Mention(person.id, person.name), f" stopped {shortened(name_of(video), 20)}"))
    return replace(post, parts=(*post.parts, note), actions=tuple(_left(post, video.id)))


def _left(post: Reply, video_id: str) -> Iterator[Action]:
    for action in post.actions:
        match action:
            case Button(call=call) if call.command == "stop" and call.arguments.get("video") == video_id:
                continue
            case Select(call=call, options=options) if call.command == "stop":
                others = tuple(each for each in options if each.value != video_id)
                if others:
                    yield replace(action, options=others)
            case Button() | LinkButton() | Select() | Menu():
                yield action
