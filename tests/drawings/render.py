"""Every reply as both chats show it: what the adapters would send, read back into what a person sees."""

import base64
from collections.abc import Mapping

from adapters.discord import render as discord_render
from adapters.slack import render as slack_render
from bot.reply.model import Picture, Reply
from tests.drawings import discord, slack
from tests.drawings.elements import Card
from tests.examples import png

CHATS = ("slack", "discord")


def cards(chat: str, reply: Reply) -> tuple[Card, ...]:
    """The messages of a reply."""
    if chat == "slack":
        pictures = [part for part in reply.parts if isinstance(part, Picture)]
        ids = {picture.name: f"F{number:07}" for number, picture in enumerate(pictures)}
        addresses = {ids[picture.name]: _address(picture.png) for picture in pictures}
        return tuple(slack.card(message.blocks, addresses) for message in slack_render.messages(reply, ids))
    return tuple(discord.card(message.components, _files(message)) for message in discord_render.messages(reply))


def _files(message: discord_render.Message) -> Mapping[str, str]:
    return {file.name: _address(file.content) for file in message.files if isinstance(file.content, bytes)}


def _address(content: bytes) -> str:
    """The picture itself; none for the one white pixel that examples have."""
    if content == png():
        return ""
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"
