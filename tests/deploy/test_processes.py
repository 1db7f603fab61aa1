"""How process managers run the bot: every line of the Procfiles, idle parts, and systemd's socket."""

import asyncio
import shutil
import socket
import subprocess
from pathlib import Path

import aiohttp
import pytest

from adapters.run import PARTS, run
from adapters.systemd import watched
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "contentstats-bot.service"
SOCKET_MODE = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    """The socket that systemd reads, under the name that systemd gives it."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(path))
        heard.settimeout(0)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        yield heard


async def received(heard):
    return (await asyncio.wait_for(asyncio.get_running_loop().sock_recv(heard, 100), 30)).decode()


def lines(procfile):
    return dict(line.split(": ", 1) for line in (ROOT / procfile).read_text().splitlines())


def test_the_procfiles_cover_every_part_once():
    assert lines("Procfile") == {"web": "contentstats-bot run"}
    several = lines("deploy/Procfile").values()
    assert all(line.startswith("contentstats-bot run --only ") for line in several)
    assert sorted(part for line in several for part in line.split()[-1].split(",")) == sorted(PARTS)


async def test_a_part_without_credentials_logs_it_and_stays_idle(free_port, systemd, caplog):
    settings = Settings(port=free_port, host="127.0.0.1", **SOCKET_MODE)
    serving = asyncio.create_task(run(settings, ("web",)))
    assert await received(systemd) == "READY=1"
    assert "SLACK_SIGNING_SECRET" in caplog.text
    assert "stays idle" in caplog.text
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{free_port}/healthz") as answer:
        assert (answer.status, await answer.text()) == (200, "idle")
    assert not serving.done()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert await received(systemd) == "STOPPING=1"


async def test_the_watchdog_is_notified_only_while_the_scheduler_runs(systemd, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "2000")
    ticking = True
    asked = asyncio.Event()

    def is_alive():
        asked.set()
        return ticking

    async with watched(is_alive):
        assert [await received(systemd) for _ in range(3)] == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
        ticking = False
        for _ in range(3):
            asked.clear()
            await asked.wait()
    rest = []
    while "STOPPING=1" not in rest:
        rest.append(await received(systemd))
    assert rest.count("WATCHDOG=1") <= 1  # one may have been on its way


async def test_without_systemd_nothing_is_sent(monkeypatch, caplog):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    async with watched(lambda: True):
        pass
    monkeypatch.setenv("NOTIFY_SOCKET", "@nobody-listens-here")
    async with watched(lambda: True):
        pass
    assert caplog.text.count("notifying systemd failed") == 2


def test_systemd_accepts_the_unit(tmp_path):
    text = UNIT.read_text()
    assert "Type=notify" in text
    if (systemd := shutil.which("systemd-analyze")) is None:
        return
    unit = tmp_path / UNIT.name
    unit.write_text(text.replace("/opt/contentstats-bot/.venv/bin/contentstats-bot", "/bin/true"))
    checked = subprocess.run([systemd, "verify", unit], capture_output=True, text=True, timeout=60, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
