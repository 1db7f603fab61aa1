"""The answer that carries a file."""

from datetime import datetime

from bot.messages.wording import plural
from bot.reply.call import Call
from bot.reply.model import Button, File, Note, Plain, Reply, Time, Tone, text


def exported(file: File, videos: int, snapshots: int, as_of: datetime, problem: str) -> Reply:
    """The file and how fresh it is."""
    age = text("As of ", Time(as_of), ". Times are UTC; an empty cell is a metric that was not stated.")
    return Reply(
        f"{plural(snapshots, 'snapshot')} of {plural(videos, 'video')} in {file.name}.",
        title="Export",
        parts=(Note((*age, Plain(f" Not newer: {problem}")) if problem else age),),
        files=(file,),
        tone=Tone.WARNING if problem else Tone.SUCCESS,
    )


def nothing_to_export(problem: str) -> Reply:
    """No snapshot is known yet."""
    sentence = "There is no snapshot to export yet; the first comes within an hour of the start."
    videos = Button("My videos", Call("videos"))
    return Reply(f"{sentence} {problem}".strip(), title="Export", actions=(videos,), tone=Tone.WARNING)
