"""Headless Chromium takes pictures of pages. It speaks DevTools over a pipe of its own, and loads no address."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

CHROMIUM = "chromium"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0")
TALLEST = 16_000
"""Pixels in a picture: Chromium draws none that are higher."""


class Browser:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = count(1)

    async def picture(self, address: str, width: int) -> bytes:
        """A PNG of a whole document that is so many pixels wide, made smaller if it is too high."""
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        await self._call("Emulation.setDeviceMetricsOverride", **size)
        await self._call("Page.navigate", url=address)
        await self._until("Page.loadEventFired")
        metrics = await self._call("Page.getLayoutMetrics")
        height = metrics["cssContentSize"]["height"]
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": min(1, TALLEST / height)}
        shot = await self._call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(shot["data"])

    async def start(self) -> None:
        """Hear of what happens on the page."""
        await self._call("Page.enable")

    async def _call(self, method: str, **params: object) -> dict[str, Any]:
        id_ = next(self._ids)
        await self._socket.send_json({"id": id_, "method": method, "params": params})
        while True:
            said = json.loads(await self._socket.receive_str())
            if said.get("id") == id_:
                return dict(said["result"])

    async def _until(self, event: str) -> None:
        while json.loads(await self._socket.receive_str()).get("method") != event:
            pass


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A browser with one empty tab, closed at the end."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        arguments = (*FLAGS, f"--user-data-dir={profile}", "about:blank")
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(CHROMIUM, *arguments, stdout=quiet, stderr=quiet)
        try:
            port = await _written(Path(profile, "DevToolsActivePort"))
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                    (tab, *_) = [each for each in await answer.json() if each["type"] == "page"]
                async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    made = Browser(socket)
                    await made.start()
                    yield made
        finally:
            process.terminate()
            await process.wait()


async def _written(file: Path) -> int:
    """The port that Chromium writes into a file once it listens there."""
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(OSError, ValueError):
                return int(file.read_text().split()[0])  # noqa: ASYNC240 - nothing else runs here
            await asyncio.sleep(0.05)
