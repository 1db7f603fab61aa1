"""Many workspaces in one program: each installs the app, links its own key, and never sees another's data."""

import aiohttp
import pytest
from pydantic import SecretStr

from adapters.slack.manifest import SCOPES, UNFURL_SCOPES
from tests.slack.bot_app import bot_app_of, install
from tests.standins.environment import LINK, sandbox_of

KEYS = {"cs_test_operator": "Operator", "cs_test_north": "North", "cs_test_south": "South"}
SECRET_KEYS = SecretStr("k" * 32)
NORTH, SOUTH = ("U7", "C7"), ("U8", "C8")


@pytest.fixture
async def sandbox(clock):
    async with sandbox_of(clock, keys=KEYS) as sandbox:
        yield sandbox


@pytest.fixture
async def bot_app(slack, sandbox, clock, database_url):
    """The program without a token, in two workspaces that installed it over the web."""
    app = slack.add_app()
    for team_id, (user, channel) in (("T7", NORTH), ("T8", SOUTH)):
        team = slack.add_team(team_id, team_id)
        slack.add_user(user, team, user.lower(), is_admin=True)
        slack.add_channel(channel, team, [user])
    async with bot_app_of(slack, app, None, sandbox, clock, database_url, secret_keys=SECRET_KEYS) as bot_app:
        for user, channel in (NORTH, SOUTH):
            await install(bot_app, user)
            token = slack.bot_tokens(app, slack.users[user].team)[0]
            slack.channel(channel).members.add(token.bot_user)
        yield bot_app


async def _home(bot_app, user):
    await bot_app.slack.open_home(user)
    await bot_app.slack.until(lambda: bot_app.slack.home(user))
    return bot_app.slack.home(user)


@pytest.mark.parametrize("is_asked", [True, False])
async def test_previews_are_offered_if_the_installation_requested_their_scopes(
    slack, sandbox, clock, database_url, is_asked
):
    scopes = [scope for scope, _ in SCOPES + (UNFURL_SCOPES if is_asked else ())]
    app = slack.add_app(scopes=scopes, unfurl_domains=["tiktok.com"] if is_asked else ())
    slack.add_user("U7", slack.add_team("T7", "T7"), "nora", is_admin=True)
    slack.add_channel("C7", slack.teams["T7"], ["U7"])
    async with bot_app_of(slack, app, None, sandbox, clock, database_url, secret_keys=SECRET_KEYS) as bot_app:
        await install(bot_app, "U7")
        (token,) = slack.bot_tokens(app, slack.teams["T7"])
        assert ({"links:read", "links:write"} <= token.scopes) is is_asked
        slack.channel("C7").members.add(token.bot_user)
        await _connect(bot_app, NORTH, "cs_test_north")
        home = await _home(bot_app, "U7")
        assert ("Show link previews" in bot_app.labels(home)) is is_asked
        if is_asked:
            sandbox.world.track("cs_test_north", LINK, 7)
            clock.advance(hours=2)
            await bot_app.type("/videos", *NORTH)
            await bot_app.seen(bot_app.press(home, "Show link previews", "U7"), "U7")
            message = slack.say("U7", "C7", f"look {LINK}")
            await slack.share_link(message, LINK)
            await slack.until(lambda: message.unfurls)


async def _connect(bot_app, place, key):
    user, channel = place
    form = await bot_app.modal(bot_app.send("/connect", user, channel), user)
    answer = await bot_app.seen(bot_app.slack.send_view_submission(form, {"key": key}), user)
    assert "linked to this workspace" in answer.text


async def test_an_installing_workspace_cannot_spend_the_operators_money(bot_app):
    answer = await bot_app.type(f"/track {LINK} 7", *NORTH)
    assert "This workspace has no ContentStats API key" in answer.text
    assert bot_app.posts() == 0


async def test_without_its_own_token_the_program_is_ready_once_slack_responds(bot_app):
    root = bot_app.app.request_url.removesuffix("/slack/events")
    async with aiohttp.ClientSession() as session, session.get(f"{root}/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"database": True, "slack": True})


async def test_a_button_of_one_workspace_does_nothing_in_another(bot_app):
    for place, key in ((NORTH, "cs_test_north"), (SOUTH, "cs_test_south")):
        await _connect(bot_app, place, key)
    card = await bot_app.card(f"/track {LINK} 7", *NORTH)
    other = await bot_app.card(f"/track {LINK} 7", *SOUTH)
    other.blocks = card.blocks
    refusal = await bot_app.seen(bot_app.press(other, "Track 7", SOUTH[0]), SOUTH[0])
    assert "can't find that offer" in refusal.text
    assert bot_app.posts() == 0


async def test_removing_the_app_from_one_workspace_leaves_the_other_unchanged(
    bot_app, slack, sandbox, clock, database_url
):
    for place, key in ((NORTH, "cs_test_north"), (SOUTH, "cs_test_south")):
        await _connect(bot_app, place, key)
    deliveries = await slack.uninstall(slack.teams["T7"])
    assert [delivery.failure for delivery in deliveries] == ["", ""]
    await bot_app.close()
    async with bot_app_of(slack, bot_app.app, None, sandbox, clock, database_url, secret_keys=SECRET_KEYS) as after:
        assert "isn't installed in your workspace" in (await after.type("/usage", *NORTH)).text
        assert "available" in (await after.type("/usage", *SOUTH)).text
        await install(after, NORTH[0])
        assert "This workspace has no ContentStats API key" in (await after.type("/usage", *NORTH)).text


async def test_the_operators_workspace_works_without_installation_beside_installed_ones(
    slack, sandbox, clock, sqlite_url
):
    app = slack.add_app()
    token = slack.install(app, slack.teams["T1"])
    slack.add_user("U7", slack.add_team("T7", "North"), "nora", is_admin=True)
    slack.add_channel("C7", slack.teams["T7"], ["U7"])
    both = {"is_installable": True, "secret_keys": SECRET_KEYS}
    async with bot_app_of(slack, app, token, sandbox, clock, sqlite_url, **both) as bot_app:
        await install(bot_app, "U7")
        assert "available" in (await bot_app.type("/usage")).text
        assert "This workspace has no ContentStats API key" in (await bot_app.type("/usage", *NORTH)).text


async def test_no_token_or_key_is_ever_logged(bot_app, slack, caplog):
    caplog.set_level("INFO")
    await _connect(bot_app, NORTH, "cs_test_north")
    await bot_app.type("/usage", *NORTH)
    tokens = [token.value for token in slack.tokens.values() if token.kind == "bot"]
    assert [secret for secret in (*tokens, "cs_test_north") if secret in caplog.text] == []
