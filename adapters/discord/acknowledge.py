"""The initial response to an interaction, for which Discord waits three seconds: a deferral, a form, or choices.

Nothing that touches the database or another service comes before it, except choices, which are the reply.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from discord.http import Route

from adapters.discord.errors import DiscordFailed, once
from adapters.discord.interaction import Interaction, RawInteraction
from adapters.discord.render import Message
from adapters.discord.rest import Rest
from adapters.discord.send import EPHEMERAL, payload
from adapters.discord.text import Component
from bot.commands.command import Answer

logger = logging.getLogger(__name__)

WITHIN = 2.8
"""Seconds for all tries together."""
PAUSE = 0.2
"""Seconds between two tries."""
ALREADY_ANSWERED = 40060

_CALLBACK = ("POST", "/interactions/{webhook_id}/{webhook_token}/callback")
_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _CHOICES, _MODAL = 4, 5, 6, 8, 9


class InitialResponses:
    """Sends them. Never raises for what Discord or the network does; False if Discord didn't take one in time."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def defer(self, interaction: Interaction, answer: Answer) -> bool:
        """Promise a reply."""
        if answer is Answer.REPLACES:
            return await self._respond(interaction.raw, _DEFERRED_UPDATE)
        return await self._respond(interaction.raw, _DEFERRED, {"flags": EPHEMERAL})

    async def open(self, interaction: Interaction, form: Component) -> bool:
        """Open a form."""
        return await self._respond(interaction.raw, _MODAL, form)

    async def say(self, interaction: Interaction, message: Message) -> bool:
        """Answer at once, to one person alone."""
        return await self._respond(interaction.raw, _MESSAGE, payload(message, is_private=True))

    async def offer(self, raw: RawInteraction, choices: Sequence[Component]) -> bool:
        """Offer choices to somebody who is typing."""
        return await self._respond(raw, _CHOICES, {"choices": choices})

    async def _respond(self, raw: RawInteraction, kind: int, data: Mapping[str, Any] | None = None) -> bool:
        """Whether Discord has a response: this one, or one from an earlier try or another process."""
        route = Route(*_CALLBACK, webhook_id=raw.id, webhook_token=raw.token)
        sent = {"type": kind} | ({"data": data} if data else {})
        try:
            async with asyncio.timeout(WITHIN):
                while True:
                    try:
                        await once(partial(self._rest.request, route, json=sent))
                    except DiscordFailed as error:
                        if error.code == ALREADY_ANSWERED:
                            return True
                        if not error.is_passing:
                            logger.warning("initial response refused", extra=_about(raw, error.code))
                            return False
                        logger.info("initial response lost; retrying", extra=_about(raw, 0))
                    else:
                        return True
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            logger.warning("initial response missed the 3 s deadline", extra=_about(raw, 0))
            return False


def _about(raw: RawInteraction, code: int) -> dict[str, object]:
    return {"server": raw.guild_id, "interaction": raw.id, "code": code}
