"""A local Slack with one workspace, and the program in it, over HTTP unless a test asks for Socket Mode."""

import pytest

from tests.slack.bot_app import ANN, BEN, GENERAL, GIL, RANDOM, SECRET, bot_app_of
from tests.standins.slack.server import running


@pytest.fixture
async def slack(clock):
    async with running(clock) as slack:
        team = slack.add_team("T1", "Acme")
        slack.add_user(ANN, team, "ann", is_admin=True)
        slack.add_user(BEN, team, "ben")
        slack.add_user(GIL, team, "gil", is_restricted=True)
        slack.add_channel(GENERAL, team, [ANN, BEN, GIL], name="general")
        slack.add_channel(RANDOM, team, [ANN, BEN], name="random")
        slack.add_channel(SECRET, team, [ANN, BEN], "private", "secret")
        yield slack


@pytest.fixture
def team(slack):
    return slack.teams["T1"]


@pytest.fixture
def transport():
    return "http"


@pytest.fixture
def app(slack, transport):
    return slack.add_app(is_socket_mode=transport == "socket")


@pytest.fixture
def token(slack, app, team):
    token = slack.install(app, team)
    slack.channel(GENERAL).members.add(token.bot_user)
    return token


@pytest.fixture
async def bot_app(slack, app, token, sandbox, clock, sqlite_url):
    async with bot_app_of(slack, app, token, sandbox, clock, sqlite_url) as bot_app:
        yield bot_app
