"""Every scenario in every chat that it can happen in."""

import pytest
from pydantic import SecretStr

from tests.e2e.console_house import console_house
from tests.e2e.discord_house import discord_house
from tests.e2e.house import KEYS, SECRET
from tests.e2e.scenarios import EVERYWHERE, IN_CHATS
from tests.e2e.slack_house import slack_house
from tests.standins.scene import HandClock, sandbox_of

HOUSES = {"slack": slack_house, "discord": discord_house}


def _named(scenarios):
    return {each.__name__: each for each in scenarios}


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def sandbox(clock):
    async with sandbox_of(clock, keys=KEYS) as sandbox:
        yield sandbox


@pytest.fixture
def settings():
    return {"secret_keys": SecretStr(SECRET), "may_spend": "managers"}


@pytest.mark.parametrize("chat", HOUSES)
@pytest.mark.parametrize("name", _named(EVERYWHERE + IN_CHATS))
async def test_in_chats(chat, name, sandbox, clock, sqlite_url, settings):
    async with HOUSES[chat](sandbox, clock, sqlite_url, **settings) as house:
        await _named(EVERYWHERE + IN_CHATS)[name](house)


@pytest.mark.parametrize("name", _named(EVERYWHERE))
async def test_at_a_console(name, sandbox, clock, sqlite_url, settings, tmp_path):
    async with console_house(sandbox, clock, sqlite_url, tmp_path / "files", **settings) as house:
        await _named(EVERYWHERE)[name](house)
