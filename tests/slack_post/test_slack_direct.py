"""One person, written to by the program itself: alerts, and what could not be delivered elsewhere."""

import pytest

from adapters.slack.calls import Calls, new_client
from adapters.slack.pictures import Pictures
from adapters.slack.post import SlackPoster
from adapters.slack.teams import OneTeam, Several
from bot.delivery.poster import Posted
from bot.domain.errors import DatabaseUnavailable
from bot.reply.model import Reply
from tests.slack_post.conftest import forget_nothing
from tests.standins.slack.faults import Fault, FaultKind

HELLO = Reply("Hello, you.")


@pytest.fixture
def ann(slack):
    return slack.add_user("U1", slack.teams["T1"], "ann")


async def test_a_person_is_written_to_where_nobody_else_reads(slack, poster, ann):
    channel = await poster.direct("T1", ann.id)
    assert isinstance(await poster.post(channel, HELLO, "a"), Posted)
    assert [message.text for message in slack.direct_messages(ann.id)] == ["Hello, you."]
    assert await poster.direct("T1", ann.id) == channel


@pytest.mark.parametrize("person_id", ["U404", ""])
async def test_nobody_is_no_channel(poster, person_id):
    assert await poster.direct("T1", person_id) is None


async def test_a_workspace_without_the_app_has_no_channel_for_anybody(poster):
    assert await poster.direct("T9", "U1") is None


@pytest.mark.parametrize(
    "fault", [Fault(FaultKind.ERROR, "missing_scope"), Fault(FaultKind.STATUS, 500), Fault(FaultKind.RESET)], ids=str
)
async def test_where_slack_opens_no_conversation_there_is_none_for_now(slack, poster, ann, fault):
    slack.faults.add("conversations.open", fault)
    assert await poster.direct("T1", ann.id) is None
    assert await poster.direct("T1", ann.id) is not None


async def test_a_429_is_waited_for_since_opening_twice_is_opening_once(slack, poster, ann, naps):
    slack.faults.add("conversations.open", Fault(FaultKind.RATE_LIMITED, seconds="7"))
    assert await poster.direct("T1", ann.id) is not None
    assert naps == [7]


async def test_without_a_database_there_is_none_for_now(session, limits):
    class Away:
        async def known(self, _):
            raise DatabaseUnavailable("away")

    calls = Calls(session)
    assert await SlackPoster(Away(), calls, Pictures(calls), limits).direct("T1", "U1") is None


async def test_an_organisations_token_posts_into_each_workspace_that_nobody_installed_by_itself(session):
    def team(token, **told):
        return OneTeam(Calls(session), new_client(session, "http://127.0.0.1:1/api/", token), forget_nothing, told)

    organisation = team("xoxb-org", team_id="T1", enterprise_id="E1", is_enterprise_install=True)
    teams = Several(organisation, team("xoxb-own", team_id="T2"))
    assert [(await teams.known(each)).client.token for each in ("T1", "T2", "T3")] == [
        "xoxb-org",
        "xoxb-own",
        "xoxb-org",
    ]
    assert await Several(team("xoxb-own", team_id="T2")).known("T3") is None
