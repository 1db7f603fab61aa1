"""Before and after a tracking is stopped."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.domain.caller import Person
from bot.domain.money import dollars
from bot.domain.videos import Video
from bot.messages.wording import linked, name_of, plural, shortened, status_word
from bot.reply.call import Call
from bot.reply.model import Button, Field, Fields, Mention, Note, Reply, Tone, Weight, text

_NOTHING: Mapping[str, str] = {}
MOST_NAMED = 3
"""How many other trackings of a link are named by their ids."""


def stop_question(
    video: Video,
    snapshots_left: int | None,
    cost_per_snapshot: Decimal | None,
    carried: Mapping[str, str] = _NOTHING,
) -> Reply:
    """What stopping saves, with the button that does it, which is to have `carried` among its arguments."""
    return Reply(
        f"Stopping {name_of(video)} {_saves(snapshots_left, cost_per_snapshot)} Nothing is stopped until you press the "
        "button.",
        title="Stop this tracking?",
        parts=(
            Fields((Field("Video", text(linked(video))), Field("Status", text(status_word(video))))),
            Note(
                text(
                    "Collected data is kept. A stopped tracking can't be resumed; tracking the video again starts over."
                )
            ),
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
    """It is stopped, and what that saved; `others` are trackings of the same link that go on."""
    return Reply(
        f"Stopped {name_of(video)}. This {_saves(snapshots_left, cost_per_snapshot)}{_go_on(others)}",
        title="Stopped",
        parts=(Fields((Field("Video", text(linked(video))), Field("Status", text(status_word(video))))),),
        actions=(
            Button("Stats", Call("stats", {"video": video.id})),
            Button("Export", Call("export", {"video": video.id})),
            *(Button("Stop the other", Call("stop", {"video": each.id})) for each in others[:1]),
        ),
        tone=Tone.WARNING if others else Tone.SUCCESS,
        public_line=text(Mention(person.id, person.name), " stopped tracking ", linked(video), "."),
    )


def already_over(video: Video) -> Reply:
    """There is nothing to stop."""
    return Reply(
        f"{name_of(video)} is no longer tracked ({status_word(video)}), so there's nothing to stop.",
        actions=(Button("Stats", Call("stats", {"video": video.id})),),
    )


def _go_on(others: Sequence[Video]) -> str:
    if not others:
        return ""
    ids = ", ".join(shortened(each.id) for each in others[:MOST_NAMED])
    one = len(others) == 1
    more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
    return (
        f" {plural(len(others), 'other tracking')} of this link {'is' if one else 'are'} still running and billed: "
        f"{ids}{more}. Use /stop with an id to stop one."
    )


def _saves(snapshots_left: int | None, cost_per_snapshot: Decimal | None) -> str:
    if snapshots_left is None or cost_per_snapshot is None:
        return "saves whatever is left; the API doesn't say how much."
    saved = dollars(snapshots_left * cost_per_snapshot)
    return f"saves up to {saved} ({plural(snapshots_left, 'snapshot')} not collected yet)."
