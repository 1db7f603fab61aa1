"""Discord's `Replies`: shows replies to the person alone, with fallbacks if a method fails.

An interaction can be answered for fifteen minutes; later replies go to direct messages. Nothing private is ever posted
to the channel. Every method is retried after an unclear outcome: an edit has the same effect again, a channel
recognises a repeated nonce, and a follow-up that appears twice is better than one that is missing.
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
from adapters.chat.pacing import Sleep, send_with_fallbacks
from adapters.discord.errors import DiscordFailed, with_retries
from adapters.discord.files import without_refused_files
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
from bot.reply.model import Reply, Tone, pictures_only
from bot.reply.spool import opened

logger = logging.getLogger(__name__)

EPHEMERAL = 1 << 6
MAX_INTERACTIONS = 10_000
"""Interactions whose reply's message id is cached."""
NOT_ANNOUNCED = (
    "Done, but I couldn't post it in this channel: {why}. Ask a server admin to let me view "
    "this channel and send messages in it."
)
_NO_PERMISSION = frozenset({50001, 50013})
_NON_INTERACTIVE = (TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR)
_FOLLOW_UP = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = f"{_FOLLOW_UP}/messages/@original"
_POST = "/channels/{channel_id}/messages"


def payload(
    message: Message, *, nonce: str | None = None, replies_to: str | None = None, is_private: bool = False
) -> dict[str, Any]:
    """The message as JSON, without notifying anybody. Discord posts only one message with the same nonce.

    If the message that it replies to was deleted, it is posted without a reference.
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
    """Arguments for `Rest.request` that send the message."""
    made = payload(message, nonce=nonce, replies_to=replies_to, is_private=is_private)
    return {"form": partial(_form, message, made)} if message.files else {"json": made}


def _form(message: Message, made: dict[str, Any]) -> FormData:
    """A multipart form, which can be sent only once."""
    form = FormData(quote_fields=False)  # Discord doesn't recognise files[0] if it is escaped
    form.add_field("payload_json", json.dumps(made), content_type="application/json")
    for number, each in enumerate(message.files):
        content_type = "application/octet-stream"
        form.add_field(f"files[{number}]", opened(each.content), filename=each.name, content_type=content_type)
    return form


class Replies:
    """Delivers replies. Doesn't raise if Discord or the network fails. `command_ids` has the command ids by name."""

    def __init__(self, rest: Rest, clock: Clock, command_ids: Mapping[str, str], sleep: Sleep = asyncio.sleep) -> None:
        self._rest = rest
        self._clock = clock
        self._command_ids = command_ids
        self._sleep = sleep
        self._originals: Cache[str, str] = LRUCache(MAX_INTERACTIONS)
        """The message ids of replies, by interaction id."""

    async def deliver(self, interaction: Interaction, reply: Reply, answer: Answer) -> ReplyOutcome:
        """Show a reply, and post its public line to the channel.

        A problem never replaces a card, whose buttons may be needed again. Everything is rendered before anything is
        sent, so that a bug in rendering doesn't leave the reply half shown.
        """
        shown = self._messages(interaction, reply)
        line = public_message(reply.public_line) if reply.public_line and interaction.guild_id else None
        has_place = reply.tone is not Tone.PROBLEM or answer is Answer.PRIVATE
        arrived = True
        for index, message in enumerate(shown):
            plain = _without_files(message, reply if index == 0 else None)
            arrived &= await self._send(interaction, message, plain, index, in_place=has_place and index == 0)
        announced = line is not None and await self._post_public_line(interaction, line)
        return ReplyOutcome(arrived, announced, self._originals.get(interaction.id) or "")

    async def add_pictures(
        self,
        interaction: Interaction,
        reply: Reply,
        answer: Answer,  # noqa: ARG002 - the protocol's
        is_current: Callable[[], bool],
    ) -> None:
        """Add a reply's pictures to its message, or send them separately if that has several parts or is too old."""
        whole, pictures = self._messages(interaction, reply), self._messages(interaction, pictures_only(reply))[0]
        try:
            if self._clock() >= interaction.expires_at:
                await self._as_direct(interaction, pictures, f"{interaction.id}-picture")
            elif len(whole) == 1 and self._originals.get(interaction.id):
                if is_current():
                    await self._call(_route(interaction, "PATCH", _ORIGINAL), body(whole[0]))
            else:
                await self._call(_route(interaction, "POST", _FOLLOW_UP), body(pictures, is_private=True))
        except DiscordFailed as error:
            logger.warning("adding a picture failed", extra=_about(interaction, error))

    async def notice(self, interaction: Interaction, notice: Reply, answer: Answer) -> None:
        """Show a notice until the reply arrives; in place of the reply if that is private."""
        message = messages(notice)[0]
        await self._send(interaction, message, message, -1, in_place=answer is Answer.PRIVATE)

    def _messages(self, interaction: Interaction, reply: Reply) -> list[Message]:
        return [with_commands(each, self._command_ids) for each in messages(reply, interaction.max_file_size)]

    async def _post_public_line(self, interaction: Interaction, line: Message) -> bool:
        """Post the public line, or warn the person that it failed; returns whether it was posted."""
        try:
            route = Route("POST", _POST, channel_id=interaction.channel_id)
            await self._call(route, body(line, nonce=interaction.id))
        except DiscordFailed as error:
            logger.warning("posting the public line failed", extra=_about(interaction, error))
            why = (
                "I'm not allowed to post here" if error.code in _NO_PERMISSION else "Discord didn't accept the message"
            )
            warning = messages(Reply(NOT_ANNOUNCED.format(why=why), tone=Tone.WARNING))[0]
            await self._send(interaction, warning, warning, 0, in_place=False)
            return False
        return True

    async def _send(
        self, interaction: Interaction, message: Message, plain: Message, page: int, *, in_place: bool
    ) -> bool:
        """Send a message by the first method that works, or its `plain` version if Discord refuses the content."""
        nonce = f"{interaction.id}-{page}"

        async def original(version: Message) -> bool:
            edited = await self._call(_route(interaction, "PATCH", _ORIGINAL), body(version))
            self._originals[interaction.id] = str(edited["id"]) if edited else interaction.id
            return True

        async def follow_up(version: Message) -> bool:
            await self._call(_route(interaction, "POST", _FOLLOW_UP), body(version, is_private=True))
            return True

        async def direct(version: Message) -> bool:
            # Without buttons: in a direct message, they would have no guild to act on.
            await self._as_direct(interaction, _only(version, *_NON_INTERACTIVE), nonce)
            return True

        sends: list[Callable[[Message], Awaitable[bool]]] = [direct]
        if self._clock() < interaction.expires_at:
            sends = [*([original] if in_place else []), follow_up, direct]
        about = {"server": interaction.guild_id, "user": interaction.user_id}
        return await send_with_fallbacks((message, plain), sends, about)

    async def _as_direct(self, interaction: Interaction, message: Message, nonce: str) -> None:
        """Send a direct message."""
        opened = {"json": {"recipient_id": interaction.user_id}}
        channel = await self._call(Route("POST", "/users/@me/channels"), opened)
        await self._call(Route("POST", _POST, channel_id=channel["id"]), body(message, nonce=nonce))

    async def _call(self, route: Route, sent: Mapping[str, Any]) -> Any:  # noqa: ANN401 - Discord's JSON
        return await with_retries(lambda: self._rest.request(route, **sent), self._sleep)


def _route(interaction: Interaction, method: str, path: str) -> Route:
    return Route(method, path, webhook_id=interaction.raw.application_id, webhook_token=interaction.raw.token)


def _without_files(message: Message, reply: Reply | None) -> Message:
    """The fallback for a refused message: without pictures, and with a warning about its files.

    `reply` is the reply whose first message this is, if it is the first.
    """
    cards = (each for card in message.components for each in card.get("components", ()))
    names = [each["file"]["url"].removeprefix("attachment://") for each in cards if each["type"] == FILE]
    if not names:
        return _only(message, TEXT_DISPLAY, ACTION_ROW)
    first = messages(without_refused_files(reply or Reply("The other files are missing."), names))[0]
    return _only(first, TEXT_DISPLAY, ACTION_ROW)


def _only(message: Message, *kinds: int) -> Message:
    """The message with only these kinds of components, and without files if none of them shows files.

    A section loses its button unless action rows are kept.
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
