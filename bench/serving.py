"""Row 10 for `run` with Slack: from the start of the process until it listens, and its memory when it does.

The database is there and every module is compiled, as after any first start. Slack is here, and says yes to the token.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.measure import Pair, Row, say
from bench.slack import receiving
from bench.starting import GOAL, GOAL_MEGABYTES, HERE, Run

ROUNDS = 10
TRIED = (
    "looking for no garbage while importing took off 15 % of the processor time; imported after the floor's, "
    "pydantic-settings took 124 ms and 10 MB, PostgreSQL's dialect 25 ms and 2 MB, cryptography 9 ms and 7 MB, uvicorn "
    "and Starlette 22 ms and 3 MB; the tables' partial indexes load PostgreSQL's dialect on SQLite too"
)


def rows() -> Iterator[Row]:
    """Time as a ratio, memory as a difference."""
    say("row 10: starting `run`")
    yield from asyncio.run(_rows())


async def _rows() -> list[Row]:
    program = ("listening", str(Path(sys.executable).with_name("contentstats-bot")), "run", "--only", "web")
    imports = ("ready", sys.executable, str(HERE / "floors" / "slack_imports.py"))
    with tempfile.TemporaryDirectory(prefix="contentstats-bench-") as folder:
        async with receiving() as slack:
            settings = {
                "CONTENTSTATS_API_KEY": "cs_test_bench",
                "CONTENTSTATS_BASE_URL": "http://127.0.0.1:9/api/v1",  # starting asks nobody
                "DATABASE_URL": f"sqlite:///{folder}/bench.db",
                "SLACK_API_URL": f"{slack.url}/api/",
                "SLACK_BOT_TOKEN": "xoxb-bench",
                "SLACK_SIGNING_SECRET": "bench",
                "LOG_LEVEL": "INFO",
                "PORT": "0",
                "PYTHONPYCACHEPREFIX": folder,
                "PYTHONDONTWRITEBYTECODE": "",
            }
            pairs = [
                (await _run(program, settings, folder), await _run(imports, settings, folder))
                for _ in range(ROUNDS + 1)
            ]
    ours, floor = zip(*pairs[1:], strict=True)  # the first makes the database and compiles
    name = "run --only web until it listens; floor imports slack_bolt, httpx, sqlalchemy"
    mine, alone = (statistics.median(run.megabytes for run in runs) for runs in (ours, floor))
    shown = (f"{mine:.1f} MB", f"{alone:.1f} MB", f"{mine - alone:+.1f} MB")
    return [
        Pair.of([run.seconds for run in ours], [run.seconds for run in floor]).row(10, name, GOAL, TRIED),
        Row(10, "the same, peak of memory", *shown, f"<= +{GOAL_MEGABYTES} MB", mine - alone <= GOAL_MEGABYTES, TRIED),
    ]


async def _run(command: Sequence[str], settings: dict[str, str], folder: str) -> Run:
    watch = (sys.executable, "-S", str(HERE / "ready.py"), *command)
    watching = await asyncio.create_subprocess_exec(*watch, env=os.environ | settings, cwd=folder, stdout=PIPE)
    said, _ = await watching.communicate()
    if watching.returncode:
        raise RuntimeError(f"{command[1]} did not start")
    told = json.loads(said)
    return Run(told["seconds"], told["bytes"] / 1e6)
