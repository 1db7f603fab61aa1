"""However a subcommand ends, it leaves no traceback, process or file behind."""

import re
import signal
from functools import partial
from pathlib import Path

import pytest


def children(pid: int) -> list[Path]:
    """The folders in /proc of the processes that this one has started."""
    return [Path("/proc", child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_sandbox_ends_at_once(cli, number, code):
    with cli.started("sandbox", "--port", "0") as sandbox:
        assert re.search(rb"listens at http://127.0.0.1:\d+/api/v1\. Its API key is \w+\.", sandbox.stdout.readline())
        sandbox.send_signal(number)
        assert sandbox.wait(120) == code
        assert sandbox.stderr.read() == b""


def test_a_console_that_waits_for_a_line_ends_at_once(cli, sandbox):
    cli.env |= sandbox
    with cli.started("console") as console:
        console.stdin.write(b"/stats kitchen sink\n")
        console.stdin.flush()
        while not console.stdout.readline().startswith(b"Saved "):
            assert console.poll() is None
        (worker,) = children(console.pid)
        console.send_signal(signal.SIGINT)
        assert console.wait(120) == 130
        assert console.stderr.read() == b""
    assert not worker.exists()


def test_an_interrupted_tour_leaves_no_files(cli):
    with cli.started("demo") as demo:
        while not demo.stdout.readline().startswith(b"Saved "):
            assert demo.poll() is None
        (worker,) = children(demo.pid)
        assert cli.left_behind != []
        demo.terminate()
        assert demo.wait(120) == 143
        assert demo.stderr.read() == b""
    assert not worker.exists()
    assert cli.left_behind == []


def test_under_nohup_sighup_is_ignored(cli):
    nohup = partial(signal.signal, signal.SIGHUP, signal.SIG_IGN)
    with cli.started("sandbox", "--port", "0", preexec_fn=nohup) as sandbox:
        assert sandbox.stdout.readline()
        sandbox.send_signal(signal.SIGHUP)
        sandbox.terminate()
        assert sandbox.wait(120) == 143
