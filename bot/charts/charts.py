"""What the rest of the bot calls: a chart for a spec, drawn once for equal data, and never an error.

The process that draws is started when first needed, replaced when it broke, and ended with the bot. It is a plain child
with two pipes rather than a pool: it imports nothing but the charts (a pool's would import the whole program again), it
can be killed when it hangs, and its input ends when the bot does, however the bot ends.
"""

import asyncio
import contextlib
import logging
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Self

from cachetools import Cache, LRUCache

from bot.charts.specs import HEAD, Chart, Spec, framed, length
from bot.reply.model import Drawing, Picture

_log = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[2]
"""Where `bot` was found, so that the child finds the same one."""

_PASSED_ON = frozenset(
    {
        *("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH"),
        *("MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    }
)
"""Environment variables that the child gets: what Python and matplotlib need. Any other one may hold a secret."""

_PATIENCE = 5
"""Seconds for an idle child to notice the end of its input."""


class Charts:
    """Draws charts off the event loop, in one process that starts with the first chart.

    `seconds` is how long one drawing may take, a cold start included; `remembered` is how many finished charts are kept
    (40 KB each at most).
    """

    def __init__(self, *, seconds: float = 10, remembered: int = 64) -> None:
        self._process = ChartProcess(seconds)
        self._finished: Cache[Spec, Chart] = LRUCache(remembered)
        self._drawing: dict[Spec, asyncio.Task[Chart | None]] = {}

    @property
    def worker_pid(self) -> int | None:
        """The id of the process that draws, or None while there is none."""
        return self._process.pid

    async def draw(self, spec: Spec) -> Chart | None:
        """The chart of this spec, or None if it cannot be drawn: numbers must not be lost because a picture failed.

        Askers of equal data at the same time share one drawing, and one who gives up does not take it from the others.
        """
        if chart := self._finished.get(spec):
            return chart
        if not (drawing := self._drawing.get(spec)):
            drawing = self._drawing[spec] = asyncio.create_task(self._draw(spec))
            drawing.add_done_callback(lambda _: self._drawing.pop(spec))
        return await asyncio.shield(drawing)

    def picture(self, spec: Spec | None) -> Drawing | None:
        """The chart of a spec as a reply's picture, drawn when it is needed; None without a spec."""
        if spec is None:
            return None

        async def draw() -> Picture | None:
            chart = await self.draw(spec)
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
        """End the process. Whoever still waits, or asks later, gets None. Safe to repeat."""
        await self._process.aclose()
        await asyncio.gather(*self._drawing.values())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class DrawingFailed(Exception):
    """There is no picture: the process died, hung, or could not draw this."""


class ChartProcess:
    """One child that draws one chart at a time. `seconds` is how long a chart may take, a cold start included."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child's id, or None while there is none."""
        return self._process.pid if self._process else None

    async def draw(self, spec: Spec) -> Chart:
        """The chart of this spec, or DrawingFailed."""
        async with self._turn:
            try:
                async with asyncio.timeout(self._seconds):
                    # Packed when its turn has come: all at once, ten large ones would hold up the loop.
                    answer = await self._answer(framed(spec))
            except TimeoutError:
                await self._end()
                raise DrawingFailed(f"no answer in {self._seconds:g} s") from None
            except BaseException:
                # A late answer to this would be taken for the answer to the next.
                await self._end()
                raise
        if isinstance(answer, str):
            raise DrawingFailed(answer)
        return answer

    async def _answer(self, request: bytes) -> Chart | str:
        """The child's answer. A child that is found dead is replaced once."""
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
        assert process.stdin is not None  # noqa: S101 - both pipes were asked for
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(request)
        await process.stdin.drain()
        body = await process.stdout.readexactly(length(await process.stdout.readexactly(HEAD)))
        answer: Chart | str = pickle.loads(body)  # noqa: S301 - from our own child's end of the pipe alone
        return answer

    async def _running(self) -> Process:
        if self._closed:
            raise DrawingFailed("charts are closed")
        if self._process is None:
            # In a session of its own, so that Ctrl-C at a terminal reaches the bot, which then ends this in order.
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
        """End the child: at once if it is drawing, whose asker then gets DrawingFailed. Safe to repeat."""
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
