"""Nothing bounds the ids that the API gives its videos: with long ones every message is still shown everywhere."""

import json

import pytest
from rich.console import Console

from adapters.console.render import card, choices, menu
from adapters.discord.render import messages as discord_messages
from adapters.discord.render import one_message
from adapters.slack.render import messages as slack_messages
from bot.reply.as_json import to_json
from bot.reply.stored import from_stored, to_stored
from tests.examples import video
from tests.gallery import gallery
from tests.standins.discord_server.components import validate as discord_problems
from tests.standins.slack.block_kit import validate as slack_problems

SHORT = video().id.rstrip("0")
LONG = f"{'long-and:odd/id ' * 13}-"
EXAMPLES = gallery()


@pytest.fixture(params=EXAMPLES)
def reply(request):
    """A message of the bot with ids of 200 characters and more."""
    payload, blobs = to_stored(EXAMPLES[request.param])
    return from_stored(payload.replace(SHORT, LONG), blobs)


def test_discord_shows_it(reply):
    for message in (*discord_messages(reply), one_message(reply)):
        body = {"components": list(message.components), "flags": message.flags}
        assert discord_problems(body, attached=[each.name for each in message.files]) == []


def test_slack_shows_it(reply):
    for message in slack_messages(reply):
        assert slack_problems(json.loads(json.dumps(list(message.blocks))), "message") == []


def test_the_console_shows_it(reply):
    with (console := Console(width=80)).capture() as shown:
        console.print(card(reply, 80), menu(choices(reply)))
    assert shown.get()
    assert json.loads(to_json(reply))
