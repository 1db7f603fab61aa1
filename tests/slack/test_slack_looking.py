"""Look-ups are not stored: none waits for the database's single writer, and a repeated one is still answered once."""

from sqlalchemy import text

from bot.store.database import Database
from tests.slack.bot_app import ANN
from tests.standins.environment import LINK


async def _heard(url):
    database = Database(url)
    try:
        async with database.reading() as connection:
            return (await connection.execute(text("select count(*) from inbox"))).scalar_one()
    finally:
        await database.close()


async def test_a_look_up_is_not_stored_and_still_answered_once(bot_app, sqlite_url):
    delivery = await bot_app.send("/usage")
    await bot_app.slack.until(lambda: bot_app.private(ANN))
    for _ in range(3):
        assert (await bot_app.slack.replay(delivery)).failure == ""
    await bot_app.type("/help")
    await bot_app.close()
    assert len(bot_app.private(ANN)) == 2
    assert await _heard(sqlite_url) == 0


async def test_a_request_that_may_spend_is_stored_before_it_is_handled(bot_app, sqlite_url):
    card = await bot_app.card(f"/track {LINK} 7")
    assert await _heard(sqlite_url) == 1
    await bot_app.changed(card, bot_app.press(card, "Track 7"))
    assert await _heard(sqlite_url) == 2
