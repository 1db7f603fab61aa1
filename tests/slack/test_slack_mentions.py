"""Whatever a video or a person is called: nothing that the bot says in Slack notifies anybody or leads astray."""

import pytest

from tests.slack.stage import ANN, GENERAL
from tests.standins.slack.mrkdwn import links, mentions

HOSTILE = "https://www.tiktok.com/@hostile/video/7301234567890123456"
NAMES = ("<!channel> *Ann* <@U2>", "@everyone :rotating_light: `x`", "<https://evil.example|Ann>")


@pytest.fixture
def transport():
    return "http"


async def _everything_said(stage, name):
    stage.slack.users[ANN].display_name = name
    card = await stage.card(f"/track {HOSTILE} 7")
    await stage.line(stage.press(card, "Track 7"))
    stage.clock.advance(hours=3)
    for line in ("/videos", f"/stats {HOSTILE}", "/usage", f"/track {HOSTILE}", "/stats <!here>"):
        await stage.type(line)
    question = await stage.type(f"/stop {HOSTILE}")
    await stage.line(stage.press(question, "Stop tracking"))
    await stage.send(f"/export {HOSTILE}")
    await stage.slack.open_home(ANN)
    await stage.close()
    return [call.args for call in stage.slack.calls if call.method not in {"upload", "users.info", "auth.test"}]


@pytest.mark.parametrize("name", NAMES)
async def test_no_title_and_no_name_mentions_anybody_or_becomes_a_link(stage, name):
    said = await _everything_said(stage, name)
    assert len(said) > 10
    assert [found for args in said if (found := mentions(args))] == []
    shown = [args.get("blocks") or args.get("view") for args in said]
    assert {link for blocks in shown for link in links(blocks) if "example" in link} == set()
    public = stage.slack.channel(GENERAL).messages
    assert len(public) == 2
    assert {link for message in public for link in links(message.blocks)} == {HOSTILE}
