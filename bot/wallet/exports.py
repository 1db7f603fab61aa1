"""Exports of snapshots, streamed to disk one video at a time, so that size costs no memory."""

import asyncio
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.domain.errors import BotError
from bot.domain.videos import Snapshot, Video
from bot.messages.csv_format import csv_rows, encoded, head
from bot.reply.model import LargeFile
from bot.reply.spool import Spool
from bot.store import Store
from bot.store.videos import Filters, Sort, StoredVideo
from bot.store.workspaces import Workspace
from bot.wallet.listing import SingleFlight
from bot.wallet.mirror import stored_curve

PAGE = 100
MOST_BYTES = 8_000_000
"""Maximum bytes per file, which every chat accepts. A larger export is compressed, into several files if necessary."""
_PENDING = 300_000
"""Bytes that one more compressed video, plus the compressor's pending output, may add to a file."""


@dataclass(frozen=True, slots=True)
class Exported:
    """Files of an export, the requested videos, and the number of their snapshots."""

    files: tuple[LargeFile, ...]
    videos: tuple[StoredVideo, ...]
    snapshots: int


class Exports:
    """Exports of workspaces: one at a time per workspace and filters, whose files are shared by concurrent requests."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._flights: SingleFlight[tuple[int, Filters], Exported] = SingleFlight()

    async def of_all(self, workspace: Workspace, filters: Filters, name: str) -> Exported:
        """Export every mirrored snapshot of the workspace's videos that match the filters, to files called `name`.

        Raises BotError if the disk is full.
        """
        return await self._flights.run((workspace.id, filters), lambda: self._written(workspace, filters, name))

    async def videos(self, workspace: Workspace, filters: Filters) -> tuple[StoredVideo, ...]:
        """The workspace's visible videos that match the filters, newest first."""
        found: list[StoredVideo] = []
        while True:
            page, total = await self._store.videos.page(workspace, filters, Sort.NEWEST, len(found), PAGE)
            found += page
            if not page or len(found) >= total:
                return tuple(found)

    async def aclose(self) -> None:
        """Cancel running exports."""
        await self._flights.aclose()

    async def _written(self, workspace: Workspace, filters: Filters, name: str) -> Exported:
        videos = await self.videos(workspace, filters)
        export = CsvExport(name)
        by_link: dict[str, list[StoredVideo]] = {}
        for stored in videos:
            by_link.setdefault(stored.curve_key, []).append(stored)
        for trackings in by_link.values():
            for video, taken in (await stored_curve(self._store, trackings)).runs:
                await export.add(video, taken)
        return Exported(await export.files(), videos, export.snapshots)


class CsvExport:
    """An export being written: rows go to disk as they come."""

    def __init__(self, name: str, most: int = MOST_BYTES) -> None:
        self.snapshots = 0
        self._name = name
        self._most = most
        with on_disk():
            self._spool = Spool()
            self._ends = [self._spool.file.write(head())]
        """Offsets of the end of the header and of each video's rows."""

    async def add(self, video: Video, snapshots: Sequence[Snapshot]) -> None:
        """Append one video's rows. Raises BotError if the disk is full."""
        if snapshots:
            await asyncio.to_thread(self._write, video, snapshots)
            self.snapshots += len(snapshots)

    async def files(self) -> tuple[LargeFile, ...]:
        """The CSV file, or ZIP files with a CSV file each if it is too large to send; empty without snapshots."""
        if not self.snapshots:
            return ()
        if self._spool.size <= self._most:
            return (LargeFile(self._name, self._spool, "text/csv", "one row per snapshot"),)
        parts = await asyncio.to_thread(self._packed)
        stem = PurePosixPath(self._name).stem
        if len(parts) == 1:
            return (LargeFile(f"{stem}.zip", parts[0], "application/zip", "one row per snapshot"),)
        total = len(parts)
        return tuple(
            LargeFile(f"{stem}-{number}-of-{total}.zip", part, "application/zip", f"part {number} of {total}")
            for number, part in enumerate(parts, 1)
        )

    def _write(self, video: Video, snapshots: Sequence[Snapshot]) -> None:
        with on_disk():
            written = self._spool.file.write(encoded(csv_rows(video, snapshots)))
        self._ends.append(self._ends[-1] + written)

    def _packed(self) -> list[Spool]:
        """ZIP files, each with the header and whole videos."""
        parts: list[Spool] = []
        with on_disk(), self._spool.open() as source:
            ends = iter(self._ends)
            head = source.read(next(ends))
            end = next(ends, None)
            while end is not None:
                parts.append(Spool())
                with (
                    zipfile.ZipFile(parts[-1].file, "w", zipfile.ZIP_DEFLATED) as packed,
                    packed.open(self._name, "w", force_zip64=True) as table,
                ):
                    table.write(head)
                    while end is not None and parts[-1].size <= self._most - _PENDING:
                        table.write(source.read(end - source.tell()))
                        end = next(ends, None)
        return parts


@contextmanager
def on_disk() -> Iterator[None]:
    """Raise BotError if writing fails because the disk is full."""
    try:
        yield
    except OSError as error:
        msg = "The bot's disk is full. Ask your admin to free some space, then export again."
        raise BotError(msg) from error
