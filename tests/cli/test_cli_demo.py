"""The demo: a tour without a terminal, a prompt at one."""

import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from adapters.demo import FILLING, GREETING, LINK, SPENDING
from adapters.sandbox.platform_videos import make_video, parse_link
from adapters.sandbox.serve import HISTORY
from bot.commands.registry import COMMANDS

ENTER, TAB, UP, CTRL_C = "\r", "\t", "\x1b[A", "\x03"
PASTING = "\x1b[?2004h"  # how each prompt begins
PROMPT = "(prompt)"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x1b]*\x1b\\")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\?token=[\w-]+")
IN_ORDER = [f"/{command.name}" for command in COMMANDS if command.listed]


def test_the_greeting_fits_a_terminal_and_its_link_has_a_title_of_its_own():
    assert max(map(len, GREETING.format(charts="charts").splitlines())) <= 80
    links = (LINK, *(link for _, link, _ in HISTORY))
    titles = [make_video(parse_link(link), datetime.now(UTC)).title for link in links]
    assert len(set(titles)) == len(titles)


def test_the_tour_shows_every_command_and_succeeds(cli):
    ended = cli("demo")
    assert (ended.returncode, ended.stderr) == (0, "")
    typed = re.findall(r"^> (\S+)", ended.stdout, re.MULTILINE)
    assert sorted({word for word in typed if word.startswith("/")}) == sorted(IN_ORDER)
    for said in ("3 days, up to", "a whole number from 1 to 30", "Stopped", "\nConnected\n"):
        assert said in ended.stdout
    by_itself = re.findall(r"^#console, (message \d(?:, updated)?):\n(.+?)(?: \(|\.|$)", ended.stdout, re.MULTILINE)
    assert "is late" not in ended.stdout
    assert "Not clear yet" not in ended.stdout  # the clock is fast, the network is not
    digest = next(message for message, title in by_itself if title == "Daily digest")
    alert = next(message for message, title in by_itself if title == "Low balance")
    assert digest != alert
    edits = [title for message, title in by_itself if message == f"{alert}, updated"]
    assert (edits[0], edits[-1]) == ("Under 24 hours of credit", "Balance is fine again")
    saved = re.findall(r"^Saved (\S+)$", ended.stdout, re.MULTILINE)
    pictures = [cli.folder / path for path in saved if path.endswith(".png")]
    assert len(pictures) >= 4
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)
    assert (cli.folder / "charts" / "contentstats-all.csv").is_file()
    assert cli.left_behind == []


class Terminal:
    """The keyboard and screen of the terminal that the program runs at."""

    def __init__(self, keyboard: int, process):
        self.keyboard = keyboard
        self.process = process
        self.written = ""
        self.read = 0

    def type(self, keys: str) -> None:
        os.write(self.keyboard, keys.encode())

    @property
    def screen(self) -> str:
        return ESCAPES.sub("", self.written.replace(PASTING, PROMPT))

    def wait_for(self, words: str) -> str:
        """Wait for these words; returns the output since the last wait."""
        deadline = time.monotonic() + 120
        while (found := self.screen.find(words, self.read)) < 0:
            assert select.select([self.keyboard], [], [], max(deadline - time.monotonic(), 0))[0], self.screen
            self.written += os.read(self.keyboard, 65_536).decode(errors="replace")
        begin, self.read = self.read, found + len(words)
        return self.screen[begin : self.read]


@contextmanager
def at_a_terminal(cli, *args: str) -> Iterator[Terminal]:
    cli.env["PROMPT_TOOLKIT_NO_CPR"] = "1"  # this terminal can't report its cursor
    keyboard, screen = pty.openpty()
    termios.tcsetwinsize(screen, (40, 100))
    try:
        with cli.started(*args, stdin=screen, stdout=screen, stderr=screen, start_new_session=True) as process:
            yield Terminal(keyboard, process)
    finally:
        os.close(screen)
        os.close(keyboard)


@pytest.fixture
def terminal(cli):
    with at_a_terminal(cli, "demo") as terminal:
        terminal.wait_for("Ctrl-D exits.")
        terminal.wait_for(PROMPT)
        yield terminal


def test_the_prompt_completes_shows_charts_and_hides_a_typed_key(cli, terminal):
    terminal.type("/vid")
    said = terminal.wait_for("Balance is fine again")  # above the line that is being typed
    if "Daily digest" not in said:  # on a busy machine it comes last
        said += terminal.wait_for("Daily digest")
    assert "is late" not in said
    for title in ("Low balance", SPENDING, "Under 24 hours of credit", FILLING):
        assert title.strip() in said
    terminal.type(TAB)
    terminal.wait_for("eos")
    terminal.type(ENTER)
    terminal.wait_for("8. How we fixed our")
    terminal.wait_for(PROMPT)
    terminal.type(f"/stats kitchen sink{ENTER}")
    terminal.wait_for("Saved charts/how-we-fixed-our-kitchen-sink-in-ten-views-7-days.png")
    terminal.wait_for(PROMPT)
    terminal.type(f"1{ENTER}")
    terminal.wait_for("Saved charts/how-we-fixed-our-kitchen-sink-in-ten-views-7-days-2.png")
    terminal.wait_for(PROMPT)
    terminal.type(f"{UP}{UP}{UP}{ENTER}")
    terminal.wait_for("8 videos, newest first")
    terminal.wait_for(PROMPT)
    terminal.type(f"/connect{ENTER}")
    terminal.wait_for(PROMPT)
    terminal.wait_for("the API key")
    terminal.type(f"cs_test_demo{ENTER}")
    terminal.wait_for("linked to this workspace")
    terminal.wait_for(PROMPT)
    assert "cs_test_demo" not in terminal.screen
    address = ADDRESS.search(terminal.screen)[0]
    shown = httpx.get(address, follow_redirects=True).text
    assert all(title in shown for title in ("Balance is fine again", "Daily digest", SPENDING.strip("()\n")))
    terminal.type(f"/track nonsense{CTRL_C}")
    terminal.wait_for(PROMPT)
    terminal.type(CTRL_C)
    assert terminal.process.wait(120) == 130
    assert cli.left_behind == []


def test_ctrl_c_ends_the_page_while_a_browser_is_connected(cli):
    with cli.started("demo", "--page-only", stdin=subprocess.DEVNULL) as process:
        address = ADDRESS.search(process.stdout.readline().decode())[0]
        with httpx.Client(base_url=address.partition("?")[0], follow_redirects=True, timeout=60) as browser:
            assert "Welcome to #console" in browser.get(address).text
            with browser.stream("GET", "/events?after=0") as events:
                assert next(events.iter_lines()) == "retry: 1000"
                process.send_signal(signal.SIGINT)
                assert process.wait(60) == 130
    assert cli.left_behind == []


def test_sigterm_at_the_prompt_restores_the_terminal(cli, terminal):
    usual = termios.ICANON | termios.ECHO
    assert termios.tcgetattr(terminal.keyboard)[3] & usual == 0
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.process.wait(120) == 143
    assert termios.tcgetattr(terminal.keyboard)[3] & usual == usual
    assert cli.left_behind == []
