"""The workspaces that the app is in: for each request, whether the app is installed there, and with which token.

A workspace that installed the app by OAuth is stored under its own id, or under its organisation's if the installation
is for all of it. A workspace that has the app through its organisation is stored under its own id as a reference to the
organisation's installation.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

import aiohttp
from cachetools import Cache, TTLCache
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.retry import Sleep
from adapters.slack.api import NO_ANSWER, Calls, Json, SlackFailed, new_client
from adapters.slack.errors import DEAD, FATAL, meaning
from adapters.slack.manifest import UNFURL_SCOPES
from bot.domain.caller import WorkspaceRef
from bot.domain.clock import Clock
from bot.domain.errors import BotError, TokenRefused
from bot.store.chat_installs import Installations

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


_DROPPED = frozenset({"refresh_token", "expires_at", "bot_user_id"})
"""Fields of stored installations that are no longer read."""
MOST_KNOWN = 10_000
KNOWN_FOR = timedelta(minutes=1)
"""How long an installation is taken to be the same: another process may replace or remove it meanwhile."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in one workspace, or in a whole organisation. `id` is the workspace's or the organisation's.

    The token is not in the repr. `scopes` are those granted, separated by commas.
    """

    id: str
    enterprise_id: str | None
    name: str
    token: str = field(repr=False)
    scopes: str = ""

    @property
    def can_preview(self) -> bool:
        """Whether the workspace has granted what previews of links need."""
        return {scope for scope, _ in UNFURL_SCOPES} <= set(self.scopes.split(","))

    @property
    def body(self) -> str:
        """The installation as it is stored, tokens and all."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Member:
    """A workspace that has the app through its organisation."""

    organisation_id: str

    @property
    def body(self) -> str:
        """The reference as it is stored."""
        return json.dumps(asdict(self))


def stored(body: str) -> Installation | Member:
    """What a body holds."""
    known = json.loads(body)
    if "organisation_id" in known:
        return Member(**known)
    return Installation(**{name: each for name, each in known.items() if name not in _DROPPED})


class InstalledWorkspaces:
    """The workspaces of an app that anybody can install, and so none that the operator's own key may serve."""

    def __init__(
        self,
        installations: Installations,
        session: aiohttp.ClientSession,
        api_url: str,
        forget_workspace: Forget,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._installations = installations
        self._session = session
        self._api_url = api_url
        self._calls = Calls(session, sleep)
        self._forget_workspace = forget_workspace
        self._clock = clock
        self._known: Cache[str, SlackWorkspace] = TTLCache(MOST_KNOWN, KNOWN_FOR, timer=clock)

    async def find(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        """The workspace, None if the app is not installed. DatabaseUnavailable and NotConfigured pass through."""
        workspace = self._known.get(team_id)
        if workspace is None and (workspace := await self._found(team_id, enterprise_id)) is not None:
            self._known[team_id] = workspace
        return workspace

    async def known(self, team_id: str) -> SlackWorkspace | None:
        """The workspace, an organisation's if it was found with its `enterprise_id` once."""
        return await self.find(team_id, None)

    async def save(self, installation: Installation) -> None:
        """Keep an installation, in place of the one before. NotConfigured without SECRET_KEYS."""
        await self._installations.save(CHAT, installation.id, installation.body, self._clock())
        self._known.clear()

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:
        """The app was removed from a workspace, or with it from its whole organisation. Safe to repeat.

        Two events tell of one removal, in either order. When the second one comes, the workspace has no installation
        of its own any more, and its organisation may have one which nobody has removed.
        """
        known = await self._stored(team_id)
        if isinstance(known, Installation):
            if not await self._is_newer(known, removed_at):
                await self._remove(team_id, known.name)
            return
        organisation = await self._organisation(known, enterprise_id)
        if organisation is None:
            await self._remove(team_id, "")
            return
        if await self._works(organisation):
            return
        for scope, body in await self._installations.every(CHAT):
            if scope == organisation.id or stored(body) == Member(organisation.id):
                await self._remove(scope, organisation.name)

    async def _found(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        known = await self._stored(team_id)
        if isinstance(known, Installation):
            installation: Installation | None = known
        else:
            installation = await self._organisation(known, enterprise_id)
            if installation is not None and known != Member(installation.id):
                member, now = Member(installation.id), self._clock()
                await self._installations.replace(CHAT, team_id, known.body if known else None, member.body, now)
        return None if installation is None else self._team(team_id, installation)

    async def _organisation(self, known: Member | None, enterprise_id: str | None) -> Installation | None:
        organisation_id = enterprise_id or (known.organisation_id if known else None)
        found = await self._stored(organisation_id) if organisation_id else None
        return found if isinstance(found, Installation) else None

    async def _is_newer(self, installation: Installation, removed_at: datetime | None) -> bool:
        """Whether it was installed after a removal. Two clocks in whole seconds can't decide, so Slack is asked."""
        stored_at = await self._installations.stored_at(CHAT, installation.id)
        if removed_at is None or stored_at is None or stored_at <= removed_at:
            return False
        return await self._works(installation)

    async def _works(self, installation: Installation) -> bool:
        """Whether Slack still takes its token; in doubt it does."""
        return await is_taken(self._calls, self._team(installation.id, installation).client)

    async def _remove(self, scope: str, name: str) -> None:
        await self._installations.remove(CHAT, scope)
        self._known.pop(scope, None)
        await self._forget_workspace(_ref(scope, name))

    async def _stored(self, scope: str) -> Installation | Member | None:
        body = await self._installations.find(CHAT, scope)
        return stored(body) if body else None

    def _team(self, team_id: str, installation: Installation) -> SlackWorkspace:
        client = new_client(self._session, self._api_url, installation.token)
        ref = _ref(team_id, installation.name, can_preview=installation.can_preview)
        return SlackWorkspace(ref, installation.enterprise_id, client)


def _ref(team_id: str, name: str, *, can_preview: bool = False) -> WorkspaceRef:
    return WorkspaceRef(CHAT, team_id, name, is_operators=False, can_preview=can_preview, members_spend=True)
