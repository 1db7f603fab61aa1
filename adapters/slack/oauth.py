"""Slack's OAuth: the consent page, and the exchange of its code for an installation.

The SDK writes codes and tokens into the log at DEBUG, which `calls` keeps it from.
"""

from urllib.parse import urlencode, urljoin

import aiohttp

from adapters.slack.calls import Calls, SlackFailed, new_client
from adapters.slack.installation import Installation
from adapters.slack.manifest import SCOPES, UNFURL_SCOPES

ROTATING = "token_rotation"
"""Our own word for an app whose tokens expire."""


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
        *,
        is_previewing: bool = False,
    ) -> None:
        self._calls = Calls(session)
        self._client = new_client(session, api_url, None)
        self._api_url = api_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = [scope for scope, _ in SCOPES + (UNFURL_SCOPES if is_previewing else ())]

    def consent_url(self, state: str) -> str:
        """Where a person is asked whether the app may come in; Slack sends them back with the state."""
        query = {"client_id": self._client_id, "scope": ",".join(self._scopes), "state": state}
        return f"{urljoin(self._api_url, '../oauth/v2/authorize')}?{urlencode(query)}"

    async def exchange(self, code: str) -> Installation:
        """Exchange a consent's code, which works once, for its installation. Raises SlackFailed.

        An app with token rotation is refused (`ROTATING`): the tokens of the bot must not expire.
        """
        told = await self._calls.api(
            self._client.oauth_v2_access, client_id=self._client_id, client_secret=self._client_secret, code=code
        )
        enterprise, team = told.get("enterprise") or {}, told.get("team") or {}
        place = enterprise if told.get("is_enterprise_install") else team
        if not (told.get("access_token") and place.get("id")):
            raise SlackFailed("no_bot_token")
        if told.get("refresh_token") or told.get("expires_in"):
            raise SlackFailed(ROTATING)
        return Installation(
            id=str(place["id"]),
            enterprise_id=enterprise.get("id"),
            name=str(place.get("name") or ""),
            bot_user_id=str(told.get("bot_user_id") or ""),
            token=str(told["access_token"]),
            scopes=str(told.get("scope") or ""),
        )
