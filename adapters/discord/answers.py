"""How a reply gets to whoever asked: to them alone unless promised otherwise, by the next way where one is closed.

An interaction can be answered for fifteen minutes. What takes longer goes into the channel where it is for everybody,
and into direct messages where it is not: no way that shows it to others is ever taken for a private answer.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from adapters.discord.acknowledge import Deferral
from adapters.discord.errors import DiscordFailed
from adapters.discord.files import refused
from adapters.discord.interaction import Asked
from adapters.discord.render import Message, messages, public_message
from adapters.discord.text import ACTION_ROW, FILE, MEDIA_GALLERY, NOTHING, SEPARATOR, TEXT_DISPLAY, display
from adapters.discord.ways import Ways
from bot.domain.clock import Clock
from bot.reply.model import Reply, Tone

logger = logging.getLogger(__name__)

NOT_TOLD = (
    "What you did stands, but this channel was not told of it: {why}. Someone who manages the server can let me see "
    "the channel and send messages in it."
)
_MAY_NOT = frozenset({50001, 50013})
_UNPRESSED = (TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR)


class Answers:
    """Delivers replies. Never raises for what Discord or the network does."""

    def __init__(self, ways: Ways, clock: Clock) -> None:
        self._ways = ways
        self._clock = clock

    async def deliver(self, asked: Asked, reply: Reply, promised: Deferral) -> tuple[bool, bool]:
        """Show a reply as it was promised, and then the channel its public line; returns whether each arrived.

        A problem is always private, and never takes the place of the card that it is about: that card's buttons may be
        wanted again. All is rendered before anything is sent: where that fails, nothing has been said yet.
        """
        shown = messages(reply, asked.most_file)
        line = public_message(reply.public_line) if reply.public_line else None
        is_problem = reply.tone is Tone.PROBLEM
        has_place = not is_problem or promised is Deferral.PRIVATE
        if promised is Deferral.PUBLIC and is_problem:
            await self._take_back(asked)
        arrived = True
        for index, message in enumerate(shown):
            is_public = promised is Deferral.PUBLIC and not is_problem
            plain = _without_files(message, reply if index == 0 else None)
            in_place = has_place and index == 0
            arrived &= await self._surely(asked, message, plain, index, in_place=in_place, is_public=is_public)
        return arrived, line is not None and await self._tell_channel(asked, line)

    async def meanwhile(self, asked: Asked, reply: Reply, promised: Deferral) -> None:
        """Show something to one person until their reply is there, in the reply's place if that is theirs alone."""
        word = messages(reply)[0]
        await self._surely(asked, word, word, -1, in_place=promised is Deferral.PRIVATE, is_public=False)

    async def _take_back(self, asked: Asked) -> None:
        try:
            await self._ways.take_back(asked)
        except DiscordFailed as error:
            logger.info("deleting the deferred response failed", extra=_about(asked, error))

    async def _tell_channel(self, asked: Asked, line: Message) -> bool:
        """Post everybody's line, or let the asker know that the channel is closed to the bot; whether it arrived."""
        try:
            await self._ways.to_all(asked, line, asked.id)
        except DiscordFailed as error:
            logger.warning("posting the public line failed", extra=_about(asked, error))
            why = "I may not post here" if error.code in _MAY_NOT else "Discord did not take the message"
            told = messages(Reply(NOT_TOLD.format(why=why), tone=Tone.WARNING))[0]
            await self._surely(asked, told, told, 0, in_place=False, is_public=False)
            return False
        return True

    async def _surely(
        self, asked: Asked, message: Message, plain: Message, page: int, *, in_place: bool, is_public: bool
    ) -> bool:
        """Send a message by the first way that is open, or its plain version if Discord refuses what is in it."""
        for version in (message, plain):
            if await self._sent(asked, version, page, in_place=in_place, is_public=is_public):
                return True
        logger.error("delivering a reply failed", extra={"server": asked.server_id, "user": asked.user_id})
        return False

    async def _sent(self, asked: Asked, message: Message, page: int, *, in_place: bool, is_public: bool) -> bool:
        """Whether a way took it; none is looked for where the message itself is what Discord refuses."""
        ways, nonce = self._ways, f"{asked.id}-{page}"
        sends: list[Callable[[], Awaitable[None]]] = []
        if self._clock() < asked.until:
            sends += [lambda: ways.in_place(asked, message)] if in_place else []
            sends += [lambda: ways.as_follow_up(asked, message, is_private=not is_public)]
        if is_public:
            sends += [lambda: ways.to_all(asked, message, nonce)]
        else:  # a button there would have no server to act on
            sends += [lambda: ways.as_direct(asked, _only(message, *_UNPRESSED), nonce)]
        for send in sends:
            try:
                await send()
            except DiscordFailed as error:
                logger.info("one way to reply is closed; trying the next", extra=_about(asked, error))
                if error.is_about_content:
                    return False
            else:
                return True
        return False


def _without_files(message: Message, reply: Reply | None) -> Message:
    """What goes out if Discord refuses a message: no pictures, and a warning for its files in place of a success.

    `reply` is what the message shows if it is its first one.
    """
    cards = (each for card in message.components for each in card.get("components", ()))
    names = [each["file"]["url"].removeprefix("attachment://") for each in cards if each["type"] == FILE]
    if not names:
        return _only(message, TEXT_DISPLAY, ACTION_ROW)
    first = messages(refused(reply or Reply("The rest of the files is missing."), names))[0]
    return _only(first, TEXT_DISPLAY, ACTION_ROW)


def _only(message: Message, *kinds: int) -> Message:
    """The message's card with components of these kinds alone, and without files that none of them shows."""
    cards = tuple(
        {**card, "components": [each for each in card["components"] if each["type"] in kinds] or [display(NOTHING)]}
        if "components" in card
        else card
        for card in message.components
    )
    return replace(message, components=cards, files=message.files if FILE in kinds else ())


def _about(asked: Asked, error: DiscordFailed) -> dict[str, object]:
    return {"server": asked.server_id, "status": error.status, "code": error.code}
