"""Processes forked from one that has already imported everything, so that each starts at once."""

import asyncio
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]


class ForkPool:
    """Starts processes that run the `main` of one module."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self.pids: list[int] = []

    async def start(self, *args: object) -> None:
        """Start another process that runs `main` with these arguments."""
        self._stdin.write(f"{json.dumps(args)}\n")
        self._stdin.flush()
        self.pids.append(int(await self.line()))

    async def line(self) -> str:
        """The next line that any process prints."""
        return (await asyncio.to_thread(self._stdout.readline)).removesuffix("\n")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to each process."""
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    @property
    def has_ended(self) -> bool:
        return not any(map(_is_there, self.pids))

    async def until_ended(self) -> None:
        """Wait until each signalled process has ended."""
        async with asyncio.timeout(60):
            while any(map(_is_there, self.pids)):  # noqa: ASYNC110 - a child of another process cannot be awaited
                await asyncio.sleep(0.01)
        self.pids = []


@contextmanager
def fork_pool(module: str) -> Iterator[ForkPool]:
    """A pool for a module's coroutine function `main`; its processes end with the block at the latest."""
    command = (sys.executable, "-m", "tests.standins.fork_pool", module)
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the pool has no pipes")
        children = ForkPool(process.stdin, process.stdout)
        try:
            yield children
        finally:
            children.signal(signal.SIGKILL)
            process.stdin.close()


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _serve(module: str) -> None:
    main = importlib.import_module(module).main
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nothing waits for the children, so let them leave no zombies
    for line in sys.stdin:
        if os.fork() == 0:
            sys.stdin.close()
            sys.stdout.write(f"{os.getpid()}\n")
            sys.stdout.flush()
            asyncio.run(main(*json.loads(line)))
            os._exit(0)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
