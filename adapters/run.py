"""The program that serves: it starts whatever has credentials, and ends it in order when it is told to."""

import asyncio
import logging
from collections.abc import Awaitable, Collection
from contextlib import AsyncExitStack

from pydantic import SecretStr

from adapters.slack.app import SlackApp, SlackOptions
from adapters.slack.install import ensure_oauth_ready
from adapters.web.app import Counts, Readiness, web_app
from adapters.web.server import WebServer
from bot.app import Bot
from bot.domain.errors import NotConfigured
from bot.settings import Settings

logger = logging.getLogger(__name__)

PARTS = ("slack", "web", "scheduler")
"""What can be chosen with --only.

Slack over Socket Mode; the web server, by which Slack comes over HTTP; and what runs by itself and posts.
"""

_NOTHING = (
    "Nothing is configured that could be run. For Slack, set SLACK_BOT_TOKEN and, for Socket Mode, SLACK_APP_TOKEN or, "
    "for HTTP, SLACK_SIGNING_SECRET. To try the bot without any account: contentstats-bot demo"
)
_MISSING = {
    "slack": "Slack over Socket Mode needs SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…).",
    "web": "Slack over HTTP needs SLACK_SIGNING_SECRET, and SLACK_BOT_TOKEN (xoxb-…) or, for many workspaces, "
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET.",
    "scheduler": "The scheduler posts into Slack, so it needs SLACK_BOT_TOKEN (xoxb-…) or, for many workspaces, "
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET.",
}


async def run(settings: Settings, only: Collection[str] = ()) -> int:
    """Serve until cancelled: the parts that `only` names, or all that have credentials. Gives the exit code.

    NotConfigured where a part that was asked for has no credentials, or nothing has any. On cancelling, nothing more is
    accepted, running work gets twenty seconds to end, and everything is closed.
    """
    parts = _chosen(settings, only)
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(Bot(settings))
        slack = await stack.enter_async_context(SlackApp(bot, _options(settings)))
        running: list[Awaitable[None]] = []
        if "web" in parts:
            readiness = Readiness({"database": bot.is_ready, "slack": slack.is_ready})
            app = web_app(slack.handle, readiness, Counts(), slack.routes)
            server = await stack.enter_async_context(WebServer(app, settings.host, settings.port))
            logger.info("listening", extra={"host": settings.host, "port": server.port})
            running.append(server.ended())
        if "slack" in parts:
            running.append(slack.run_socket_mode())
        if "scheduler" in parts:
            running.append(bot.scheduler({"slack": slack.poster}).run())
        await _first(running)
    return 0


def _options(settings: Settings) -> SlackOptions:
    return SlackOptions(
        api_url=settings.slack_api_url,
        bot_token=_value(settings.slack_bot_token),
        app_token=_value(settings.slack_app_token),
        signing_secret=_value(settings.slack_signing_secret),
        client_id=settings.slack_client_id,
        client_secret=_value(settings.slack_client_secret),
        prefix=settings.slack_command_prefix,
    )


def _chosen(settings: Settings, only: Collection[str]) -> frozenset[str]:
    slack = _options(settings)
    speaks = slack.bot_token or slack.client_id
    has = {"slack": bool(speaks and slack.app_token), "web": bool(speaks and slack.signing_secret)}
    has["scheduler"] = any(has.values()) or (bool(speaks) and "scheduler" in only)
    missing = [_MISSING[part] for part in PARTS if part in only and not has[part]]
    if missing:
        raise NotConfigured(" ".join(missing))
    if slack.client_id:
        ensure_oauth_ready(slack.client_secret or "", slack.signing_secret or "", settings.encryption_keys)
    parts = frozenset(only or (part for part in PARTS if has[part]))
    if not parts:
        raise NotConfigured(_NOTHING)
    return parts


def _value(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


async def _first(running: Collection[Awaitable[None]]) -> None:
    """Wait until one of these ends, which none does unless it fails; then, or when cancelled, end the others."""
    tasks = [asyncio.ensure_future(each) for each in running]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
