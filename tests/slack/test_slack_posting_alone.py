"""A process that only posts: no Socket Mode and no web server, only tokens."""

from pydantic import SecretStr

from adapters.slack.app import SlackApp, SlackOptions
from adapters.slack.workspaces import Installation
from bot.app import Bot
from bot.delivery.poster import ChannelRef, Posted, Rejected
from bot.reply.model import Reply
from tests.slack.bot_app import ANN, GENERAL
from tests.standins.environment import nap, settings_of

HELLO = Reply("Good morning.")
HERE = ChannelRef("slack", "T1", GENERAL)


async def test_workspaces_that_installed_the_app_are_posted_to(slack, app, token, sandbox, clock, sqlite_url):
    settings = settings_of(sandbox, sqlite_url, secret_keys=SecretStr("k" * 32))
    options = SlackOptions(slack.api_url, client_id=app.client_id, client_secret=app.client_secret)
    async with Bot(settings, clock=clock) as bot, SlackApp(bot, options, clock, nap) as program:
        assert isinstance(await program.poster.post(HERE, HELLO, "a"), Rejected)
    async with Bot(settings, clock=clock) as bot, SlackApp(bot, options, clock, nap) as program:
        installed = Installation("T1", None, "Acme", token.value)
        await bot.store.installations.save("slack", "T1", installed.body, clock())
        assert isinstance(await program.poster.post(HERE, HELLO, "b"), Posted)
        person = await program.poster.direct("T1", ANN)
        assert isinstance(await program.poster.post(person, HELLO, "c"), Posted)
