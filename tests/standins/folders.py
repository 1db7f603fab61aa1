"""Temporary folders for tests."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary(parent: Path) -> Iterator[Path]:
    """A new folder inside `parent`, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="contentstats-", dir=parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def quick_folder() -> Path:
    """The folder for databases: in memory if there is room, because every test copies one and waits for its writes."""
    memory = Path("/dev/shm")
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 2**30
    return memory if has_room else open_folder()


def open_folder() -> Path:
    """A folder for temporary files that other users can reach, such as the PostgreSQL server's."""
    usual = Path(tempfile.gettempdir())
    is_open = all(folder.stat().st_mode & stat.S_IXOTH for folder in (usual, *usual.parents))
    return usual if is_open else Path("/tmp")
