"""What Slack tells an app by itself, over HTTP and over Socket Mode."""

import pytest

from tests.standins_slack.blocks import section

pytestmark = pytest.mark.usefixtures("reached")


async def test_events_arrive_and_come_again_with_a_number(slack, bolt, team):
    heard: list[tuple[dict, dict]] = []

    @bolt.event("app_home_opened")
    async def opened(body, request):
        heard.append((body, request.headers))

    first = await slack.open_home("U2")
    again = await slack.redeliver(first)
    assert (first.failure, again.retry_num) == ("", 1)
    assert heard[0][0] == heard[1][0]
    assert heard[0][0]["event"]["user"] == "U2"
    assert heard[0][0]["authorizations"][0]["team_id"] == team.id
    assert "x-slack-retry-num" not in heard[0][1] or heard[0][1]["x-slack-retry-num"] == ["0"]
    assert heard[1][1]["x-slack-retry-num"] == ["1"]
    third = await slack.redeliver(await slack.redeliver(again))
    with pytest.raises(ValueError, match="not sent again"):
        await slack.redeliver(third)


async def test_removing_the_app_ends_its_token_and_tells_it_in_either_order(slack, bolt, team, bot):
    heard: list[str] = []

    @bolt.event("app_uninstalled")
    async def uninstalled(event):
        heard.append(event["type"])

    @bolt.event("tokens_revoked")
    async def revoked(event):
        heard.append(event["type"])

    await slack.uninstall(team, order=("app_uninstalled", "tokens_revoked"))
    assert bot.is_revoked
    assert slack.users[bot.bot_user].deleted
    assert heard == ["app_uninstalled", "tokens_revoked"]


async def test_a_link_in_a_message_is_told_with_what_unfurling_it_needs(slack, bolt, client):
    @bolt.event("link_shared")
    async def shared(event):
        url = event["links"][0]["url"]
        preview = {url: {"blocks": [section()]}}
        await client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=preview)

    said = slack.say("U1", "C1", "see https://contentstats.example/v/1")
    await slack.share_link(said, "https://contentstats.example/v/1")
    assert said.unfurls == {"https://contentstats.example/v/1": {"blocks": [section()]}}


async def test_an_event_of_an_organisations_installation_says_so(slack, bolt, app, bot):
    heard: list[dict] = []

    @bolt.event("tokens_revoked")
    async def revoked(body):
        heard.append(body)

    grid = slack.add_enterprise("E1", "Grid")
    team = slack.add_team("T2", "One", grid)
    token = slack.install(app, grid)
    await slack.uninstall(team, order=("tokens_revoked",))
    assert heard[0]["authorizations"][0] == {
        "enterprise_id": "E1",
        "team_id": None,
        "user_id": token.bot_user,
        "is_bot": True,
        "is_enterprise_install": True,
    }
    assert (token.is_revoked, bot.is_revoked) == (True, False)
