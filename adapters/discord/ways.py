"""The ways in which one message gets to one person, or to a whole channel. Which is tried when is no question here.

Each may be repeated where it is not clear whether it worked: an edit says the same again, a channel knows a message by
its nonce, and a private page that comes twice does less harm than a button that never comes.
"""

import asyncio

from discord import Client

from adapters.discord.errors import Sleep, patiently
from adapters.discord.interaction import Asked
from adapters.discord.payloads import card, files
from adapters.discord.render import Message


class Ways:
    """Sends. What Discord says no to is DiscordFailed."""

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        self._sleep = sleep

    async def in_place(self, asked: Asked, message: Message) -> None:
        """Where the person reads that the bot is thinking, or in place of the card that they pressed."""
        edit = asked.gesture.edit_original_response
        await patiently(lambda: edit(view=card(message), attachments=files(message)), self._sleep)

    async def take_back(self, asked: Asked) -> None:
        """Remove what the person reads there."""
        await patiently(asked.gesture.delete_original_response, self._sleep)

    async def as_follow_up(self, asked: Asked, message: Message, *, is_private: bool) -> None:
        """As a further message of the answer."""
        send = asked.gesture.followup.send
        await patiently(
            lambda: send(view=card(message), files=files(message), ephemeral=is_private, wait=True), self._sleep
        )

    async def as_direct(self, asked: Asked, message: Message, nonce: str) -> None:
        """Into the person's conversation with the bot."""
        send = asked.gesture.user.send
        await patiently(lambda: send(view=card(message), files=files(message), nonce=nonce), self._sleep)

    async def to_all(self, asked: Asked, message: Message, nonce: str) -> None:
        """To the whole channel, as a message of the bot's own."""
        client: Client = asked.gesture.client
        channel = client.get_partial_messageable(int(asked.channel_id or 0))
        await patiently(lambda: channel.send(view=card(message), files=files(message), nonce=nonce), self._sleep)
