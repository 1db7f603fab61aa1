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


async def _post(bot, options, clock):
    async with SlackApp(bot, options, clock, nap) as program:
        posted = await program.poster.post(HERE, HELLO, "a")
        person = await program.poster.direct("T1", ANN)
        return posted, person and await program.poster.post(person, HELLO, "b")


async def test_only_a_bot_token_is_needed_to_post_to_channels_and_people(slack, token, sandbox, clock, sqlite_url):
    async with Bot(settings_of(sandbox, sqlite_url), clock=clock) as bot:
        posted, direct = await _post(bot, SlackOptions(slack.api_url, token.value), clock)
    assert isinstance(posted, Posted)
    assert isinstance(direct, Posted)
    assert [message.text for message in slack.channel(GENERAL).messages] == ["Good morning."]
    assert [message.text for message in slack.direct_messages(ANN)] == ["Good morning."]


async def test_workspaces_that_installed_the_app_are_posted_to(slack, app, token, sandbox, clock, sqlite_url):
    settings = settings_of(sandbox, sqlite_url, secret_keys=SecretStr("k" * 32))
    options = SlackOptions(slack.api_url, client_id=app.client_id, client_secret=app.client_secret)
    async with Bot(settings, clock=clock) as bot:
        nobody, _ = await _post(bot, options, clock)
        installed = Installation("T1", None, "Acme", token.value)
        await bot.store.installations.save("slack", "T1", installed.body, clock())
        posted, direct = await _post(bot, options, clock)
    assert isinstance(nobody, Rejected)
    assert isinstance(posted, Posted)
    assert isinstance(direct, Posted)
