"""The Discord app: builds its parts, opens and closes them. It reads no settings itself."""

import asyncio
import logging
from collections.abc import Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from discord import AppInfo

from adapters.chat.conversation import BackgroundTasks
from adapters.chat.pacing import Sleep
from adapters.discord.acknowledge import InitialResponses
from adapters.discord.command_sync import Maintenance
from adapters.discord.errors import DiscordFailed, DiscordUnreachable, with_retries
from adapters.discord.gateway import MAX_WAIT, Gateway
from adapters.discord.guilds import CHAT, DirectMessages, Guilds
from adapters.discord.handlers import Handlers
from adapters.discord.limits import Limits
from adapters.discord.listeners import Connection, Listeners, Shards
from adapters.discord.post import DiscordPoster
from adapters.discord.rest import Rest
from adapters.discord.send import Replies
from bot.app import Bot
from bot.domain.clock import Clock, utc_now

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 20.0
"""Seconds that running tasks may take at shutdown."""


@dataclass(frozen=True, slots=True)
class DiscordOptions:
    """Credentials and options of one application. `shards` are those that this process serves; None for all.

    `servers` may use the operator's API key; if it is empty, `Guilds` decides.
    """

    token: str = field(repr=False)
    api_url: str
    shards: Shards | None = None
    servers: Collection[str] = ()


class DiscordApp:
    """The bot in Discord, as an async context manager. `sleep` waits between retries; for `max_wait` see `Gateway`."""

    def __init__(
        self,
        bot: Bot,
        options: DiscordOptions,
        clock: Clock = utc_now,
        sleep: Sleep = asyncio.sleep,
        max_wait: float = MAX_WAIT,
    ) -> None:
        self._bot = bot
        self._options = options
        self._clock = clock
        self._sleep = sleep
        self._max_wait = max_wait
        self._background = BackgroundTasks()
        self._resources = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the shared resources. Discord isn't called yet."""
        for name, level in (("discord", logging.INFO), ("discord.client", logging.ERROR)):
            logging.getLogger(name).setLevel(level)  # DEBUG logs whole requests; the client warns about voice
        async with AsyncExitStack() as stack:
            self._rest = rest = await stack.enter_async_context(Rest(self._options.token, self._options.api_url))
            self._poster = DiscordPoster(rest, Limits(self._bot.store.rates, sleep=self._sleep), self._sleep)
            stack.push_async_callback(self.drain)
            self._guilds = Guilds(
                self._bot.store.chat_installs,
                self._clock,
                self._options.servers,
                self._options.token,
                self._is_public,
                self._bot.accounts.recognize,
            )
            command_ids: dict[str, str] = {}
            replies = Replies(rest, self._clock, command_ids, self._sleep)
            direct = DirectMessages(rest, partial(self._bot.store.outbox.workspace_of, CHAT), self._sleep)
            handlers = Handlers(self._bot, self._guilds, direct, InitialResponses(rest), replies)
            listeners = Listeners(handlers, self._guilds, self._background, self._clock)
            self._maintenance = Maintenance(self._bot, rest, command_ids, self._sleep)
            self._gateway = Gateway(
                rest,
                lambda: Connection(rest, listeners, self._options.shards, self._sleep),
                self._on_application,
                self._sleep,
                self._max_wait,
            )
            self._resources = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Drain the running tasks and close."""
        await self._resources.aclose()

    async def drain(self) -> None:
        """Accept no more interactions, and wait up to twenty seconds for running tasks. Safe to repeat."""
        await self._background.drain(DRAIN_SECONDS)

    async def run(self) -> None:
        """Serve until cancelled. Raises NotConfigured if Discord refuses the token or the shards for good."""
        maintenance = asyncio.create_task(self._maintenance.run())
        try:
            await self._gateway.run()
        finally:
            maintenance.cancel()
            await asyncio.gather(maintenance, return_exceptions=True)

    @property
    def poster(self) -> DiscordPoster:
        """The poster for messages that no interaction asked for. It doesn't need the gateway."""
        return self._poster

    @property
    def is_up(self) -> bool:
        """Whether every shard of this process is connected."""
        return self._gateway.is_up

    @property
    def problem(self) -> str:
        """Why the bot can't receive commands; empty while it can."""
        return self._gateway.problem

    async def is_ready(self) -> bool:
        """Readiness: whether every shard of this process is connected."""
        return self.is_up

    async def _is_public(self) -> bool:
        """Whether anybody may add the application to a server. Raises DiscordUnreachable."""
        try:
            application = await with_retries(self._rest.application_info, self._sleep)
        except DiscordFailed as error:
            msg = "Discord isn't responding, so nothing was done. Try again in a minute."
            raise DiscordUnreachable(msg) from error
        return bool(application.get("bot_public", True))

    def _on_application(self, application: AppInfo) -> None:
        if application.interactions_endpoint_url:
            logger.error(
                "the application has an Interactions Endpoint URL, so Discord sends no commands here; remove it",
                extra={"url": application.interactions_endpoint_url},
            )
        self._guilds.set_public(is_public=application.bot_public)
        self._maintenance.begin(str(application.id))
