from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from adapters.slack.doctor import slack_checks
from adapters.slack.manifest import SCOPES
from adapters.slack.workspaces import Installation
from bot.domain.caller import Person, WorkspaceRef
from bot.settings import Settings
from bot.store import Store
from bot.store.audit import Action, Entry
from tests.slack_install.conftest import KEYS
from tests.standins.faults import Fault, FaultKind


@pytest.fixture
def token(slack, app):
    app.is_socket_mode = True
    return slack.install(app, slack.teams["T1"])


@pytest.fixture
def check(slack, app, token, clock, sqlite_url):
    """The doctor's findings by name, for a correctly configured bot over Socket Mode or for other settings."""

    async def look(**chosen):
        known = {"slack_bot_token": token.value, "slack_app_token": app.app_token, "slack_api_url": slack.api_url}
        secret = {"slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_client_secret", "secret_keys"}
        given = {
            name: SecretStr(value) if name in secret and value else value for name, value in (known | chosen).items()
        }
        settings = Settings(_env_file=None, database_url=sqlite_url, **given)
        return {each.name: each for each in await slack_checks(settings, clock)}

    return look


async def test_a_correctly_configured_bot_has_no_problem(check):
    found = await check()
    assert {name: each.ok for name, each in found.items()} == dict.fromkeys(
        ("Slack token", "Slack scopes", "Slack clock", "Slack channels", "Slack requests"), True
    )
    assert found["Slack token"].detail == "contentstats in Acme"
    assert found["Slack requests"].detail == "by Socket Mode"


async def test_without_slack_settings_nothing_is_checked(check, slack):
    assert await check(slack_bot_token=None, slack_app_token=None) == {}
    assert slack.calls == []


@pytest.mark.parametrize("error", ["invalid_auth", "account_inactive", "token_revoked"])
async def test_a_refused_token_is_reported_with_a_fix(check, slack, error):
    slack.faults.add("auth.test", Fault(FaultKind.ERROR, error))
    found = (await check())["Slack token"]
    assert not found.ok
    assert error in found.detail
    assert "OAuth & Permissions" in found.detail


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.GARBAGE, FaultKind.RESET])
async def test_an_unreachable_slack_is_reported_with_its_address(check, slack, kind):
    slack.faults.start(Fault(kind))
    found = await check()
    assert [each.ok for each in found.values()] == [False, False]
    assert all(slack.api_url in each.detail and "network" in each.detail for each in found.values())
    nowhere = (await check(slack_api_url="http://127.0.0.1:1/api/"))["Slack token"].detail
    assert "isn't responding at http://127.0.0.1:1/api/, which failed with “" in nowhere
    assert "Connect call failed" in nowhere


async def test_an_app_token_in_the_wrong_place_is_noticed(check, app, token):
    found = await check(slack_bot_token=app.app_token, slack_app_token=token.value)
    assert "isn't a bot token" in found["Slack token"].detail
    assert "xapp-" in found["Slack requests"].detail
    assert not found["Slack token"].ok
    assert not found["Slack requests"].ok


async def test_every_missing_scope_is_named_with_its_reason(check, token):
    token.scopes -= {"files:write", "im:write"}
    found = (await check())["Slack scopes"]
    assert not found.ok
    for scope, why in SCOPES:
        assert (f"{scope} ({why.rstrip('.')})" in found.detail) == (scope in {"files:write", "im:write"})
    assert "install it again" in found.detail


async def test_scopes_for_previews_are_required_only_if_previews_are_on(check, token):
    token.scopes -= {"links:read", "links:write"}
    assert (await check())["Slack scopes"].ok
    found = (await check(slack_preview_domains="tiktok.com"))["Slack scopes"]
    assert not found.ok
    assert "links:read (" in found.detail
    assert "links:write (" in found.detail
    token.scopes |= {"links:read", "links:write"}
    assert (await check(slack_preview_domains="tiktok.com"))["Slack scopes"].ok


@pytest.mark.parametrize(("seconds", "words"), [(900, " s ahead of "), (-400, " s behind "), (20, "agrees")])
async def test_a_wrong_clock_is_reported(check, clock, seconds, words):
    clock.now = datetime.now(UTC) + timedelta(seconds=seconds)  # the Date header is the real time
    found = (await check())["Slack clock"]
    assert words in found.detail
    assert found.ok == (words == "agrees")
    assert found.ok or "NTP" in found.detail


async def test_a_bot_without_a_transport_is_reported_with_both_options(check):
    found = (await check(slack_app_token=None))["Slack requests"]
    assert not found.ok
    assert "SLACK_SIGNING_SECRET" in found.detail
    assert "SLACK_APP_TOKEN" in found.detail
    assert (await check(slack_app_token=None, slack_signing_secret="s"))["Slack requests"].ok


async def test_an_app_token_needs_a_bot_token(check):
    found = await check(slack_bot_token=None)
    assert "SLACK_BOT_TOKEN isn't set" in found["Slack token"].detail


# Channels


@pytest.fixture
async def used(sqlite_url, clock):
    """Spending was confirmed in a public channel, private ones with and without the bot, and direct messages."""
    ref, ann = WorkspaceRef("slack", "T1", "Acme"), Person("U1", "ann")
    async with Store.opened(sqlite_url, KEYS) as store:
        wallet = await store.wallets.ensure_wallet("fingerprint", clock())
        workspace = await store.workspaces.ensure_workspace(ref, wallet)
        for channel_id in ("C1", "C1", "G1", "G2", "D1"):
            entry = Entry(clock(), ann, channel_id, Action.STOP, "stopped", "https://x.com/a/status/1")
            await store.audit.write(workspace.id, entry)


@pytest.fixture
def channels(slack, token):
    team = slack.teams["T1"]
    slack.add_channel("C1", team)
    slack.add_channel("G1", team, [token.bot_user], "private")
    return slack.add_channel("G2", team, [], "private")


@pytest.mark.usefixtures("used", "channels")
async def test_without_the_scopes_channel_membership_is_not_guessed(check, token):
    token.scopes -= {"channels:read", "groups:read"}
    found = (await check(secret_keys=KEYS[0]))["Slack channels"]
    assert found.ok
    assert "channels:read" in found.detail


@pytest.mark.usefixtures("used")
async def test_a_channel_closed_to_the_bot_is_reported_with_a_fix(check, slack, token, channels):
    token.scopes |= {"channels:read", "groups:read"}
    found = (await check(secret_keys=KEYS[0]))["Slack channels"]
    assert not found.ok
    assert "G2: " in found.detail
    assert "/invite" in found.detail
    assert not {"C1", "G1", "D1"} & set(found.detail.replace(":", "").split())
    channels.members.add(token.bot_user)
    assert (await check(secret_keys=KEYS[0]))["Slack channels"].detail == "open to the bot: G2, G1, C1"
    slack.channel("C1").is_archived = True
    assert "C1: The channel is archived" in (await check(secret_keys=KEYS[0]))["Slack channels"].detail


# Installing


@pytest.fixture
def shop(app):
    """The settings of an app that any workspace can install."""
    return {
        "slack_bot_token": None,
        "slack_app_token": None,
        "slack_client_id": app.client_id,
        "slack_client_secret": app.client_secret,
        "slack_signing_secret": app.signing_secret,
        "secret_keys": KEYS[0],
    }


async def test_an_installable_app_is_checked_without_installing_it(check, slack, shop):
    found = await check(**shop)
    assert {name: each.ok for name, each in found.items()} == {"Slack requests": True, "Slack installing": True}
    assert [call.error for call in slack.calls_of("oauth.v2.access")] == ["invalid_code"]


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("slack_client_id", "1.2", "invalid_client_id"),
        ("slack_client_secret", "wrong", "bad_client_secret"),
        ("slack_client_secret", None, "SLACK_CLIENT_SECRET"),
        ("secret_keys", None, "SECRET_KEYS"),
    ],
)
async def test_obstacles_to_installing_the_app_are_named(check, shop, setting, value, words):
    found = (await check(**(shop | {setting: value})))["Slack installing"]
    assert not found.ok
    assert words in found.detail


async def test_installed_workspaces_that_lack_scopes_are_named(check, shop, sqlite_url, clock):
    whole = ",".join(scope for scope, _ in SCOPES)
    async with Store.opened(sqlite_url, KEYS) as store:
        for number, scopes in enumerate((whole, "commands,chat:write", "")):
            installed = Installation(f"T{number}", None, f"Team {number}", f"xoxb-{number}", scopes)
            await store.installations.save("slack", installed.id, installed.body, clock())
    found = (await check(**shop))["Slack workspaces"]
    assert not found.ok
    assert found.detail.startswith("scopes are missing in Team 1: chat:write.public, ")
    assert "xoxb" not in found.detail
    async with Store.opened(sqlite_url, KEYS) as store:
        await store.installations.remove("slack", "T1")
    assert (await check(**shop))["Slack workspaces"].detail == "all scopes are there in 1 workspace"


async def test_no_secret_is_shown(check, slack, shop, token, app):
    slack.faults.start(Fault(FaultKind.ERROR, "invalid_auth"))
    told = str((await check(), await check(**shop)))
    for secret in (token.value, app.app_token, app.client_secret, app.signing_secret):
        assert secret not in told
