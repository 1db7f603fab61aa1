import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.standins_slack.asking import refusal


async def test_a_token_tells_whose_it_is_and_what_it_may_do(client, bot):
    answer = await client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T1", bot.bot_user, bot.bot_id)
    assert answer["is_enterprise_install"] is False
    assert "chat:write" in answer.headers["X-OAuth-Scopes"].split(",")


async def test_a_call_needs_a_token_that_works(slack, session, client, bot, app, clock):
    stranger = AsyncWebClient(base_url=slack.api_url, session=session)
    assert await refusal(stranger.auth_test()) == "not_authed"
    assert await refusal(stranger.auth_test(token="xoxb-wrong")) == "invalid_auth"
    assert await refusal(stranger.users_info(user="U1", token=app.app_token)) == "not_allowed_token_type"
    bot.expires_at = clock()
    assert await refusal(client.auth_test()) == "token_expired"
    bot.is_inactive = True
    assert await refusal(client.auth_test()) == "account_inactive"
    bot.is_revoked = True
    assert await refusal(client.auth_test()) == "token_revoked"


async def test_a_token_in_the_address_does_not_count(slack, session, bot):
    async with session.post(f"{slack.api_url}auth.test?token={bot.value}") as response:
        assert (await response.json())["error"] == "not_authed"
    async with session.post(f"{slack.api_url}auth.test", data={"token": bot.value}) as response:
        assert (await response.json())["ok"] is True


async def test_a_missing_scope_is_named(client, bot):
    bot.scopes -= {"users:read"}
    with pytest.raises(SlackApiError) as caught:
        await client.users_info(user="U1")
    answer = caught.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
    assert "chat:write" in answer["provided"].split(",")


async def test_people_are_told_with_their_standing(slack, client, team):
    owner = (await client.users_info(user="U1"))["user"]
    assert (owner["is_owner"], owner["is_admin"], owner["is_restricted"]) == (True, True, False)
    guest = (await client.users_info(user="U3"))["user"]
    assert (guest["is_restricted"], guest["is_ultra_restricted"]) == (True, False)
    slack.add_user("U8", team, deleted=True)
    gone = (await client.users_info(user="U8"))["user"]
    assert gone["deleted"] is True
    assert "is_admin" not in gone


async def test_another_workspace_does_not_exist(slack, client):
    other = slack.add_team("T2", "Other")
    slack.add_user("U9", other)
    slack.add_channel("C9", other, ["U9"])
    assert await refusal(client.users_info(user="U9")) == "user_not_found"
    assert await refusal(client.chat_postMessage(channel="C9", text="x")) == "channel_not_found"
    assert await refusal(client.team_info(team="T2")) == "team_not_found"
    slack.users["U9"].is_stranger = True
    assert (await client.users_info(user="U9"))["user"]["is_stranger"] is True


async def test_the_workspace_is_told(client):
    assert (await client.team_info())["team"] == {"id": "T1", "name": "Acme", "domain": "acme"}


async def test_each_kind_of_channel_is_told_by_its_own_scope(slack, client, bot):
    assert await refusal(client.conversations_info(channel="C1")) == "missing_scope"
    bot.scopes |= {"channels:read"}
    info = (await client.conversations_info(channel="C1"))["channel"]
    assert (info["name"], info["is_member"], info["is_archived"]) == ("general", True, False)
    assert (await client.conversations_info(channel="C2"))["channel"]["is_member"] is False
    assert (await client.conversations_members(channel="C1"))["members"] == sorted(["U1", "U2", bot.bot_user])
    assert await refusal(client.conversations_info(channel="G1")) == "channel_not_found"
    slack.channel("G1").members.add(bot.bot_user)
    assert await refusal(client.conversations_info(channel="G1")) == "missing_scope"


async def test_direct_messages_are_opened_with_people_who_are_still_there(slack, client, bot):
    first = await client.conversations_open(users="U1")
    assert (await client.conversations_open(users="U1"))["channel"]["id"] == first["channel"]["id"]
    assert await refusal(client.conversations_open(users="U1,U2")) == "too_many_users"
    assert await refusal(client.conversations_open(users=bot.bot_user)) == "cannot_dm_bot"
    slack.users["U2"].deleted = True
    assert await refusal(client.conversations_open(users="U2")) == "user_disabled"


async def test_mistaken_calls_are_refused(client):
    assert await refusal(client.api_call("chat.shout")) == "unknown_method"
    assert await refusal(client.api_call("users.info", params={})) == "invalid_arguments"
    assert await refusal(client.api_call("users.info", params={"user": "U1", "usr": "U2"})) == "invalid_arguments"


async def test_what_is_no_json_is_told(slack, session, bot):
    headers = {"Authorization": f"Bearer {bot.value}", "Content-Type": "application/json"}
    async with session.post(f"{slack.api_url}auth.test", data=b"{", headers=headers) as response:
        assert (await response.json())["error"] == "invalid_json"


async def test_blocks_are_judged_without_a_token(slack, session):
    async with session.post(f"{slack.api_url}blocks.validate", data={"blocks": '[{"type": "divider"}]'}) as response:
        assert (await response.json())["ok"] is True
    async with session.post(f"{slack.api_url}blocks.validate", data={"blocks": '[{"type": "marquee"}]'}) as response:
        assert (await response.json())["error"] == "invalid_blocks"


async def test_an_organisation_has_one_token_for_all_its_workspaces(slack, session, app):
    grid = slack.add_enterprise("E1", "Grid")
    one, two = slack.add_team("T2", "One", grid), slack.add_team("T3", "Two", grid)
    token = slack.install(app, grid)
    slack.add_channel("C3", one, [token.bot_user])
    slack.add_channel("C4", two, [token.bot_user])
    client = AsyncWebClient(token=token.value, base_url=slack.api_url, session=session)
    who = await client.auth_test()
    assert (who["is_enterprise_install"], who["enterprise_id"]) == (True, "E1")
    await client.chat_postMessage(channel="C3", text="x")
    await client.chat_postMessage(channel="C4", text="y")
    assert [slack.channel(name).messages[0].text for name in ("C3", "C4")] == ["x", "y"]
    assert await refusal(client.chat_postMessage(channel="C1", text="x")) == "channel_not_found"
    assert await refusal(client.team_info()) == "missing_argument"
    assert (await client.team_info(team="T2"))["team"]["enterprise_id"] == "E1"
