"""The first answer to an interaction, for which Discord waits three seconds: a promise, a form, or choices.

Nothing that touches the database or another service comes before it, but for choices, which are the answer.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, assert_never

from discord.http import Route

from adapters.discord.errors import DiscordFailed, Sleep, once
from adapters.discord.interaction import Asked, Gesture
from adapters.discord.payloads import EPHEMERAL, payload
from adapters.discord.render import Message
from adapters.discord.rest import Rest
from adapters.discord.text import Component

logger = logging.getLogger(__name__)

WITHIN = 2.8
"""Seconds for all tries together."""
PAUSE = 0.2
"""Seconds between two tries."""
ALREADY_ANSWERED = 40060

_CALLBACK = ("POST", "/interactions/{webhook_id}/{webhook_token}/callback")
_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _CHOICES, _MODAL = 4, 5, 6, 8, 9


class Deferral(StrEnum):
    """What is promised: an answer to one person, to the whole channel, or in the place of the card that was pressed."""

    PRIVATE = "private"
    PUBLIC = "public"
    REPLACES = "replaces"


class FirstAnswers:
    """Gives them. Never raises for what Discord or the network does; False if Discord did not take one in time."""

    def __init__(self, rest: Rest, sleep: Sleep = asyncio.sleep) -> None:
        self._rest = rest
        self._sleep = sleep

    async def defer(self, asked: Asked, deferral: Deferral) -> bool:
        """Promise an answer."""
        match deferral:
            case Deferral.PRIVATE:
                return await self._respond(asked.gesture, _DEFERRED, {"flags": EPHEMERAL})
            case Deferral.PUBLIC:
                return await self._respond(asked.gesture, _DEFERRED)
            case Deferral.REPLACES:
                return await self._respond(asked.gesture, _DEFERRED_UPDATE)
            case _:
                assert_never(deferral)

    async def open(self, asked: Asked, form: Component) -> bool:
        """Open a form."""
        return await self._respond(asked.gesture, _MODAL, form)

    async def say(self, asked: Asked, message: Message) -> bool:
        """Answer at once, to one person alone."""
        return await self._respond(asked.gesture, _MESSAGE, payload(message, is_private=True))

    async def offer(self, gesture: Gesture, choices: Sequence[Component]) -> bool:
        """Offer choices to somebody who is typing."""
        return await self._respond(gesture, _CHOICES, {"choices": choices})

    async def _respond(self, gesture: Gesture, kind: int, data: Mapping[str, Any] | None = None) -> bool:
        """Whether Discord has a response: this one, or one from an earlier try or another process."""
        route = Route(*_CALLBACK, webhook_id=gesture.id, webhook_token=gesture.token)
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
                            logger.warning("initial response refused", extra=_about(gesture, error.code))
                            return False
                        logger.info("initial response lost; retrying", extra=_about(gesture, 0))
                    else:
                        return True
                    await self._sleep(PAUSE)
        except TimeoutError:
            logger.warning("initial response missed the 3 s deadline", extra=_about(gesture, 0))
            return False


def _about(gesture: Gesture, code: int) -> dict[str, object]:
    return {"server": gesture.guild_id, "interaction": gesture.id, "code": code}
