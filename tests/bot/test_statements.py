"""How many statements a reply takes: each one is time while a person waits, and a round trip on PostgreSQL."""

from dataclasses import replace

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.commands.permissions import PERMISSIONS
from bot.domain.caller import Role
from bot.reply.model import Tone
from tests.standins.environment import BEN, LINK, labels

MEMBER = replace(BEN, role=Role.MEMBER, permissions=PERMISSIONS[Role.MEMBER]["members"])


@pytest.fixture
def statements():
    """The statements since the last `clear`."""
    found = []

    def note(*call):
        found.append(call[2])

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("command", "count"), [("usage", 5), ("videos", 6)])
async def test_a_card_takes_few_statements(env, statements, command, count):
    await env.start(caller=MEMBER)
    await env.bot.run(command, "", MEMBER)
    statements.clear()
    reply = await env.bot.run(command, "", MEMBER)
    assert reply.tone is Tone.INFO
    assert len(statements) == count, statements


async def test_a_videos_card_takes_two_statements_and_offers_its_stop_without_another(env, statements):
    await env.start(caller=MEMBER)
    await env.bot.run("stats", LINK, MEMBER)
    (option,) = await env.bot.suggest("stats", "video", "", MEMBER)
    statements.clear()
    reply = await env.bot.run("stats", option.value, MEMBER)
    assert "Stop" in labels(reply)
    assert len(statements) == 2, statements


async def test_choices_while_typing_take_one_statement(env, statements):
    await env.start(caller=MEMBER)
    statements.clear()
    assert await env.bot.suggest("stats", "video", "", MEMBER)
    assert len(statements) == 1, statements
