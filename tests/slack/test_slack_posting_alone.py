"""A process that posts and does nothing else: no Socket Mode, no web server, the tokens alone."""

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


async def test_a_bot_token_alone_posts_into_channels_and_to_people(slack, token, sandbox, clock, sqlite_url):
    async with Bot(settings_of(sandbox, sqlite_url), clock=clock) as bot:
        posted, told = await _post(bot, SlackOptions(slack.api_url, token.value), clock)
    assert isinstance(posted, Posted)
    assert isinstance(told, Posted)
    assert [message.text for message in slack.channel(GENERAL).messages] == ["Good morning."]
    assert [message.text for message in slack.direct_messages(ANN)] == ["Good morning."]


async def test_what_others_have_installed_is_posted_into_without_a_request(
    slack, app, token, sandbox, clock, sqlite_url
):
    settings = settings_of(sandbox, sqlite_url, secret_keys=SecretStr("k" * 32))
    options = SlackOptions(slack.api_url, client_id=app.client_id, client_secret=app.client_secret)
    async with Bot(settings, clock=clock) as bot:
        nobody, _ = await _post(bot, options, clock)
        installed = Installation("T1", None, "Acme", token.value)
        await bot.installations.save("slack", "T1", installed.body, clock())
        posted, told = await _post(bot, options, clock)
    assert isinstance(nobody, Rejected)
    assert isinstance(posted, Posted)
    assert isinstance(told, Posted)
