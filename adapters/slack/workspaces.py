"""Slack workspaces: finds the workspace of a request and its token, from SLACK_BOT_TOKEN or OAuth installations.

An OAuth installation is stored under the id of its workspace, or of its organisation if it is for a whole one. A
workspace that has the app through its organisation is stored as a reference to the organisation's installation.
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

from adapters.chat.pacing import Sleep
from adapters.slack.api import NO_ANSWER, Calls, Json, SlackFailed, new_client
from adapters.slack.errors import DEAD, TOKEN_ERRORS, described
from adapters.slack.manifest import UNFURL_SCOPES
from bot.domain.caller import WorkspaceRef
from bot.domain.clock import Clock
from bot.domain.errors import BotError, TokenRefused
from bot.store.credentials import Installations

logger = logging.getLogger(__name__)

CHAT = "slack"

Forget: TypeAlias = Callable[[WorkspaceRef], Awaitable[None]]
"""Deletes all data of a workspace. Safe to repeat."""

_AWAY = (
    "Slack doesn't confirm SLACK_BOT_TOKEN ({code}), so nothing can be done there yet. I keep trying. If it keeps "
    "happening, check the network, a proxy and SLACK_API_URL."
)
_REFUSED = (
    "Slack doesn't accept SLACK_BOT_TOKEN ({code}). Copy the Bot User OAuth Token (xoxb-…) from the app's page OAuth "
    "& Permissions again."
)


@dataclass(frozen=True, slots=True)
class SlackWorkspace:
    """A workspace that has the app, and a client with its token. `enterprise_id` is its organisation, if it has one."""

    ref: WorkspaceRef
    enterprise_id: str | None
    client: AsyncWebClient


class Workspaces(Protocol):
    """Finds workspaces. May read the database, so it is used only after the acknowledgement."""

    async def find(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        """The workspace of a request; None if the app isn't installed there. May raise BotError."""
        ...

    async def known(self, team_id: str) -> SlackWorkspace | None:
        """The workspace with a stored id, for posts without a request. Raises as `find` does."""
        ...

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:
        """Delete a workspace's data and token after the app was removed. Safe to repeat.

        Slack may redeliver the event for an hour, so an installation newer than `removed_at` is kept.
        """
        ...


class SlackUnreachable(BotError):
    """Slack doesn't answer, so a token couldn't be checked. Retry later."""


class SingleWorkspace:
    """The workspace or organisation of SLACK_BOT_TOKEN.

    `identity` is the response of auth.test, if known; otherwise, Slack is asked, and `find` raises SlackUnreachable
    until it answers.
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
        """Return the response of auth.test, calling it if necessary. Raises SlackUnreachable or TokenRefused."""
        if self._identity is None:
            await self.check()
        return self._identity or {}

    async def check(self) -> None:
        """Check that Slack accepts the token. Raises SlackUnreachable or TokenRefused."""
        try:
            identity = await self._calls.api(self._client.auth_test)
        except SlackFailed as error:
            if error.code in TOKEN_ERRORS:
                raise TokenRefused(_REFUSED.format(code=described(error.code))) from error
            raise SlackUnreachable(_AWAY.format(code=described(error.code))) from error
        if not (identity.get("team_id") or identity.get("enterprise_id")):
            raise SlackUnreachable(_AWAY.format(code=NO_ANSWER))
        self._identity = identity

    async def find(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        """The token's workspace, or any workspace of its organisation if the token is the organisation's."""
        identity = await self.identify()
        name, own_enterprise = str(identity.get("team") or ""), _enterprise_id(identity)
        ref = WorkspaceRef(CHAT, team_id, name, can_preview=self._is_previewing, members_spend=True)
        is_organisations = bool(identity.get("is_enterprise_install")) and enterprise_id is not None
        if team_id == identity.get("team_id") or (is_organisations and enterprise_id == own_enterprise):
            return SlackWorkspace(ref, own_enterprise, self._client)
        return None

    async def known(self, team_id: str) -> SlackWorkspace | None:
        """The token's workspace. For an organisation's token any workspace, since it doesn't list those it covers."""
        return await self.find(team_id, _enterprise_id(await self.identify()))

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:  # noqa: ARG002 - the protocol's
        """Forget the workspace if Slack no longer accepts the token. `removed_at` can't be compared with a setting."""
        workspace = await self.find(team_id, enterprise_id)
        if workspace is None:
            return
        if await is_token_accepted(self._calls, self._client):
            logger.info("app_uninstalled received, but the app is still installed", extra={"team": team_id})
            return
        await self._forget_workspace(workspace.ref)


class MultiWorkspace:
    """Combines several sources of workspaces, and uses the first that finds one."""

    def __init__(self, *sources: Workspaces) -> None:
        self._sources = sources

    async def find(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        """The workspace of a request; None if no source has it."""
        for source in self._sources:
            workspace = await source.find(team_id, enterprise_id)
            if workspace is not None:
                return workspace
        return None

    async def known(self, team_id: str) -> SlackWorkspace | None:
        """The workspace with a stored id. Sources are tried last to first: an organisation's token accepts any id."""
        for source in reversed(self._sources):
            workspace = await source.known(team_id)
            if workspace is not None:
                return workspace
        return None

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:
        """Forget the workspace in every source."""
        for source in self._sources:
            await source.forget(team_id, enterprise_id, removed_at)


async def is_token_accepted(calls: Calls, client: AsyncWebClient) -> bool:
    """Whether Slack still accepts the client's token; True if that is unclear."""
    try:
        await calls.api(client.auth_test)
    except SlackFailed as error:
        return error.code not in DEAD
    return True


def _enterprise_id(identity: Json) -> str | None:
    return identity.get("enterprise_id") or None


_DROPPED = frozenset({"refresh_token", "expires_at", "bot_user_id"})
"""Obsolete fields in stored installations."""
MAX_KNOWN = 10_000
KNOWN_FOR = timedelta(minutes=1)
"""How long an installation is cached. Another process may replace or remove it meanwhile."""


@dataclass(frozen=True, slots=True)
class Installation:
    """An OAuth installation in a workspace or a whole organisation, whose id is `id`.

    `scopes` are the granted ones, separated by commas.
    """

    id: str
    enterprise_id: str | None
    name: str
    token: str = field(repr=False)
    scopes: str = ""

    @property
    def can_preview(self) -> bool:
        """Whether the scopes for link previews were granted."""
        return {scope for scope, _ in UNFURL_SCOPES} <= set(self.scopes.split(","))

    @property
    def body(self) -> str:
        """The installation as JSON for the store, with its token."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class OrganisationMember:
    """A workspace that has the app through its organisation."""

    organisation_id: str

    @property
    def body(self) -> str:
        """The reference as JSON for the store."""
        return json.dumps(asdict(self))


def read_stored(body: str) -> Installation | OrganisationMember:
    """Decode a stored installation or reference."""
    fields = json.loads(body)
    if "organisation_id" in fields:
        return OrganisationMember(**fields)
    return Installation(**{name: each for name, each in fields.items() if name not in _DROPPED})


class InstalledWorkspaces:
    """The workspaces that installed the app by OAuth. Anybody can, so they can't use the operator's API key."""

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
        self._known: Cache[str, SlackWorkspace] = TTLCache(MAX_KNOWN, KNOWN_FOR, timer=clock)

    async def find(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        """The workspace of a request; None if it has no installation. Raises DatabaseUnavailable and NotConfigured."""
        workspace = self._known.get(team_id)
        if workspace is None and (workspace := await self._load(team_id, enterprise_id)) is not None:
            self._known[team_id] = workspace
        return workspace

    async def known(self, team_id: str) -> SlackWorkspace | None:
        """The workspace with a stored id. One of an organisation is known once `find` had its `enterprise_id`."""
        return await self.find(team_id, None)

    async def save(self, installation: Installation) -> None:
        """Store an installation, replacing an earlier one. Raises NotConfigured without SECRET_KEYS."""
        await self._installations.save(CHAT, installation.id, installation.body, self._clock())
        self._known.clear()

    async def forget(self, team_id: str, enterprise_id: str | None, removed_at: datetime | None) -> None:
        """Forget a workspace that removed the app, or all workspaces of an organisation that did. Safe to repeat.

        Slack sends two events per removal, in either order. At the second one, the workspace's own installation is
        gone already, but its organisation may have one that still works.
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
        if await self._is_accepted(organisation):
            return
        for scope, body in await self._installations.every(CHAT):
            if scope == organisation.id or read_stored(body) == OrganisationMember(organisation.id):
                await self._remove(scope, organisation.name)

    async def _load(self, team_id: str, enterprise_id: str | None) -> SlackWorkspace | None:
        known = await self._stored(team_id)
        if isinstance(known, Installation):
            installation: Installation | None = known
        else:
            installation = await self._organisation(known, enterprise_id)
            if installation is not None and known != OrganisationMember(installation.id):
                member, now = OrganisationMember(installation.id), self._clock()
                await self._installations.replace(CHAT, team_id, known.body if known else None, member.body, now)
        return None if installation is None else self._workspace(team_id, installation)

    async def _organisation(self, known: OrganisationMember | None, enterprise_id: str | None) -> Installation | None:
        organisation_id = enterprise_id or (known.organisation_id if known else None)
        found = await self._stored(organisation_id) if organisation_id else None
        return found if isinstance(found, Installation) else None

    async def _is_newer(self, installation: Installation, removed_at: datetime | None) -> bool:
        """Whether the app was reinstalled after the removal. Two clocks may disagree, so the token is checked too."""
        stored_at = await self._installations.stored_at(CHAT, installation.id)
        if removed_at is None or stored_at is None or stored_at <= removed_at:
            return False
        return await self._is_accepted(installation)

    async def _is_accepted(self, installation: Installation) -> bool:
        """Whether Slack still accepts the installation's token; True if that is unclear."""
        return await is_token_accepted(self._calls, self._workspace(installation.id, installation).client)

    async def _remove(self, scope: str, name: str) -> None:
        await self._installations.remove(CHAT, scope)
        self._known.pop(scope, None)
        await self._forget_workspace(_ref(scope, name))

    async def _stored(self, scope: str) -> Installation | OrganisationMember | None:
        body = await self._installations.find(CHAT, scope)
        return read_stored(body) if body else None

    def _workspace(self, team_id: str, installation: Installation) -> SlackWorkspace:
        client = new_client(self._session, self._api_url, installation.token)
        ref = _ref(team_id, installation.name, can_preview=installation.can_preview)
        return SlackWorkspace(ref, installation.enterprise_id, client)


def _ref(team_id: str, name: str, *, can_preview: bool = False) -> WorkspaceRef:
    return WorkspaceRef(CHAT, team_id, name, is_operators=False, can_preview=can_preview, members_spend=True)
