"""What works and what does not, in one look."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.letters import DeadLetter, Queue
from bot.messages.wording import plural
from bot.reply.call import Call
from bot.reply.model import Button, Channel, Column, Field, Fields, Note, Part, Reply, Table, Text, Time, Tone, text


@dataclass(frozen=True, slots=True)
class Health:
    """The facts of a look around. `error` is the API's last answer where it was none; times are None where never.

    `polled_at` is when the wallet was last read by itself, `poll_problem` why that fails since, and `polls_at` when it
    is tried next.
    """

    version: str
    now: datetime
    has_key: bool = False
    is_test: bool = False
    error: str = ""
    usage_at: datetime | None = None
    swept_at: datetime | None = None
    last_digest_at: datetime | None = None
    next_digest_at: datetime | None = None
    complete: bool = True
    unclear: int = 0
    polled_at: datetime | None = None
    polls_at: datetime | None = None
    poll_problem: str = ""
    queue: Queue = field(default_factory=Queue)


def health(found: Health) -> Reply:
    """The look around as a card."""
    fields = (
        Field("API key", text(_key(found))),
        Field("ContentStats", text(found.error or ("answers" if found.has_key else "not asked"))),
        Field("Wallet last read", _moment(found.usage_at)),
        Field("Videos last listed", _moment(found.swept_at)),
        Field("Last digest up to", _moment(found.last_digest_at)),
        Field("Next digest", _moment(found.next_digest_at, "none is on")),
        Field("Last poll", _poll(found)),
        Field("Unclear requests", text(str(found.unclear))),
        Field("Messages waiting", _waiting(found.queue)),
        Field("Last posted", _moment(found.queue.last_sent_at)),
        Field("Version", text(found.version)),
    )
    notes = () if found.complete else (Note(text("The account holds more videos than the API lists.")),)
    works = found.has_key and not (found.error or found.unclear or found.poll_problem) and not found.queue.dead
    retry = (Button("Post them again", Call("letters.retry")),) if found.queue.dead else ()
    return Reply(
        _summary(found),
        title="Status",
        parts=(Fields(fields), *_dead(found.queue), *notes),
        actions=(Button("Refresh", Call("status")), *retry),
        tone=Tone.SUCCESS if works else Tone.WARNING,
    )


def retried(count: int) -> Reply:
    """What was given up is posted after all."""
    if not count:
        return Reply("Nothing was given up lately, so there is nothing to post again.", title="Messages")
    sentence = f"{plural(count, 'message')} that could not be posted will be tried again now."
    return Reply(
        f"{sentence} What was switched off with them stays off: /digest and /alerts switch it on.",
        title="Messages",
        actions=(Button("Show status", Call("status")),),
        tone=Tone.SUCCESS,
    )


def _summary(found: Health) -> str:
    if not found.has_key:
        return "No API key is known for this workspace: /connect links one, or the operator sets CONTENTSTATS_API_KEY."
    if found.error:
        return f"ContentStats does not answer as it should: {found.error} Known numbers are still shown."
    if found.poll_problem:
        return f"Nothing is read by itself for the moment: {found.poll_problem}"
    if found.unclear:
        open_ones = plural(found.unclear, "request")
        return f"{open_ones} to track may or may not have started; each is looked up, never sent twice."
    if found.queue.dead:
        return f"{plural(found.queue.dead_count, 'message')} could not be posted in the last seven days."
    return "Everything works."


def _waiting(queue: Queue) -> Text:
    if not queue.waiting:
        return text("none")
    return (
        text(str(queue.waiting)) if queue.oldest_at is None else text(f"{queue.waiting}, since ", Time(queue.oldest_at))
    )


def _dead(queue: Queue) -> tuple[Part, ...]:
    if not queue.dead:
        return ()
    columns = (Column("Given up"), Column("Channel"), Column("Why"))
    caption = "Messages that could not be posted"
    return (Table(caption, columns, tuple(_row(letter) for letter in queue.dead)),)


def _row(letter: DeadLetter) -> tuple[Text, ...]:
    channel = Channel(letter.channel_id) if letter.channel_id else "direct message"
    return text(Time(letter.ended_at)), text(channel), text(letter.reason)


def _key(found: Health) -> str:
    if not found.has_key:
        return "none"
    return "set, a test key: nothing is charged" if found.is_test else "set, live"


def _moment(at: datetime | None, never: str = "never") -> Text:
    return text(never) if at is None else text(Time(at))


def _poll(found: Health) -> Text:
    if not found.poll_problem or found.polls_at is None:
        return _moment(found.polled_at)
    return text(f"fails: {found.poll_problem} Tried again at ", Time(found.polls_at))
