"""How a reply gets to whoever asked: to them alone unless it says otherwise, and by another way where one is closed.

A private answer goes by the gesture's response_url, as an ephemeral message, or as a direct message. No way that shows
it to others is ever taken for it; so it harms nobody when a way that is unclear is followed by the next.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from adapters.slack.api import SlackFailed, Sleep
from adapters.slack.interaction import Asked
from adapters.slack.pictures import Pictures, has_picture, without_pictures
from adapters.slack.render import Message, messages, public_message
from adapters.slack.text import PIECE, Block, plain, unescaped
from adapters.slack.ways import Ways
from adapters.slack.workspaces import Team
from bot.commands.command import Answer
from bot.reply.cutting import pieces
from bot.reply.model import File, LargeFile, Note, Paragraph, Reply, Tone, text

logger = logging.getLogger(__name__)

PROCESSING = (0.0, 0.5, 1.0, 2.0)
"""Seconds before each try of a picture: Slack refuses its block until it has looked at the file."""
MOST_PIECES = 40
NOT_A_MEMBER = frozenset({"not_in_channel", "channel_not_found"})
"""Errors of channels that this app isn't in. Slack names private ones as not found."""
ADD_APP = "Add this app to the channel with /invite to see charts here."
TOO_LARGE = frozenset({"status_413", "file_upload_size_restricted", "storage_limit_reached"})
"""Why Slack takes no file of that size."""


class Answers:
    """Delivers replies. Never raises for what Slack or the network does."""

    def __init__(self, ways: Ways, pictures: Pictures, sleep: Sleep = asyncio.sleep) -> None:
        self._ways = ways
        self._pictures = pictures
        self._sleep = sleep

    async def deliver(self, asked: Asked, team: Team, reply: Reply, answer: Answer) -> tuple[bool, bool]:
        """Show a reply as its command declares, its files first, and then the channel its public line.

        Returns whether the whole reply arrived, and whether the line did; a direct message needs none.

        A problem is always private, and never takes the place of the card that it is about: that card's buttons may be
        wanted again. The line is rendered before anything is sent: where that fails, nothing has been said yet.
        """
        is_problem = reply.tone is Tone.PROBLEM
        line = public_message(reply.public_line) if reply.public_line and not asked.is_direct else None
        whole = await self._with_files(asked, team, reply)
        if answer is Answer.PUBLIC and not is_problem and not asked.is_direct:
            shown = all([await self._ways.to_all(asked, team, message) for message in messages(whole)])
        else:
            replaces = answer is Answer.REPLACES and asked.may_replace and not is_problem
            shown = await self._to_one(asked, team, whole, replaces=replaces)
        return shown, shown if line is None else await self._ways.to_all(asked, team, line)

    async def refuse(self, asked: Asked, reply: Reply) -> None:
        """Answer where the app has no token to speak with."""
        try:
            await self._ways.by_response_url(asked, messages(reply)[0])
        except SlackFailed as error:
            logger.warning("delivering a refusal failed", extra={"error": error.word})

    async def direct_channel(self, team: Team, user_id: str) -> str | None:
        """The conversation between the app and one person, None where there can be none."""
        try:
            return await self._ways.direct_channel(team, user_id)
        except SlackFailed as error:
            logger.warning("sending a direct message failed", extra={"team": team.ref.id, "error": error.word})
            return None

    async def _with_files(self, asked: Asked, team: Team, reply: Reply) -> Reply:
        """The reply, which says where its files went: into direct messages, since no channel shows one to one alone."""
        for file in reply.files:
            try:
                channel_id = await self._ways.direct_channel(team, asked.user_id)
                await self._pictures.share(team, file, channel_id)
                sent = Note(text(f"{file.name} is in your direct messages with this app."))
                reply = replace(reply, parts=(*reply.parts, sent))
            except SlackFailed as error:
                logger.warning("sending a file failed", extra={"team": team.ref.id, "error": error.word})
                lost = Paragraph(text(_lost(file, error)))
                reply = replace(reply, parts=(lost, *reply.parts), tone=Tone.WARNING)
        return reply

    async def _to_one(self, asked: Asked, team: Team, reply: Reply, *, replaces: bool) -> bool:
        """Whether every message of the reply was sent."""
        arrived = True
        ids = await self._pictures.uploaded(team, reply)
        for index, message in enumerate(messages(reply, ids)):
            is_first = replaces and index == 0
            if not has_picture(message):
                arrived &= await self._surely(asked, team, message, replaces=is_first)
            elif (error := await self._pictured(asked, team, message, replaces=is_first)) is not None:
                self._pictures.forget(team, reply)
                note = ADD_APP if error in NOT_A_MEMBER else ""
                arrived &= await self._surely(asked, team, without_pictures(message, note), replaces=is_first)
        return arrived

    async def _pictured(self, asked: Asked, team: Team, message: Message, *, replaces: bool) -> str | None:
        """Send a message with its picture; None if Slack shows it, else the first error.

        The response_url comes last: it need not show a file that was shared with nobody.
        """
        own_way = self._ways.as_direct if asked.channel_id is None else self._ways.as_ephemeral
        first_error = ""
        for seconds in () if replaces else PROCESSING:
            await self._sleep(seconds)
            try:
                await own_way(asked, team, message)
            except SlackFailed as error:
                first_error = first_error or error.word
                if not error.is_about_content:
                    break
                if seconds == PROCESSING[-1]:
                    return first_error
            else:
                return None
        try:
            if await self._ways.by_response_url(asked, message, replaces=replaces):
                return None
        except SlackFailed as error:
            first_error = first_error or error.word
        return first_error

    async def _surely(self, asked: Asked, team: Team, message: Message, *, replaces: bool) -> bool:
        """Send a message by the first way that is open, in plain words if Slack refuses its blocks; whether one was."""
        for version in (message, _bare(message)):
            if await self._sent(asked, team, version, replaces=replaces):
                return True
        logger.error("delivering a reply failed", extra={"team": team.ref.id, "user": asked.user_id})
        return False

    async def _sent(self, asked: Asked, team: Team, message: Message, *, replaces: bool) -> bool:
        """Whether a way took it; none is looked for where the message itself is what Slack refuses."""
        ways = self._ways
        sends: tuple[Callable[[], Awaitable[bool]], ...] = (
            lambda: ways.by_response_url(asked, message, replaces=replaces),
            lambda: ways.as_ephemeral(asked, team, message),
            lambda: ways.as_direct(asked, team, message),
        )
        for send in sends:
            try:
                if await send():
                    return True
            except SlackFailed as error:
                logger.info(
                    "one way to reply is closed; trying the next", extra={"team": team.ref.id, "error": error.word}
                )
                if error.is_about_content:
                    return False
        return False


def _lost(file: File | LargeFile, error: SlackFailed) -> str:
    if error.word in TOO_LARGE:
        return f"{file.name} could not be sent to you: it's too large for Slack. Export single videos instead."
    return f"{file.name} could not be sent to you ({error.word}). Try again."


def _bare(message: Message) -> Message:
    """The message's text and its buttons alone: what every Slack shows, whatever it thinks of tables."""
    told: list[Block] = [{"type": "section", "text": plain(each)} for each in pieces(unescaped(message.text), PIECE)]
    buttons = [block for block in message.blocks if block["type"] == "actions"]
    return Message(message.text, (*told[:MOST_PIECES], *buttons))
