"""What goes along with a message: names that Discord leaves as they are, and files no larger than it takes."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import PurePosixPath

from bot.reply.model import File

MAX_FILE = 10 * 1024 * 1024
"""Bytes in one file (Discord, default of every server)."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_NO_START = re.compile(r"^(?:[._-]|SPOILER_)+")  # Discord hides a file whose name begins with that word
_ROW_END = b"\r\n"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; `description` is its alt text."""

    name: str
    content: bytes = field(repr=False)
    description: str = ""

    @property
    def url(self) -> str:
        """How the message's components name it."""
        return f"attachment://{self.name}"


def safe_name(name: str, taken: Collection[str]) -> str:
    """The name in characters that Discord keeps, and unlike those that are taken."""
    clean = PurePosixPath(_NO_START.sub("", _UNSAFE.sub("-", name)[-100:]).rstrip("._-") or "file")
    numbered = (f"{clean.stem}-{number}{clean.suffix}" for number in count(2))
    return next(each for each in chain([clean.name], numbered) if each not in taken)


def small_enough(file: File, most: int = MAX_FILE) -> tuple[File, ...]:
    """The file, or a CSV in several parts of whole rows, each under the head; nothing where that cannot be."""
    if len(file.content) <= most:
        return (file,)
    parts = list(_parts(file.content, most)) if file.media_type == "text/csv" else []
    path = PurePosixPath(file.name)
    return tuple(
        replace(
            file,
            name=f"{path.stem}-{number}-of-{len(parts)}{path.suffix}",
            content=part,
            description=f"part {number} of {len(parts)}; in all {file.description}",
        )
        for number, part in enumerate(parts, 1)
    )


def _parts(content: bytes, most: int) -> Iterator[bytes]:
    """A CSV's rows under its head, again and again; nothing where one row alone is too long."""
    start = content.find(_ROW_END) + len(_ROW_END)
    head, found = content[:start], []
    while start < len(content):
        end = _last_row_end(content, start, start + most - len(head))
        if end <= start:
            return
        found.append(head + content[start:end])
        start = end
    yield from found


def _last_row_end(content: bytes, start: int, most: int) -> int:
    """Where the last row ends that ends before `most`: not within quotes, of which a row has an even number."""
    end = len(content) if most >= len(content) else content.rfind(_ROW_END, start, most) + len(_ROW_END)
    while end > start and content.count(b'"', start, end) % 2:
        end = content.rfind(_ROW_END, start, end - len(_ROW_END)) + len(_ROW_END)
    return end
