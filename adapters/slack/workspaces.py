"""The workspaces that the app is in, each with the client that speaks to it.

A request says which workspace it comes from; whether the app is there, and with which token, is answered in here.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Calls, Json, SlackFailed
from adapters.slack.errors import DEAD, FATAL, meaning
from bot.domain.caller import WorkspaceRef
from bot.domain.errors import BotError, TokenRefused

logger = logging.getLogger(__name__)

CHAT = "slack"

Forget: TypeAlias = Callable[[WorkspaceRef], Awaitable[None]]
"""Deletes everything that is stored for a workspace. Safe to repeat."""

_AWAY = (
    "Slack doesn't confirm SLACK_BOT_TOKEN ({word}), so nothing can be done there yet. I keep trying. If it keeps "
    "happening, check the network, a proxy and SLACK_API_URL."
)
_REFUSED = (
    "Slack doesn't accept SLACK_BOT_TOKEN ({word}). Copy the Bot User OAuth Token (xoxb-…) from the app's page OAuth "
    "& Permissions again."
)


@dataclass(frozen=True, slots=True)
class SlackWorkspace:
    """One workspace that the app is installed in. `enterprise_id` is the organisation's, where it belongs to one."""

    ref: WorkspaceRef
    enterprise_id: str | None
    client: AsyncWebClient


class Workspaces(Protocol):
    """Finds the workspace of a request. May ask the database; never asked before Slack has its acknowledgement."""

    async def find(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        """The workspace, None where the app is not installed. BotErrors pass through."""
        ...

    async def known(self, team_id: str) -> SlackWorkspace | None:
        """The workspace of something that is stored, for what is posted without a request. Raises as `find` does."""
        ...

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:
        """The app was removed: delete what is stored for the workspace, its token included. Safe to repeat.

        Slack tells of it for up to an hour: what was installed after `removed_at` stays.
        """
        ...


class SlackAway(BotError):
    """Slack does not say whose a token is. It is no fault of the token, and may be over in a while."""


class SingleWorkspace:
    """The workspace, or the organisation, of one token. Requests from any other are a stranger's.

    Whose the token is, `told` says, or Slack when it is first asked; until it does, whatever needs that is SlackAway.
    """

    def __init__(
        self,
        calls: Calls,
        client: AsyncWebClient,
        forget_workspace: Forget,
        told: Json | None = None,
        *,
        is_previewing: bool = False,
    ) -> None:
        self._calls = calls
        self._client = client
        self._forget_workspace = forget_workspace
        self._told = told
        self._is_previewing = is_previewing

    async def identify(self) -> Json:
        """Return what Slack says of the token, asking until it answers. Raises SlackAway or TokenRefused."""
        if self._told is None:
            await self.check()
        return self._told or {}

    async def check(self) -> None:
        """Ask Slack whether it accepts the token now. Raises SlackAway or TokenRefused."""
        try:
            self._told = await self._calls.api(self._client.auth_test)
        except SlackFailed as error:
            if error.word in FATAL:
                raise TokenRefused(_REFUSED.format(word=meaning(error.word))) from error
            raise SlackAway(_AWAY.format(word=meaning(error.word))) from error

    async def find(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        """The token's workspace; any of its organisation where the token is the organisation's."""
        told = await self.identify()
        name, own_enterprise = str(told.get("team") or ""), _enterprise_of(told)
        ref = WorkspaceRef(CHAT, team_id, name, can_preview=self._is_previewing)
        is_organisations = bool(told.get("is_enterprise_install")) and enterprise_id is not None
        if team_id == told["team_id"] or (is_organisations and enterprise_id == own_enterprise):
            return SlackWorkspace(ref, own_enterprise, self._client)
        return None

    async def known(self, team_id: str) -> SlackWorkspace | None:
        """The token's workspace; any where the token is an organisation's, since nobody says whose it is."""
        return await self.find(team_id, _enterprise_of(await self.identify()))

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:  # noqa: ARG002 - the protocol's
        """Forget the workspace where Slack takes the token no more: a setting does not tell when it was installed."""
        workspace = await self.find(team_id, enterprise_id)
        if workspace is None:
            return
        if await is_taken(self._calls, self._client):
            logger.info("app_uninstalled received, but the app is still installed", extra={"team": team_id})
            return
        await self._forget_workspace(workspace.ref)


class MultiWorkspace:
    """Workspaces that are found in different ways: the first that knows one speaks for it."""

    def __init__(self, *ways: Workspaces) -> None:
        self._ways = ways

    async def find(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        """The workspace, None where no way finds it."""
        for way in self._ways:
            workspace = await way.find(team_id, enterprise_id)
            if workspace is not None:
                return workspace
        return None

    async def known(self, team_id: str) -> SlackWorkspace | None:
        """The workspace; an organisation's token, which takes any for its own, is asked after the installations."""
        for way in reversed(self._ways):
            workspace = await way.known(team_id)
            if workspace is not None:
                return workspace
        return None

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:
        """The app was removed, however it had come."""
        for way in self._ways:
            await way.forget(team_id, enterprise_id, removed_at)


async def is_taken(calls: Calls, client: AsyncWebClient) -> bool:
    """Whether Slack still takes the client's token; in doubt it does."""
    try:
        await calls.api(client.auth_test)
    except SlackFailed as error:
        return error.word not in DEAD
    return True


def _enterprise_of(told: Json) -> str | None:
    return told.get("enterprise_id") or None
