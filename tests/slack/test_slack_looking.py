"""Looking is not written down: no look waits for the database's only writer, and none is said twice for that."""

from sqlalchemy import text

from bot.store.database import Database
from tests.slack.stage import ANN
from tests.standins.scene import LINK


async def _heard(url):
    database = Database(url)
    try:
        async with database.reading() as connection:
            return (await connection.execute(text("select count(*) from inbox"))).scalar_one()
    finally:
        await database.close()


async def test_a_look_is_not_written_down_and_still_answered_once(stage, sqlite_url):
    delivery = await stage.send("/usage")
    await stage.slack.until(lambda: stage.private(ANN))
    for _ in range(3):
        assert (await stage.slack.replay(delivery)).failure == ""
    await stage.type("/help")
    await stage.close()
    assert len(stage.private(ANN)) == 2
    assert await _heard(sqlite_url) == 0


async def test_whatever_may_spend_is_written_down_before_it_is_looked_at(stage, sqlite_url):
    card = await stage.card(f"/track {LINK} 7")
    assert await _heard(sqlite_url) == 1
    await stage.changed(card, stage.press(card, "Track 7"))
    assert await _heard(sqlite_url) == 2
