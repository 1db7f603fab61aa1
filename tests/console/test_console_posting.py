"""Automatic posts at the console; tests/posters has the guarantees of every platform."""

import io
from dataclasses import replace

import pytest

from adapters.console.post import ConsolePoster
from bot.delivery.poster import ChannelRef, Posted, Rejected
from bot.reply.call import Call
from bot.reply.model import Button, Picture, Reply
from tests.console.conftest import EVIL, SEEN

HERE = ChannelRef("console", "local", "general")
CHART = Reply("Views grew.", parts=(Picture("views.png", b"png", "Views grew from 1 to 2."),))


@pytest.fixture
def out():
    return io.StringIO()


@pytest.fixture
def poster(out, tmp_path):
    return ConsolePoster(out, tmp_path)


async def test_a_message_is_written_under_its_channel(out, poster):
    assert await poster.post(HERE, Reply("Hello."), "a") == Posted("1")
    assert await poster.post(replace(HERE, thread_id="1"), Reply("Hello again."), "b") == Posted("2")
    assert await poster.edit(HERE, "1", Reply("Goodbye.")) == Posted("1")
    assert out.getvalue().split("\n\n") == [
        "#general, message 1:\nHello.",
        "#general, thread 1, message 2:\nHello again.",
        "#general, message 1, updated:\nGoodbye.",
        "",
    ]


async def test_a_picture_is_saved_and_described(out, poster, tmp_path):
    await poster.post(HERE, CHART, "a")
    assert (tmp_path / "views.png").read_bytes() == b"png"
    for words in ("Views grew from 1 to 2.", f"Saved {tmp_path / 'views.png'}"):
        assert words in out.getvalue()


async def test_a_posts_buttons_have_no_numbers(out, poster):
    await poster.post(HERE, Reply("Hello.", actions=(Button("Refresh", Call("help")),)), "a")
    assert "\nRefresh\n" in out.getvalue()
    assert "1. " not in out.getvalue()


async def test_hostile_names_are_shown_as_plain_text(out, poster):
    await poster.post(ChannelRef("console", "local", EVIL), Reply("Hello."), "a")
    assert out.getvalue().startswith(f"#{SEEN}")
    assert "\x1b" not in out.getvalue()


async def test_a_closed_terminal_is_reported_and_raises_nothing(out, poster):
    out.close()
    delivery = await poster.post(HERE, Reply("Hello."), "a")
    assert isinstance(delivery, Rejected)
    assert "Start the console again" in delivery.sentence
