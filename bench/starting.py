"""Row 10: time and peak memory of a console process that answers /help and exits.

The database exists and every module is compiled, as after any first start. /help draws nothing, so the chart process
isn't started.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Pair, Row, progress

ROUNDS = 20
GOAL, GOAL_MEGABYTES = 1.25, 15
TRIED = (
    "loading later what /help does not need took off: the HTTP client 0.09, cryptography 0.03, PostgreSQL's dialect "
    "0.06; looking for no garbage while importing, 0.11"
)
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Run:
    """What one process used: seconds, and its peak memory in megabytes."""

    seconds: float
    megabytes: float


def rows() -> Iterator[Row]:
    """Run time as a ratio to the floor, memory as a difference from it."""
    progress("row 10: starting processes")
    console = (str(Path(sys.executable).with_name("contentstats-bot")), "console", "-c", "/help")
    imports = (sys.executable, str(HERE / "floors" / "imports.py"))
    with tempfile.TemporaryDirectory(prefix="contentstats-bench-") as folder:
        runs = [(_run(console, folder), _run(imports, folder)) for _ in range(ROUNDS + 1)]
    ours, floor = zip(*runs[1:], strict=True)  # the first creates the database and compiles the modules
    name = "console -c /help, from start to end; floor is importing its libraries"
    yield Pair.of([run.seconds for run in ours], [run.seconds for run in floor]).row(10, name, GOAL, TRIED)
    mine, bare = (statistics.median(run.megabytes for run in runs) for runs in (ours, floor))
    shown = (f"{mine:.1f} MB", f"{bare:.1f} MB", f"{mine - bare:+.1f} MB")
    yield Row(10, "the same, peak of memory", *shown, f"<= +{GOAL_MEGABYTES} MB", mine - bare <= GOAL_MEGABYTES)


def _run(command: Sequence[str], folder: str) -> Run:
    settings = {
        "CONTENTSTATS_API_KEY": "cs_test_bench",
        "CONTENTSTATS_BASE_URL": "http://127.0.0.1:9/api/v1",  # /help calls no API
        "DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "PYTHONPYCACHEPREFIX": folder,
        "PYTHONDONTWRITEBYTECODE": "",
    }
    spawn = [sys.executable, "-I", "-S", str(HERE / "spawn.py"), *command]
    done = subprocess.run(spawn, env=os.environ | settings, cwd=folder, stdout=subprocess.PIPE, check=True)
    result: Mapping[str, float] = json.loads(done.stdout)
    if result["code"] != 0:
        raise RuntimeError(f"{command[0]} ended with {result['code']}")
    return Run(result["seconds"], result["bytes"] / 1e6)
