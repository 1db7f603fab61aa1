"""Lines from a pipe, a file or a terminal, waited for on the event loop: a thread that waits could not be ended."""

import asyncio
import io
import os
import stat
from collections.abc import AsyncIterator
from typing import TextIO

_AT_ONCE = 65_536  # bytes


async def lines_of(source: TextIO) -> AsyncIterator[str]:
    """The lines as they come, until the end. What is not text becomes U+FFFD."""
    if isinstance(source, io.TextIOWrapper):
        source.reconfigure(errors="replace")
    if not _lets_wait(source):
        for line in source:
            yield line
        return
    rest = b""
    while chunk := await _read(source.fileno()):
        *lines, rest = (rest + chunk).split(b"\n")
        for each in lines:
            yield each.decode(source.encoding, "replace")
    if rest:
        yield rest.decode(source.encoding, "replace")


def _lets_wait(source: TextIO) -> bool:
    """Whether reading may have to wait for somebody; from a file, on disk or in memory, it never does."""
    try:
        mode = os.fstat(source.fileno()).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or source.isatty()


async def _read(descriptor: int) -> bytes:
    """What there is, as soon as there is something; nothing at the end."""
    readable = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, _AT_ONCE)
