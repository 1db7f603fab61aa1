"""discord.py client and event listeners, for interactions and for guilds that add or remove the bot.

A listener starts a background task and returns. The client subscribes only to guild events, and caches no members or
messages.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import Any, TypeAlias

from discord import AllowedMentions, AutoShardedClient, Guild, Intents, Interaction, InteractionType, MemberCacheFlags
from discord.state import AutoShardedConnectionState

from adapters.chat.conversation import BackgroundTasks
from adapters.chat.pacing import Sleep
from adapters.discord.guilds import Guilds
from adapters.discord.handlers import Handlers
from adapters.discord.interaction import interaction
from adapters.discord.rest import Rest
from bot.domain.clock import Clock
from bot.domain.errors import BotError

logger = logging.getLogger(__name__)

IDENTIFY_PAUSE = 5.0
"""Seconds between identifies of two shards (Discord, `max_concurrency`)."""
GUILD_READY_TIMEOUT = 0.5
"""Seconds without another guild event after which a shard is ready. The bot doesn't need the guilds' details."""

Shards: TypeAlias = tuple[tuple[int, ...], int]
"""Shard ids, and the total number of shards."""
_Parser: TypeAlias = Callable[[Any], None]
_DEFAULTS: Mapping[str, Mapping[str, object]] = {"INTERACTION_CREATE": {"attachment_size_limit": 10 * 1024 * 1024}}
"""Defaults for fields that discord.py requires in an event and the bot doesn't need."""
_CHANNEL_DEFAULTS: Mapping[str, object] = {
    "name": "",
    "position": 0,
    "owner_id": 0,
    "message_count": 0,
    "member_count": 0,
    "bitrate": 64_000,
    "user_limit": 0,
    "thread_metadata": {
        "archived": False,
        "auto_archive_duration": 60,
        "archive_timestamp": "2015-01-01T00:00:00+00:00",
    },
}
"""The same for the partial channel of an interaction: discord.py reads it as a whole one if it doesn't know it."""


class Listeners:
    """Event listeners."""

    def __init__(self, handlers: Handlers, guilds: Guilds, background: BackgroundTasks, clock: Clock) -> None:
        self._handlers = handlers
        self._guilds = guilds
        self._background = background
        self._clock = clock

    def connected(self, ids: Collection[str], is_ours: Callable[[str], bool]) -> None:
        """Record the guilds of a shard that has connected."""
        logger.info("connected to Discord", extra={"servers": len(ids)})

        async def store() -> None:
            gone = await self._guilds.connected(ids, is_ours)
            if gone:
                logger.info("guilds removed the bot while it was offline", extra={"servers": gone})

        self._store(store)

    def joined(self, id_: str) -> None:
        """Record a guild that added the bot."""
        self._store(lambda: self._guilds.joined(id_))

    def left(self, id_: str) -> None:
        """Record a guild that removed the bot. An unavailable guild is another event."""
        logger.info("guild removed the bot; its data is kept for 30 days", extra={"server": id_})
        self._store(lambda: self._guilds.left(id_))

    async def interaction(self, raw: Interaction[Any]) -> None:
        """Handle an interaction in the background, or refuse it if the bot is overloaded."""
        here = interaction(raw, self._clock())
        is_typing = raw.type is InteractionType.autocomplete
        if self._background.has_room:
            self._background.start(partial(self._handlers.suggest if is_typing else self._handlers.handle, here))
        else:
            await self._handlers.refuse(here)

    def _store(self, change: Callable[[], Awaitable[None]]) -> None:
        """Store a change in the background. If the database fails, the next connection lists all guilds again."""

        async def run() -> None:
            try:
                await change()
            except BotError:
                logger.warning("storing the list of guilds failed", exc_info=True)

        self._background.start(run)


class Connection(AutoShardedClient):
    """discord.py client with one gateway connection per shard: the given shards, or as many as Discord recommends."""

    def __init__(self, rest: Rest, listeners: Listeners, shards: Shards | None, sleep: Sleep) -> None:
        self._rest = rest
        self._bot_listeners = listeners
        self._sleep = sleep
        chosen: dict[str, Any] = {"shard_ids": list(shards[0]), "shard_count": shards[1]} if shards else {}
        super().__init__(
            intents=Intents(guilds=True),
            allowed_mentions=AllowedMentions.none(),
            member_cache_flags=MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=GUILD_READY_TIMEOUT,
            **chosen,
        )

    @property
    def is_up(self) -> bool:
        """Whether every shard is connected."""
        shards = self.shards
        return self.is_ready() and bool(shards) and not any(each.is_closed() for each in shards.values())

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002 - the library's
        """Wait between identifies, as Discord's rate limit requires."""
        if not initial:
            await self._sleep(IDENTIFY_PAUSE)

    async def on_interaction(self, interaction: Interaction[Any]) -> None:
        """Pass an interaction on."""
        await self._bot_listeners.interaction(interaction)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Pass on the guilds of a shard that has connected."""
        count = self.shard_count or 1
        ids = {str(each.id) for each in self.guilds if each.shard_id == shard_id}
        self._bot_listeners.connected(ids, lambda id_: (int(id_) >> 22) % count == shard_id)

    async def on_guild_join(self, guild: Guild) -> None:
        """Pass on that a guild added the bot."""
        self._bot_listeners.joined(str(guild.id))

    async def on_guild_remove(self, guild: Guild) -> None:
        """Pass on that a guild removed the bot."""
        self._bot_listeners.left(str(guild.id))

    def _get_state(self, **options: Any) -> AutoShardedConnectionState[Any]:  # noqa: ANN401 - the library's own signature
        """discord.py's state, on the shared REST client, and with parsers that skip unreadable events."""
        self.http = self._rest
        state = super()._get_state(**options)
        state.parsers = {event: _tolerant(event, parser) for event, parser in state.parsers.items()}
        return state


def _completed(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The interaction with defaults for missing fields of its channel that discord.py reads."""
    channel = event.get("channel")
    if not isinstance(channel, dict):
        return event
    defaults = {name: each for name, each in _CHANNEL_DEFAULTS.items() if channel.get(name) is None}
    return {**event, "channel": {**channel, **defaults}}


def _tolerant(event: str, parser: _Parser) -> _Parser:
    defaults = _DEFAULTS.get(event, {})

    def parse(data: Mapping[str, Any]) -> None:
        try:
            parser(_completed({**defaults, **data}) if defaults else data)
        except Exception:  # a malformed event must not end the connection for all guilds
            logger.exception("unreadable event", extra={"event": event})

    return parse
