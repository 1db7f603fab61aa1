"""The `run` subcommand: starts Slack, Discord, the web server and the scheduler as configured, and shuts them down."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.systemd import watched
from adapters.web import Probe, Readiness, WebServer, probe_routes, web_app
from bot.app import Bot
from bot.delivery.poster import ChannelPoster
from bot.domain.errors import BotError, NotConfigured, TokenRefused
from bot.settings import Settings
from bot.store import sole_process
from bot.store.coordination import REPORTED_EVERY

if TYPE_CHECKING:
    from adapters.discord.app import DiscordApp
    from adapters.slack.app import SlackApp

logger = logging.getLogger(__name__)

Serve: TypeAlias = Callable[[], Awaitable[None]]
Problem: TypeAlias = Callable[[], str]
"""Returns why a part doesn't work; empty if it does."""

PARTS = ("slack", "discord", "web", "scheduler")
"""Parts for --only: Slack over Socket Mode, Discord, the web server for Slack over HTTP, and the scheduler."""

CHECK_EVERY = 2.0
"""Seconds between checks of the parts of this process."""

_NOTHING = (
    "Nothing is configured yet. For Slack, set SLACK_BOT_TOKEN and, for Socket Mode, SLACK_APP_TOKEN or, "
    "for HTTP, SLACK_SIGNING_SECRET. For Discord, set DISCORD_TOKEN. To try the bot without any account: "
    "contentstats-bot demo"
)
_MISSING = {
    "slack": "Slack over Socket Mode needs SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…).",
    "discord": "Discord needs DISCORD_TOKEN, from the application's page Bot.",
    "web": "Slack over HTTP needs SLACK_SIGNING_SECRET, and SLACK_BOT_TOKEN (xoxb-…) or, for many workspaces, "
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET.",
    "scheduler": "The scheduler posts to Slack or Discord, so it needs SLACK_BOT_TOKEN (xoxb-…) or, for many "
    "workspaces, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET; or DISCORD_TOKEN.",
}

_NO_KEY = (
    "CONTENTSTATS_API_KEY isn't set, so each workspace needs its own key: an admin links one with "
    "/connect. Until then only /help, /status and /connect work there."
)
_NO_KEYS = (
    "Neither CONTENTSTATS_API_KEY nor SECRET_KEYS is set, so only /help and /status work. Set the key, or SECRET_KEYS "
    "so that /connect can link a workspace's own."
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part that serves until it is cancelled. `takes_commands`: people reach the bot through it."""

    name: str
    serve: Serve
    takes_commands: bool = False


async def run(settings: Settings, only: Collection[str] = ()) -> int:
    """Serve the parts that have credentials, or those of them in `only`, until cancelled; returns the exit code.

    If no part in `only` has credentials but others do, the process stays idle, since a process manager might stop all
    processes when one exits. Raises NotConfigured if no part has credentials, or if every platform refused them. When
    cancelled, the parts stop accepting work, and have twenty seconds together to finish what is running.
    """
    if not (parts := _chosen(settings, only)):
        await _idle(settings, only)
    else:
        await _serve(settings, parts, only)
    return 0


async def _serve(settings: Settings, parts: frozenset[str], only: Collection[str]) -> None:
    if settings.contentstats_api_key is None:
        logger.warning(_NO_KEY if settings.encryption_keys else _NO_KEYS)
    async with AsyncExitStack() as stack:
        stack.enter_context(sole_process(settings.database_url))
        bot = await stack.enter_async_context(Bot(settings))
        probes: dict[str, Probe] = {"database": bot.is_ready}
        posters: dict[str, ChannelPoster] = {}
        readiness = Readiness(probes, _needed(parts))
        probe_pages = probe_routes(bot.is_alive, readiness, bot.render_metrics)
        running: list[Part] = []
        drains: list[Serve] = []
        problems: dict[str, Problem] = {}
        if settings.discord_token and parts & {"discord", "scheduler"}:
            discord = await stack.enter_async_context(_discord(bot, settings))
            posters["discord"] = discord.poster
            if "discord" in parts:
                probes["discord"] = discord.is_ready
                problems["discord"] = lambda: discord.problem
                running.append(Part("discord", discord.run, takes_commands=True))
                drains.append(discord.drain)
        if _has_slack(settings) and parts & {"slack", "web", "scheduler"}:
            slack = await stack.enter_async_context(_slack(bot, settings))
            posters["slack"] = slack.poster
            probes["slack"] = slack.is_ready
            running.append(Part("slack", slack.watch_token))
            drains.append(slack.drain)
            if parts & {"slack", "web"}:
                problems["slack"] = lambda: slack.problem
            if "slack" in parts:
                running.append(Part("slack", slack.run_socket_mode, takes_commands=True))
            if "web" in parts:
                app = web_app(slack.handle, (*slack.routes, *probe_pages))
                server = await stack.enter_async_context(WebServer(app, settings.host, settings.port))
                logger.info("listening", extra={"host": settings.host, "port": server.port})
                running.append(Part("web", server.ended, takes_commands=True))
        if "web" not in parts and (probe_port := _probe_port(settings, only)) is not None:
            alone = WebServer(Starlette(routes=probe_pages), settings.host, *probe_port)
            server = await stack.enter_async_context(alone)
            logger.info("listening for probes", extra={"host": settings.host, "port": server.port})
            running.append(Part("probes", server.ended))
        if "scheduler" in parts:
            running.append(Part("scheduler", bot.scheduler(posters).run))
            problems["scheduler"] = lambda: "" if bot.is_alive() else "The scheduler has stopped."
        running.append(Part("report", partial(_report, bot, problems)))
        await stack.enter_async_context(watched(bot.is_alive))
        await _supervise(running, set(posters), drains)


async def _idle(settings: Settings, only: Collection[str]) -> None:
    """Do nothing until cancelled, but answer probes if a port is configured for them."""
    async with AsyncExitStack() as stack:
        probe_port = _probe_port(settings, () if "web" in only else only)
        if probe_port is not None:
            routes = [Route(path, _is_idle) for path in ("/", "/healthz", "/readyz")]
            await stack.enter_async_context(WebServer(Starlette(routes=routes), settings.host, *probe_port))
        await stack.enter_async_context(watched(lambda: True))
        await asyncio.Event().wait()


async def _is_idle(_: Request) -> Response:
    return Response("idle")


def _probe_port(settings: Settings, only: Collection[str]) -> tuple[int, str] | None:
    """The port for probes of a process without the web server, and the setting it is from.

    A hosting platform that sets PORT expects the process to listen on it. With --only, several processes may run, so
    only PROBE_PORT counts.
    """
    if settings.probe_port is not None:
        return settings.probe_port, "PROBE_PORT"
    return (settings.port, "PORT") if "port" in settings.model_fields_set and not only else None


def preload(settings: Settings) -> None:
    """Import the adapters for these settings in advance, which takes most of the start-up time. Optional."""
    if settings.discord_token:
        import adapters.discord.app  # noqa: PLC0415 - loaded only if it is configured
    if _has_slack(settings):
        import adapters.slack.app  # noqa: F401, PLC0415


def _discord(bot: Bot, settings: Settings) -> "DiscordApp":
    from adapters.discord.app import DiscordApp, DiscordOptions  # noqa: PLC0415

    options = DiscordOptions(
        token=_value(settings.discord_token) or "",
        api_url=settings.discord_api_url,
        shards=settings.discord_shard_set,
        servers=frozenset(settings.discord_server_ids),
    )
    return DiscordApp(bot, options)


def _slack(bot: Bot, settings: Settings) -> "SlackApp":
    from adapters.slack.app import SlackApp, SlackOptions  # noqa: PLC0415

    options = SlackOptions(
        api_url=settings.slack_api_url,
        bot_token=_value(settings.slack_bot_token),
        app_token=_value(settings.slack_app_token),
        signing_secret=_value(settings.slack_signing_secret),
        client_id=settings.slack_client_id,
        client_secret=_value(settings.slack_client_secret),
        prefix=settings.slack_command_prefix,
        is_previewing=bool(settings.slack_preview_domains),
    )
    return SlackApp(bot, options)


def _has_slack(settings: Settings) -> bool:
    """Whether there are credentials for posting in Slack."""
    return bool(settings.slack_bot_token or settings.slack_client_id)


def _chosen(settings: Settings, only: Collection[str]) -> frozenset[str]:
    has_slack = _has_slack(settings)
    has = {
        "slack": has_slack and settings.slack_app_token is not None,
        "discord": settings.discord_token is not None,
        "web": has_slack and settings.slack_signing_secret is not None,
    }
    may_post = has_slack or has["discord"]
    has["scheduler"] = any(has.values()) or (may_post and "scheduler" in only)
    parts = frozenset(part for part in only or PARTS if has[part])
    if settings.slack_client_id or (settings.slack_client_secret and not parts):
        _ensure_installable(settings)
    missing = " ".join(_MISSING[part] for part in PARTS if part in only)
    if only and not parts and any(has.values()):
        logger.warning("%s This process stays idle.", missing)
    elif not parts:
        raise NotConfigured(missing or _NOTHING)
    return parts


def _ensure_installable(settings: Settings) -> None:
    from adapters.slack.oauth import ensure_oauth_ready  # noqa: PLC0415

    secret, signing = _value(settings.slack_client_secret), _value(settings.slack_signing_secret)
    ensure_oauth_ready(settings.slack_client_id or "", secret or "", signing or "", settings.encryption_keys)


def _needed(parts: Collection[str]) -> frozenset[str]:
    """The probes that this process's readiness depends on.

    Discord isn't one of them if the web server runs: a Discord outage must not keep a load balancer from forwarding
    Slack's requests.
    """
    return frozenset({"database", "slack"} if "web" in parts else {"database", "slack", "discord"})


def _value(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


async def _report(bot: Bot, problems: Mapping[str, Problem]) -> None:
    """Store the state of this process's parts: at once when it changes, and periodically."""
    reported: dict[str, str] = {}
    until = 0.0
    while True:
        now = {name: problem() for name, problem in problems.items()}
        if now != reported or time.monotonic() >= until:
            try:
                await bot.report(now)
                reported, until = now, time.monotonic() + REPORTED_EVERY.total_seconds()
            except BotError as error:
                logger.warning("storing the state of this process failed", extra={"error": str(error)})
        await asyncio.sleep(CHECK_EVERY)


async def _supervise(parts: Collection[Part], posting: set[str], drains: Collection[Serve]) -> None:
    """Run parts until cancelled. If one raises NotConfigured, only that part ends, and the error is logged.

    A refused token ends all parts of its platform, and removes it from `posting`, the platforms that can be posted to.
    The error is raised once no part takes commands and nothing can be posted. Any other error ends all parts. At the
    end, `drains` finish the running work of all parts concurrently.
    """
    running = {asyncio.ensure_future(part.serve()): part for part in parts}
    try:
        while True:
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                part = running.pop(task, None)
                if part is None:
                    continue
                try:
                    return task.result()
                except NotConfigured as error:
                    logger.error("%s stopped: %s", part.name, error)  # noqa: TRY400 - a traceback would add nothing
                    if isinstance(error, TokenRefused):
                        posting.discard(part.name)
                        chat = [each for each, other in running.items() if other.name == part.name]
                        await _cancel(chat)
                        running = {each: other for each, other in running.items() if each not in chat}
                    if not _is_useful(running.values(), posting):
                        raise
    finally:
        await asyncio.gather(_cancel(running), *(drain() for drain in drains))


def _is_useful(parts: Collection[Part], posting: Collection[str]) -> bool:
    """Whether people can still send commands, or the bot can still post."""
    return any(part.takes_commands or (part.name == "scheduler" and posting) for part in parts)


async def _cancel(tasks: Collection["asyncio.Future[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
