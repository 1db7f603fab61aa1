"""The first look at what Slack sends, once it is acknowledged: is it new, is the app there, who speaks for it."""

import logging
from datetime import datetime

from slack_bolt.context.async_context import AsyncBoltContext

from adapters.chat.recent import RecentIds
from adapters.slack.answers import Answers
from adapters.slack.interaction import Asked, Payload, asked
from adapters.slack.workspaces import CHAT, Team, Teams
from bot.app import Bot
from bot.domain.caller import Need
from bot.domain.clock import Clock
from bot.domain.errors import BotError
from bot.messages.problems import problem

logger = logging.getLogger(__name__)

NOT_INSTALLED = (
    "This app is not installed in your workspace, or was removed from it. Whoever manages the workspace can install it "
    "again; nothing was done."
)


class Arrivals:
    """Lets each gesture and each event in once.

    What only looks is remembered here alone, so that no look waits for a write: at worst another process, or this one
    after a restart, says it again. Slack itself sends neither commands nor presses again over HTTP, and over a
    websocket only what was not acknowledged.
    """

    def __init__(self, bot: Bot, teams: Teams, answers: Answers, clock: Clock) -> None:
        self._bot = bot
        self._teams = teams
        self._answers = answers
        self._clock = clock
        self._recent = RecentIds()

    async def welcome(self, body: Payload, context: AsyncBoltContext, need: Need) -> tuple[Asked, Team] | None:
        """The gesture with its workspace; None where it was heard before, or was refused in a sentence.

        `need` is what the gesture needs at most.
        """
        here = self.asked(body, context)
        if not (self._recent.is_new(here.id) if need is Need.LOOK else await self.is_new(here.id)):
            return None
        try:
            team = await self.team(context)
        except BotError as error:
            await self._answers.refuse(here, problem(str(error)))
            return None
        except Exception as error:  # noqa: BLE001 - as in Bot.run: else the person waits for an answer that never comes
            await self._answers.refuse(here, self._bot.crash("arrival", error))
            return None
        if team is None:
            logger.warning("request from a workspace without an installation", extra={"team": here.team_id})
            await self._answers.refuse(here, problem(NOT_INSTALLED))
            return None
        return here, team

    @property
    def now(self) -> datetime:
        """The time by the program's clock."""
        return self._clock()

    def asked(self, body: Payload, context: AsyncBoltContext) -> Asked:
        """The facts of a payload."""
        return asked(body, context, self._clock())

    async def team(self, context: AsyncBoltContext) -> Team | None:
        """The workspace that a payload comes from, None where the app is not installed. BotErrors pass through."""
        return await self._teams.find(context.team_id or "", context.enterprise_id)

    async def is_new(self, event_id: str) -> bool:
        """Whether this is heard for the first time, by whichever process.

        Where the database is away nobody knows: then it is let in, for what spends money asks the database again.
        """
        try:
            return not event_id or await self._bot.is_new_event(CHAT, event_id)
        except BotError:
            logger.warning("checking for a redelivered event failed", exc_info=True)
            return True
