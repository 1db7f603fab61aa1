"""discord.py's client and its listeners: interactions, and the guilds that come and go.

A listener starts a background task and returns. The client asks for nothing but guilds, and caches no members or
messages.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import Any, TypeAlias

from discord import AllowedMentions, AutoShardedClient, Guild, Intents, Interaction, InteractionType, MemberCacheFlags
from discord.state import AutoShardedConnectionState

from adapters.chat.background import BackgroundTasks
from adapters.chat.retry import Sleep
from adapters.discord.guilds import Guilds
from adapters.discord.handlers import Handlers
from adapters.discord.interaction import interaction
from adapters.discord.rest import Rest
from bot.domain.clock import Clock
from bot.domain.errors import BotError

logger = logging.getLogger(__name__)

IDENTIFY_PAUSE = 5.0
"""Seconds between two shards that identify (Discord, `max_concurrency`)."""
LISTED_WITHIN = 0.5
"""Seconds without news of another server after which a shard counts as ready; nothing in here waits for their names."""

Shards: TypeAlias = tuple[tuple[int, ...], int]
"""Which shards, of how many."""
_Parser: TypeAlias = Callable[[Any], None]
_SPARE: Mapping[str, Mapping[str, object]] = {"INTERACTION_CREATE": {"attachment_size_limit": 10 * 1024 * 1024}}
"""Fields that the library requires in an event and the bot doesn't need: Discord's default if they are missing."""


class Listeners:
    """What the library calls."""

    def __init__(self, handlers: Handlers, guilds: Guilds, background: BackgroundTasks, clock: Clock) -> None:
        self._handlers = handlers
        self._guilds = guilds
        self._background = background
        self._clock = clock

    def connected(self, ids: Collection[str], is_ours: Callable[[str], bool]) -> None:
        """A connection serves these guilds, and no others of its shard."""
        logger.info("connected to Discord", extra={"servers": len(ids)})

        async def store() -> None:
            gone = await self._guilds.connected(ids, is_ours)
            if gone:
                logger.info("guilds removed the bot while it was offline", extra={"servers": gone})

        self._store(store)

    def joined(self, id_: str) -> None:
        """A guild added the bot."""
        self._store(lambda: self._guilds.joined(id_))

    def left(self, id_: str) -> None:
        """A guild removed the bot. An outage of a guild is another event."""
        logger.info("guild removed the bot; its data is kept for 30 days", extra={"server": id_})
        self._store(lambda: self._guilds.left(id_))

    async def interaction(self, raw: Interaction[Any]) -> None:
        """Anything that a person did."""
        here = interaction(raw, self._clock())
        is_typing = raw.type is InteractionType.autocomplete
        if self._background.has_room:
            self._background.start(partial(self._handlers.suggest if is_typing else self._handlers.handle, here))
        else:
            await self._handlers.refuse(here)

    def _store(self, change: Callable[[], Awaitable[None]]) -> None:
        """Store a change in the background. What the database misses comes again with the next connection."""

        async def run() -> None:
            try:
                await change()
            except BotError:
                logger.warning("storing the list of guilds failed", exc_info=True)

        self._background.start(run)


class Connection(AutoShardedClient):
    """One connection for each of its shards: those that are named, or as many as Discord recommends."""

    def __init__(self, rest: Rest, listeners: Listeners, shards: Shards | None, sleep: Sleep) -> None:
        self._rest = rest
        self._on = listeners
        self._sleep = sleep
        chosen: dict[str, Any] = {"shard_ids": list(shards[0]), "shard_count": shards[1]} if shards else {}
        super().__init__(
            intents=Intents(guilds=True),
            allowed_mentions=AllowedMentions.none(),
            member_cache_flags=MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=LISTED_WITHIN,
            **chosen,
        )

    @property
    def is_up(self) -> bool:
        """Whether every shard is connected."""
        shards = self.shards
        return self.is_ready() and bool(shards) and not any(each.is_closed() for each in shards.values())

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002 - the library's
        """Keep to the pace at which shards may identify."""
        if not initial:
            await self._sleep(IDENTIFY_PAUSE)

    async def on_interaction(self, interaction: Interaction[Any]) -> None:
        """Anything that a person did."""
        await self._on.interaction(interaction)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Discord has listed the guilds of a shard."""
        count = self.shard_count or 1
        ids = {str(each.id) for each in self.guilds if each.shard_id == shard_id}
        self._on.connected(ids, lambda id_: (int(id_) >> 22) % count == shard_id)

    async def on_guild_join(self, guild: Guild) -> None:
        """A guild added the bot."""
        self._on.joined(str(guild.id))

    async def on_guild_remove(self, guild: Guild) -> None:
        """A guild removed the bot."""
        self._on.left(str(guild.id))

    def _get_state(self, **options: Any) -> AutoShardedConnectionState[Any]:  # noqa: ANN401 - the library's own signature
        """The library's state, on the one REST client, and deaf to what it cannot read instead of ended by it."""
        self.http = self._rest
        state = super()._get_state(**options)
        state.parsers = {event: _forgiving(event, parser) for event, parser in state.parsers.items()}
        return state


def _forgiving(event: str, parser: _Parser) -> _Parser:
    spare = _SPARE.get(event, {})

    def parse(data: Mapping[str, Any]) -> None:
        try:
            parser({**spare, **data} if spare else data)
        except Exception:  # whatever is wrong with one event must not end the connection for all servers
            logger.exception("unreadable event", extra={"event": event})

    return parse
