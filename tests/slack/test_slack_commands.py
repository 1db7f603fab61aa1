"""Every command under every name: acknowledged at once, answered to its asker only."""

import re

import pytest

from adapters.slack.text import unescaped
from tests.slack.bot_app import ANN, GENERAL, RANDOM, SECRET, bot_app_of, on_each_transport
from tests.standins.environment import LINK, USAGE

pytestmark = on_each_transport

LINES = {
    "track": f"/track {LINK} 7",
    "videos": "/videos tiktok",
    "stats": f"/stats {LINK}",
    "compare": f"/compare {LINK} https://www.youtube.com/watch?v=steady_cats",
    "stop": f"/stop {LINK}",
    "usage": "/usage",
    "digest": "/digest status",
    "alerts": "/alerts",
    "export": f"/export {LINK}",
    "disconnect": "/disconnect",
    "status": "/status",
    "help": "/help track",
}
OTHERS = re.compile(rf"(?<![\w/.:-])/(?:{'|'.join([*LINES, 'connect'])})(?![\w/-])")
"""Command names that another app might have."""


@pytest.mark.parametrize("line", ["/contentstats usage", "/contentstats /usage", "/contentstats   USAGE "])
async def test_the_umbrella_command_takes_every_command_as_its_first_word(bot_app, line):
    assert "available" in (await bot_app.type(line)).text


async def test_the_prefix_is_added_to_every_command_but_the_umbrella(slack, app, token, sandbox, clock, sqlite_url):
    async with bot_app_of(slack, app, token, sandbox, clock, sqlite_url, prefix="cs-") as bot_app:
        assert "available" in (await bot_app.type("/cs-usage")).text
        assert "available" in (await bot_app.type("/contentstats usage")).text
        bot_app.track(LINK)
        texts = [
            (await bot_app.type(f"/cs-{line[1:]}")).text for line in (*LINES.values(), "/usag", "/track 7 dollars")
        ]
        form = await bot_app.modal(bot_app.send("/cs-digest"))
        private = await bot_app.type("/cs-usage", channel=SECRET)
        texts += [str(message.blocks) for message in (*bot_app.private(ANN), private)] + [str(form.blocks)]
        await bot_app.slack.open_home(ANN)
        await bot_app.slack.until(lambda: bot_app.slack.home(ANN))
        texts.append(str(bot_app.slack.home(ANN).blocks))
        assert "Digests" in texts[-1]
        assert not OTHERS.search(" ".join(texts))


async def test_the_word_payload_in_a_text_has_no_effect(bot_app):
    assert (
        "No video here matches “payload=1 of the truck”" in (await bot_app.type("/stats payload=1 of the truck")).text
    )


async def test_links_and_entities_are_read_in_slacks_escaped_form(bot_app):
    line = "/track <https://www.youtube.com/watch?v=steady_cats&amp;t=5|youtube.com> 3"
    assert "YouTube video (steady_cats)" in (await bot_app.card(line)).text


@pytest.mark.parametrize("channel", [GENERAL, RANDOM, SECRET])
async def test_commands_are_answered_in_channels_without_the_bot(bot_app, channel):
    answer = await bot_app.type("/usage", channel=channel)
    assert (answer.channel_id, answer.only_for) == (channel, ANN)


async def test_a_command_is_acknowledged_before_contentstats_responds(bot_app):
    bot_app.sandbox.faults.add("slow", USAGE, seconds=0.2)
    delivery = await bot_app.send("/usage")
    assert delivery.failure == ""
    assert bot_app.private(ANN) == []
    await bot_app.slack.until(lambda: bot_app.private(ANN))
    assert "available" in bot_app.private(ANN)[0].text


async def test_the_umbrella_command_accepts_any_white_space(bot_app):
    assert "TikTok video by @steady" in (await bot_app.card(f"/contentstats track\n{LINK}\t7")).text


async def test_a_title_is_searched_for_unescaped(bot_app):
    bot_app.track(LINK)
    answer = await bot_app.type("/stats cats &amp; dogs &lt;3 ?a=1&copy=2")
    assert "No video here matches “cats &amp; dogs &lt;3 ?a=1&amp;copy=2”" in answer.text
    assert unescaped("cats &amp; dogs &lt;3 ?a=1&copy=2 &amp;lt;") == "cats & dogs <3 ?a=1&copy=2 &lt;"
