"""The answer that carries a file."""

from datetime import datetime

from bot.messages.wording import plural
from bot.reply.call import Call
from bot.reply.model import Button, File, Note, Paragraph, Plain, Reply, Time, Tone, text


def exported(file: File, videos: int, snapshots: int, as_of: datetime, problem: str, unread: int = 0) -> Reply:
    """The file, how fresh it is, and how many videos are not in it because they were not read yet."""
    age = text("As of ", Time(as_of), ". Times are UTC; an empty cell is a metric that was not stated.")
    missing = (Paragraph(text(_unread(unread))),) if unread else ()
    return Reply(
        f"{plural(snapshots, 'snapshot')} of {plural(videos, 'video')} in {file.name}.",
        title="Export",
        parts=(*missing, Note((*age, Plain(f" Not newer: {problem}")) if problem else age)),
        files=(file,),
        tone=Tone.WARNING if problem or unread else Tone.SUCCESS,
    )


def nothing_to_export(problem: str, unread: int = 0) -> Reply:
    """No snapshot is known yet, because there is none or because it was not read."""
    sentence = _unread(unread) or "There is no snapshot to export yet; the first comes within an hour of the start."
    videos = Button("My videos", Call("videos"))
    return Reply(f"{sentence} {problem}".strip(), title="Export", actions=(videos,), tone=Tone.WARNING)


def _unread(videos: int) -> str:
    if not videos:
        return ""
    one = videos == 1
    was, its = ("was", "its") if one else ("were", "their")
    return (
        f"{plural(videos, 'video')} {was} not read yet, so {its} snapshots are missing. Export again in some minutes."
    )
