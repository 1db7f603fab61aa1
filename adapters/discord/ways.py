"""The ways in which one message gets to one person, or to a whole channel. Which is tried when is no question here.

Each may be repeated if it is not clear whether it worked: an edit shows the same again, a channel knows a message by
its nonce, and a private page that comes twice does less harm than a button that never comes.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from discord.http import Route

from adapters.discord.errors import Sleep, patiently
from adapters.discord.interaction import Asked
from adapters.discord.payloads import body
from adapters.discord.render import Message
from adapters.discord.rest import Rest

_FOLLOW_UP = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = f"{_FOLLOW_UP}/messages/@original"
_POST = "/channels/{channel_id}/messages"


class Ways:
    """Sends. Raises DiscordFailed if Discord refuses."""

    def __init__(self, rest: Rest, sleep: Sleep = asyncio.sleep) -> None:
        self._rest = rest
        self._sleep = sleep

    async def in_place(self, asked: Asked, message: Message) -> None:
        """Where the person reads that the bot is thinking, or in place of the card that they pressed."""
        await self._call(_of(asked, "PATCH", _ORIGINAL), body(message))

    async def take_back(self, asked: Asked) -> None:
        """Remove what the person reads there."""
        await self._call(_of(asked, "DELETE", _ORIGINAL), {})

    async def as_follow_up(self, asked: Asked, message: Message, *, is_private: bool) -> None:
        """As a further message of the answer."""
        await self._call(_of(asked, "POST", _FOLLOW_UP), body(message, is_private=is_private))

    async def as_direct(self, asked: Asked, message: Message, nonce: str) -> None:
        """Into the person's conversation with the bot."""
        channel = await self._call(Route("POST", "/users/@me/channels"), {"json": {"recipient_id": asked.user_id}})
        await self._call(Route("POST", _POST, channel_id=channel["id"]), body(message, nonce=nonce))

    async def to_all(self, asked: Asked, message: Message, nonce: str) -> None:
        """To the whole channel, as a message of the bot's own."""
        await self._call(Route("POST", _POST, channel_id=asked.channel_id), body(message, nonce=nonce))

    async def _call(self, route: Route, sent: Mapping[str, Any]) -> Any:  # noqa: ANN401 - Discord's JSON
        return await patiently(lambda: self._rest.request(route, **sent), self._sleep)


def _of(asked: Asked, method: str, path: str) -> Route:
    return Route(method, path, webhook_id=asked.gesture.application_id, webhook_token=asked.gesture.token)
