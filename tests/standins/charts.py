"""One chart process for all tests of a test process: starting one takes longer than most tests."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.charts.charts import ChartProcess, Charts
from bot.charts.specs import Chart, Spec

MAX_WAIT = 60
"""Seconds that a drawing may take. A slow machine fails no test."""


class SharedProcess(ChartProcess):
    """A real `ChartProcess` on an event loop of its own, which outlives those of the tests."""

    def __init__(self) -> None:
        super().__init__(MAX_WAIT)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    async def draw(self, spec: Spec) -> Chart:
        """Return the chart of this spec, or raise DrawingFailed."""
        if not self._thread.is_alive():
            self._thread.start()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(super().draw(spec), self._loop))

    async def aclose(self) -> None:
        """Do nothing: other bots draw with it too."""

    def end(self) -> None:
        """End the process and the loop."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(super().aclose(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()


_shared: list[SharedProcess] = []


@contextmanager
def shared_process() -> Iterator[None]:
    """Let all `shared_charts` be drawn by one process until the end of the block."""
    process = SharedProcess()
    _shared.append(process)
    try:
        yield
    finally:
        _shared.remove(process)
        process.end()


def shared_charts() -> Charts:
    """Charts of one bot, drawn by the process that all share; outside of tests by its own."""
    return Charts(process=_shared[0] if _shared else None)
