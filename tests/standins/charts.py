"""One chart process per test worker: starting one takes longer than most tests."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.charts.charts import Charts
from bot.charts.specs import Chart, Spec


class SharedCharts(Charts):
    """Charts whose process belongs to an event loop that outlives those of the tests."""

    def __init__(self, loop: asyncio.AbstractEventLoop, charts: Charts) -> None:
        super().__init__()
        self._loop = loop
        self._charts = charts

    async def draw(self, spec: Spec) -> Chart | None:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._charts.draw(spec), self._loop))


@contextmanager
def shared_charts() -> Iterator[SharedCharts]:
    """Charts for tests on any event loop."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        charts = Charts()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            yield SharedCharts(loop, charts)
        finally:
            asyncio.run_coroutine_threadsafe(charts.aclose(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
