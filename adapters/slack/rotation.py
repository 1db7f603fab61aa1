"""Tokens that end after twelve hours, exchanged in time for new ones: once, whichever process comes first.

A refresh token works once, and what it was exchanged for must be stored. Processes do not lock one another out: the one
whose refresh token is spent finds the new one in the database.
"""

import asyncio
import logging
from datetime import timedelta

from adapters.slack.calls import SlackFailed, Sleep
from adapters.slack.installation import Installation, stored
from adapters.slack.oauth import OAuth
from adapters.slack.teams import CHAT
from bot.domain.clock import Clock
from bot.domain.errors import DatabaseUnavailable
from bot.store.installations import Installations

logger = logging.getLogger(__name__)

BEFORE = timedelta(hours=2)
"""How long before its end a token is exchanged; it works until then, whatever comes of that."""
LOOKS = 10
PAUSE = 0.3
"""Seconds between looks at what another process may be about to store."""
OUTAGE = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 60.0)
"""Seconds between tries to store a new token while the database is away."""


class Rotation:
    """Keeps tokens fresh. Safe from many tasks and from several processes at once."""

    def __init__(self, installations: Installations, oauth: OAuth, clock: Clock, sleep: Sleep) -> None:
        self._installations = installations
        self._oauth = oauth
        self._clock = clock
        self._sleep = sleep
        self._running: dict[str, asyncio.Task[Installation | None]] = {}

    async def aclose(self) -> None:
        """Wait for exchanges under way: what is not stored of them is lost for good."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def fresh(self, installation: Installation) -> Installation | None:
        """The installation with a token that works; None where it was removed meanwhile.

        Nobody waits for an exchange while the old token works. One that has ended, and cannot be exchanged, is given
        back as it is: Slack will say so.
        """
        ends = installation.expires_at
        if ends is None or self._clock() < ends - BEFORE:
            return installation
        if installation.id not in self._running:
            task = self._running[installation.id] = asyncio.create_task(self._exchanged(installation))
            task.add_done_callback(lambda done: self._over(installation.id, done))
        if self._clock() < ends:
            return installation
        return await asyncio.shield(self._running[installation.id])

    def _over(self, scope: str, task: asyncio.Task[Installation | None]) -> None:
        del self._running[scope]
        if not task.cancelled() and task.exception() is not None:
            logger.error("token refresh failed", extra={"scope": scope}, exc_info=task.exception())

    async def _exchanged(self, old: Installation) -> Installation | None:
        body = await self._installations.find(CHAT, old.id)
        now = stored(body) if body else None
        if body is None or now != old:
            return now if isinstance(now, Installation) else None
        try:
            new = await self._oauth.refresh(old)
        except SlackFailed as error:
            logger.warning("Slack refused the token refresh", extra={"scope": old.id, "error": error.word})
            return await self._by_another(old)
        return new if await self._kept(body, new) else await self._stored(old.id)

    async def _kept(self, body: str, new: Installation) -> bool:
        """Whether the new token took the old one's place. Only this process has it, so that an outage is sat out."""
        for pause in OUTAGE:
            try:
                return await self._installations.replace(CHAT, new.id, body, new.body, self._clock())
            except DatabaseUnavailable:
                logger.warning("storing a refreshed token failed; will retry", extra={"scope": new.id})
                await self._sleep(pause)
        return await self._installations.replace(CHAT, new.id, body, new.body, self._clock())

    async def _by_another(self, old: Installation) -> Installation | None:
        """What another process got in exchange for the same refresh token, if it did; it may not be stored yet."""
        for _ in range(LOOKS):
            now = await self._stored(old.id)
            if now != old or (old.expires_at is not None and self._clock() < old.expires_at):
                return now
            await self._sleep(PAUSE)
        return old

    async def _stored(self, scope: str) -> Installation | None:
        body = await self._installations.find(CHAT, scope)
        now = stored(body) if body else None
        return now if isinstance(now, Installation) else None
