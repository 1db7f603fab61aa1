"""A database that takes nothing: that is told as such, and what was to be said is said when it takes it again."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from bot.domain.errors import DatabaseUnavailable


async def test_what_could_not_be_written_is_said_later(play, url):
    await play.alerts("balance 5")
    play.available("4.50")
    await play.poll()
    async with play.database.writing() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 1"))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable):
            await play.engine.react_due()
    assert await play.said() == []
    await play.engine.react_due()
    assert [each.key for each in await play.said()] == ["balance.low:1:1"]
