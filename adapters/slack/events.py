"""Slack's events: the Home tab was opened, a link was posted, a channel was shared, the app was removed."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack.api import Calls, SlackFailed
from adapters.slack.arrivals import Arrivals
from adapters.slack.home import HomeTab
from adapters.slack.interaction import Asked, Callers, Payload
from adapters.slack.render import messages
from adapters.slack.workspaces import Team, Teams
from bot.app import Bot
from bot.domain.caller import Need
from bot.reply.model import Tone

logger = logging.getLogger(__name__)

MOST_PREVIEWS = 5


class Events:
    """Handles each event once, however often and in whichever order they are delivered."""

    def __init__(
        self, bot: Bot, arrivals: Arrivals, teams: Teams, callers: Callers, calls: Calls, home: HomeTab
    ) -> None:
        self._bot = bot
        self._arrivals = arrivals
        self._teams = teams
        self._callers = callers
        self._calls = calls
        self._home = home

    async def event(self, body: Payload, context: AsyncBoltContext) -> None:
        """Any event; those that mean nothing here are left."""
        match body["event"]:
            case {"type": "app_home_opened", "tab": "home"}:
                if (arrival := await self._arrivals.welcome(body, context, Need.LOOK)) is not None:
                    await self._show_home(*arrival)
            case {"type": "link_shared", "links": list(links)} as shared:
                if body.get("is_ext_shared_channel"):
                    return  # people of other companies would read the numbers
                if (arrival := await self._arrivals.welcome(body, context, Need.LOOK)) is not None:
                    await self._preview(*arrival, _place(shared), [link["url"] for link in links][:MOST_PREVIEWS])
            case {"type": "channel_shared", "channel": str(channel_id)}:
                if (arrival := await self._arrivals.welcome(body, context, Need.LOOK)) is not None:
                    await self._bot.leave_money_out(arrival[1].ref, channel_id)
            case {"type": "app_uninstalled"} | {"type": "tokens_revoked", "tokens": {"bot": [_, *_]}}:
                if await self._arrivals.is_new(body["event_id"]):
                    await self._forget(body, context)
            case _:
                pass

    async def _show_home(self, asked: Asked, team: Team) -> None:
        await self._home.publish(team, await self._callers.find(asked, team))

    async def _preview(self, asked: Asked, team: Team, place: Payload, links: Sequence[str]) -> None:
        """Show what is known of the links beside them; nothing where the workspace has not switched that on."""
        caller = (await self._callers.find(asked, team)).caller
        replies = {link: await self._bot.run("preview", {"link": link}, caller) for link in links}
        known = {link: reply for link, reply in replies.items() if reply.tone is not Tone.PROBLEM}
        if not known:
            return
        unfurls = {link: {"blocks": list(messages(reply)[0].blocks)} for link, reply in known.items()}
        try:
            await self._calls.api(team.client.chat_unfurl, **place, unfurls=unfurls)
        except SlackFailed as error:
            logger.warning("link preview failed", extra={"team": team.ref.id, "error": error.word})

    async def _forget(self, body: Payload, context: AsyncBoltContext) -> None:
        """Remove what is stored for a workspace that the app is gone from. Safe to repeat."""
        told = body.get("event_time")
        removed_at = datetime.fromtimestamp(told, UTC) if isinstance(told, int) else None
        logger.info("app uninstalled", extra={"team": context.team_id})
        await self._teams.forget(context.team_id or "", context.enterprise_id, removed_at)


def _place(shared: Payload) -> Payload:
    """Where a link stands, as chat.unfurl takes it: what is still being written has neither a channel nor a ts."""
    if shared.get("source") == "composer":
        return {"unfurl_id": shared.get("unfurl_id"), "source": "composer"}
    return {"channel": shared.get("channel"), "ts": shared.get("message_ts")}
