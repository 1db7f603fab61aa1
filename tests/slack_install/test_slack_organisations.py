import pytest

from adapters.slack.workspaces import Installation, InstalledWorkspaces
from bot.domain.caller import WorkspaceRef
from tests.slack_install.conftest import still_works, token_of
from tests.standins.faults import Fault, FaultKind
from tests.standins.slack.oauth import Consent

pytestmark = pytest.mark.usefixtures("grid")


@pytest.fixture
async def grid(slack, browser):
    """The whole organisation has installed the app."""
    slack.consent = Consent("U2", is_for_enterprise=True)
    assert "The app is now in Grid." in (await browser.install()).body


async def test_an_organisations_installation_serves_its_own_workspaces_alone(teams):
    for team_id in ("T2", "T3"):
        team = await teams.find(team_id, "E1")
        assert (team.ref, team.enterprise_id) == (
            WorkspaceRef("slack", team_id, "Grid", is_operators=False, can_preview=False, members_spend=True),
            "E1",
        )
    assert await token_of(teams, "T2", "E1") == await token_of(teams, "T3", "E1")
    assert (await teams.find("T1", None), await teams.find("T1", "E2")) == (None, None)


async def test_an_organisations_workspace_is_found_by_its_id_once_seen(slack, store, session, teams, clock):
    assert await teams.find("T2", None) is None
    await teams.find("T2", "E1")
    another = InstalledWorkspaces(store.installations, session, slack.api_url, None, clock)
    assert await still_works(another, "T2")
    assert await another.find("T3", None) is None


async def test_a_workspaces_own_installation_takes_precedence(slack, browser, teams):
    of_grid = await token_of(teams, "T2", "E1")
    slack.consent = Consent("U2")
    await browser.install()
    assert await token_of(teams, "T2", "E1") not in (of_grid, None)
    assert await token_of(teams, "T3", "E1") == of_grid


async def test_a_moved_workspace_belongs_to_its_new_organisation(teams, clock):
    await teams.find("T2", "E1")
    await teams.save(Installation("E2", "E2", "Other", "xoxb-other"))
    clock.advance(minutes=2)
    assert await token_of(teams, "T2", "E2") == "xoxb-other"
    clock.advance(minutes=2)
    assert await token_of(teams, "T2", None) == "xoxb-other"


async def test_an_organisations_removal_forgets_its_workspaces(slack, app, browser, teams, forgotten):
    slack.consent = Consent("U1")
    await browser.install()
    for team_id in ("T2", "T3"):
        await teams.find(team_id, "E1")
    for token in slack.bot_tokens(app, slack.enterprises["E1"]):
        token.is_revoked = True
    for _ in range(2):
        await teams.forget("T2", "E1", None)
    assert {ref.id for ref in forgotten} == {"E1", "T2", "T3"}
    assert await teams.find("T3", "E1") is None
    assert await still_works(teams, "T1")


async def test_removing_a_workspaces_own_installation_keeps_the_organisations(slack, app, browser, teams, forgotten):
    slack.consent = Consent("U2")
    await browser.install()
    for token in slack.bot_tokens(app, slack.teams["T2"]):
        token.is_revoked = True
    for _ in range(2):
        await teams.forget("T2", "E1", None)
    assert [ref.id for ref in forgotten] == ["T2"]
    assert await still_works(teams, "T2", "E1")
    assert await still_works(teams, "T3", "E1")


async def test_in_doubt_an_organisations_installation_is_kept(slack, teams, forgotten):
    slack.faults.add("auth.test", Fault(FaultKind.STATUS))
    await teams.forget("T2", "E1", None)
    assert forgotten == []
    assert await still_works(teams, "T2", "E1")
