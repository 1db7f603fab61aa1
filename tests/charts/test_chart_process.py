import asyncio
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.charts.__main__ import draw
from bot.charts.charts import Charts
from bot.charts.specs import Growth, Line, Movers, framed
from bot.settings import settings_table

NOON = datetime(2025, 11, 1, 12, tzinfo=UTC)

MAX_WAIT = 120
"""Seconds for a drawing: far more than any takes, so that a busy machine fails no test."""


def movers(change=1):
    return Movers("Top movers", "views", NOON, NOON + timedelta(days=1), (("Cat", change),))


@pytest.fixture
async def charts():
    async with Charts(seconds=MAX_WAIT) as charts:
        yield charts


async def test_a_process_starts_with_the_first_chart_and_draws_it_as_a_direct_call_does(charts):
    assert charts.worker_pid is None
    assert await charts.draw(movers()) == draw(movers())
    assert charts.worker_pid not in (None, os.getpid())


async def test_equal_data_is_drawn_once_for_simultaneous_and_later_requests(charts):
    together = await asyncio.gather(*(charts.draw(movers()) for _ in range(20)))
    later = await charts.draw(movers())
    assert later is not None
    assert all(chart is later for chart in together)


async def test_only_the_latest_charts_are_cached():
    async with Charts(seconds=MAX_WAIT, remembered=2) as charts:
        first, second = await charts.draw(movers(1)), await charts.draw(movers(2))
        assert await charts.draw(movers(1)) is first
        await charts.draw(movers(3))
        assert await charts.draw(movers(1)) is first
        again = await charts.draw(movers(2))
        assert again == second
        assert again is not second


async def test_a_cancelled_request_does_not_cancel_a_shared_chart(charts):
    impatient, patient = (asyncio.create_task(charts.draw(movers())) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == draw(movers())
    assert impatient.cancelled()


async def test_a_killed_process_is_replaced_by_the_next_chart(charts):
    await charts.draw(movers(1))
    killed = charts.worker_pid
    os.kill(killed, signal.SIGKILL)
    assert await charts.draw(movers(2)) == draw(movers(2))
    assert charts.worker_pid != killed


async def test_a_slow_drawing_does_not_block_the_event_loop(charts):
    await charts.draw(movers(1))
    os.kill(charts.worker_pid, signal.SIGSTOP)
    held_up = asyncio.create_task(charts.draw(movers(2)))
    for _ in range(1_000):
        await asyncio.sleep(0)
    assert not held_up.done()
    os.kill(charts.worker_pid, signal.SIGCONT)
    assert await held_up == draw(movers(2))


async def test_a_process_that_takes_too_long_is_killed_and_loses_only_its_picture(caplog):
    async with Charts(seconds=0.05) as charts:
        assert await charts.draw(movers()) is None
        assert charts.worker_pid is None
    assert "a movers chart could not be drawn: no answer in 0.05 s" in caplog.text


async def test_a_process_that_cannot_start_loses_only_the_picture(monkeypatch, caplog):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    async with Charts(seconds=MAX_WAIT) as charts:
        assert await charts.draw(movers()) is None
    assert "the chart process does not stay alive" in caplog.text


async def test_undrawable_numbers_lose_only_the_picture(charts, caplog):
    absurd = Growth("Cat", Line("views", (((datetime(2025, 11, 1, tzinfo=UTC), 10**400),),)))
    await charts.draw(movers(1))
    pid = charts.worker_pid
    assert await charts.draw(absurd) is None
    assert "OverflowError" in caplog.text
    assert await charts.draw(movers(2)) == draw(movers(2))
    assert charts.worker_pid == pid


async def test_closing_ends_the_process_and_later_requests_get_nothing():
    charts = Charts(seconds=MAX_WAIT)
    await charts.draw(movers(1))
    pid = charts.worker_pid
    await charts.aclose()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert await charts.draw(movers(2)) is None
    await charts.aclose()


async def test_closing_does_not_wait_for_a_drawing(charts):
    await charts.draw(movers(1))
    os.kill(charts.worker_pid, signal.SIGSTOP)
    held_up = asyncio.create_task(charts.draw(movers(2)))
    await asyncio.sleep(0.01)
    await charts.aclose()
    assert await held_up is None


async def test_the_process_inherits_no_secret(charts, monkeypatch):
    named = [name for row in settings_table() for name in (row.name, f"{row.name}_FILE")]
    for name in (*named, "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "PGPASSWORD"):
        monkeypatch.setenv(name, "hunter2")
    assert await charts.draw(movers()) == draw(movers())
    inherited = await asyncio.to_thread(Path(f"/proc/{charts.worker_pid}/environ").read_text)
    assert "PATH=" in inherited
    assert "hunter2" not in inherited


async def test_ctrl_c_at_a_terminal_does_not_reach_the_process(charts):
    await charts.draw(movers())
    assert os.getsid(charts.worker_pid) != os.getsid(0)


async def test_a_users_own_plot_style_changes_no_chart(tmp_path, monkeypatch):
    style = tmp_path / "matplotlibrc"
    style.write_text("text.usetex: True\nlines.linestyle: :\nfont.family: serif\n")
    monkeypatch.setenv("MATPLOTLIBRC", str(style))
    async with Charts(seconds=MAX_WAIT) as charts:
        assert await charts.draw(movers()) == draw(movers())


PROGRAM = textwrap.dedent("""
    import asyncio, sys
    from bot.charts.charts import Charts
    from datetime import date
    from decimal import Decimal
    from bot.charts.specs import Spend
    print("runs")

    async def main():
        async with Charts(seconds=120) as charts:
            print((await charts.draw(Spend("Acme", ((date(2025, 11, 1), Decimal(1)),), date.max))).alt)

    asyncio.run(main())
    print(sorted({"matplotlib", "numpy", "PIL"} & set(sys.modules)))
""")
PRINTED = "runs\nBy the snapshots read here, $1.00 was spent on 1 Nov 2025 (UTC).\n[]\n"


def test_a_program_with_or_without_a_file_runs_once_and_never_imports_matplotlib(tmp_path):
    (tmp_path / "script.py").write_text(PROGRAM)
    for command, program in (("script.py", None), ("-", PROGRAM)):
        done = subprocess.run(
            [sys.executable, command], input=program, capture_output=True, text=True, cwd=tmp_path, check=False
        )
        assert (done.returncode, done.stderr, done.stdout) == (0, "", PRINTED)


def test_the_process_ends_with_the_bot_however_the_bot_ends():
    program = PROGRAM.replace("print((await", "pid = os.getpid(); print((await").replace(
        ".alt)\n", ".alt, flush=True); os.kill(pid, 9)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", "import os\n" + program], capture_output=True, check=False, timeout=MAX_WAIT
    )
    # The process shares stderr: that this ended in time means that both have ended.
    assert killed.returncode == -signal.SIGKILL
    assert killed.stderr == b""


def test_a_process_whose_bot_died_during_a_drawing_ends_quietly():
    with subprocess.Popen(
        [sys.executable, "-m", "bot.charts"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        process.stdin.write(framed(movers()))
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(MAX_WAIT) == 0
