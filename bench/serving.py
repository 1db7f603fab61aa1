"""Row 10 for `run`: start-up time until the bot serves requests, and its peak memory.

Measures Slack alone, then Slack with Discord and the scheduler. The database exists and every module is compiled, as
after any first start. The stand-ins for Slack and Discord run in this process.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.measure import Pair, Row, progress
from bench.slack import running_slack
from bench.starting import GOAL, GOAL_MEGABYTES, HERE, Run
from tests.standins.discord_server.server import running

ROUNDS = 10
TRIED = (
    "loading a chat only where it has a token, httpx without its command line and looking for no garbage while "
    "importing took off a fifth each or less; imported after the floor's, pydantic-settings takes 90 ms and 10 MB, the "
    "bot's own modules 170 ms, of which most is the making of classes, PostgreSQL's dialect 30 ms, uvicorn and "
    "Starlette 15 ms"
)


def rows() -> Iterator[Row]:
    """Start-up time as a ratio to the floor, memory as a difference from it."""
    progress("row 10: starting `run`")
    yield from asyncio.run(_rows())


async def _rows() -> list[Row]:
    program = str(Path(sys.executable).with_name("contentstats-bot"))
    async with running_slack() as slack, running() as discord:
        discord.rates.in_all = discord.rates.other = None
        discord.rates.routes = dict.fromkeys(discord.rates.routes)
        discord.install(discord.add_guild("Bench", discord.add_user("ana")))
        settings = {
            "CONTENTSTATS_API_KEY": "cs_test_bench",
            "CONTENTSTATS_BASE_URL": "http://127.0.0.1:9/api/v1",  # nothing listens here
            "SLACK_API_URL": f"{slack.url}/api/",
            "SLACK_BOT_TOKEN": "xoxb-bench",
            "SLACK_SIGNING_SECRET": "bench",
            "LOG_LEVEL": "INFO",
            "PORT": "0",
            "PYTHONDONTWRITEBYTECODE": "",
        }
        both = settings | {"DISCORD_TOKEN": discord.app.token, "DISCORD_API_URL": discord.api_url}
        full = ("connected to Discord", program, "run")
        web = ("listening", program, "run", "--only", "web")
        return [
            *await _compare(full, both, "all_imports", "run with both chats and scheduler; floor imports 5 libraries"),
            *await _compare(web, settings, "slack_imports", "run --only web; floor imports Bolt, httpx, SQLAlchemy"),
        ]


async def _compare(command: Sequence[str], settings: Mapping[str, str], floor_name: str, name: str) -> list[Row]:
    imports = ("ready", sys.executable, str(HERE / "floors" / f"{floor_name}.py"))
    with tempfile.TemporaryDirectory(prefix="contentstats-bench-") as folder:
        env = {**settings, "DATABASE_URL": f"sqlite:///{folder}/bench.db", "PYTHONPYCACHEPREFIX": folder}
        pairs = [(await _run(command, env, folder), await _run(imports, env, folder)) for _ in range(ROUNDS + 1)]
    ours, floor = zip(*pairs[1:], strict=True)  # the first creates the database and compiles the modules
    mine, bare = (statistics.median(run.megabytes for run in runs) for runs in (ours, floor))
    shown = (f"{mine:.1f} MB", f"{bare:.1f} MB", f"{mine - bare:+.1f} MB")
    return [
        Pair.of([run.seconds for run in ours], [run.seconds for run in floor]).row(10, name, GOAL, TRIED),
        Row(10, "the same, peak of memory", *shown, f"<= +{GOAL_MEGABYTES} MB", mine - bare <= GOAL_MEGABYTES, TRIED),
    ]


async def _run(command: Sequence[str], settings: Mapping[str, str], folder: str) -> Run:
    measure = (sys.executable, "-S", str(HERE / "ready.py"), *command)
    measuring = await asyncio.create_subprocess_exec(*measure, env=os.environ | settings, cwd=folder, stdout=PIPE)
    output, _ = await measuring.communicate()
    if measuring.returncode:
        raise RuntimeError(f"{command[1]} did not start")
    result = json.loads(output)
    return Run(result["seconds"], result["bytes"] / 1e6)
