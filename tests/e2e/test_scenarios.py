"""Every scenario in both chats; those of `scenarios` also at the console and on the page."""

from inspect import iscoroutinefunction

import pytest
from pydantic import SecretStr

from tests.e2e import chat_scenarios, scenarios
from tests.e2e.chats import KEYS, SECRET
from tests.e2e.console_chat import console_chat
from tests.e2e.discord_chat import discord_chat
from tests.e2e.page_chat import page_chat
from tests.e2e.slack_chat import slack_chat
from tests.standins.environment import sandbox_of

CHATS = {"slack": slack_chat, "discord": discord_chat}


def _of(module):
    named = vars(module).items()
    return {name: each for name, each in named if iscoroutinefunction(each) and each.__module__ == module.__name__}


EVERYWHERE = _of(scenarios)
IN_CHATS = EVERYWHERE | _of(chat_scenarios)


@pytest.fixture
async def sandbox(clock):
    async with sandbox_of(clock, keys=KEYS) as sandbox:
        yield sandbox


@pytest.fixture
def settings():
    return {"secret_keys": SecretStr(SECRET), "may_spend": "managers"}


@pytest.mark.parametrize("open_chat", CHATS.values(), ids=CHATS)
@pytest.mark.parametrize("name", IN_CHATS)
async def test_scenario_in_a_chat(open_chat, name, sandbox, clock, sqlite_url, settings):
    async with open_chat(sandbox, clock, sqlite_url, **settings) as chat:
        await IN_CHATS[name](chat)


@pytest.mark.parametrize("name", EVERYWHERE)
async def test_scenario_at_a_console(name, sandbox, clock, sqlite_url, settings, tmp_path):
    async with console_chat(sandbox, clock, sqlite_url, tmp_path / "files", **settings) as chat:
        await EVERYWHERE[name](chat)


@pytest.mark.parametrize("name", EVERYWHERE)
async def test_scenario_on_the_page(name, sandbox, clock, sqlite_url, settings):
    async with page_chat(sandbox, clock, sqlite_url, **settings) as chat:
        await EVERYWHERE[name](chat)
