"""What a channel is to the bot: whether it may post there by itself, and whether another company reads it."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from adapters.chat.recent import Recent
from adapters.slack.calls import Calls, SlackFailed
from adapters.slack.refusals import PERMANENT
from adapters.slack.teams import Team
from bot.domain.clock import Clock

logger = logging.getLogger(__name__)

KNOWN_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """`hindrance` says why the bot can't post there: empty if it can, None if Slack doesn't say.

    `is_shared`: people of other companies read it. `is_closed`: nobody can ever let the bot in.
    """

    hindrance: str | None = None
    is_shared: bool = False
    is_closed: bool = False


UNKNOWN = ChannelFacts()


class Channels:
    """Asks conversations.info, and remembers the answer for five minutes."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._seen = Recent[tuple[str, str], ChannelFacts](lasts=KNOWN_FOR, clock=clock)

    async def find(self, team: Team, channel_id: str) -> ChannelFacts:
        """The facts of a channel. Never raises: nothing is known if Slack doesn't answer, or the scope is missing."""
        key = (team.ref.id, channel_id)
        if (known := self._seen.get(key)) is not None:
            return known
        facts = await self._ask(team, channel_id)
        self._seen.put(key, facts)
        return facts

    async def _ask(self, team: Team, channel_id: str) -> ChannelFacts:
        try:
            answer = await self._calls.api(team.client.conversations_info, channel=channel_id)
            channel = answer["channel"]
        except (SlackFailed, KeyError) as error:
            word = error.word if isinstance(error, SlackFailed) else "no_channel"
            if word == "channel_not_found":
                return ChannelFacts(PERMANENT[word])
            logger.info("Slack doesn't say what a channel is", extra={"team": team.ref.id, "error": word})
            return UNKNOWN
        is_shared = bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))
        if channel.get("is_archived"):
            return ChannelFacts(PERMANENT["is_archived"], is_shared)
        # chat:write.public opens the public channels.
        if channel.get("is_member") or not channel.get("is_private"):
            return ChannelFacts("", is_shared)
        return ChannelFacts(PERMANENT["not_in_channel"], is_shared, is_closed=bool(channel.get("is_mpim")))
