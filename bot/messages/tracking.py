"""The outcome of links: already tracked, started, not started and why, or not known yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bot.domain.caller import Person
from bot.domain.clock import moment_text
from bot.domain.money import dollars
from bot.domain.tracking import RequestState, TrackRequest
from bot.domain.videos import Video, VideoStatus
from bot.messages.campaign import Into, joined_words
from bot.messages.offer import ADD_CREDIT, BILLED_TWICE, Row, links, starter
from bot.messages.wording import linked, name_of, name_of_link, platform_name, plural, status_word, video_actions
from bot.reply.call import Call
from bot.reply.model import (
    Action,
    Button,
    Column,
    Field,
    Fields,
    Item,
    Link,
    Listing,
    Mention,
    Note,
    Paragraph,
    Plain,
    Reply,
    Span,
    Text,
    Time,
    Tone,
    Weight,
    text,
)
from bot.reply.plain import plain_spans


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one request: its video if one runs, and `words` unless it was simply started.

    `is_refused`: this press did nothing, whatever the request's state; `is_news`: this press found out about the start,
    so that the channel is notified once; `is_under_way`: the request's API call may still be running.
    """

    request: TrackRequest
    video: Video | None = None
    words: str = ""
    short_of_money: bool = False
    is_refused: bool = False
    is_news: bool = False
    is_under_way: bool = False

    @property
    def started(self) -> bool:
        """Whether this request started a tracking, now or earlier."""
        return self.request.state is RequestState.TRACKING and not self.is_refused

    @property
    def has_failed(self) -> bool:
        """Whether the tracking was started but doesn't work, as that of a private video."""
        return self.started and self.video is not None and self.video.status == VideoStatus.ERROR

    @property
    def is_unclear(self) -> bool:
        """Whether this request may or may not have started a tracking."""
        is_open = self.request.state in {RequestState.SUBMITTED, RequestState.UNKNOWN} and not self.is_refused
        return is_open or self.is_under_way


def outcome_card(
    results: Sequence[Result], note: Note | None = None, again: Button | None = None, *, hides_money: bool = False
) -> Reply:
    """One card per press: a single result or a table, with the public line about spending.

    `note` is an additional note about alerts; `again` starts what needs a second press. The public line omits amounts
    in a channel that `hides_money`.
    """
    card = _single(results[0]) if len(results) == 1 else _several(results)
    if again is not None:  # replaces the first card, whose buttons would only ask the same question
        title = "Track it anyway?" if len(results) == 1 else card.title
        card = replace(card, title=title, actions=(again, *card.actions), tone=Tone.WARNING)
    card = replace(card, public_line=_public_line(results, with_cost=not hides_money))
    return replace(card, parts=(*card.parts, note)) if note else card


def second_press(batch: str, days: int, videos: int, cost: Decimal, despite: int = 0) -> Button:
    """The button that starts videos although they may be tracked already; `cost` is dollars for all of them.

    `despite` is the id of their newest unclear start.
    """
    what = "it" if videos == 1 else f"the {videos}"
    accepted = {"despite": str(despite)} if despite else {}
    call = Call("track.start", {"batch": batch, "days": str(days), "sure": "yes", **accepted})
    return Button(f"Track {what} anyway · {dollars(cost)}", call, Weight.CONFIRM)


def _several(results: Sequence[Result]) -> Reply:
    started = [result for result in results if result.started and not result.has_failed]
    unclear = [result for result in results if result.is_unclear]
    doubt = ""
    if unclear:
        doubt = f" {plural(len(unclear), 'video')} may have been started too, for up to {dollars(_cost(unclear))} more."
    return Reply(
        f"{len(started)} of {plural(len(results), 'video')} started, up to {dollars(_cost(started))} in total.{doubt}",
        title="Tracking started" if started else "Not clear yet" if unclear else "Nothing was started",
        parts=(_listing(results), *((_KEEPS_LOOKING,) if unclear else ())),
        actions=_actions(results),
        tone=Tone.SUCCESS if len(started) == len(results) else Tone.WARNING,
    )


def announcement(result: Result) -> Reply:
    """The public line for a channel about a start that was found out without a command.

    It omits the cost: people of another company may read the channel by now.
    """
    return Reply(plain_spans(_public_line((replace(result, is_news=True),), with_cost=False)))


def cancelled() -> Reply:
    """Confirmation that a proposal was cancelled."""
    return Reply("Cancelled. Nothing was started or spent.")


_KEEPS_LOOKING = Note(
    text("I keep checking your account, and never repeat the request on my own. Two starts are billed twice.")
)


def _single(result: Result) -> Reply:
    if result.started:
        return _failed(result) if result.has_failed else _started(result)
    if result.is_under_way:
        return _under_way(result)
    if result.is_unclear:
        return Reply(
            result.words or "I don't know yet whether tracking started.",
            title="Not clear yet",
            parts=(Paragraph(text(_named(result))), _KEEPS_LOOKING),
            actions=_actions((result,)),
            tone=Tone.WARNING,
        )
    actions = video_actions(result.video) if result.video is not None else _actions((result,))
    return Reply(
        f"{result.words[:1].upper()}{result.words[1:]}",
        title="Not started",
        parts=(Paragraph(text(_named(result))),),
        actions=actions,
        tone=Tone.PROBLEM,
    )


def _started(result: Result) -> Reply:
    request = result.request
    days, cost = plural(request.days or 0, "day"), dollars(request.cost or Decimal())
    runs = result.video is None or result.video.collects
    then = "The first snapshot arrives within an hour." if runs else _state_words(result)
    return Reply(
        f"{days}, up to {cost}. {then}{' ' + result.words if result.words else ''}",
        title="Tracking started",
        parts=(Paragraph(text(_named(result))),),
        actions=video_actions(result.video) if result.video else (),
        tone=Tone.SUCCESS if runs else Tone.WARNING,
        strong=(days, cost),
    )


def _failed(result: Result) -> Reply:
    return Reply(
        f"{_state_words(result)} Nothing is collected or billed while that lasts. Check that the video is public and "
        "still there.",
        title="Tracking failed",
        parts=(Paragraph(text(_named(result))),),
        actions=video_actions(result.video) if result.video else (),
        tone=Tone.WARNING,
    )


def _state_words(result: Result) -> str:
    return "" if result.video is None else f"ContentStats reports its status as {status_word(result.video)}."


def _under_way(result: Result) -> Reply:
    """Reply to a second press or question while the first is under way: its own card will show the outcome."""
    return Reply(
        "Tracking is starting; ContentStats hasn't answered yet. Asking again won't start it or charge for it twice.",
        title="Already starting" if result.is_refused else "Starting",
        parts=(Paragraph(text(_named(result))),),
        actions=_actions((result,)),
        tone=Tone.PROBLEM if result.is_refused else Tone.WARNING,
    )


def _listing(results: Sequence[Result]) -> Listing:
    items = tuple(Item(text(_named(each)), (_outcome(each),), _outcome(each)) for each in results)
    return Listing("Videos", (Column("Video"), Column("Outcome")), items)


def _outcome(result: Result) -> Text:
    if result.has_failed:
        return text("failed: ContentStats reports its status as error")
    if result.started:
        return text(f"started, up to {dollars(result.request.cost or Decimal())}")
    if result.is_under_way:
        return text("starting right now")
    if result.is_unclear:
        return text("not clear yet")
    return text(f"not started; {result.words[:1].lower()}{result.words[1:]}")


def _named(result: Result) -> Span:
    if result.video is not None:
        return linked(result.video)
    return Link(name_of_link(result.request.link, result.request.platform), result.request.link)


def _actions(results: Sequence[Result]) -> tuple[Action, ...]:
    check = Button("Check again", Call("track.check", {"batch": results[0].request.batch}))
    second = Button("Start another", Call("track.again", {"batch": results[0].request.batch}))
    unclear = any(result.is_unclear for result in results)
    waits = any(result.is_unclear and not result.is_under_way for result in results)
    short = any(result.short_of_money for result in results)
    return (
        *((check,) if unclear else ()),
        *((second,) if waits else ()),
        *((ADD_CREDIT,) if short else ()),
        Button("My videos", Call("videos")),
    )


def _public_line(results: Sequence[Result], *, with_cost: bool) -> Text:
    """One line about everything that was just started."""
    started = [result for result in results if result.started and result.is_news]
    if not started:
        return ()
    person: Person = started[0].request.person
    what: Span = _named(started[0]) if len(started) == 1 else Plain(plural(len(started), "video"))
    days = plural(started[0].request.days or 0, "day")
    failed = [result for result in started if result.has_failed]
    runs = [result for result in started if not result.has_failed]
    cost = f", up to {dollars(_cost(runs))}" if with_cost and runs else ""
    then = f" {len(failed)} of them failed." if len(started) > 1 else f" {_state_words(started[0])}"
    line = f" for {days}{cost}.{then if failed else ''}"
    return text(Mention(person.id, person.name), " started tracking ", what, line)


def _cost(results: Sequence[Result]) -> Decimal:
    return sum((result.request.cost or Decimal() for result in results), Decimal())


def unclear_words(at: datetime) -> str:
    """Why a second start needs another press, from mid-sentence on."""
    return f"an earlier start of this video ({moment_text(at)}) is still unclear. {BILLED_TWICE}"


def may_run_words(platform: str) -> str:
    """Why a video unknown here may be tracked nevertheless, from mid-sentence on."""
    hidden = f"ContentStats doesn't list all running {platform_name(platform)} videos"
    return f"it may already be tracked: {hidden}. Tracking it twice is billed twice."


def already_tracked(row: Row, now: datetime, into: Into | None = None) -> Reply:
    """Reply if the video is tracked already: who started it, and that nothing is spent."""
    if row.hidden or row.video is None:
        return Reply(
            f"Another workspace with the same API key {_state(row)}. Nothing was spent. Ask your admin if you need its "
            "numbers here.",
            title="Already tracked",
            tone=Tone.WARNING,
        )
    return Reply(
        f"This video is already being tracked ({status_word(row.video)}). Nothing was spent.{joined_words(into)}",
        title=name_of(row.video),
        parts=(Fields((Field("Started by", starter(row)), *_times(row.video, now))),),
        actions=video_actions(row.video),
    )


def _state(row: Row) -> str:
    return "is starting this video right now" if row.in_flight else "tracks this video"


def nothing_new(rows: Sequence[Row], into: Into | None = None) -> Reply:
    """Reply if none of several links can be started."""
    added = f" {plural(into.joined, 'video')} added to {into.name}." if into is not None else ""
    return Reply(
        f"There's nothing new to track in these links. Nothing was spent.{added}",
        title="Nothing to start",
        parts=links(rows),
        tone=Tone.WARNING,
    )


def _times(video: Video, now: datetime) -> tuple[Field, ...]:
    if video.started_at is None:
        return ()
    return (Field("Since", text(Time(min(video.started_at, now), now))),)
