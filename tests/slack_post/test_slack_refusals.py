"""Errors that only Slack has; the posters' contract covers those of every platform."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from aiohttp import web

from adapters.slack.api import new_client
from adapters.slack.errors import DEAD, PERMANENT, RATE_LIMITED
from adapters.slack.workspaces import SlackWorkspace
from bot.delivery.poster import Later, Rejected, Unclear
from bot.domain.caller import WorkspaceRef
from bot.domain.errors import BotError, NotConfigured
from bot.reply.model import Picture, Reply
from tests.standins.faults import Fault, FaultKind

HELLO = Reply("Hello, channel.")
CHART = Reply("Views grew by 5%.", parts=(Picture("views.png", b"png", "Views grew."),))
POST = "chat.postMessage"


@pytest.mark.parametrize("error", sorted(DEAD))
async def test_the_operators_revoked_token_turns_no_digest_off(on, slack, here, error):
    token = next(each for each in slack.tokens.values() if each.team and each.team.id == "T1")
    for is_operators in (True, False):
        slack.faults.add(POST, Fault(FaultKind.ERROR, error))
        ref = WorkspaceRef("slack", "T1", "Acme", is_operators=is_operators)
        team = SlackWorkspace(ref, None, new_client(on.session, slack.api_url, token.value))
        delivery = await on.poster_for(Known(team)).post(here, HELLO, f"{is_operators}")
        assert isinstance(delivery, Later if is_operators or error not in PERMANENT else Rejected), delivery


@dataclass
class Known:
    """Resolves one workspace, or fails."""

    team: SlackWorkspace | BotError

    async def known(self, _):
        if isinstance(self.team, BotError):
            raise self.team
        return self.team


async def test_a_missing_encryption_key_turns_no_digest_off(on, here):
    poster = on.poster_for(Known(NotConfigured("Set SECRET_KEYS.")))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(minutes=1), "not_configured")


async def test_closed_channels_are_refused_with_slacks_errors(slack, poster, here):
    slack.channel("C1").is_archived = True
    assert (await poster.post(here, HELLO, "a")).reason == "is_archived"
    for channel_id in ("G1", "C2", "C404"):
        assert (await poster.post(replace(here, channel_id=channel_id), HELLO, "b")).reason == "channel_not_found"
    slack.channel("C1").is_archived = False
    assert (await poster.post(replace(here, thread_id="1.1"), HELLO, "c")).reason == "thread_not_found"
    assert (await poster.edit(here, "1.1", HELLO)).reason == "message_not_found"
    next(token for token in slack.tokens.values() if token.team and token.team.id == "T1").is_revoked = True
    assert (await poster.post(here, HELLO, "d")).reason == "token_revoked"
    not_installed = await poster.post(replace(here, workspace_id="T404"), HELLO, "e")
    assert not_installed.reason == "not_installed"
    assert "install it again" in not_installed.sentence
    assert await poster.direct("T404", "U1") is None


async def test_a_missing_scope_is_named(slack, poster, here):
    for token in slack.tokens.values():
        token.scopes -= {"chat:write"}
    delivery = await poster.post(here, HELLO, "a")
    assert delivery.reason == "missing_scope"
    assert "chat:write" in delivery.sentence


@pytest.mark.parametrize(
    ("said", "after"),
    [("0", 1), ("7", 7), ("", 60), ("-3", 60), ("tomorrow", 60), ("1.5", 60), ("9" * 40, 3_600)],
)
async def test_any_retry_after_leads_to_a_sane_wait(slack, poster, here, said, after):
    slack.faults.add(POST, Fault(FaultKind.RATE_LIMITED, seconds=said))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(seconds=after), RATE_LIMITED)


async def test_an_error_for_the_daily_limit_is_a_wait_too(slack, poster, here):
    slack.faults.add(POST, Fault(FaultKind.ERROR, "message_limit_exceeded"))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(minutes=1), RATE_LIMITED)


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
async def test_no_response_body_makes_the_poster_raise(on, here, status, body, expected):
    asked = []

    async def answer(request):
        asked.append(request.path)
        content = body.encode(errors="surrogateescape")
        return web.Response(status=status, body=content, content_type="application/json", charset="utf-8")

    app = web.Application()
    app.router.add_post("/api/{method}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    teams = on.teams_over(on.session, f"http://127.0.0.1:{runner.addresses[0][1]}/api/")
    poster = on.poster_for(teams)
    delivery = await poster.post(here, HELLO, "a")
    assert (type(delivery), asked) == (expected, ["/api/chat.postMessage"])
    assert type(await poster.post(here, CHART, "b")) is expected
    assert await poster.direct("T1", "U1") is None
    await runner.cleanup()


async def test_a_429_when_a_direct_message_is_opened_is_waited_out(slack, poster, naps):
    slack.faults.add("conversations.open", Fault(FaultKind.RATE_LIMITED, seconds="7"))
    assert await poster.direct("T1", "U1") is not None
    assert naps == [7]
