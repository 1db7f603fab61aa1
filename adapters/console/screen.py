"""Output of replies: cards at a terminal, plain text in a pipe, JSON for scripts. Saves pictures and files to disk."""

import asyncio
import io
import re
import shutil
from itertools import count
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from adapters.console.render import Choice, card, menu
from bot.reply.as_json import to_json
from bot.reply.model import Picture, Reply, drawn
from bot.reply.plain import plain_body, plain_spans
from bot.reply.spool import Content, opened

_UNSAFE = re.compile(r"[^\w.-]+")
_MAX_STEM = 60  # characters; at four bytes each, fits the 255 bytes of a file name with a number and suffix


def save(directory: Path, name: str, content: Content) -> str:
    """Save content under an unused name; returns a sentence about where it is or why that failed."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return f"Saved {_write(directory, Path(_safe_name(name)), content)}"
    except OSError as error:
        return f"{_safe_name(name)} couldn't be saved in {directory}: {error.strerror}. Choose another directory."


def _write(directory: Path, name: Path, content: Content) -> Path:
    for number in count(1):
        path = directory / (name if number == 1 else f"{name.stem}-{number}{name.suffix}")
        try:
            with path.open("xb") as file, opened(content) as source:
                shutil.copyfileobj(source, file)
        except FileExistsError:
            continue
        break
    return path


def _safe_name(name: str) -> str:
    """A safe file name: without path separators, leading dots and unusual characters."""
    suffix = Path(name).suffix
    stem = _UNSAFE.sub("_", name.removesuffix(suffix)).strip("._-")
    return f"{stem[:_MAX_STEM] or 'file'}{_UNSAFE.sub('_', suffix)[:8]}"


class Screen:
    """Writes replies to a stream. Uses colours only at a terminal without NO_COLOR."""

    def __init__(self, out: TextIO, picture_dir: Path, *, as_json: bool) -> None:
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(errors="replace")  # a terminal without Unicode shows question marks, not a traceback
        self._out = out
        self._console = Console(file=out, markup=False, emoji=False, highlight=False)
        self._picture_dir = picture_dir
        self._as_json = as_json

    async def show(self, reply: Reply, offered: tuple[Choice, ...]) -> None:
        """Write a reply with its choices. Saves its pictures and files first, except for JSON."""
        reply = await drawn(reply)
        if self._as_json:
            self.write(to_json(reply))
            return
        named: list[tuple[str, Content]] = [(part.name, part.png) for part in reply.parts if isinstance(part, Picture)]
        named += [(file.name, file.content) for file in reply.files]
        after = [await asyncio.to_thread(save, self._picture_dir, name, content) for name, content in named]
        if reply.public_line:
            after.append(f"Everyone sees: {plain_spans(reply.public_line)}")
        if self._console.is_terminal:
            self._show_card(reply, offered, after)
        else:
            self._show_text(reply, offered, after)

    async def notice(self, reply: Reply) -> None:
        """Write a notice before a reply, except for JSON, which must be one object."""
        if not self._as_json:
            self.write(reply.summary)

    def write(self, line: str) -> None:
        """Write a line unchanged."""
        self._out.write(f"{line}\n")
        self._out.flush()

    def _show_card(self, reply: Reply, offered: tuple[Choice, ...], after: list[str]) -> None:
        self._console.print(card(reply, self._console.width))
        self._console.print(menu(offered))
        for line in after:
            self._console.print(Text(line, style="dim"))

    def _show_text(self, reply: Reply, offered: tuple[Choice, ...], after: list[str]) -> None:
        lines = (choice.label if choice.number is None else f"{choice.number}. {choice.label}" for choice in offered)
        self.write("\n\n".join(filter(None, (plain_body(reply), "\n".join(lines), "\n".join(after)))) + "\n")
