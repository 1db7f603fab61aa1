"""A server for a workspace, and moments in the reader's zone, in all that the bot itself says; foreign words stay."""

import json
import re

import pytest

from adapters.discord.commands import payload
from adapters.discord.render import messages
from adapters.discord.text import markdown, servers
from bot.reply.model import Link, text
from tests.gallery import gallery


def test_no_message_and_no_command_names_a_workspace_or_a_time_of_utc():
    shown = [message.components for reply in gallery().values() for message in messages(reply)]
    said = json.dumps([shown, payload()], ensure_ascii=False)
    assert len(re.findall(r"\bserver\b", said)) > 10
    assert re.findall(r".{0,30}\bworkspaces?\b", said) == []
    assert re.findall(r".{0,30}[0-9]{2}:[0-9]{2} UTC", re.sub(r"```.*?```|Views grew[^\"]*", "", said)) == []


def test_a_moment_in_a_sentence_is_shown_in_the_zone_of_whoever_reads():
    said = "".join(markdown(text("Due 2026-03-03 09:00 UTC, or 2026-13-03 09:00 UTC.")))
    assert said == "Due <t:1772528400:f>, or 2026-13-03 09\\:00 UTC."


@pytest.mark.parametrize("words", ["My workspace tour", "Workspaces", "the workspace of my dreams"])
def test_a_title_keeps_its_words(words):
    assert servers(words) == words
    assert words in "".join(markdown((Link("in this workspace", "https://a.b/c"), *text(words))))
