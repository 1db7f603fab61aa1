import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from tests.standins.faults import Fault, FaultKind
from tests.standins.slack.rates import Rate, Rates
from tests.standins.slack.refusal import RateLimited
from tests.standins_slack.asking import refusal


class Ticks:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks(slack) -> Ticks:
    """The seconds by which the local Slack counts calls."""
    slack.rates.now = Ticks()
    return slack.rates.now


async def test_a_channel_takes_a_short_burst_and_then_a_message_a_second(slack, client, ticks):
    for _ in range(3):
        await client.chat_postMessage(channel="C1", text="x")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    ticks.now += 1
    await client.chat_postMessage(channel="C1", text="x")
    assert await refusal(client.chat_postMessage(channel="C1", text="x")) == "ratelimited"
    assert len(slack.channel("C1").messages) == 4


async def test_a_workspace_has_a_ceiling_over_all_its_channels(slack, client, bot, team):
    slack.rates.workspace = Rate(1, 2)
    slack.channel("C2").members.add(bot.bot_user)
    await client.chat_postMessage(channel="C1", text="x")
    await client.chat_postMessage(channel="C2", text="x")
    slack.add_channel("C3", team, [bot.bot_user])
    assert await refusal(client.chat_postMessage(channel="C3", text="x")) == "ratelimited"


async def test_a_tier_is_counted_for_each_method_by_the_minute(client, ticks):
    answer = await client.conversations_open(users="U1")
    for _ in range(49):
        await client.conversations_open(users="U1")
    assert await refusal(client.conversations_open(users="U1")) == "ratelimited"
    assert (await client.users_info(user="U1"))["ok"]
    ticks.now += 60 / 50
    assert (await client.conversations_open(users="U1"))["channel"] == answer["channel"]


def test_one_workspaces_calls_are_not_anothers():
    rates = Rates(Ticks())
    rates.methods["m"] = Rate(1 / 60, 1)
    rates.spend_on_method("m", 1, "A1", "T1")
    rates.spend_on_method("m", 1, "A1", "T2")
    with pytest.raises(RateLimited) as caught:
        rates.spend_on_method("m", 1, "A1", "T1")
    assert caught.value.seconds == 60


def test_a_refused_message_is_not_counted():
    rates = Rates(ticks := Ticks())
    rates.workspace = Rate(1, 4)
    for _ in range(3):
        rates.spend_on_post("A1", "T1", "C1")
    for _ in range(9):
        with pytest.raises(RateLimited):
            rates.spend_on_post("A1", "T1", "C1")
    rates.spend_on_post("A1", "T1", "C2")
    ticks.now += 1
    rates.spend_on_post("A1", "T1", "C1")


async def test_a_storm_of_429_lasts_until_it_is_stopped(slack, client):
    slack.faults.storm("chat.postMessage", seconds=7)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C1", text="x")
        assert caught.value.response.headers["Retry-After"] == "7"
    assert (await client.auth_test())["ok"]
    slack.faults.stop()
    assert (await client.chat_postMessage(channel="C1", text="x"))["ok"]
    assert len(slack.calls_of("chat.postMessage")) == 3


async def test_the_librarys_own_retry_gets_through_after_the_wait(slack, client):
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.faults.add("chat.postMessage", Fault(FaultKind.RATE_LIMITED, seconds=0))
    assert (await client.chat_postMessage(channel="C1", text="x"))["ok"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(FaultKind.STATUS, 503), SlackApiError),
        (Fault(FaultKind.ERROR, "internal_error"), SlackApiError),
        (Fault(FaultKind.GARBAGE), SlackApiError),
        (Fault(FaultKind.RESET), aiohttp.ClientError),
    ],
)
async def test_a_fault_happens_once_and_nothing_else_does(slack, client, fault, error):
    slack.faults.add("chat.postMessage", fault)
    with pytest.raises(error):
        await client.chat_postMessage(channel="C1", text="x")
    assert slack.channel("C1").messages == []
    assert (await client.chat_postMessage(channel="C1", text="x"))["ok"]


async def test_a_connection_can_break_when_all_has_happened(slack, client):
    slack.faults.add("chat.postMessage", Fault(FaultKind.RESET_AFTER))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C1", text="x")
    assert len(slack.channel("C1").messages) == 1


@pytest.mark.parametrize("fault", [Fault(FaultKind.HANG), Fault(FaultKind.SLOW, seconds=60)])
async def test_an_answer_can_stay_away_and_the_server_still_stops(slack, client, fault):
    slack.faults.start(fault)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await client.chat_postMessage(channel="C1", text="x")
    assert slack.channel("C1").messages == []
