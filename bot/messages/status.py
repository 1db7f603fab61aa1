"""Status: the card lists only problems, the details have every fact."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.growth import ago
from bot.messages.wording import plural
from bot.reply.call import Call
from bot.reply.model import (
    Button,
    Channel,
    Column,
    Field,
    Fields,
    Item,
    Listing,
    Note,
    Paragraph,
    Part,
    Reply,
    Text,
    Time,
    Tone,
    text,
)
from bot.store.coordination import FRESH, SCHEDULER, Service
from bot.store.outbox import DeadLetter, Queue

FORGOTTEN = timedelta(days=1)
_NO_SCHEDULER = (
    "No digests or alerts are posted, because no scheduler runs. Ask your admin to start contentstats-bot run, or run "
    "--only scheduler beside it."
)


@dataclass(frozen=True, slots=True)
class Health:
    """The facts for /status. `error` is the API's error, empty if it answers; times are None if never.

    `polled_at` is the wallet's last background sync, `poll_problem` why it has failed since, and `polls_at` its next
    try. `services` are the parts of the program, and `is_posting` is whether a digest or an alert is on here.
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
    services: tuple[Service, ...] = ()
    is_posting: bool = False

    @property
    def needs_scheduler(self) -> bool:
        """Whether something here needs a scheduler, and none runs."""
        return (self.is_posting or bool(self.queue.waiting)) and not any(
            each.name == SCHEDULER and each.is_up(self.now) for each in self.services
        )

    @property
    def down(self) -> tuple[Service, ...]:
        """Chats that aren't being read. One last read over a day ago counts as removed on purpose."""
        lately = [each for each in self.services if each.name != SCHEDULER and self.now - each.seen_at < FORGOTTEN]
        return tuple(each for each in lately if not each.is_up(self.now))


def health(found: Health) -> Reply:
    """Whether everything works; if not, what doesn't."""
    problems = tuple(_problems(found))
    retry = (Button("Retry", Call("outbox.retry")),) if found.queue.dead else ()
    return Reply(
        problems[0] if problems else "Everything is working.",
        title="Status",
        parts=tuple(Paragraph(text(each)) for each in problems[1:]),
        actions=(*retry, Button("Refresh", Call("status", in_place=True)), Button("Details", Call("status.details"))),
        tone=Tone.WARNING if problems else Tone.SUCCESS,
    )


def health_details(found: Health) -> Reply:
    """Every fact of the status."""
    chats = [each for each in found.services if each.name != SCHEDULER]
    scheduler = next((each for each in found.services if each.name == SCHEDULER), None)
    fields = (
        Field("ContentStats", text(found.error or ("responding" if found.has_key else "not checked"))),
        Field("Wallet last read", _past(found.usage_at, found.now)),
        Field("Videos last listed", _past(found.swept_at, found.now)),
        Field("Last poll", _poll(found)),
        Field("Last digest", _past(found.last_digest_at, found.now)),
        Field("Next digest", text("none" if found.next_digest_at is None else Time(found.next_digest_at))),
        Field("Messages waiting", _waiting(found.queue, found.now)),
        Field("Last posted", _past(found.queue.last_sent_at, found.now)),
        Field("Unclear requests", text(str(found.unclear))),
        *(Field(f"{each.name.capitalize()} commands", _service(each, found.now)) for each in chats),
        Field("Scheduler", _service(scheduler, found.now)),
    )
    notes = () if found.complete else (Note(text("Your account has more videos than ContentStats lists.")),)
    return Reply(
        f"Version {found.version}, {_key(found)}.",
        title="Status details",
        parts=(Fields(fields), *_dead(found.queue), *notes),
    )


def retried(count: int) -> Reply:
    """Confirmation that dead letters are posted again."""
    if not count:
        return Reply("No messages failed recently, so there's nothing to post again.")
    return Reply(
        f"I'm posting {plural(count, 'message')} again now. Digests and alerts that were turned off stay off; /digest "
        "and /alerts turn them on.",
        actions=(Button("Show status", Call("status")),),
        tone=Tone.SUCCESS,
    )


def _problems(found: Health) -> Iterator[str]:
    """Problems, the most important first."""
    if not found.has_key:
        yield "This workspace has no API key. Link one with /connect, or ask your admin to set CONTENTSTATS_API_KEY."
    if found.error:
        yield f"ContentStats isn't answering properly: {found.error} The last known numbers are still shown."
    for each in found.down:
        yield f"{each.name.capitalize()} is down: {each.problem or 'the process that reads it stopped.'}"
    if found.poll_problem:
        why = "." if found.poll_problem == found.error else f": {found.poll_problem}"
        yield f"Automatic updates are paused{why}"
    if found.unclear:
        open_ones = plural(found.unclear, "request")
        yield f"{open_ones} to track may or may not have started. I keep checking, and never send one twice."
    if found.queue.dead:
        yield f"{plural(found.queue.dead_count, 'message')} couldn't be posted in the last seven days."
    if found.needs_scheduler:
        yield _NO_SCHEDULER


def _service(service: Service | None, now: datetime) -> Text:
    if service is None:
        return text("never ran")
    if now - service.seen_at > FRESH:
        return text(f"not running, last seen {ago(now - service.seen_at)} ago")
    return text(service.problem or "running")


def _waiting(queue: Queue, now: datetime) -> Text:
    age = f", the oldest for {ago(now - queue.oldest_at)}" if queue.oldest_at is not None else ""
    return text(f"{queue.waiting}{age}" if queue.waiting else "none")


def _dead(queue: Queue) -> tuple[Part, ...]:
    if not queue.dead:
        return ()
    columns = (Column("Channel"), Column("Why"), Column("Failed at"))
    return (Listing("Messages that couldn't be posted", columns, tuple(map(_item, queue.dead))),)


def _item(dead: DeadLetter) -> Item:
    channel = Channel(dead.channel_id) if dead.channel_id else "Direct message"
    when = Time(dead.ended_at)
    return Item(text(channel), (text(dead.reason), text(when)), text(dead.reason, " · ", when))


def _key(found: Health) -> str:
    if not found.has_key:
        return "without an API key"
    return "with a test key" if found.is_test else "with a live key"


def _past(at: datetime | None, now: datetime) -> Text:
    return text("never" if at is None else f"{ago(now - at)} ago")


def _poll(found: Health) -> Text:
    if not found.poll_problem or found.polls_at is None:
        return _past(found.polled_at, found.now)
    return text(f"failing: {found.poll_problem} Next try in {ago(found.polls_at - found.now)}.")
