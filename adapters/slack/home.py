"""The Home tab: published when somebody opens it, and again after they spend, stop tracking or change settings."""

import logging

from adapters.slack.api import Calls, SlackFailed
from adapters.slack.interaction import CallerLookup, unknown_person
from adapters.slack.render import home_view
from adapters.slack.workspaces import SlackWorkspace
from bot.app import Bot
from bot.domain.caller import Caller, Permission
from bot.reply.model import Reply

logger = logging.getLogger(__name__)

HOME = "home"
"""The command whose reply the tab shows."""
_NOT_THIS_VIEW = frozenset({"invalid_arguments", "invalid_blocks"})
"""Errors after which the tab is published again without its table block, which some workspaces refuse there."""


class HomeTab:
    """Publishes Home tabs, each for one person."""

    def __init__(self, bot: Bot, calls: Calls) -> None:
        self._bot = bot
        self._calls = calls

    async def publish(self, workspace: SlackWorkspace, known: CallerLookup) -> None:
        """Publish the current state, or a crash reply. Doesn't raise if Slack refuses it."""
        caller = known.caller
        if known.problem and Permission.LOOK not in caller.permissions:
            await self._show(workspace, caller, unknown_person(known))
            return
        try:
            await self._show(workspace, caller, await self._bot.run(HOME, {}, caller))
        except Exception as error:  # noqa: BLE001 - as in Bot.run: otherwise, the tab would stay empty or stale
            await self._show(workspace, caller, self._bot.crash(HOME, error))

    async def _show(self, workspace: SlackWorkspace, caller: Caller, reply: Reply) -> None:
        for with_table in (True, False):
            try:
                view = home_view(reply, with_table=with_table)
                await self._calls.api(workspace.client.views_publish, user_id=caller.person.id, view=view)
            except SlackFailed as error:
                logger.warning("publishing a Home tab failed", extra={"team": workspace.ref.id, "error": error.code})
                if error.code in _NOT_THIS_VIEW:
                    continue
            return
