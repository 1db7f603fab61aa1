"""Cards of /stop: what stopping saves, and the confirmation."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.domain.caller import Person
from bot.domain.clock import moment_text
from bot.domain.money import dollars
from bot.domain.videos import Video
from bot.messages.wording import linked, name_of, plural, shortened, status_word
from bot.reply.call import Call
from bot.reply.model import Action, Button, Mention, Menu, MenuOption, Note, Paragraph, Reply, Tone, Weight, text

_NOTHING: Mapping[str, str] = {}
MOST_OFFERED = 25
"""Maximum number of other trackings of a link to choose from."""


def stop_question(
    video: Video, snapshots_left: int | None, cost_per_snapshot: Decimal | None, carried: Mapping[str, str] = _NOTHING
) -> Reply:
    """What stopping saves, with the button that stops, which passes on the `carried` arguments."""
    return Reply(
        f"Stopping {_saves(snapshots_left, cost_per_snapshot)}",
        title="Stop this tracking?",
        parts=(
            Paragraph(text(linked(video))),
            Note(text("Collected data is kept. Tracking the video again starts over.")),
        ),
        actions=(
            Button("Stop tracking", Call("stop.confirm", {**carried, "video": video.id}), Weight.DANGER),
            Button("Keep it", Call("stats", {"video": video.id})),
        ),
        tone=Tone.WARNING,
    )


def stopped(
    video: Video,
    snapshots_left: int | None,
    cost_per_snapshot: Decimal | None,
    person: Person,
    others: Sequence[Video] = (),
) -> Reply:
    """Confirmation of a stop and what it saved; `others` are trackings of the same link that still run."""
    return Reply(
        f"This {_saves(snapshots_left, cost_per_snapshot)}{_go_on(others)}",
        title="Stopped",
        parts=(Paragraph(text(linked(video))),),
        actions=(
            Button("Stats", Call("stats", {"video": video.id})),
            Button("Export", Call("export", {"video": video.id})),
            *_stop_others(others),
        ),
        tone=Tone.WARNING if others else Tone.SUCCESS,
        public_line=text(Mention(person.id, person.name), " stopped tracking ", linked(video), "."),
    )


def already_over(video: Video) -> Reply:
    """Reply if there is nothing to stop."""
    return Reply(
        f"{name_of(video)} is no longer tracked ({status_word(video)}), so there's nothing to stop.",
        actions=(Button("Stats", Call("stats", {"video": video.id})),),
    )


def _go_on(others: Sequence[Video]) -> str:
    if not others:
        return ""
    run = plural(len(others), "other tracking of this link is", "other trackings of this link are")
    return f" {run} still running and billed."


def _stop_others(others: Sequence[Video]) -> tuple[Action, ...]:
    calls = [(_since(each), Call("stop", {"video": each.id})) for each in others[:MOST_OFFERED]]
    if len(calls) == 1:
        return (Button("Stop the other", calls[0][1]),)
    return (Menu("Stop another…", tuple(MenuOption(since, call) for since, call in calls)),) if calls else ()


def _since(video: Video) -> str:
    """When a tracking started, which distinguishes it from others of its link; its id if unknown."""
    return shortened(video.id) if video.started_at is None else f"Started {moment_text(video.started_at)}"


def _saves(snapshots_left: int | None, cost_per_snapshot: Decimal | None) -> str:
    if snapshots_left is None:
        return "saves the rest of its cost; ContentStats doesn't state how much."
    if cost_per_snapshot is None:
        return f"saves up to {plural(snapshots_left, 'snapshot')} not collected yet."
    saved = dollars(snapshots_left * cost_per_snapshot)
    return f"saves up to {saved} ({plural(snapshots_left, 'snapshot')} not collected yet)."
