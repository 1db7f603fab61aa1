import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from adapters.__main__ import main
from adapters.sandbox.serve import Sandbox

PROGRAM = Path(sys.executable).with_name("contentstats-bot")


def _default_signals() -> None:
    """Handle signals as at a prompt: in the background, where these tests may run, both are ignored."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class CommandLine:
    """Runs the installed program in a process, with a folder and settings of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(self.temporary),
            "TERM": "xterm",
            "LANG": "C.UTF-8",
        }

    def __call__(self, *args: str, typed: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end; `typed` is its standard input, empty by default."""
        return subprocess.run(
            [PROGRAM, *args],
            cwd=self.folder,
            env=self.env | settings,
            input=typed if typed is not None else "",
            capture_output=True,
            encoding="utf-8",
            timeout=180,
            check=False,
        )

    @contextmanager
    def started(self, *args: str, **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
        """Start it; killed at the end of the block if it still runs."""
        usual: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        at_a_prompt = {"cwd": self.folder, "env": self.env, "preexec_fn": _default_signals}
        process = subprocess.Popen([PROGRAM, *args], **usual | at_a_prompt | streams)
        try:
            with process:
                try:
                    yield process
                finally:
                    if process.poll() is None:
                        process.kill()
        finally:
            process.wait()

    @property
    def left_behind(self) -> list[Path]:
        """What lies in the folder for temporary files."""
        return [*self.temporary.iterdir()]


@pytest.fixture
def said(capsys):
    """Runs the program in this process, until it refuses its arguments; returns its exit code, output and errors."""

    def ran(*args):
        try:
            return main(args), *capsys.readouterr()
        except SystemExit as ended:
            return ended.code, *capsys.readouterr()

    return ran


@pytest.fixture
def cli(tmp_path):
    return CommandLine(tmp_path)


@pytest.fixture
def sandbox(cli):
    """The settings of a sandbox with a past, and of a new database."""
    served = Sandbox(requests_per_minute=600, seed_demo=True)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(served):
        yield {
            "CONTENTSTATS_BASE_URL": served.url,
            "CONTENTSTATS_API_KEY": served.key,
            "DATABASE_URL": f"sqlite:///{cli.folder}/bot.db",
        }
