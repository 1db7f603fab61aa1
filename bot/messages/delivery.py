"""What the bot says of messages that it could not post."""

from dataclasses import replace
from datetime import datetime

from bot.reply.model import Channel, Field, Fields, Note, Reply, Time, Tone, text


def channel_closed(channel_id: str, message: str, reason: str) -> Reply:
    """To whoever had switched something on in a channel that takes no message any more. `reason` says what to do."""
    return Reply(
        f"A channel takes no messages of this bot any more: {reason}",
        title="Switched off",
        parts=(
            Fields((Field("Channel", text(Channel(channel_id))), Field("Not posted", text(message)))),
            Note(text("Its digest and its alerts are off. /digest and /alerts switch them on there again.")),
        ),
        tone=Tone.PROBLEM,
    )


def late(reply: Reply, since: datetime) -> Reply:
    """The message as it is posted long after it was written, because nothing could be posted before."""
    note = Note(
        text("This message is late: it could not be posted before, and tells how things were at ", Time(since), ".")
    )
    return replace(reply, parts=(*reply.parts, note))


def given_up(channel_id: str, message: str, reason: str) -> Reply:
    """To the owner of a message that could not be posted. What is switched on in its channel stays on."""
    return Reply(
        f"A message could not be posted: {reason}",
        title="Not posted",
        parts=(
            Fields(
                (
                    Field("Channel", text(Channel(channel_id) if channel_id else "direct")),
                    Field("Message", text(message)),
                )
            ),
            Note(text("The next ones are posted as usual. /status shows what waits and what failed.")),
        ),
        tone=Tone.WARNING,
    )
