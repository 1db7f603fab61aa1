"""What the bot says of messages that it could not post."""

from dataclasses import replace
from datetime import datetime

from bot.reply.model import Channel, Field, Fields, Note, Reply, Time, Tone, text


def channel_closed(channel_id: str, message: str, reason: str) -> Reply:
    """To whoever had switched something on in a channel that takes no message any more. `reason` says what to do."""
    return Reply(
        f"I can't post in a channel any more: {reason}",
        title="Turned off",
        parts=(
            Fields((Field("Channel", text(Channel(channel_id))), Field("Not posted", text(message)))),
            Note(text("Its digest and alerts are off. Use /digest and /alerts there to turn them back on.")),
        ),
        tone=Tone.PROBLEM,
    )


def late(reply: Reply, since: datetime) -> Reply:
    """The message as it is posted long after it was written, because nothing could be posted before."""
    note = Note(text("Posted late. Figures are as of ", Time(since), "."))
    return replace(reply, parts=(*reply.parts, note))


def given_up(channel_id: str, message: str, reason: str) -> Reply:
    """To the owner of a message that could not be posted. What is switched on in its channel stays on."""
    return Reply(
        f"I couldn't post a message: {reason}",
        title="Not posted",
        parts=(
            Fields(
                (
                    Field("Channel", text(Channel(channel_id) if channel_id else "direct message")),
                    Field("Message", text(message)),
                )
            ),
            Note(text("Later messages are posted as usual. /status shows what is waiting and what failed.")),
        ),
        tone=Tone.WARNING,
    )
