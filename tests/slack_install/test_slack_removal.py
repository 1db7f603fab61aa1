"""Removal of the app: Slack's events in any order, and what is left of the workspace."""

import pytest
from pydantic import SecretStr
from slack_bolt.context.async_context import AsyncBoltContext
from sqlalchemy import text

from adapters.slack.api import Calls, Limits
from adapters.slack.events import Events
from adapters.slack.handlers import Handlers
from adapters.slack.home import HomeTab
from adapters.slack.interaction import Callers
from adapters.slack.pictures import Pictures
from adapters.slack.send import Replies
from adapters.slack.text import NO_PREFIX
from adapters.slack.workspaces import Installation, InstalledWorkspaces
from bot.domain.caller import Caller, Permission, Person, Role
from bot.reply.model import Tone
from tests.slack_install.conftest import KEYS, ON_EACH
from tests.standins.environment import HandClock, environment_of, sandbox_of

ORDERS = [("app_uninstalled", "tokens_revoked"), ("tokens_revoked", "app_uninstalled")]
KEY = "cs_test_acme_secret"


@pytest.fixture
async def bot(database_url):
    clock = HandClock()
    async with (
        sandbox_of(clock, keys={"cs_test_operator": "Operator", KEY: "Acme"}) as sandbox,
        environment_of(sandbox, clock, database_url, secret_keys=SecretStr(KEYS[0])) as env,
    ):
        yield env.bot


@pytest.fixture
def teams(bot, session, slack, clock):
    return InstalledWorkspaces(bot.store.installations, session, slack.api_url, bot.accounts.forget, clock)


@pytest.fixture
def hear(bot, teams, session, clock):
    """Passes an event to the program, as often and as late as a test wants."""
    calls = Calls(session)
    callers, home = Callers(calls, clock), HomeTab(bot, calls)
    replies = Replies(calls, Limits(), Pictures(calls), clock)
    handlers = Handlers(bot, teams, calls, replies, callers, home, NO_PREFIX, clock)
    events = Events(bot, handlers, teams, callers, calls, home)

    async def heard(delivery):
        body = delivery.payload
        context = AsyncBoltContext({"team_id": body["team_id"], "enterprise_id": body.get("enterprise_id")})
        await events.event(body, context)

    return heard


@pytest.fixture
async def installed(slack, app, teams, bot):
    """Acme (T1) and One (T2) have installed the app and linked a key each."""
    app.is_socket_mode = True  # no socket is open: tests pass Slack's events to the program by hand

    async def install(team_id):
        team = slack.teams[team_id]
        token = slack.install(app, team)
        await teams.save(Installation(team_id, None, team.name, token.value))
        found = await teams.find(team_id, None)
        manager = Caller(found.ref, "C1", Person("U1", "ann"), Role.ADMIN, frozenset(Permission))
        assert (await bot.run("connect", {"key": KEY}, manager)).tone is Tone.SUCCESS

    for team_id in ("T1", "T2"):
        await install(team_id)
    return install


async def left(database):
    """The workspaces that still have stored data."""
    query = "select external_id from workspaces join credentials on workspaces.id = credentials.workspace_id"
    async with database.reading() as connection:
        keys = (await connection.execute(text(query))).scalars().all()
        scopes = (await connection.execute(text("select scope from installations"))).scalars().all()
    return sorted(keys), sorted(scopes)


@ON_EACH
@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("order", ORDERS)
async def test_a_removal_deletes_the_data_of_that_workspace_only(slack, app, hear, teams, database, order):
    assert await left(database) == (["T1", "T2"], ["T1", "T2"])
    for delivery in await slack.uninstall(slack.teams["T1"], app, order):
        await hear(delivery)
        assert await left(database) == (["T2"], ["T2"])
    assert await teams.find("T1", None) is None
    assert await teams.find("T2", None) is not None


@pytest.mark.parametrize("is_late", [True, False], ids=["late", "redelivered"])
@pytest.mark.parametrize("order", ORDERS)
async def test_a_removal_event_leaves_a_newer_installation_alone(
    slack, app, hear, installed, database, clock, order, is_late
):
    deliveries = await slack.uninstall(slack.teams["T1"], app, order)
    if is_late:
        clock.advance(minutes=4)
    else:
        for delivery in deliveries:
            await hear(delivery)
    await installed("T1")
    for delivery in deliveries:
        await hear(delivery)
    assert await left(database) == (["T1", "T2"], ["T1", "T2"])


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("has_time", [True, False], ids=["from a slow clock", "without a time"])
async def test_a_removal_deletes_whatever_its_time(slack, app, hear, database, has_time):
    for delivery in await slack.uninstall(slack.teams["T1"], app):
        at = delivery.payload.pop("event_time")
        delivery.payload |= {"event_time": at - 60} if has_time else {}
        await hear(delivery)
    assert await left(database) == (["T2"], ["T2"])
