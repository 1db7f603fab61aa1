"""systemd notifications (sd_notify(3)): readiness of a service with `Type=notify`, and its watchdog.

Does nothing unless systemd has set NOTIFY_SOCKET.
"""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

logger = logging.getLogger(__name__)


@asynccontextmanager
async def watched(is_alive: Callable[[], bool]) -> AsyncIterator[None]:
    """Notify systemd that the service is ready, feed the watchdog while `is_alive`, and notify it of the end."""
    feeding = asyncio.create_task(_feed(is_alive))
    _notify("READY=1")
    try:
        yield
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
        _notify("STOPPING=1")


async def _feed(is_alive: Callable[[], bool]) -> None:
    """Feed the watchdog twice per interval. If an interval is missed, systemd restarts the service."""
    every = int(os.environ.get("WATCHDOG_USEC") or 0) / 2_000_000
    if not every or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return
    while True:
        if is_alive():
            _notify("WATCHDOG=1")
        await asyncio.sleep(every)


def _notify(state: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):  # an abstract socket
        address = f"\0{address[1:]}"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.sendto(state.encode(), address)
    except OSError as error:
        logger.warning("notifying systemd failed", extra={"state": state, "error": str(error)})
