"""Replies as each platform shows them: renders the adapters' payloads, and parses these into page elements."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from adapters.discord import render as discord_render
from adapters.discord.mentions import with_commands
from adapters.page import discord, slack
from adapters.page.elements import Attached, Card
from adapters.slack import render as slack_render
from bot.commands.registry import COMMANDS
from bot.reply.model import Picture, Reply, Text
from bot.reply.spool import Content

CHATS = ("slack", "discord")
COMMAND_IDS = {command.name: str(at) for at, command in enumerate(COMMANDS, 1)}
"""Stand-ins for the command ids that Discord assigns."""

Address: TypeAlias = Callable[[str, Content], str]
"""Returns the URL of a file, by its name and content."""


def cards(chat: str, reply: Reply, address: Address) -> tuple[Card, ...]:
    """The messages of a reply, with its pictures."""
    if chat == "discord":
        return tuple(_discord(each, address) for each in discord_render.messages(reply))
    pictures = [part for part in reply.parts if isinstance(part, Picture)]
    ids = {picture.name: f"F{number:07}" for number, picture in enumerate(pictures)}
    addresses = {ids[picture.name]: address(picture.name, picture.png) for picture in pictures}
    return tuple(slack.card(message.blocks, addresses) for message in slack_render.messages(reply, ids))


def file_cards(chat: str, reply: Reply, address: Address) -> tuple[Card, ...]:
    """The files as separate messages in Slack; Discord shows them in the reply's message."""
    files = reply.files if chat == "slack" else ()
    return tuple(Card((Attached(file.name, address(file.name, file.content)),)) for file in files)


def public_card(chat: str, line: Text) -> Card:
    """The public line."""
    if chat == "discord":
        return _discord(discord_render.public_message(line), lambda *_: "")
    return slack.card(slack_render.public_message(line).blocks, {})


def home_card(reply: Reply) -> Card:
    """Slack's Home tab."""
    blocks = slack_render.home_view(reply)["blocks"]
    return slack.card(blocks if isinstance(blocks, list) else [], {})


def _discord(message: discord_render.Message, address: Address) -> Card:
    files: Mapping[str, str] = {file.name: address(file.name, file.content) for file in message.files}
    return discord.card(with_commands(message, COMMAND_IDS).components, files)
