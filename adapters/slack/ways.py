"""The ways in which one message gets to one person, or to a whole channel. Which is tried when is no question here."""

import logging
from collections.abc import Mapping

from adapters.slack.api import LONGEST_WAIT, Calls, SlackFailed
from adapters.slack.interaction import Asked
from adapters.slack.limits import POST, Busy, Limits
from adapters.slack.render import Message
from adapters.slack.workspaces import Team
from bot.domain.clock import Clock

logger = logging.getLogger(__name__)

_TO_ONE: Mapping[str, object] = {"response_type": "ephemeral", "replace_original": False}
_TO_ALL: Mapping[str, object] = {"response_type": "in_channel", "replace_original": False}
_IN_PLACE: Mapping[str, object] = {"replace_original": True}
_QUIET = {"unfurl_links": False, "unfurl_media": False}


class Ways:
    """Sends. What a way cannot do for this gesture is False, what Slack says no to is SlackFailed."""

    def __init__(self, calls: Calls, limits: Limits, clock: Clock) -> None:
        self._calls = calls
        self._limits = limits
        self._clock = clock

    async def by_response_url(self, asked: Asked, message: Message, *, replaces: bool = False) -> bool:
        """To the person alone, or in place of the message that they acted on."""
        return await self._respond(asked, message, _IN_PLACE if replaces else _TO_ONE)

    async def as_ephemeral(self, asked: Asked, team: Team, message: Message) -> bool:
        """To the person alone, in a channel where both they and the app are."""
        if asked.channel_id is None:
            return False
        post = team.client.chat_postEphemeral
        await self._calls.api(post, channel=asked.channel_id, user=asked.user_id, **_content(message))
        return True

    async def as_direct(self, asked: Asked, team: Team, message: Message) -> bool:
        """Into the person's conversation with the app."""
        await self._post(team, await self.direct_channel(team, asked.user_id), message)
        return True

    async def direct_channel(self, team: Team, user_id: str) -> str:
        """The conversation between the app and one person."""
        return await direct_channel(self._calls, team, user_id)

    async def to_all(self, asked: Asked, team: Team, message: Message) -> bool:
        """To the whole channel, by the response_url if the app is not in it; whether it arrived. Never raises.

        It may have arrived if this is unclear: nothing is sent twice.
        """
        try:
            await self._post(team, asked.channel_id or "", message)
        except SlackFailed as error:
            if error.is_unclear or not await self._responded_to_all(asked, message):
                logger.warning("posting the public line failed", extra={"team": team.ref.id, "error": error.word})
                return False
        return True

    async def _post(self, team: Team, channel_id: str, message: Message) -> None:
        try:
            await self._limits.admit(team.ref.id, POST, LONGEST_WAIT, channel_id)
        except Busy:
            raise SlackFailed("ratelimited") from None
        await self._calls.api(team.client.chat_postMessage, channel=channel_id, **_content(message), **_QUIET)

    async def _responded_to_all(self, asked: Asked, message: Message) -> bool:
        try:
            return await self._respond(asked, message, _TO_ALL)
        except SlackFailed:
            return False

    async def _respond(self, asked: Asked, message: Message, where: Mapping[str, object]) -> bool:
        url = asked.response_url
        if url is None or not url.take(self._clock()):
            return False
        try:
            await self._calls.respond(url.url, {**_content(message), **where})
        except SlackFailed as error:
            if not error.is_about_content:
                url.give_up()
            raise
        return True


async def direct_channel(calls: Calls, team: Team, user_id: str) -> str:
    """The conversation between the app and one person; SlackFailed where there can be none. Safe to repeat."""
    answer = await calls.api(team.client.conversations_open, users=user_id)
    return str(answer["channel"]["id"])


def _content(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": list(message.blocks)}
