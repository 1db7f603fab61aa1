"""The serving program: starts every part that has credentials, and shuts them down in order."""

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
from adapters.web.app import Probe, Readiness, probe_routes, web_app
from adapters.web.server import WebServer
from bot.app import Bot
from bot.delivery.poster import ChannelPoster
from bot.domain.errors import BotError, NotConfigured, TokenRefused
from bot.domain.status import REPORTED_EVERY
from bot.settings import Settings
from bot.store import sole_process

if TYPE_CHECKING:
    from adapters.discord.app import DiscordApp
    from adapters.slack.app import SlackApp

logger = logging.getLogger(__name__)

Serve: TypeAlias = Callable[[], Awaitable[None]]
Problem: TypeAlias = Callable[[], str]
"""Why a part doesn't work, empty if it does."""

PARTS = ("slack", "discord", "web", "scheduler")
"""What can be chosen with --only.

Slack over Socket Mode; Discord; the web server, by which Slack comes over HTTP; and what runs by itself and posts.
"""

LOOK_EVERY = 2.0
"""Seconds between two looks at the parts of this process."""

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
    """Something that serves until it is cancelled. `name` is its word for --only, `reads` whether people reach it."""

    name: str
    serve: Serve
    reads: bool = False


async def run(settings: Settings, only: Collection[str] = ()) -> int:
    """Serve until cancelled: all parts that have credentials, of those that `only` names. Returns the exit code.

    Parts of `only` without credentials leave this process idle if others have some, so that a process manager doesn't
    end those too. Raises NotConfigured if there is nothing to serve anywhere, or if every chat refused its credentials.
    On cancelling, nothing more is accepted, the running work of all parts gets the same twenty seconds to end, and
    everything is closed.
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
        probe_pages = probe_routes(bot.is_alive, readiness, bot.numbers)
        running: list[Part] = []
        drains: list[Serve] = []
        problems: dict[str, Problem] = {}
        if settings.discord_token and parts & {"discord", "scheduler"}:
            discord = await stack.enter_async_context(_discord(bot, settings))
            posters["discord"] = discord.poster
            if "discord" in parts:
                probes["discord"] = discord.is_ready
                problems["discord"] = lambda: discord.problem
                running.append(Part("discord", discord.run, reads=True))
                drains.append(discord.drain)
        if _speaks(settings) and parts & {"slack", "web", "scheduler"}:
            slack = await stack.enter_async_context(_slack(bot, settings))
            posters["slack"] = slack.poster
            probes["slack"] = slack.is_ready
            running.append(Part("slack", slack.watch_token))
            drains.append(slack.drain)
            if parts & {"slack", "web"}:
                problems["slack"] = lambda: slack.problem
            if "slack" in parts:
                running.append(Part("slack", slack.run_socket_mode, reads=True))
            if "web" in parts:
                app = web_app(slack.handle, (*slack.routes, *probe_pages))
                server = await stack.enter_async_context(WebServer(app, settings.host, settings.port))
                logger.info("listening", extra={"host": settings.host, "port": server.port})
                running.append(Part("web", server.ended, reads=True))
        if "web" not in parts and (probed := _probed(settings, only)) is not None:
            alone = WebServer(Starlette(routes=probe_pages), settings.host, *probed)
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
    """Do nothing until cancelled, but answer probes where this process would have served."""
    async with AsyncExitStack() as stack:
        probed = _probed(settings, () if "web" in only else only)
        if probed is not None:
            routes = [Route(path, _is_idle) for path in ("/", "/healthz", "/readyz")]
            await stack.enter_async_context(WebServer(Starlette(routes=routes), settings.host, *probed))
        await stack.enter_async_context(watched(lambda: True))
        await asyncio.Event().wait()


async def _is_idle(_: Request) -> Response:
    return Response("idle")


def _probed(settings: Settings, only: Collection[str]) -> tuple[int, str] | None:
    """The port for probes of a process without the web server, and the setting that chose it.

    A platform that gives PORT expects an answer there; of several processes with --only, one alone could have it.
    """
    if settings.probe_port is not None:
        return settings.probe_port, "PROBE_PORT"
    return (settings.port, "PORT") if "port" in settings.model_fields_set and not only else None


def load(settings: Settings) -> None:
    """Import what serves these settings, which is most of a start. `run` does so by itself, only later."""
    if settings.discord_token:
        import adapters.discord.app  # noqa: PLC0415 - who has no Discord starts without it
    if _speaks(settings):
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


def _speaks(settings: Settings) -> bool:
    """Whether there is a Slack that it could post into."""
    return bool(settings.slack_bot_token or settings.slack_client_id)


def _chosen(settings: Settings, only: Collection[str]) -> frozenset[str]:
    speaks = _speaks(settings)
    has = {
        "slack": speaks and settings.slack_app_token is not None,
        "discord": settings.discord_token is not None,
        "web": speaks and settings.slack_signing_secret is not None,
    }
    may_post = speaks or has["discord"]
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
    """The probes without which no work may be sent here.

    A load balancer sends a process with the web server Slack's requests, which Discord's absence must not cut off.
    """
    return frozenset({"database", "slack"} if "web" in parts else {"database", "slack", "discord"})


def _value(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


async def _report(bot: Bot, problems: Mapping[str, Problem]) -> None:
    """Note how the parts of this process are, again and again: at once if that has changed."""
    noted: dict[str, str] = {}
    until = 0.0
    while True:
        now = {name: problem() for name, problem in problems.items()}
        if now != noted or time.monotonic() >= until:
            try:
                await bot.report(now)
                noted, until = now, time.monotonic() + REPORTED_EVERY.total_seconds()
            except BotError as error:
                logger.warning("storing the state of this process failed", extra={"error": str(error)})
        await asyncio.sleep(LOOK_EVERY)


async def _supervise(parts: Collection[Part], posting: set[str], drains: Collection[Serve]) -> None:
    """Run parts until cancelled. One that raises NotConfigured ends alone, with its sentence in the log.

    A refused token ends all of its chat, and takes it out of `posting`, the chats that can be posted to. The sentence
    is raised once no chat is read and none can be posted to; any other error ends all parts. At the end, `drains` let
    the work of all parts finish at the same time.
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
                    logger.error("%s stopped: %s", part.name, error)  # noqa: TRY400 - the sentence says it all
                    if isinstance(error, TokenRefused):
                        posting.discard(part.name)
                        chat = [each for each, other in running.items() if other.name == part.name]
                        await _cancelled(chat)
                        running = {each: other for each, other in running.items() if each not in chat}
                    if not _is_useful(running.values(), posting):
                        raise
    finally:
        await asyncio.gather(_cancelled(running), *(drain() for drain in drains))


def _is_useful(parts: Collection[Part], posting: Collection[str]) -> bool:
    """Whether people can still reach the bot, or it them."""
    return any(part.reads or (part.name == "scheduler" and posting) for part in parts)


async def _cancelled(tasks: Collection["asyncio.Future[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
