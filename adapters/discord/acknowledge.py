"""Initial responses to interactions, for which Discord waits three seconds: a deferral, a form, choices or a message.

Nothing may use the database or another service before it, except autocomplete, whose choices are the response.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from discord.http import Route

from adapters.discord.errors import DiscordFailed, call_once
from adapters.discord.interaction import Interaction, RawInteraction
from adapters.discord.render import Message
from adapters.discord.rest import Rest
from adapters.discord.send import EPHEMERAL, payload
from adapters.discord.text import Component
from bot.commands.command import Answer

logger = logging.getLogger(__name__)

RESPONSE_TIMEOUT = 2.8
"""Seconds for all attempts together."""
PAUSE = 0.2
"""Seconds between attempts."""
ALREADY_ANSWERED = 40060

_CALLBACK = ("POST", "/interactions/{webhook_id}/{webhook_token}/callback")
_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _CHOICES, _MODAL = 4, 5, 6, 8, 9


class InitialResponses:
    """Sends initial responses. Never raises; its methods return False if Discord didn't accept one in time."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def defer(self, interaction: Interaction, answer: Answer) -> bool:
        """Defer the reply."""
        if answer is Answer.REPLACES:
            return await self._respond(interaction.raw, _DEFERRED_UPDATE)
        return await self._respond(interaction.raw, _DEFERRED, {"flags": EPHEMERAL})

    async def open_form(self, interaction: Interaction, form: Component) -> bool:
        """Open a modal."""
        return await self._respond(interaction.raw, _MODAL, form)

    async def reply(self, interaction: Interaction, message: Message) -> bool:
        """Reply at once with an ephemeral message."""
        return await self._respond(interaction.raw, _MESSAGE, payload(message, is_private=True))

    async def offer_choices(self, raw: RawInteraction, choices: Sequence[Component]) -> bool:
        """Answer an autocomplete request."""
        return await self._respond(raw, _CHOICES, {"choices": choices})

    async def _respond(self, raw: RawInteraction, kind: int, data: Mapping[str, Any] | None = None) -> bool:
        """Send a response, with retries. Returns True too if an earlier attempt or another process has responded."""
        route = Route(*_CALLBACK, webhook_id=raw.id, webhook_token=raw.token)
        sent = {"type": kind} | ({"data": data} if data else {})
        try:
            async with asyncio.timeout(RESPONSE_TIMEOUT):
                while True:
                    try:
                        await call_once(partial(self._rest.request, route, json=sent))
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
