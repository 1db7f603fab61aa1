"""Half characters (lone surrogates) and addresses in capitals, in every part of a reply and every renderer."""

import io
import json
from dataclasses import asdict

import pytest
from rich.console import Console

from adapters.console.render import card
from adapters.discord import render as discord
from adapters.slack import render as slack
from bot.reply.as_json import from_stored, to_json, to_stored
from bot.reply.model import LinkButton, Reply
from bot.reply.plain import plain_text
from tests.examples import every_part


def console(reply):
    out = io.StringIO()
    Console(file=out, width=80).print(card(reply, 80))
    return out.getvalue()


RENDERERS = (
    lambda reply: [asdict(each) for each in slack.messages(reply)],
    slack.home_view,
    lambda reply: asdict(slack.public_message(reply.public_line)),
    lambda reply: [each.components for each in discord.messages(reply)],
    lambda reply: discord.public_message(reply.public_line).components,
    console,
    plain_text,
    to_json,
    lambda reply: to_json(from_stored(*to_stored(reply))),
)


HALF = "v\ud83d"
REPLY = every_part(HALF, f"https://example.org/{HALF}")


@pytest.mark.parametrize("render", RENDERERS)
def test_half_characters_break_no_rendering_and_are_never_sent(render):
    assert json.dumps(render(REPLY), ensure_ascii=False).encode()


def test_a_link_in_capitals_is_valid_in_discord():
    reply = Reply("x", actions=(LinkButton("Open", "HTTPS://X.COM/A/Status/1"),))
    assert "https://x.com/A/Status/1" in str(discord.messages(reply))
    assert "HTTPS" not in str(discord.messages(reply)) + str(slack.messages(reply)[0].blocks)
