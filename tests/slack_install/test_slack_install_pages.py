from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from adapters.slack.manifest import SCOPES
from adapters.slack.oauth import COOKIE, OAuth, ensure_oauth_ready
from adapters.slack.workspaces import InstalledWorkspaces
from bot.domain.errors import NotConfigured
from bot.store import Store
from tests.slack_install.conftest import KEYS, Browser, everything_stored, serving
from tests.standins.faults import Fault, FaultKind


def back(browser, **query):
    return f"{browser.home}/slack/oauth_redirect?{urlencode(query)}"


async def test_anyone_can_install_the_app_in_their_workspace(browser, teams, database):
    answer = await browser.install()
    assert (answer.status, "The app is now in Acme." in answer.body) == (200, True)
    team = await teams.find("T1", None)
    assert (team.ref.id, team.ref.name, team.ref.is_operators, team.enterprise_id) == ("T1", "Acme", False, None)
    assert (await team.client.auth_test())["team_id"] == "T1"
    assert team.client.token not in await everything_stored(database)
    assert browser.cookies == {}


async def test_the_consent_page_requests_exactly_the_manifests_scopes(slack, app, browser):
    page = urlsplit(await browser.begin())
    assert page._replace(query="").geturl() == slack.authorize_url
    query = parse_qs(page.query)
    assert query["scope"] == [",".join(scope for scope, _ in SCOPES)]
    assert (query["client_id"], query["state"]) == ([app.client_id], [browser.cookies[COOKIE]])


async def test_govslack_uses_its_own_consent_page(session):
    oauth = OAuth(session, "https://slack-gov.com/api/", "1.2", "secret")
    assert oauth.consent_url("s").startswith("https://slack-gov.com/oauth/v2/authorize?client_id=1.2&")


async def test_the_cookie_is_limited_to_these_pages_and_https(browser):
    answer = await browser.get(f"{browser.home}/slack/install")
    morsel = answer.cookies[COOKIE]
    assert (morsel["secure"], morsel["httponly"], morsel["samesite"]) == (True, True, "lax")
    assert (morsel["path"], morsel["max-age"]) == ("/slack", "600")
    assert len(morsel.value) >= 32
    assert answer.headers["Cache-Control"] == "no-store"


# Refusals


async def refused(browser, url, words):
    answer = await browser.get(url)
    assert (answer.status, words in answer.body) == (400, True), answer
    assert 'href="/slack/install"' in answer.body
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("code", ["", "unknown"])
async def test_an_invalid_code_installs_nothing(browser, teams, code):
    state = parse_qs(urlsplit(await browser.begin()).query)["state"][0]
    await refused(browser, back(browser, code=code, state=state), "invalid_code")
    assert await teams.find("T1", None) is None


@pytest.mark.parametrize("state", ["forged", "", "ü", None])
async def test_a_state_that_was_not_issued_is_refused(slack, browser, state):
    await browser.begin()
    await refused(
        browser, back(browser, code="x", **({} if state is None else {"state": state})), "started in this browser"
    )
    assert slack.calls_of("oauth.v2.access") == []


async def test_a_state_in_a_forged_cookie_is_refused(slack, browser):
    browser.cookies[COOKIE] = "made-up"
    await refused(browser, back(browser, code="x", state="made-up"), "already finished, or was started more than")
    assert slack.calls_of("oauth.v2.access") == []


async def test_without_the_cookie_nothing_is_installed(slack, browser, teams):
    url = await browser.consent(await browser.begin())
    browser.cookies.clear()
    await refused(browser, url, "started in this browser")
    assert await teams.find("T1", None) is None
    assert slack.calls_of("oauth.v2.access") == []


async def test_a_consent_cannot_be_finished_in_another_browser(browser, teams):
    url = await browser.consent(await browser.begin())
    await browser.begin()  # the victim's browser, which has its own cookie
    await refused(browser, url, "started in this browser")
    assert await teams.find("T1", None) is None


async def test_a_state_works_once(slack, browser):
    url = await browser.consent(await browser.begin())
    cookies = dict(browser.cookies)
    assert (await browser.get(url)).status == 200
    browser.cookies = cookies
    await refused(browser, url, "already finished")
    assert len(slack.calls_of("oauth.v2.access")) == 1


async def test_a_state_works_for_ten_minutes(browser, clock):
    url = await browser.consent(await browser.begin())
    clock.advance(minutes=10)
    await refused(browser, url, "more than ten minutes ago")


async def test_a_person_who_declines_reads_that_nothing_was_installed(slack, browser, teams):
    slack.consent = None
    answer = await browser.install()
    assert (answer.status, "nothing was installed" in answer.body) == (200, True)
    assert 'href="/slack/install"' in answer.body
    assert await teams.find("T1", None) is None


async def test_query_parameters_are_never_rendered_as_markup(slack, browser):
    state = parse_qs(urlsplit(await browser.begin()).query)["state"][0]
    answer = await browser.get(back(browser, error="<script>alert(1)</script>", state=state))
    assert answer.status == 400
    assert "<script>" not in answer.body
    slack.teams["T1"] = slack.add_team("T1", "<img src=x onerror=alert(1)>")
    slack.add_user("U1", slack.teams["T1"], "ann")
    assert "<img" not in (await browser.install()).body


async def test_a_429_from_slack_is_retried(slack, browser, teams):
    slack.faults.add("oauth.v2.access", Fault(FaultKind.RATE_LIMITED))
    assert (await browser.install()).status == 200
    assert await teams.find("T1", None) is not None


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault(FaultKind.STATUS, 500), 502),
        (Fault(FaultKind.GARBAGE), 502),
        (Fault(FaultKind.RESET), 502),
        (Fault(FaultKind.RESET_AFTER), 502),
        (Fault(FaultKind.ERROR, "bad_client_secret"), 500),
    ],
    ids=lambda value: str(getattr(value, "kind", value)),
)
async def test_if_slack_does_not_respond_the_page_explains_it(slack, browser, teams, fault, status):
    slack.faults.add("oauth.v2.access", fault)
    answer = await browser.install()
    assert (answer.status, "Start again" in answer.body) == (status, True)
    assert await teams.find("T1", None) is None
    assert (await browser.install()).status == 200


async def test_without_keys_nothing_is_stored_and_the_setting_is_named(
    database, oauth, session, slack, clock, app, browser
):
    bare = Store(database)
    teams = InstalledWorkspaces(bare.installations, session, slack.api_url, None, clock)
    async with serving(oauth, teams, bare, clock, app) as home:
        answer = await Browser(browser.session, home).install()
    assert (answer.status, "SECRET_KEYS" in answer.body) == (503, True)
    assert await everything_stored(database) == "[[], []]"


async def test_an_app_whose_tokens_expire_is_refused_with_the_setting_to_change(app, browser, teams):
    app.is_rotating = True
    answer = await browser.install()
    assert (answer.status, "Token rotation is turned on" in answer.body) == (400, True)
    assert await teams.find("T1", None) is None


@pytest.mark.parametrize("missing", [{0}, {1}, {2}, {3}, {1, 2}, {2, 3}, {0, 2}])
def test_missing_settings_are_named_at_the_start(missing):
    given = ["id", "secret", "signing", KEYS]
    with pytest.raises(NotConfigured) as told:
        ensure_oauth_ready(*("" if place in missing else value for place, value in enumerate(given)))
    names = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "SECRET_KEYS")
    advice = str(told.value).partition("also set ")[2]
    assert {place for place, name in enumerate(names) if name in advice} == missing
    assert ensure_oauth_ready(*given) is None


async def test_codes_and_tokens_are_never_logged(slack, app, browser, caplog):
    caplog.set_level("DEBUG")
    url = await browser.consent(await browser.begin())
    await browser.get(url)
    (token,) = [token for token in slack.tokens.values() if token.kind == "bot"]
    code = parse_qs(urlsplit(url).query)["code"][0]
    # The test runner also captures the server's access log, which the program turns off.
    heard = [record for record in caplog.records if record.name != "uvicorn.access"]
    said = str([(record.getMessage(), vars(record)) for record in heard])
    assert "app installed" in said
    for secret in (token.value, app.client_secret, code):
        assert secret not in said
