"""The workspaces that the app is in, each with the client that speaks to it.

A request says which workspace it comes from; whether the app is there, and with which token, is answered in here.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import Calls, Json, SlackFailed
from bot.domain.caller import WorkspaceRef
from bot.domain.errors import NotConfigured

logger = logging.getLogger(__name__)

CHAT = "slack"
_ENDED = frozenset({"account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed"})

Forget: TypeAlias = Callable[[WorkspaceRef], Awaitable[None]]
"""Deletes everything that is stored for a workspace. Safe to repeat."""


@dataclass(frozen=True, slots=True)
class Team:
    """One workspace that the app is installed in. `enterprise_id` is the organisation's, where it belongs to one."""

    ref: WorkspaceRef
    enterprise_id: str | None
    client: AsyncWebClient


class Teams(Protocol):
    """Finds the workspace of a request. May ask the database; never asked before Slack has its acknowledgement."""

    async def find(self, team_id: str, enterprise_id: str | None) -> Team | None:
        """The workspace, None where the app is not installed. DatabaseUnavailable and NotConfigured pass through."""
        ...

    async def known(self, team_id: str) -> Team | None:
        """The workspace of something that is stored, for what is posted without a request. Raises as `find` does."""
        ...

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:
        """The app was removed: delete what is stored for the workspace, its token included. Safe to repeat.

        Slack tells of it for up to an hour: what was installed after `removed_at` stays.
        """
        ...


class OneTeam:
    """The workspace, or the organisation, of one token. Requests from any other are a stranger's."""

    def __init__(self, calls: Calls, client: AsyncWebClient, told: Json, forget_workspace: Forget) -> None:
        self._calls = calls
        self._client = client
        self._forget_workspace = forget_workspace
        self._id = str(told["team_id"])
        self._name = str(told.get("team") or "")
        self._enterprise_id = told.get("enterprise_id") or None
        self._is_organisation = bool(told.get("is_enterprise_install"))

    async def find(self, team_id: str, enterprise_id: str | None) -> Team | None:
        """The token's workspace; any of its organisation where the token is the organisation's."""
        if team_id == self._id:
            return Team(WorkspaceRef(CHAT, team_id, self._name), self._enterprise_id, self._client)
        if self._is_organisation and enterprise_id is not None and enterprise_id == self._enterprise_id:
            return Team(WorkspaceRef(CHAT, team_id, self._name), enterprise_id, self._client)
        return None

    async def known(self, team_id: str) -> Team | None:
        """The token's workspace; any where the token is an organisation's, since nobody says whose it is."""
        return await self.find(team_id, self._enterprise_id)

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:  # noqa: ARG002 - the protocol's
        """Forget the workspace where Slack takes the token no more: a setting does not tell when it was installed."""
        team = await self.find(team_id, enterprise_id)
        if team is None:
            return
        if await is_taken(self._calls, self._client):
            logger.info("a workspace that is told to have removed the app has it still", extra={"team": team_id})
            return
        await self._forget_workspace(team.ref)


class Several:
    """Workspaces that are found in different ways: the first that knows one speaks for it."""

    def __init__(self, *ways: Teams) -> None:
        self._ways = ways

    async def find(self, team_id: str, enterprise_id: str | None) -> Team | None:
        """The workspace, None where no way finds it."""
        for way in self._ways:
            team = await way.find(team_id, enterprise_id)
            if team is not None:
                return team
        return None

    async def known(self, team_id: str) -> Team | None:
        """The workspace; an organisation's token, which takes any for its own, is asked after the installations."""
        for way in reversed(self._ways):
            team = await way.known(team_id)
            if team is not None:
                return team
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
        return error.word not in _ENDED
    return True


async def team_of_token(calls: Calls, client: AsyncWebClient, forget_workspace: Forget) -> OneTeam:
    """Whose token it is, asked of Slack once; NotConfigured where Slack does not take it."""
    try:
        return OneTeam(calls, client, await calls.api(client.auth_test), forget_workspace)
    except SlackFailed as error:
        if error.is_unclear:
            raise NotConfigured(
                f"Slack does not say whose SLACK_BOT_TOKEN is ({error.word}). Check the network, a proxy and "
                "SLACK_API_URL, then start again."
            ) from error
        raise NotConfigured(
            f"Slack does not accept SLACK_BOT_TOKEN ({error.word}). Copy the Bot User OAuth Token (xoxb-…) from the "
            "app's page OAuth & Permissions again."
        ) from error
