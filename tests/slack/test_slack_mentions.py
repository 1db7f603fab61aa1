"""Whatever a video or a person is called, the bot's messages notify nobody and contain no unwanted link."""

import pytest

from tests.slack.bot_app import ANN, GENERAL
from tests.standins.slack.mrkdwn import links, mentions

HOSTILE = "https://www.tiktok.com/@hostile/video/7301234567890123456"
NAMES = ("<!channel> *Ann* <@U2>", "@everyone :rotating_light: `x`", "<https://evil.example|Ann>")


async def _all_messages(bot_app, name):
    bot_app.slack.users[ANN].display_name = name
    card = await bot_app.card(f"/track {HOSTILE} 7")
    await bot_app.line(bot_app.press(card, "Track 7"))
    bot_app.clock.advance(hours=3)
    for line in ("/videos", f"/stats {HOSTILE}", "/usage", f"/track {HOSTILE}", "/stats <!here>"):
        await bot_app.type(line)
    question = await bot_app.type(f"/stop {HOSTILE}")
    await bot_app.line(bot_app.press(question, "Stop tracking"))
    await bot_app.send(f"/export {HOSTILE}")
    await bot_app.slack.open_home(ANN)
    await bot_app.close()
    return [call.args for call in bot_app.slack.calls if call.method not in {"upload", "users.info", "auth.test"}]


@pytest.mark.parametrize("name", NAMES)
async def test_no_title_or_name_mentions_anyone_or_becomes_a_link(bot_app, name):
    said = await _all_messages(bot_app, name)
    assert len(said) > 10
    assert [found for args in said if (found := mentions(args))] == []
    shown = [args.get("blocks") or args.get("view") for args in said]
    assert {link for blocks in shown for link in links(blocks) if "example" in link} == set()
    public = bot_app.slack.channel(GENERAL).messages
    assert len(public) == 2
    assert {link for message in public for link in links(message.blocks)} == {HOSTILE}
