from adapters.slack.workspaces import InstalledWorkspaces
from bot.domain.caller import WorkspaceRef
from tests.slack_install.conftest import everything_stored, still_works, token_of


async def test_installing_again_replaces_the_installation(slack, browser, teams, database):
    await browser.install()
    first = await token_of(teams)
    slack.tokens[first].is_revoked = True
    await browser.install()
    assert await token_of(teams) != first
    assert await still_works(teams)
    assert (await everything_stored(database)).count("'T1'") == 1


async def test_another_process_uses_a_new_token_within_a_minute(slack, browser, teams, store, session, clock):
    await browser.install()
    another = InstalledWorkspaces(store.installations, session, slack.api_url, None, clock)
    first = await token_of(another)
    slack.tokens[first].is_revoked = True
    await browser.install()
    assert await token_of(another) == first
    clock.advance(minutes=1)
    assert await token_of(another) == await token_of(teams) != first


async def test_a_known_installation_needs_no_database_read(browser, teams, database):
    await browser.install()
    await teams.find("T1", None)
    await database.close()
    async with database.writing() as connection:
        await connection.exec_driver_sql("delete from installations")
    assert await teams.find("T1", None) is not None


async def test_both_removal_events_forget_the_workspace(browser, teams, forgotten, database):
    await browser.install()
    for _ in range(2):
        await teams.forget("T1", None, None)
        assert await teams.find("T1", None) is None
    assert forgotten[0] == WorkspaceRef(
        "slack", "T1", "Acme", is_operators=False, can_preview=False, members_spend=True
    )
    assert {ref.id for ref in forgotten} == {"T1"}
    assert "T1" not in await everything_stored(database)


async def test_a_removal_deletes_data_even_without_a_known_installation(teams, forgotten):
    await teams.forget("T404", "E404", None)
    assert [ref.id for ref in forgotten] == ["T404"]
