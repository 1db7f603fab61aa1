import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack.installation import Installation
from adapters.slack.installed import InstalledTeams
from adapters.slack.oauth import OAuth
from bot.domain.clock import utc_now
from bot.store import Store
from bot.store.database import Database
from tests.slack_install.conftest import KEYS, everything_stored
from tests.slack_install.looking import still_works, token_of
from tests.standins.slack.faults import Fault, FaultKind
from tests.standins.slack.server import running


@pytest.fixture
async def rotating(app, browser, teams):
    """Acme has installed an app whose tokens end; its first token."""
    app.is_rotating = True
    await browser.install()
    return await token_of(teams)


def exchanges(slack):
    return [call.error for call in slack.calls_of("oauth.v2.access") if call.args.get("grant_type") == "refresh_token"]


async def test_a_token_is_left_alone_until_two_hours_before_its_end(rotating, slack, teams, clock):
    clock.forward(hours=9, minutes=58)
    assert await token_of(teams) == rotating
    assert exchanges(slack) == []


async def test_a_token_about_to_end_is_exchanged_and_nobody_waits_for_it(rotating, slack, teams, clock, database):
    clock.forward(hours=10, minutes=1)
    assert await token_of(teams) == rotating
    await teams.aclose()
    clock.forward(minutes=1)
    new = await token_of(teams)
    assert new != rotating
    assert await still_works(teams)
    assert exchanges(slack) == [""]
    for secret in (new, slack.tokens[new].refresh):
        assert secret not in await everything_stored(database)


async def test_a_token_that_has_ended_is_exchanged_first(rotating, slack, teams, clock):
    clock.forward(days=3)
    found = await asyncio.gather(*(token_of(teams) for _ in range(5)))
    assert len(set(found) | {rotating}) == 2
    assert await still_works(teams)
    assert exchanges(slack) == [""]


@pytest.mark.usefixtures("rotating")
async def test_day_after_day_there_is_a_token_that_works(teams, clock):
    for _ in range(10):
        clock.forward(hours=7)
        await teams.find("T1", None)
        await teams.aclose()
        clock.forward(minutes=2)
        assert await still_works(teams)


async def test_two_that_exchange_at_once_share_what_one_of_them_got(
    rotating, slack, teams, store, oauth, session, clock
):
    another = InstalledTeams(store.installations, oauth, session, slack.api_url, None, clock)
    clock.forward(hours=13)
    found = await asyncio.gather(token_of(teams), token_of(another))
    assert found[0] == found[1] != rotating
    assert exchanges(slack).count("") == 1


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.RESET, FaultKind.GARBAGE, FaultKind.RATE_LIMITED])
async def test_where_slack_exchanges_nothing_the_old_token_serves_until_it_may_be_tried_again(
    rotating, slack, teams, clock, kind
):
    clock.forward(hours=11)
    slack.faults.add("oauth.v2.access", Fault(kind))
    assert await token_of(teams) == rotating
    await teams.aclose()
    assert await still_works(teams)
    clock.forward(minutes=2)
    await teams.find("T1", None)
    await teams.aclose()
    clock.forward(minutes=2)
    assert await token_of(teams) != rotating


async def test_a_refresh_token_that_is_spent_for_good_raises_nothing(rotating, slack, teams, clock, caplog):
    slack.tokens[rotating].refresh = ""
    clock.forward(hours=13)
    assert await token_of(teams) == rotating
    assert "invalid_refresh_token" in str([vars(record) for record in caplog.records])


@pytest.mark.usefixtures("rotating")
async def test_whoever_is_cancelled_while_a_token_is_exchanged_loses_it_for_nobody(
    slack, teams, store, oauth, session, clock
):
    clock.forward(hours=13)
    slack.faults.add("oauth.v2.access", Fault(FaultKind.SLOW, seconds=0.2))
    looking = asyncio.ensure_future(teams.find("T1", None))
    while not exchanges_begun(slack):  # noqa: ASYNC110 - nothing else changes while the answer is late
        await asyncio.sleep(0.01)
    looking.cancel()
    await teams.aclose()
    another = InstalledTeams(store.installations, oauth, session, slack.api_url, None, clock)
    assert await still_works(another)
    assert exchanges(slack) == [""]


def exchanges_begun(slack):
    return [call for call in slack.calls_of("oauth.v2.access") if call.args.get("grant_type")]


@pytest.mark.usefixtures("rotating")
async def test_an_app_that_is_removed_while_its_token_is_exchanged_stays_removed(slack, teams, store, clock):
    clock.forward(hours=11)
    slack.faults.add("oauth.v2.access", Fault(FaultKind.SLOW, seconds=0.2))
    await teams.find("T1", None)
    while not exchanges_begun(slack):  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.01)
    await teams.forget("T1", None, None)
    await teams.aclose()
    assert await store.installations.every("slack") == ()


async def test_two_processes_exchange_one_token_once(postgres_url):
    async with running() as slack:
        app = slack.add_app(is_rotating=True)
        slack.add_user("U1", slack.add_team("T1", "Acme"))
        old = slack.install(app, slack.teams["T1"])
        ended = datetime.now(UTC) - timedelta(minutes=1)
        installation = Installation("T1", None, "Acme", old.bot_user, old.value, old.refresh, ended)
        async with Store.opened(postgres_url, KEYS) as store:
            await store.installations.save("slack", "T1", installation.body, ended)
            arguments = json.dumps([postgres_url, KEYS, slack.api_url, app.client_id, app.client_secret])
            command = [sys.executable, "-m", "tests.slack_install.refreshing", arguments]
            pipe = asyncio.subprocess.PIPE
            racers = [await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe) for _ in range(2)]
            for racer in racers:
                assert await racer.stdout.readline() == b"ready\n"
            told = [out.decode() for out, _ in await asyncio.gather(*(racer.communicate(b"go\n") for racer in racers))]
            ((_, body),) = await store.installations.every("slack")
        assert told[0] == told[1] == json.loads(body)["token"] != old.value
        assert exchanges(slack).count("") == 1
        assert not slack.tokens[told[0]].is_revoked


async def test_a_new_token_waits_for_a_database_that_is_away(postgres, postgres_url, session):
    name = postgres_url.rpartition("/")[2]
    admin = Database(postgres.url("postgres"))

    async def open_to_all(*, is_open):
        async with admin.writing() as connection:
            await connection.exec_driver_sql(f'alter database "{name}" allow_connections {is_open}')
            gone = f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
            await connection.exec_driver_sql(gone)

    naps = []

    async def nap(seconds):
        naps.append(seconds)
        await open_to_all(is_open=True)

    async with running() as slack, Store.opened(postgres_url, KEYS) as store:
        app = slack.add_app(is_rotating=True)
        old = slack.install(app, slack.add_team("T1", "Acme"))
        ended = datetime.now(UTC) - timedelta(minutes=1)
        installation = Installation("T1", None, "Acme", old.bot_user, old.value, old.refresh, ended)
        await store.installations.save("slack", "T1", installation.body, ended)
        oauth = OAuth(session, slack.api_url, app.client_id, app.client_secret, utc_now)
        teams = InstalledTeams(store.installations, oauth, session, slack.api_url, None, utc_now, nap)
        slack.faults.add("oauth.v2.access", Fault(FaultKind.SLOW, seconds=0.5))
        looking = asyncio.ensure_future(token_of(teams))
        while not exchanges_begun(slack):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
        await open_to_all(is_open=False)
        new = await looking
        assert naps == [1.0]
        assert json.loads(await store.installations.find("slack", "T1"))["token"] == new != old.value
    await admin.close()
