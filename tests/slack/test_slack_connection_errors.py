"""Every documented error of a connection or token: which ends it, which is waited out, and what is logged."""

import asyncio

import pytest
from slack_bolt.response import BoltResponse

from adapters.chat.pacing import REFUSALS
from adapters.slack.api import Calls, new_client, new_session
from adapters.slack.errors import TEMPORARY, TOKEN_ERRORS, described
from adapters.slack.socket_mode import SocketMode
from adapters.slack.workspaces import SingleWorkspace, SlackUnreachable
from bot.domain.errors import NotConfigured, TokenRefused
from tests.standins.environment import nap
from tests.standins.faults import Fault, FaultKind

pytestmark = pytest.mark.parametrize("transport", ["socket"])

WORDS = [*TOKEN_ERRORS, *TEMPORARY, "a_word_of_tomorrow"]


@pytest.fixture
async def session():
    async with new_session() as session:
        yield session


@pytest.mark.parametrize("word", WORDS)
async def test_only_a_repeatedly_refused_token_ends_socket_mode(slack, app, token, session, caplog, word):
    async def acknowledge(_):
        return BoltResponse(status=200)

    slack.faults.add("apps.connections.open", Fault(FaultKind.ERROR, word), REFUSALS if word in TOKEN_ERRORS else 1)
    client = new_client(session, slack.api_url, token.value)
    line = SocketMode(session, Calls(session, nap), client, app.app_token, acknowledge, nap)
    serving = asyncio.create_task(line.run())
    if word in TOKEN_ERRORS:
        with pytest.raises(NotConfigured, match="SLACK_APP_TOKEN must be an app-level token") as refused:
            await serving
        assert described(word) in str(refused.value)
        assert described(word) in line.problem
    else:
        await slack.until(lambda: slack.connections(app))
        async with asyncio.timeout(5):
            while line.problem:  # noqa: ASYNC110 - the server only sees its own side
                await asyncio.sleep(0.01)
        assert [each.error for each in caplog.records if each.levelname == "WARNING"] == [described(word)]
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@pytest.mark.parametrize("word", WORDS)
async def test_only_a_revoked_token_is_reported_as_the_cause(slack, token, session, word):
    async def forget_nothing(_):
        return None

    calls, client = Calls(session, nap), new_client(session, slack.api_url, token.value)
    team = SingleWorkspace(calls, client, forget_nothing)
    slack.faults.add("auth.test", Fault(FaultKind.ERROR, word))
    with pytest.raises(TokenRefused if word in TOKEN_ERRORS else SlackUnreachable) as refused:
        await team.find("T1", None)
    assert described(word) in str(refused.value)
    assert (await team.find("T1", None)) is not None
