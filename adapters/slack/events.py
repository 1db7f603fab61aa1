"""Slack's Events API: messages to the app, the Home tab, link previews, shared channels, the app's removal."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack.api import Calls, SlackFailed
from adapters.slack.handlers import Handlers
from adapters.slack.home import HomeTab
from adapters.slack.interaction import Callers, Interaction, Payload
from adapters.slack.render import messages
from adapters.slack.workspaces import Workspaces
from bot.app import Bot
from bot.domain.caller import Permission
from bot.reply.model import Tone

logger = logging.getLogger(__name__)

MAX_PREVIEWS = 5
_WRITTEN = frozenset({None, "file_share"})
"""Message subtypes of messages that people write."""


class Events:
    """Handles events. Each is handled once, even if Slack delivers it again."""

    def __init__(
        self, bot: Bot, handlers: Handlers, workspaces: Workspaces, callers: Callers, calls: Calls, home: HomeTab
    ) -> None:
        self._bot = bot
        self._handlers = handlers
        self._workspaces = workspaces
        self._callers = callers
        self._calls = calls
        self._home = home

    async def event(self, body: Payload, context: AsyncBoltContext) -> None:
        """Handle an event; unknown types are ignored."""
        match body["event"]:
            case {"type": "message" | "app_mention"} as message if _is_for_app(message):
                await self._handlers.message(body, context)
            case {"type": "app_home_opened", "tab": "home"}:
                if (here := await self._handlers.admit(body, context, Permission.LOOK)) is not None:
                    await self._home.publish(here.workspace, await self._callers.find(here))
            case {"type": "link_shared", "links": list(links)} as shared if not body.get("is_ext_shared_channel"):
                # In a shared channel, people of other companies would see the numbers.
                if (here := await self._handlers.admit(body, context, Permission.LOOK)) is not None:
                    await self._preview(here, _place(shared), [link["url"] for link in links][:MAX_PREVIEWS])
            case {"type": "channel_shared", "channel": str(channel_id)}:
                if (here := await self._handlers.admit(body, context, Permission.LOOK)) is not None:
                    await self._bot.accounts.leave_money_out(here.workspace.ref, channel_id)
            case {"type": "app_uninstalled"} | {"type": "tokens_revoked", "tokens": {"bot": [_, *_]}}:
                if await self._handlers.is_new(body["event_id"]):
                    await self._forget(body, context)
            case _:
                pass

    async def _preview(self, interaction: Interaction, place: Payload, links: Sequence[str]) -> None:
        """Unfurl links to tracked videos. `preview` returns a problem if the workspace hasn't turned previews on."""
        workspace, caller = interaction.workspace, (await self._callers.find(interaction)).caller
        replies = {link: await self._bot.run("preview", {"link": link}, caller) for link in links}
        known = {link: reply for link, reply in replies.items() if reply.tone is not Tone.PROBLEM}
        if not known:
            return
        unfurls = {link: {"blocks": list(messages(reply)[0].blocks)} for link, reply in known.items()}
        try:
            await self._calls.api(workspace.client.chat_unfurl, **place, unfurls=unfurls)
        except SlackFailed as error:
            logger.warning("link preview failed", extra={"team": workspace.ref.id, "error": error.code})

    async def _forget(self, body: Payload, context: AsyncBoltContext) -> None:
        """Delete a workspace's data after it removed the app. Safe to repeat."""
        event_time = body.get("event_time")
        removed_at = datetime.fromtimestamp(event_time, UTC) if isinstance(event_time, int) else None
        logger.info("app uninstalled", extra={"team": context.team_id})
        await self._workspaces.forget(context.team_id or "", context.enterprise_id, removed_at)


def _is_for_app(message: Payload) -> bool:
    """Whether a person wrote a message to the app, directly or by mentioning it."""
    is_direct = message["type"] == "app_mention" or message.get("channel_type") == "im"
    return is_direct and "bot_id" not in message and message.get("subtype") in _WRITTEN


def _place(shared: Payload) -> Payload:
    """Where chat.unfurl finds the link. A message that is still being written has neither a channel nor a ts."""
    if shared.get("source") == "composer":
        return {"unfurl_id": shared.get("unfurl_id"), "source": "composer"}
    return {"channel": shared.get("channel"), "ts": shared.get("message_ts")}
