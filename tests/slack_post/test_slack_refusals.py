"""What comes back from Slack, and what the poster makes of it: over real sockets, one fault each."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from adapters.slack.calls import Calls, new_client
from adapters.slack.connection_errors import DEAD
from adapters.slack.pictures import Pictures
from adapters.slack.post import SlackPoster
from adapters.slack.refusals import HALF_DONE, OURS, PERMANENT, RATE_LIMITED
from adapters.slack.teams import OneTeam, Team
from bot.delivery.poster import Later, Posted, Rejected, Unclear
from bot.domain.caller import WorkspaceRef
from bot.domain.errors import DatabaseUnavailable, NotConfigured
from bot.reply.model import Reply
from tests.slack_post.conftest import forget_nothing
from tests.standins.slack.faults import Fault, FaultKind

HELLO = Reply("Hello, channel.")
POST = "chat.postMessage"


def seen(slack, channel_id="C1"):
    return slack.channel(channel_id).messages


def calls(slack, method=POST):
    return len(slack.calls_of(method))


# Permanent

OF_ONE_MESSAGE = {
    "cannot_reply_to_message",
    "cant_update_message",
    "edit_window_closed",
    "message_not_found",
    "restricted_action_thread_locked",
    "thread_not_found",
}
"""Errors that say nothing about the next message into the same channel."""


@pytest.mark.parametrize("error", sorted(PERMANENT.keys() - DEAD.keys()))
async def test_a_permanent_error_is_told_with_what_to_do_and_not_tried_again(slack, poster, here, error):
    slack.faults.add(POST, Fault(FaultKind.ERROR, error))
    delivery = await poster.post(here, HELLO, "a")
    assert delivery == Rejected(error, PERMANENT[error], is_message=error in OF_ONE_MESSAGE)
    assert calls(slack) == 1


@pytest.mark.parametrize("error", sorted(DEAD))
async def test_the_operators_dead_token_turns_no_digest_off(slack, session, limits, here, error):
    calls_ = Calls(session)
    token = next(each for each in slack.tokens.values() if each.team and each.team.id == "T1")
    for is_operators in (True, False):
        slack.faults.add(POST, Fault(FaultKind.ERROR, error))
        ref = WorkspaceRef("slack", "T1", "Acme", is_operators=is_operators)
        poster = SlackPoster(
            Known(Team(ref, None, new_client(session, slack.api_url, token.value))), calls_, Pictures(calls_), limits
        )
        delivery = await poster.post(here, HELLO, f"{is_operators}")
        is_waiting = is_operators or error not in PERMANENT
        assert isinstance(delivery, Later if is_waiting else Rejected), delivery


class Known:
    """One workspace."""

    def __init__(self, team):
        self._team = team

    async def known(self, _):
        return self._team


@pytest.mark.parametrize("error", sorted(OURS))
async def test_a_fault_of_ours_is_rejected_and_logged_as_an_error(slack, poster, here, caplog, error):
    slack.faults.add(POST, Fault(FaultKind.ERROR, error))
    delivery = await poster.post(here, HELLO, "a")
    assert isinstance(delivery, Rejected)
    assert delivery.is_message
    assert error in delivery.sentence
    assert [(record.levelno, record.reason) for record in caplog.records] == [(logging.ERROR, error)]
    assert calls(slack) == 1


async def test_real_channels_refuse_as_slack_does(slack, poster, here):
    slack.channel("C1").is_archived = True
    assert (await poster.post(here, HELLO, "a")).reason == "is_archived"
    for channel_id in ("G1", "C2", "C404"):
        assert (await poster.post(replace(here, channel_id=channel_id), HELLO, "b")).reason == "channel_not_found"
    slack.channel("C1").is_archived = False
    assert (await poster.post(replace(here, thread_id="1.1"), HELLO, "c")).reason == "thread_not_found"
    assert (await poster.edit(here, "1.1", HELLO)).reason == "message_not_found"
    next(token for token in slack.tokens.values() if token.team and token.team.id == "T1").is_revoked = True
    assert (await poster.post(here, HELLO, "d")).reason == "token_revoked"


async def test_a_missing_permission_is_named(slack, poster, here):
    for token in slack.tokens.values():
        token.scopes -= {"chat:write"}
    delivery = await poster.post(here, HELLO, "a")
    assert delivery.reason == "missing_scope"
    assert "chat:write" in delivery.sentence


async def test_a_workspace_without_the_bot_is_told_how_to_get_it(poster, here):
    delivery = await poster.post(replace(here, workspace_id="T404"), HELLO, "a")
    assert delivery.reason == "not_installed"
    assert "install it again" in delivery.sentence


# Later


@pytest.mark.parametrize("error", ["service_unavailable", "token_expired", "team_added_to_org", "something_new"])
async def test_what_passes_and_what_nobody_knows_may_be_tried_later(slack, poster, here, error):
    slack.faults.add(POST, Fault(FaultKind.ERROR, error))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(minutes=1), error)
    assert calls(slack) == 1


async def test_a_429_says_when_and_stops_that_method_in_that_workspace_until_then(slack, poster, here, there, clock):
    slack.faults.add(POST, Fault(FaultKind.RATE_LIMITED, seconds=30))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(seconds=30), RATE_LIMITED)
    held = await poster.post(here, HELLO, "a")
    assert (type(held), held.reason) == (Later, RATE_LIMITED)
    assert timedelta(seconds=29) < held.after <= timedelta(seconds=30)
    assert calls(slack) == 1
    assert isinstance(await poster.post(there, HELLO, "b"), Posted)
    clock.forward(seconds=30)
    assert isinstance(await poster.post(here, HELLO, "a"), Posted)


@pytest.mark.parametrize(
    ("said", "after"),
    [("0", 1), ("7", 7), ("", 60), ("-3", 60), ("tomorrow", 60), ("1.5", 60), ("9" * 40, 3_600)],
)
async def test_whatever_retry_after_says_the_wait_is_sane(slack, poster, here, said, after):
    slack.faults.add(POST, Fault(FaultKind.RATE_LIMITED, seconds=said))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(seconds=after), RATE_LIMITED)


async def test_a_daily_limit_in_words_is_a_wait_too(slack, poster, here):
    slack.faults.add(POST, Fault(FaultKind.ERROR, "message_limit_exceeded"))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(minutes=1), RATE_LIMITED)


async def test_a_connection_that_nobody_takes_has_sent_nothing(session, limits, here):
    client = new_client(session, "http://127.0.0.1:1/api/", "xoxb-none")
    teams = OneTeam(Calls(session), client, forget_nothing, {"team_id": "T1"})
    delivery = await SlackPoster(teams, Calls(session), Pictures(Calls(session)), limits).post(here, HELLO, "a")
    assert delivery == Later(timedelta(minutes=1), "no_connection")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (DatabaseUnavailable("away"), Later(timedelta(minutes=1), "no_database")),
        (NotConfigured("Set SECRET_KEYS."), Later(timedelta(minutes=1), "not_configured")),
    ],
)
async def test_a_token_that_cannot_be_looked_up_raises_nothing(session, limits, here, error, expected):
    class Failing:
        async def known(self, *_):
            raise error

    assert (
        await SlackPoster(Failing(), Calls(session), Pictures(Calls(session)), limits).post(here, HELLO, "a")
        == expected
    )


# Unclear


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.STATUS, 500),
        Fault(FaultKind.STATUS, 503),
        Fault(FaultKind.GARBAGE),
        Fault(FaultKind.RESET),
        Fault(FaultKind.RESET_AFTER),
        *(Fault(FaultKind.ERROR, error) for error in sorted(HALF_DONE)),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.value}",
)
async def test_a_lost_or_doubtful_answer_is_unclear_and_nothing_is_repeated(slack, poster, here, fault):
    slack.faults.add(POST, fault)
    assert isinstance(await poster.post(here, HELLO, "a"), Unclear)
    assert calls(slack) == 1


async def test_a_message_that_was_accepted_before_the_connection_broke_is_there_once(slack, poster, here):
    slack.faults.add(POST, Fault(FaultKind.RESET_AFTER))
    assert isinstance(await poster.post(here, HELLO, "a"), Unclear)
    assert len(seen(slack)) == 1


async def test_an_answer_that_never_comes_is_unclear(slack, limits, here):
    token = next(token for token in slack.tokens.values() if token.team and token.team.id == "T1")
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.2)) as hasty:
        teams = OneTeam(Calls(hasty), new_client(hasty, slack.api_url, token.value), forget_nothing, {"team_id": "T1"})
        slack.faults.add(POST, Fault(FaultKind.HANG))
        delivery = await SlackPoster(teams, Calls(hasty), Pictures(Calls(hasty)), limits).post(here, HELLO, "a")
    assert isinstance(delivery, Unclear)
    assert calls(slack) == 1


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, "[1]", Unclear),
        (200, '"ok"', Unclear),
        (200, "null", Unclear),
        (200, "{", Unclear),
        (200, '{"ok": true}', Unclear),
        (200, "\udcff", Unclear),
        (502, '{"ok": false, "error": "channel_not_found"}', Unclear),
        (403, "<html>", Later),
        (404, "{}", Later),
        (429, "<html>", Later),
    ],
)
async def test_no_body_makes_the_poster_raise(session, limits, here, status, body, expected):
    asked = []

    async def answer(request):
        asked.append(request.path)
        return web.Response(
            status=status, body=body.encode(errors="surrogateescape"), content_type="application/json", charset="utf-8"
        )

    app = web.Application()
    app.router.add_post("/api/{method}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = new_client(session, f"http://127.0.0.1:{runner.addresses[0][1]}/api/", "xoxb-1")
    teams = OneTeam(Calls(session), client, forget_nothing, {"team_id": "T1"})
    delivery = await SlackPoster(teams, Calls(session), Pictures(Calls(session)), limits).post(here, HELLO, "a")
    await runner.cleanup()
    assert (type(delivery), asked) == (expected, ["/api/chat.postMessage"])


async def test_an_edit_that_was_cut_off_may_be_repeated(slack, poster, here):
    posted = await poster.post(here, HELLO, "a")
    slack.faults.add("chat.update", Fault(FaultKind.RESET_AFTER))
    assert isinstance(await poster.edit(here, posted.message_id, Reply("Changed.")), Unclear)
    assert await poster.edit(here, posted.message_id, Reply("Changed.")) == posted
    assert [message.text for message in seen(slack)] == ["Changed."]


async def test_a_post_that_is_cancelled_is_not_sent_again(slack, poster, here):
    slack.faults.add(POST, Fault(FaultKind.HANG))
    posting = asyncio.ensure_future(poster.post(here, HELLO, "a"))
    while not calls(slack):  # noqa: ASYNC110 - a call without an answer changes nothing that could be waited for
        await asyncio.sleep(0.01)
    posting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await posting
    assert calls(slack) == 1
