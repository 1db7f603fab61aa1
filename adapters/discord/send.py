"""Sends replies in Discord: to the person alone, by the next way if one is closed.

An interaction can be answered for fifteen minutes. Later replies go into direct messages: no way that shows them to
others is ever taken. Each way may be repeated if its outcome is unclear: an edit shows the same again, a channel knows
a message by its nonce, and a private page that comes twice does less harm than a button that never comes.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from aiohttp import FormData
from cachetools import Cache, LRUCache
from discord.http import Route

from adapters.chat.conversation import ReplyOutcome
from adapters.chat.retry import Sleep, send_with_fallbacks
from adapters.discord.errors import DiscordFailed, patiently
from adapters.discord.files import refused
from adapters.discord.interaction import Interaction
from adapters.discord.mentions import with_commands
from adapters.discord.render import Message, messages, public_message
from adapters.discord.rest import Rest
from adapters.discord.text import (
    ACTION_ROW,
    FILE,
    MEDIA_GALLERY,
    NOTHING,
    SECTION,
    SEPARATOR,
    TEXT_DISPLAY,
    Component,
    display,
)
from bot.commands.command import Answer
from bot.domain.clock import Clock
from bot.reply.model import Reply, Tone, pictures_alone
from bot.reply.spool import opened

logger = logging.getLogger(__name__)

EPHEMERAL = 1 << 6
MAX_INTERACTIONS = 10_000
"""Interactions whose first message is remembered."""
NOT_TOLD = (
    "Done, but I couldn't post it in this channel: {why}. Ask a server admin to let me view "
    "this channel and send messages in it."
)
_MAY_NOT = frozenset({50001, 50013})
_UNPRESSED = (TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR)
_FOLLOW_UP = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = f"{_FOLLOW_UP}/messages/@original"
_POST = "/channels/{channel_id}/messages"


def payload(
    message: Message, *, nonce: str | None = None, replies_to: str | None = None, is_private: bool = False
) -> dict[str, Any]:
    """The message as JSON, which mentions nobody. A nonce names it to Discord: a second one is not posted.

    It stands alone if the message that it replies to is gone.
    """
    made = {
        "components": message.components,
        "flags": message.flags | (EPHEMERAL if is_private else 0),
        "allowed_mentions": {"parse": []},
        "attachments": [
            {"id": number, "filename": each.name, "description": each.description or None}
            for number, each in enumerate(message.files)
        ],
    }
    if replies_to:
        made["message_reference"] = {"message_id": replies_to, "fail_if_not_exists": False}
    return made | ({"nonce": nonce, "enforce_nonce": True} if nonce else {})


def body(
    message: Message, *, nonce: str | None = None, replies_to: str | None = None, is_private: bool = False
) -> dict[str, Any]:
    """The arguments of `Rest.request` that send the message."""
    made = payload(message, nonce=nonce, replies_to=replies_to, is_private=is_private)
    return {"form": partial(_form, message, made)} if message.files else {"json": made}


def _form(message: Message, made: dict[str, Any]) -> FormData:
    """A new form for one request, which uses it up."""
    form = FormData(quote_fields=False)  # Discord does not know an escaped files[0]
    form.add_field("payload_json", json.dumps(made), content_type="application/json")
    for number, each in enumerate(message.files):
        content_type = "application/octet-stream"
        form.add_field(f"files[{number}]", opened(each.content), filename=each.name, content_type=content_type)
    return form


class Replies:
    """Delivers replies. Never raises for what Discord or the network does. `command_ids` are by the commands' names."""

    def __init__(self, rest: Rest, clock: Clock, command_ids: Mapping[str, str], sleep: Sleep = asyncio.sleep) -> None:
        self._rest = rest
        self._clock = clock
        self._command_ids = command_ids
        self._sleep = sleep
        self._originals: Cache[str, str] = LRUCache(MAX_INTERACTIONS)
        """The ids of the messages that interactions were answered in."""

    async def deliver(self, interaction: Interaction, reply: Reply, answer: Answer) -> ReplyOutcome:
        """Show a reply as it was deferred, and then the channel its public line.

        A problem never replaces the card that it is about: that card's buttons may be needed again. Everything is
        rendered before anything is sent: if rendering fails, nothing has been shown yet.
        """
        shown = self._messages(interaction, reply)
        line = public_message(reply.public_line) if reply.public_line and interaction.guild_id else None
        has_place = reply.tone is not Tone.PROBLEM or answer is Answer.PRIVATE
        arrived = True
        for index, message in enumerate(shown):
            plain = _without_files(message, reply if index == 0 else None)
            arrived &= await self._surely(interaction, message, plain, index, in_place=has_place and index == 0)
        announced = line is not None and await self._post_line(interaction, line)
        return ReplyOutcome(arrived, announced, self._originals.get(interaction.id) or "")

    async def add_pictures(
        self,
        interaction: Interaction,
        reply: Reply,
        answer: Answer,  # noqa: ARG002 - the protocol's
        is_current: Callable[[], bool],
    ) -> None:
        """Put a reply's pictures into its message, or into one of their own if it is longer or too old to edit."""
        whole, alone = self._messages(interaction, reply), self._messages(interaction, pictures_alone(reply))[0]
        try:
            if self._clock() >= interaction.until:
                await self._as_direct(interaction, alone, f"{interaction.id}-picture")
            elif len(whole) == 1 and self._originals.get(interaction.id):
                if is_current():
                    await self._call(_of(interaction, "PATCH", _ORIGINAL), body(whole[0]))
            else:
                await self._call(_of(interaction, "POST", _FOLLOW_UP), body(alone, is_private=True))
        except DiscordFailed as error:
            logger.warning("adding a picture failed", extra=_about(interaction, error))

    async def notice(self, interaction: Interaction, notice: Reply, answer: Answer) -> None:
        """Show something to one person until their reply is there, in the reply's place if that is theirs alone."""
        message = messages(notice)[0]
        await self._surely(interaction, message, message, -1, in_place=answer is Answer.PRIVATE)

    def _messages(self, interaction: Interaction, reply: Reply) -> list[Message]:
        return [with_commands(each, self._command_ids) for each in messages(reply, interaction.most_file)]

    async def _post_line(self, interaction: Interaction, line: Message) -> bool:
        """Post the public line, or tell the person that the channel is closed to the bot; whether it arrived."""
        try:
            route = Route("POST", _POST, channel_id=interaction.channel_id)
            await self._call(route, body(line, nonce=interaction.id))
        except DiscordFailed as error:
            logger.warning("posting the public line failed", extra=_about(interaction, error))
            why = "I'm not allowed to post here" if error.code in _MAY_NOT else "Discord didn't accept the message"
            warning = messages(Reply(NOT_TOLD.format(why=why), tone=Tone.WARNING))[0]
            await self._surely(interaction, warning, warning, 0, in_place=False)
            return False
        return True

    async def _surely(
        self, interaction: Interaction, message: Message, plain: Message, page: int, *, in_place: bool
    ) -> bool:
        """Send a message by the first way that is open, or its plain version if Discord refuses what is in it."""
        nonce = f"{interaction.id}-{page}"

        async def original(version: Message) -> bool:
            edited = await self._call(_of(interaction, "PATCH", _ORIGINAL), body(version))
            self._originals[interaction.id] = str(edited["id"]) if edited else interaction.id
            return True

        async def follow_up(version: Message) -> bool:
            await self._call(_of(interaction, "POST", _FOLLOW_UP), body(version, is_private=True))
            return True

        async def by_itself(version: Message) -> bool:
            # A button there would have no server to act on.
            await self._as_direct(interaction, _only(version, *_UNPRESSED), nonce)
            return True

        ways: list[Callable[[Message], Awaitable[bool]]] = [by_itself]
        if self._clock() < interaction.until:
            ways = [*([original] if in_place else []), follow_up, by_itself]
        about = {"server": interaction.guild_id, "user": interaction.user_id}
        return await send_with_fallbacks((message, plain), ways, about)

    async def _as_direct(self, interaction: Interaction, message: Message, nonce: str) -> None:
        """Into the person's conversation with the bot."""
        opened = {"json": {"recipient_id": interaction.user_id}}
        channel = await self._call(Route("POST", "/users/@me/channels"), opened)
        await self._call(Route("POST", _POST, channel_id=channel["id"]), body(message, nonce=nonce))

    async def _call(self, route: Route, sent: Mapping[str, Any]) -> Any:  # noqa: ANN401 - Discord's JSON
        return await patiently(lambda: self._rest.request(route, **sent), self._sleep)


def _of(interaction: Interaction, method: str, path: str) -> Route:
    return Route(method, path, webhook_id=interaction.raw.application_id, webhook_token=interaction.raw.token)


def _without_files(message: Message, reply: Reply | None) -> Message:
    """What is sent if Discord refuses a message: no pictures, and a warning for its files in place of a success.

    `reply` is what the message shows if it is its first one.
    """
    cards = (each for card in message.components for each in card.get("components", ()))
    names = [each["file"]["url"].removeprefix("attachment://") for each in cards if each["type"] == FILE]
    if not names:
        return _only(message, TEXT_DISPLAY, ACTION_ROW)
    first = messages(refused(reply or Reply("The other files are missing."), names))[0]
    return _only(first, TEXT_DISPLAY, ACTION_ROW)


def _only(message: Message, *kinds: int) -> Message:
    """The message's card with components of these kinds alone, and without files that none of them shows.

    A row loses its button if no other button is kept.
    """

    def kept(component: Component) -> Iterator[Component]:
        if component["type"] == SECTION:
            yield from [component] if ACTION_ROW in kinds else component["components"]
        elif component["type"] in kinds:
            yield component

    cards = tuple(
        {**card, "components": [each for inner in card["components"] for each in kept(inner)] or [display(NOTHING)]}
        if "components" in card
        else card
        for card in message.components
    )
    return replace(message, components=cards, files=message.files if FILE in kinds else ())


def _about(interaction: Interaction, error: DiscordFailed) -> dict[str, object]:
    return {"server": interaction.guild_id, "status": error.status, "code": error.code}
