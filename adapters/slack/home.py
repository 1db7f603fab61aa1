"""The Home tab: published when somebody opens it, and again after they spend or stop something."""

import logging

from adapters.slack.api import Calls, SlackFailed
from adapters.slack.interaction import Known, unknown_person
from adapters.slack.render import home_view
from adapters.slack.workspaces import SlackWorkspace
from bot.app import Bot
from bot.domain.caller import Caller, Permission
from bot.reply.model import Reply

logger = logging.getLogger(__name__)

HOME = "home"
"""The command whose reply the tab shows."""
_NOT_THIS_VIEW = frozenset({"invalid_arguments", "invalid_blocks"})
"""What is worth a try without the table block, which is younger than the tab and not on every Slack taken there."""


class HomeTab:
    """One person's tab at a time."""

    def __init__(self, bot: Bot, calls: Calls) -> None:
        self._bot = bot
        self._calls = calls

    async def publish(self, workspace: SlackWorkspace, known: Known) -> None:
        """Show the person how things stand now, or that we failed. Never raises for what Slack does."""
        caller = known.caller
        if known.problem and Permission.LOOK not in caller.permissions:
            await self._show(workspace, caller, unknown_person(known))
            return
        try:
            await self._show(workspace, caller, await self._bot.run(HOME, {}, caller))
        except Exception as error:  # noqa: BLE001 - as in Bot.run: else the tab stays empty, or as it was
            await self._show(workspace, caller, self._bot.crash(HOME, error))

    async def _show(self, workspace: SlackWorkspace, caller: Caller, reply: Reply) -> None:
        for with_table in (True, False):
            try:
                view = home_view(reply, with_table=with_table)
                await self._calls.api(workspace.client.views_publish, user_id=caller.person.id, view=view)
            except SlackFailed as error:
                logger.warning("publishing a Home tab failed", extra={"team": workspace.ref.id, "error": error.word})
                if error.word in _NOT_THIS_VIEW:
                    continue
            return
