"""The tests' own PostgreSQL: it must start anywhere and leave everything else as it was."""

import socket

import asyncpg
import pytest

from tests.standins.postgres import copied, find_binaries, running


async def test_it_runs_from_a_private_folder_and_leaves_the_folder_private(tmp_path, monkeypatch):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    monkeypatch.setenv("PG_BIN", str(copied(find_binaries(), private)))
    with running() as server:
        connection = await asyncpg.connect(server.url("postgres"))
        assert await connection.fetchval("SHOW server_version") != ""
        await connection.close()
    assert private.stat().st_mode & 0o777 == 0o700


def test_it_ends_with_its_block_whatever_happens_inside():
    with pytest.raises(LookupError), running() as server:
        raise LookupError
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", server.port)) != 0
