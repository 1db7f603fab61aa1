"""The program that serves: it starts whatever has credentials, and ends it in order when it is told to."""

import asyncio
import logging
from collections.abc import Awaitable, Collection
from contextlib import AsyncExitStack

from adapters.slack.app import SlackApp
from adapters.web.app import Counts, web_app
from adapters.web.server import WebServer
from bot.app import Bot
from bot.domain.errors import NotConfigured
from bot.settings import Settings

logger = logging.getLogger(__name__)

PARTS = ("slack", "web")
"""What can be chosen with --only: Slack over Socket Mode, and the web server, by which Slack comes over HTTP."""

_NOTHING = (
    "Nothing is configured that could be run. For Slack, set SLACK_BOT_TOKEN and, for Socket Mode, SLACK_APP_TOKEN or, "
    "for HTTP, SLACK_SIGNING_SECRET. To try the bot without any account: contentstats-bot demo"
)
_MISSING = {
    "slack": "Slack over Socket Mode needs SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…).",
    "web": "The web server needs SLACK_BOT_TOKEN (xoxb-…) and SLACK_SIGNING_SECRET.",
}


async def run(settings: Settings, only: Collection[str] = ()) -> int:
    """Serve until cancelled: the parts that `only` names, or all that have credentials. Gives the exit code.

    NotConfigured where a part that was asked for has no credentials, or nothing has any. On cancelling, nothing more is
    accepted, running work gets twenty seconds to end, and everything is closed.
    """
    parts = _chosen(settings, only)
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(Bot(settings))
        slack = await stack.enter_async_context(_slack(bot, settings))
        running: list[Awaitable[None]] = []
        if "web" in parts:
            app = web_app(slack.handle, {"database": bot.is_ready, "slack": slack.is_ready}, Counts())
            server = await stack.enter_async_context(WebServer(app, settings.host, settings.port))
            logger.info("listening", extra={"host": settings.host, "port": server.port})
            running.append(server.ended())
        if "slack" in parts:
            running.append(slack.run_socket_mode())
        await _first(running)
    return 0


def _slack(bot: Bot, settings: Settings) -> SlackApp:
    token, app_token, secret = settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret
    return SlackApp(
        bot,
        api_url=settings.slack_api_url,
        bot_token=token.get_secret_value() if token else "",
        signing_secret=secret.get_secret_value() if secret else None,
        app_token=app_token.get_secret_value() if app_token else None,
        prefix=settings.slack_command_prefix,
    )


def _chosen(settings: Settings, only: Collection[str]) -> frozenset[str]:
    has = {
        "slack": bool(settings.slack_bot_token and settings.slack_app_token),
        "web": bool(settings.slack_bot_token and settings.slack_signing_secret),
    }
    missing = [_MISSING[part] for part in PARTS if part in only and not has[part]]
    if missing:
        raise NotConfigured(" ".join(missing))
    parts = frozenset(only or (part for part in PARTS if has[part]))
    if not parts:
        raise NotConfigured(_NOTHING)
    return parts


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
