"""Installing, refreshing and removing an app, with the official client."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from tests.standins.slack.oauth import Consent
from tests.standins_slack.asking import refusal

# The client announces its id and secret in a way that aiohttp is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

BACK = "https://bot.example/slack/oauth_redirect"


@pytest.fixture
def shop(slack):
    """An app that can be installed by anybody."""
    return slack.add_app("A7", scopes=("commands", "chat:write"), redirect_urls=[BACK])


@pytest.fixture
def anybody(slack, session) -> AsyncWebClient:
    """A client with no token."""
    return AsyncWebClient(base_url=slack.api_url, session=session, retry_handlers=[])


@pytest.fixture
def consent_page(slack, shop, session):
    """Opens the consent page and gives what it sends on to: the status and the query."""

    async def visit(scopes=("commands", "chat:write"), redirect_uri=BACK, client_id="") -> tuple[int, dict]:
        page = AuthorizeUrlGenerator(
            client_id=client_id or shop.client_id,
            scopes=scopes,
            redirect_uri=redirect_uri,
            authorization_url=slack.authorize_url,
        )
        async with session.get(page.generate("state-1"), allow_redirects=False) as response:
            target = response.headers.get("Location", "")
            return response.status, {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}

    return visit


@pytest.fixture
def exchange(shop, anybody):
    """Exchanges a code as the app would."""

    def make(code: str, **other: str):
        args = {"client_id": shop.client_id, "client_secret": shop.client_secret, "redirect_uri": BACK, **other}
        return anybody.oauth_v2_access(code=code, **args)

    return make


async def test_a_consent_becomes_a_token_that_works(slack, consent_page, exchange, anybody):
    slack.consent = Consent("U1")
    status, query = await consent_page()
    assert (status, query["state"]) == (302, "state-1")
    answer = await exchange(query["code"])
    assert (answer["team"], answer["enterprise"]) == ({"id": "T1", "name": "Acme"}, None)
    assert (answer["is_enterprise_install"], answer["authed_user"]["id"]) == (False, "U1")
    assert (answer["app_id"], answer["scope"], answer["token_type"]) == ("A7", "chat:write,commands", "bot")
    who = await anybody.auth_test(token=answer["access_token"])
    assert who["user_id"] == answer["bot_user_id"]
    assert "refresh_token" not in answer.data


async def test_whoever_cancels_comes_back_with_that(slack, consent_page):
    assert await consent_page() == (302, {"error": "access_denied", "state": "state-1"})
    assert slack.grants == {}


@pytest.mark.parametrize(
    "wrong", [{"scopes": ("admin",)}, {"redirect_uri": "https://evil.example/"}, {"client_id": "nobody"}]
)
async def test_the_consent_page_sends_nobody_to_a_wrong_place(slack, consent_page, wrong):
    slack.consent = Consent("U1")
    assert await consent_page(**wrong) == (400, {})


async def test_a_code_works_once_for_ten_minutes_for_its_own_app_and_address(slack, consent_page, exchange, clock):
    slack.consent = Consent("U1")
    code = (await consent_page())[1]["code"]
    assert await refusal(exchange("wrong")) == "invalid_code"
    assert await refusal(exchange(code, client_secret="wrong")) == "bad_client_secret"
    assert await refusal(exchange(code, client_id="wrong")) == "invalid_client_id"
    assert await refusal(exchange(code, redirect_uri="https://bot.example/other")) == "bad_redirect_uri"
    assert (await exchange(code))["ok"]
    assert await refusal(exchange(code)) == "code_already_used"
    late = (await consent_page())[1]["code"]
    clock.forward(minutes=11)
    assert await refusal(exchange(late)) == "invalid_code"


async def test_installing_again_gives_the_same_token_with_more_scopes(slack, consent_page, exchange):
    slack.consent = Consent("U1")
    first = await exchange((await consent_page(scopes=("commands",)))[1]["code"])
    again = await exchange((await consent_page(scopes=("chat:write",)))[1]["code"])
    assert first["access_token"] == again["access_token"]
    assert (first["scope"], again["scope"]) == ("commands", "chat:write,commands")


async def test_an_organisation_is_installed_for_as_a_whole(slack, consent_page, exchange):
    grid = slack.add_enterprise("E1", "Grid")
    slack.add_user("U9", slack.add_team("T2", "One", grid), is_admin=True)
    slack.consent = Consent("U9", is_for_enterprise=True)
    answer = await exchange((await consent_page())[1]["code"])
    assert (answer["team"], answer["enterprise"]) == (None, {"id": "E1", "name": "Grid"})
    assert answer["is_enterprise_install"] is True


async def test_a_rotating_token_ends_after_twelve_hours_and_is_refreshed_once(
    slack, shop, consent_page, exchange, anybody, clock
):
    shop.is_rotating = True
    slack.consent = Consent("U1")
    answer = await exchange((await consent_page())[1]["code"])
    assert answer["expires_in"] == 43_200
    clock.forward(hours=12)
    assert await refusal(anybody.auth_test(token=answer["access_token"])) == "token_expired"
    spent = {
        "client_id": shop.client_id,
        "client_secret": shop.client_secret,
        "grant_type": "refresh_token",
        "refresh_token": answer["refresh_token"],
    }
    fresh = await anybody.oauth_v2_access(**spent)
    assert (await anybody.auth_test(token=fresh["access_token"]))["user_id"] == answer["bot_user_id"]
    assert await refusal(anybody.oauth_v2_access(**spent)) == "invalid_refresh_token"


async def test_the_official_rotator_refreshes_a_token(slack, shop, team, anybody):
    shop.is_rotating = True
    old = slack.install(shop, team)
    rotator = AsyncTokenRotator(client_id=shop.client_id, client_secret=shop.client_secret, client=anybody)
    installation = Installation(
        user_id="U1",
        team_id="T1",
        bot_token=old.value,
        bot_refresh_token=old.refresh,
        bot_token_expires_at=int(old.expires_at.timestamp()),
    )
    updated = await rotator.perform_bot_token_rotation(
        bot=installation.to_bot(), minutes_before_expiration=int(timedelta(hours=13).total_seconds() / 60)
    )
    assert updated.bot_token != old.value
    assert slack.tokens[updated.bot_token].bot_user == old.bot_user


async def test_a_token_can_revoke_itself(client, bot):
    assert (await client.auth_revoke(test=True))["revoked"] is False
    assert (await client.auth_revoke())["revoked"] is True
    assert bot.is_revoked
    assert await refusal(client.auth_test()) == "token_revoked"


async def test_an_app_can_remove_itself_with_its_secret(slack, client, app, bot):
    wrong = client.apps_uninstall(client_id=app.client_id, client_secret="wrong")
    assert await refusal(wrong) == "bad_client_secret"
    await client.apps_uninstall(client_id=app.client_id, client_secret=app.client_secret)
    assert (bot.is_revoked, slack.users[bot.bot_user].deleted) == (True, True)


async def test_an_app_that_comes_back_is_the_same_user_with_another_token(slack, app, bot, team, client):
    await client.auth_revoke()
    again = slack.install(app, team)
    assert (again.bot_user, again.value == bot.value) == (bot.bot_user, False)


async def test_credentials_that_are_none_are_refused(slack, session):
    headers = {"Authorization": "Basic ????"}
    async with session.post(f"{slack.api_url}oauth.v2.access", headers=headers) as response:
        assert (await response.json())["error"] == "invalid_client_id"
