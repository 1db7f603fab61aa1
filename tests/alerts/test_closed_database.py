"""A database that takes no writes: an error names it, and the alert is posted once it takes them again."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from bot.domain.errors import DatabaseUnavailable


async def test_an_alert_that_could_not_be_written_is_posted_later(play, url):
    await play.alerts("balance 5")
    play.available("4.50")
    await play.poll()
    async with play.database.writing() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 1"))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable):
            await play.engine.react_due()
    assert await play.posted() == []
    await play.engine.react_due()
    assert [each.key for each in await play.posted()] == ["balance.low:1:1"]
