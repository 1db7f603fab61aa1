"""Content too large for memory: an anonymous temporary file shared by any number of readers.

It has no name, so nothing is left behind however the process ends. It closes with its last reader.
"""

import io
import os
import tempfile
import weakref
from typing import TypeAlias


class Spool:
    """Bytes on disk. Write first, then read: each reader has its own position. Raises OSError if the disk is full."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the last reader
        weakref.finalize(self, self.file.close)

    @property
    def size(self) -> int:
        """Bytes written so far."""
        self.file.flush()
        return os.fstat(self.file.fileno()).st_size

    def open(self) -> io.BufferedReader:
        """A new reader, at the start."""
        self.file.flush()
        return io.BufferedReader(_Reader(self))


class _Reader(io.RawIOBase):
    """Reads by position, so that readers of one file don't affect each other."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._spool.file.fileno()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed wants any buffer
        read = os.preadv(self.fileno(), [buffer], self._at)
        self._at += read
        return read

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._spool.size}[whence]
        self._at = max(start + offset, 0)
        return self._at


Content: TypeAlias = bytes | Spool


def size_of(content: Content) -> int:
    """Number of bytes."""
    return content.size if isinstance(content, Spool) else len(content)


def opened(content: Content) -> io.BufferedIOBase:
    """A reader for one transfer. If it has a `fileno`, that is of a file of exactly these bytes."""
    return content.open() if isinstance(content, Spool) else io.BytesIO(content)
