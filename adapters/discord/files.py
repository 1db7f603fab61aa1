"""Attachments: file names that Discord doesn't change, and its size limit."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import PurePosixPath

from bot.reply.model import Paragraph, Reply, Tone, text
from bot.reply.spool import Content, size_of

MAX_FILE = 10 * 1024 * 1024
"""Bytes in one file (Discord's default for every server)."""
NEXT = "Export single videos instead."

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_NO_START = re.compile(r"^(?:[._-]|SPOILER_)+")  # Discord hides files whose name starts with SPOILER_


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message. `description` is its alt text."""

    name: str
    content: Content = field(repr=False)
    description: str = ""

    @property
    def url(self) -> str:
        """The URL by which the message's components refer to the file."""
        return f"attachment://{self.name}"


def safe_name(name: str, taken: Collection[str]) -> str:
    """A name of characters that Discord doesn't change, distinct from those in `taken`."""
    cleaned = PurePosixPath(_NO_START.sub("", _UNSAFE.sub("-", name)[-100:]).rstrip("._-") or "file")
    numbered = (f"{cleaned.stem}-{number}{cleaned.suffix}" for number in count(2))
    return next(each for each in chain([cleaned.name], numbered) if each not in taken)


def within_file_limit(reply: Reply, max_size: int) -> Reply:
    """The reply without files larger than `max_size` bytes, and with a warning for each of these."""
    lost = [file for file in reply.files if size_of(file.content) > max_size]
    if not lost:
        return reply
    limit = _size(max_size)
    warnings = tuple(
        Paragraph(
            text(f"{file.name} ({_size(size_of(file.content))}) is too large: Discord allows {limit} here. {NEXT}")
        )
        for file in lost
    )
    kept = tuple(file for file in reply.files if file not in lost)
    return replace(reply, parts=(*warnings, *reply.parts), files=kept, tone=Tone.WARNING)


def without_refused_files(reply: Reply, names: Iterable[str]) -> Reply:
    """The reply without files, and with a warning that Discord refused them."""
    warnings = Paragraph(text(f"Discord refused {', '.join(names)}. {NEXT}"))
    return replace(reply, parts=(warnings, *reply.parts), files=(), tone=Tone.WARNING)


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:,.1f} MiB".replace(".0 ", " ")
