"""Draws charts for the rest of the bot: once for equal data, and without raising errors.

The drawing process is started when first needed, replaced if it breaks, and ended with the bot. It is a plain child
with two pipes rather than a pool: it imports only the charts (a pool's child would import the whole program), it can be
killed when it hangs, and its input ends with the bot, however that ends.
"""

import asyncio
import contextlib
import logging
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from cachetools import Cache, LRUCache

from bot.charts.specs import HEAD, Chart, Spec, framed, length
from bot.reply.model import Drawing, Picture

_log = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[2]
"""Where `bot` was found, so that the child imports the same one."""

_PASSED_ON = frozenset(
    {
        *("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH"),
        *("MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    }
)
"""Environment variables passed to the child: those that Python and matplotlib need. Any other may hold a secret."""

_PATIENCE = 5
"""Seconds for an idle child to notice the end of its input."""


class Charts:
    """Draws charts off the event loop, in one process that starts with the first chart.

    `seconds` limits one drawing, a cold start included; `remembered` is the number of finished charts to cache (at most
    40 KB each); `process` draws instead of a new one.
    """

    def __init__(self, *, seconds: float = 10, remembered: int = 64, process: "ChartProcess | None" = None) -> None:
        self._process = process or ChartProcess(seconds)
        self._finished: Cache[Spec, Chart] = LRUCache(remembered)
        self._drawing: dict[Spec, asyncio.Task[Chart | None]] = {}

    @property
    def worker_pid(self) -> int | None:
        """The drawing process's id, or None."""
        return self._process.pid

    async def draw(self, spec: Spec) -> Chart | None:
        """Draw a spec; returns None if that fails, because numbers must not be lost with a picture.

        Concurrent calls with equal data share one drawing; cancelling one doesn't cancel the others.
        """
        if chart := self._finished.get(spec):
            return chart
        if not (drawing := self._drawing.get(spec)):
            drawing = self._drawing[spec] = asyncio.create_task(self._draw(spec))
            drawing.add_done_callback(lambda _: self._drawing.pop(spec))
        return await asyncio.shield(drawing)

    def picture(self, spec: Spec | None) -> Drawing | None:
        """The chart of a spec as a reply's picture, drawn when it is needed; None without a spec."""
        return None if spec is None else self.planned(lambda: spec)

    def planned(self, plan: Callable[[], Spec]) -> Drawing:
        """The chart of a spec that is computed only when it is drawn, once the numbers are shown."""

        async def draw() -> Picture | None:
            chart = await self.draw(plan())
            return Picture(chart.file_name, chart.png, chart.alt) if chart else None

        return Drawing(draw)

    async def _draw(self, spec: Spec) -> Chart | None:
        try:
            chart = await self._process.draw(spec)
        except DrawingFailed as failed:
            _log.warning("a %s chart could not be drawn: %s", type(spec).__name__.lower(), failed)
            return None
        self._finished[spec] = chart
        return chart

    async def aclose(self) -> None:
        """End the process. Pending and later calls return None. Safe to repeat."""
        await self._process.aclose()
        await asyncio.gather(*self._drawing.values())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class DrawingFailed(Exception):
    """The picture couldn't be drawn: the process died, hung, or failed."""


class ChartProcess:
    """A child process that draws one chart at a time. `seconds` limits a chart, a cold start included."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child's id, or None."""
        return self._process.pid if self._process else None

    async def draw(self, spec: Spec) -> Chart:
        """Draw a spec. Raises DrawingFailed."""
        async with self._turn:
            try:
                async with asyncio.timeout(self._seconds):
                    # Pickled when its turn comes: ten large ones at once would block the loop.
                    answer = await self._answer(framed(spec))
            except TimeoutError:
                await self._end()
                raise DrawingFailed(f"no answer in {self._seconds:g} s") from None
            except BaseException:
                # A late response would be taken for that to the next request.
                await self._end()
                raise
        if isinstance(answer, str):
            raise DrawingFailed(answer)
        return answer

    async def _answer(self, request: bytes) -> Chart | str:
        """The child's response. A dead child is replaced once."""
        try:
            return await self._exchange(request)
        except (OSError, asyncio.IncompleteReadError):
            await self._end()
        try:
            return await self._exchange(request)
        except (OSError, asyncio.IncompleteReadError) as lost:
            raise DrawingFailed("the chart process does not stay alive") from lost

    async def _exchange(self, request: bytes) -> Chart | str:
        process = await self._running()
        assert process.stdin is not None  # noqa: S101 - both pipes were requested
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(request)
        await process.stdin.drain()
        body = await process.stdout.readexactly(length(await process.stdout.readexactly(HEAD)))
        answer: Chart | str = pickle.loads(body)  # noqa: S301 - only our own child writes to this pipe
        return answer

    async def _running(self) -> Process:
        if self._closed:
            raise DrawingFailed("charts are closed")
        if self._process is None:
            # In its own session, so that Ctrl-C in a terminal reaches only the bot, which then ends the child in order.
            passed_on = {name: value for name, value in os.environ.items() if name in _PASSED_ON}
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.charts"),
                stdin=PIPE,
                stdout=PIPE,
                cwd=_ROOT,
                env=passed_on,
                start_new_session=True,
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()

    async def aclose(self) -> None:
        """End the child: at once if it is drawing, which then raises DrawingFailed. Safe to repeat."""
        self._closed = True
        if self._turn.locked() and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        async with self._turn:
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._process.wait(), _PATIENCE)
            await self._end()
