"""How many files the two longest journeys run through: a typed `/track`, and a digest until it is posted."""

import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.caller import WorkspaceRef
from tests.e2e.chats import ANN, KEYS, OPERATOR
from tests.e2e.slack_chat import slack_chat
from tests.standins.environment import ANA, LINK, sandbox_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def chat(clock, sqlite_url):
    async with sandbox_of(clock, keys=KEYS) as sandbox, slack_chat(sandbox, clock, sqlite_url) as chat:
        yield chat


@contextmanager
def entered():
    """The program's files whose functions are called within the block."""
    files = set()

    def note(frame, event, _):
        path = frame.f_code.co_filename
        if event == "call" and frame.f_code.co_name != "<module>" and path.startswith(f"{ROOT}/"):
            name = path.removeprefix(f"{ROOT}/")
            if name.startswith(("bot/", "adapters/")) and not name.startswith("adapters/sandbox/"):
                files.add(name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield files
    finally:
        sys.setprofile(before)


async def test_a_typed_track_to_its_card(chat):
    with entered() as files:
        page = await chat.say(ANN, "track", link=LINK)
    assert "Track this video?" in page.text
    assert len(files) <= 67, "\n".join(sorted(files))


async def test_a_digest_from_its_tick_to_its_post(chat):
    bot, poster = chat.bot_app.bot, chat.bot_app.program.poster
    here = replace(ANA, workspace=WorkspaceRef("slack", "T1", "T1"), channel_id=chat.channel)
    chat.sandbox.world.track(OPERATOR, LINK, 7)
    chat.clock.advance(hours=3)
    await bot.run("digest", "on 14:00 UTC", here)
    jobs = bot.scheduler({"slack": poster})._jobs
    chat.clock.advance(minutes=31)
    while await jobs["poll"].do():
        chat.clock.advance(seconds=1)
    with entered() as files:
        for name in ("digest", "deliver"):
            await jobs[name].do()
    assert "views" in chat.public()[-1]
    assert len(files) <= 50, "\n".join(sorted(files))
