"""What the rest of the bot calls: a chart for a spec, drawn once for equal data, and never an error."""

import asyncio
import logging
from collections import OrderedDict
from types import TracebackType
from typing import Self

from bot.charts.process import ChartProcess, DrawingFailed
from bot.charts.specs import Chart, Spec

_log = logging.getLogger(__name__)


class Charts:
    """Draws charts off the event loop, in one process that starts with the first chart.

    `seconds` is how long one drawing may take, a cold start included; `remembered` is how many finished charts are kept
    (40 KB each at most).
    """

    def __init__(self, *, seconds: float = 10, remembered: int = 64) -> None:
        self._process = ChartProcess(seconds)
        self._remembered = remembered
        self._finished: OrderedDict[Spec, Chart] = OrderedDict()
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
            self._finished.move_to_end(spec)
            return chart
        if not (drawing := self._drawing.get(spec)):
            drawing = self._drawing[spec] = asyncio.create_task(self._draw(spec))
            drawing.add_done_callback(lambda _: self._drawing.pop(spec))
        return await asyncio.shield(drawing)

    async def _draw(self, spec: Spec) -> Chart | None:
        try:
            chart = await self._process.draw(spec)
        except DrawingFailed as failed:
            _log.warning("a %s chart could not be drawn: %s", type(spec).__name__.lower(), failed)
            return None
        self._finished[spec] = chart
        if len(self._finished) > self._remembered:
            self._finished.popitem(last=False)
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
