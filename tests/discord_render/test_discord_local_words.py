"""The bot's own sentences call a workspace a server in Discord; titles keep their words."""

import json
import re

import pytest

from adapters.discord.commands import payload
from adapters.discord.render import messages
from adapters.discord.text import markdown, server_wording
from bot.reply.model import Link, text
from tests.gallery import gallery


def test_no_message_or_command_mentions_a_workspace():
    shown = [message.components for reply in gallery().values() for message in messages(reply)]
    said = json.dumps([shown, payload()], ensure_ascii=False)
    assert len(re.findall(r"\bserver\b", said)) > 10
    assert re.findall(r".{0,30}\bworkspaces?\b", said) == []


@pytest.mark.parametrize("words", ["My workspace tour", "Workspaces", "the workspace of my dreams"])
def test_a_title_keeps_its_words(words):
    assert server_wording(words) == words
    assert words in "".join(markdown((Link("in this workspace", "https://a.b/c"), *text(words))))


def test_a_sentence_after_a_mark_says_server_too():
    assert server_wording("⛔ This workspace has no key. This workspace needs one.") == (
        "⛔ This server has no key. This server needs one."
    )
