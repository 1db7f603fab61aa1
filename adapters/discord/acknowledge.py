"""The first answer to an interaction, for which Discord waits three seconds: a promise, a form, or choices.

Nothing that touches the database or another service comes before it, but for choices, which are the answer.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import assert_never

import aiohttp
from discord import HTTPException, InteractionResponded
from discord.app_commands import Choice

from adapters.discord.errors import UNREADABLE, Sleep
from adapters.discord.interaction import Asked, Gesture
from adapters.discord.payloads import Form, card
from adapters.discord.render import Message
from adapters.discord.text import Component

logger = logging.getLogger(__name__)

WITHIN = 2.8
"""Seconds for all tries together."""
PAUSE = 0.2
"""Seconds between two tries."""
ALREADY_ANSWERED = 40060

_PASSING = (aiohttp.ClientError, OSError, *UNREADABLE)


class Deferral(StrEnum):
    """What is promised: an answer to one person, to the whole channel, or in the place of the card that was pressed."""

    PRIVATE = "private"
    PUBLIC = "public"
    REPLACES = "replaces"


class FirstAnswers:
    """Gives them. Never raises for what Discord or the network does; False where Discord did not take one in time."""

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        self._sleep = sleep

    async def defer(self, asked: Asked, deferral: Deferral) -> bool:
        """Promise an answer."""
        respond = asked.gesture.response
        match deferral:
            case Deferral.PRIVATE:
                return await self._given(asked.gesture, lambda: respond.defer(ephemeral=True, thinking=True))
            case Deferral.PUBLIC:
                return await self._given(asked.gesture, lambda: respond.defer(thinking=True))
            case Deferral.REPLACES:
                return await self._given(asked.gesture, respond.defer)
            case _:
                assert_never(deferral)

    async def open(self, asked: Asked, form: Component) -> bool:
        """Open a form."""
        return await self._given(asked.gesture, lambda: asked.gesture.response.send_modal(Form(form)))

    async def say(self, asked: Asked, message: Message) -> bool:
        """Answer at once, to one person alone."""
        respond = asked.gesture.response
        return await self._given(asked.gesture, lambda: respond.send_message(view=card(message), ephemeral=True))

    async def offer(self, gesture: Gesture, choices: Sequence[Component]) -> bool:
        """Offer choices to somebody who is typing."""
        offered = [Choice(name=each["name"], value=each["value"]) for each in choices]
        return await self._given(gesture, lambda: gesture.response.autocomplete(offered))

    async def _given(self, gesture: Gesture, answer: Callable[[], Awaitable[object]]) -> bool:
        """Whether Discord has an answer: this one, or what another try or another process gave."""
        try:
            async with asyncio.timeout(WITHIN):
                while True:
                    try:
                        await answer()
                    except InteractionResponded:  # which Discord took, and said so in words that nobody could read
                        return True
                    except HTTPException as error:
                        if error.code == ALREADY_ANSWERED:
                            return True
                        if error.status < 500:
                            logger.warning("initial response refused", extra=_about(gesture, error.code))
                            return False
                    except _PASSING:
                        logger.info("initial response lost; retrying", extra=_about(gesture, 0))
                    else:
                        return True
                    await self._sleep(PAUSE)
        except TimeoutError:
            logger.warning("initial response missed the 3 s deadline", extra=_about(gesture, 0))
            return False


def _about(gesture: Gesture, code: int) -> dict[str, object]:
    return {"server": gesture.guild_id, "interaction": gesture.id, "code": code}
