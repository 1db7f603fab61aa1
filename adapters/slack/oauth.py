"""Slack's OAuth: where people are sent for their consent, and what their consent and a refresh token are exchanged for.

The SDK writes codes and tokens into the log at DEBUG, which `calls` keeps it from.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urljoin

import aiohttp

from adapters.slack.calls import Calls, SlackFailed, new_client
from adapters.slack.installation import Installation
from adapters.slack.manifest import SCOPES, UNFURL_SCOPES
from bot.domain.clock import Clock


class OAuth:
    """Speaks for one app. `api_url` is Slack's Web API or GovSlack's; the consent page is at the same host.

    `is_previewing` asks for the scopes of previews too, which the app's manifest must have.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        api_url: str,
        client_id: str,
        client_secret: str,
        clock: Clock,
        *,
        is_previewing: bool = False,
    ) -> None:
        self._calls = Calls(session)
        self._client = new_client(session, api_url, None)
        self._api_url = api_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = [scope for scope, _ in SCOPES + (UNFURL_SCOPES if is_previewing else ())]
        self._clock = clock

    def consent_url(self, state: str) -> str:
        """Where a person is asked whether the app may come in; Slack sends them back with the state."""
        query = {"client_id": self._client_id, "scope": ",".join(self._scopes), "state": state}
        return f"{urljoin(self._api_url, '../oauth/v2/authorize')}?{urlencode(query)}"

    async def exchange(self, code: str) -> Installation:
        """The installation that a consent's code stands for; SlackFailed where there is none. A code works once."""
        return self._installation(await self._access(code=code))

    async def refresh(self, old: Installation) -> Installation:
        """The installation with a new token; SlackFailed where there is none. A refresh token works once.

        Lose nothing of what this returns: the old token ends within hours, and cannot be refreshed again.
        """
        told = await self._access(grant_type="refresh_token", refresh_token=old.refresh_token or "")
        new = self._installation(told)
        return replace(old, token=new.token, refresh_token=new.refresh_token, expires_at=new.expires_at)

    def _installation(self, told: Mapping[str, Any]) -> Installation:
        enterprise, team = told.get("enterprise") or {}, told.get("team") or {}
        place = enterprise if told.get("is_enterprise_install") else team
        if not (told.get("access_token") and place.get("id")):
            raise SlackFailed("no_bot_token")
        seconds = told.get("expires_in")
        return Installation(
            id=str(place["id"]),
            enterprise_id=enterprise.get("id"),
            name=str(place.get("name") or ""),
            bot_user_id=str(told.get("bot_user_id") or ""),
            token=str(told["access_token"]),
            refresh_token=told.get("refresh_token"),
            scopes=str(told.get("scope") or ""),
            expires_at=self._clock() + timedelta(seconds=int(seconds)) if seconds else None,
        )

    async def _access(self, **form: str) -> Mapping[str, Any]:
        access = self._client.oauth_v2_access
        return await self._calls.api(access, client_id=self._client_id, client_secret=self._client_secret, **form)
