"""The workspaces that the app is in: for each request, whether the app is installed there, and with which token."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import NO_ANSWER, Calls, Json, SlackFailed
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
    """One workspace that the app is installed in. `enterprise_id` is the organisation's, if it belongs to one."""

    ref: WorkspaceRef
    enterprise_id: str | None
    client: AsyncWebClient


class Workspaces(Protocol):
    """Finds the workspace of a request. May read the database, so it is used only after the acknowledgement."""

    async def find(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        """The workspace, None if the app is not installed. BotErrors pass through."""
        ...

    async def known(self, team_id: str) -> SlackWorkspace | None:
        """The workspace of a stored id, for posts without a request. Raises as `find` does."""
        ...

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:
        """The app was removed: delete what is stored for the workspace, its token included. Safe to repeat.

        Slack repeats the event for up to an hour: what was installed after `removed_at` stays.
        """
        ...


class SlackAway(BotError):
    """Slack doesn't answer, so a token can't be checked; it may work in a while."""


class SingleWorkspace:
    """The workspace, or the organisation, of one token; no other is served.

    `identity` is auth.test's answer. Without it, Slack is asked; until it answers, `find` raises SlackAway.
    """

    def __init__(
        self,
        calls: Calls,
        client: AsyncWebClient,
        forget_workspace: Forget,
        identity: Json | None = None,
        *,
        is_previewing: bool = False,
    ) -> None:
        self._calls = calls
        self._client = client
        self._forget_workspace = forget_workspace
        self._identity = identity
        self._is_previewing = is_previewing

    async def identify(self) -> Json:
        """Return auth.test's answer, asking Slack if it is unknown. Raises SlackAway or TokenRefused."""
        if self._identity is None:
            await self.check()
        return self._identity or {}

    async def check(self) -> None:
        """Ask Slack whether it accepts the token now. Raises SlackAway or TokenRefused."""
        try:
            identity = await self._calls.api(self._client.auth_test)
        except SlackFailed as error:
            if error.word in FATAL:
                raise TokenRefused(_REFUSED.format(word=meaning(error.word))) from error
            raise SlackAway(_AWAY.format(word=meaning(error.word))) from error
        if not (identity.get("team_id") or identity.get("enterprise_id")):
            raise SlackAway(_AWAY.format(word=NO_ANSWER))
        self._identity = identity

    async def find(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        """The token's workspace; any of its organisation if the token is the organisation's."""
        identity = await self.identify()
        name, own_enterprise = str(identity.get("team") or ""), _enterprise_of(identity)
        ref = WorkspaceRef(CHAT, team_id, name, can_preview=self._is_previewing, members_spend=True)
        is_organisations = bool(identity.get("is_enterprise_install")) and enterprise_id is not None
        if team_id == identity.get("team_id") or (is_organisations and enterprise_id == own_enterprise):
            return SlackWorkspace(ref, own_enterprise, self._client)
        return None

    async def known(self, team_id: str) -> SlackWorkspace | None:
        """The token's workspace; any workspace if the token is an organisation's, as nothing says which are its own."""
        return await self.find(team_id, _enterprise_of(await self.identify()))

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:  # noqa: ARG002 - the protocol's
        """Forget the workspace if Slack no longer accepts the token: a setting has no date of installation."""
        workspace = await self.find(team_id, enterprise_id)
        if workspace is None:
            return
        if await is_taken(self._calls, self._client):
            logger.info("app_uninstalled received, but the app is still installed", extra={"team": team_id})
            return
        await self._forget_workspace(workspace.ref)


class MultiWorkspace:
    """Several sources of workspaces: the first that finds one is used."""

    def __init__(self, *sources: Workspaces) -> None:
        self._sources = sources

    async def find(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        """The workspace, None if no source finds it."""
        for source in self._sources:
            workspace = await source.find(team_id, enterprise_id)
            if workspace is not None:
                return workspace
        return None

    async def known(self, team_id: str) -> SlackWorkspace | None:
        """The workspace; an organisation's token, which takes any for its own, comes after the installations."""
        for source in reversed(self._sources):
            workspace = await source.known(team_id)
            if workspace is not None:
                return workspace
        return None

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:
        """The app was removed, however it was installed."""
        for source in self._sources:
            await source.forget(team_id, enterprise_id, removed_at)


async def is_taken(calls: Calls, client: AsyncWebClient) -> bool:
    """Whether Slack still accepts the client's token; yes if in doubt."""
    try:
        await calls.api(client.auth_test)
    except SlackFailed as error:
        return error.word not in DEAD
    return True


def _enterprise_of(identity: Json) -> str | None:
    return identity.get("enterprise_id") or None
