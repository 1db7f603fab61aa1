"""Attachments: file names that Discord keeps as they are, and the sizes that it accepts."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import PurePosixPath

from bot.reply.model import Paragraph, Reply, Tone, text
from bot.reply.spool import Content, size_of

MAX_FILE = 10 * 1024 * 1024
"""Bytes in one file (Discord, default of every server)."""
NEXT = "Export single videos instead."

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_NO_START = re.compile(r"^(?:[._-]|SPOILER_)+")  # Discord hides a file whose name begins with that word


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; `description` is its alt text."""

    name: str
    content: Content = field(repr=False)
    description: str = ""

    @property
    def url(self) -> str:
        """How the message's components name it."""
        return f"attachment://{self.name}"


def safe_name(name: str, taken: Collection[str]) -> str:
    """The name in characters that Discord keeps, and unlike those that are taken."""
    cleaned = PurePosixPath(_NO_START.sub("", _UNSAFE.sub("-", name)[-100:]).rstrip("._-") or "file")
    numbered = (f"{cleaned.stem}-{number}{cleaned.suffix}" for number in count(2))
    return next(each for each in chain([cleaned.name], numbered) if each not in taken)


def sendable(reply: Reply, most: int) -> Reply:
    """The reply with the files that Discord takes here, and a warning for each of the others."""
    lost = [file for file in reply.files if size_of(file.content) > most]
    if not lost:
        return reply
    told = tuple(
        Paragraph(
            text(
                f"{file.name} ({_size(size_of(file.content))}) is too large: Discord allows {_size(most)} here. {NEXT}"
            )
        )
        for file in lost
    )
    kept = tuple(file for file in reply.files if file not in lost)
    return replace(reply, parts=(*told, *reply.parts), files=kept, tone=Tone.WARNING)


def refused(reply: Reply, names: Iterable[str]) -> Reply:
    """The reply after Discord refused the files of these names."""
    told = Paragraph(text(f"Discord refused {', '.join(names)}. {NEXT}"))
    return replace(reply, parts=(told, *reply.parts), files=(), tone=Tone.WARNING)


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:,.1f} MiB".replace(".0 ", " ")
