"""A read-only database: an error names it, and the alert is posted once writes work again."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from bot.domain.errors import DatabaseUnavailable


async def test_an_alert_that_could_not_be_written_is_posted_later(alert_env, url):
    await alert_env.alerts("balance 5")
    alert_env.available("4.50")
    await alert_env.poll()
    async with alert_env.database.writing() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 1"))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable):
            await alert_env.engine.react_due()
    assert await alert_env.posted() == []
    await alert_env.engine.react_due()
    assert [each.key for each in await alert_env.posted()] == ["balance.low:1:1"]
