"""Many posts at once, from several workspaces, against known limits and limits that the poster must learn."""

import asyncio
import time
from dataclasses import replace

from adapters.slack.api import Calls, Limits, new_client
from adapters.slack.workspaces import MultiWorkspace, SingleWorkspace
from bot.delivery.poster import Later, Posted
from bot.reply.model import Reply
from tests.posters.channels import forget_nothing
from tests.standins.slack.rates import Rate

HELLO = Reply("Hello, channel.")
POST = "chat.postMessage"


async def delivered(poster, channel, key, sleep):
    """Posts as the outbox does: retries after the requested time, and only then."""
    while isinstance(delivery := await poster.post(channel, Reply(key), key), Later):
        await sleep(delivery.after.total_seconds())
    return delivery


async def test_busy_channels_of_two_workspaces_cause_no_429(on, slack, here, there):
    slack.rates.now = time.monotonic
    slack.rates.channel, slack.rates.workspace = Rate(1, burst=3), Rate(5, burst=3)
    for number in range(10):
        slack.add_channel(f"CX{number}", slack.teams["T1"])
    places = [here, here, there, there, *(replace(here, channel_id=f"CX{number}") for number in range(10))]
    poster = on.poster_for(on.teams_over(on.session), Limits())
    found = await asyncio.gather(*(poster.post(place, HELLO, str(at)) for at, place in enumerate(places)))
    assert {type(delivery) for delivery in found} == {Posted}
    assert [call.error for call in slack.calls_of(POST)] == [""] * len(places)


async def test_a_storm_of_429s_loses_and_doubles_nothing_with_few_calls(slack, poster, here, there, on):
    slack.rates.channel, slack.rates.workspace = Rate(1 / 5, burst=1), Rate(1 / 2, burst=1)
    slack.add_channel("CX", slack.teams["T1"])
    places = (here, replace(here, channel_id="CX"), there)
    jobs = [(place, f"{place.channel_id}-{number}") for place in places for number in range(5)]
    found = await asyncio.gather(*(delivered(poster, place, key, on.clock.sleep) for place, key in jobs))
    assert {type(delivery) for delivery in found} == {Posted}
    for place in places:
        texts = sorted(message.text for message in slack.channel(place.channel_id).messages)
        assert texts == [f"{place.channel_id}-{number}" for number in range(5)]
    refused = sum(call.error == "ratelimited" for call in slack.calls_of(POST))
    assert 0 < refused <= 2 * len(jobs)


async def test_an_organisations_token_posts_to_each_of_its_workspaces(on):
    def team(token, **told):
        return SingleWorkspace(
            Calls(on.session), new_client(on.session, "http://127.0.0.1:1/", token), forget_nothing, told
        )

    organisation = team("xoxb-org", team_id="T1", enterprise_id="E1", is_enterprise_install=True)
    teams = MultiWorkspace(organisation, team("xoxb-own", team_id="T2"))
    found = [(await teams.known(each)).client.token for each in ("T1", "T2", "T3")]
    assert found == ["xoxb-org", "xoxb-own", "xoxb-org"]
    assert await MultiWorkspace(team("xoxb-own", team_id="T2")).known("T3") is None
