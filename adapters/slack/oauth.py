"""OAuth installation: the pages before and after Slack's consent page, and the exchange of its code for a token.

Against cross-site request forgery, the state is stored, works once within ten minutes, and must match a cookie in the
browser that started the installation. The SDK logs codes and tokens at DEBUG; `api` prevents that.
"""

import logging
import secrets
from datetime import timedelta
from html import escape
from urllib.parse import urlencode, urljoin

import aiohttp
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.slack.api import NO_ANSWER, Calls, SlackFailed, new_client
from adapters.slack.manifest import REDIRECT_PATH, SCOPES, UNFURL_SCOPES
from adapters.slack.workspaces import Installation, InstalledWorkspaces
from bot.domain.clock import Clock
from bot.domain.errors import BotError, NotConfigured
from bot.store.credentials import Installations

logger = logging.getLogger(__name__)

ROTATES_TOKENS = "token_rotation"
"""The bot's own error code for an app whose tokens expire."""
INSTALL_PATH = "/slack/install"
COOKIE = "contentstats_install"
STATE_LIFETIME = timedelta(minutes=10)
_ON_PAGE = "on the app's page Basic Information"
AGAIN = f'<p><a href="{INSTALL_PATH}">Start again</a></p>'
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<body>
<h1>{title}</h1>
<p>{sentence}</p>
{more}
</body>
</html>
"""
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the URL contains the code
    "X-Content-Type-Options": "nosniff",
}
_ROTATES = (
    "Token rotation is turned on for this app, and the bot can't use tokens that expire. Turn it off in the app's "
    "settings under OAuth & Permissions. If Slack doesn't allow that, create the app again from the bot's manifest."
)
_WRONG_CREDENTIALS = frozenset({"bad_client_secret", "invalid_client_id"})


class OAuth:
    """OAuth client of one app. `api_url` is the Web API of Slack or GovSlack, whose host also has the consent page.

    `is_previewing` requests the scopes for link previews too, which the app's manifest must have.
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
        """The URL of Slack's consent page, which redirects back with the state."""
        query = {"client_id": self._client_id, "scope": ",".join(self._scopes), "state": state}
        return f"{urljoin(self._api_url, '../oauth/v2/authorize')}?{urlencode(query)}"

    async def exchange(self, code: str) -> Installation:
        """Exchange a code, which works once, for an installation. Raises SlackFailed.

        An app with token rotation is refused (`ROTATES_TOKENS`), because the bot can't use tokens that expire.
        """
        response = await self._calls.api(
            self._client.oauth_v2_access, client_id=self._client_id, client_secret=self._client_secret, code=code
        )
        enterprise, workspace = response.get("enterprise") or {}, response.get("team") or {}
        target = enterprise if response.get("is_enterprise_install") else workspace
        if not (response.get("access_token") and target.get("id")):
            raise SlackFailed("no_bot_token")
        if response.get("refresh_token") or response.get("expires_in"):
            raise SlackFailed(ROTATES_TOKENS)
        return Installation(
            id=str(target["id"]),
            enterprise_id=enterprise.get("id"),
            name=str(target.get("name") or ""),
            token=str(response["access_token"]),
            scopes=str(response.get("scope") or ""),
        )


class InstallPages:
    """The installation pages GET /slack/install and GET /slack/oauth_redirect."""

    def __init__(self, oauth: OAuth, workspaces: InstalledWorkspaces, states: Installations, clock: Clock) -> None:
        self._oauth = oauth
        self._workspaces = workspaces
        self._states = states
        self._clock = clock

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes of both pages. The app's manifest has the second as its redirect URL."""
        return (Route(INSTALL_PATH, self._begin, methods=["GET"]), Route(REDIRECT_PATH, self._finish, methods=["GET"]))

    async def _begin(self, _: Request) -> Response:
        state, now = secrets.token_urlsafe(32), self._clock()
        try:
            await self._states.issue_state(state, now, now + STATE_LIFETIME)
        except BotError as error:
            return _error_page(503, str(error))
        answer = RedirectResponse(self._oauth.consent_url(state), 302, _HEADERS)
        seconds = int(STATE_LIFETIME.total_seconds())
        answer.set_cookie(COOKIE, state, seconds, path="/slack", secure=True, httponly=True, samesite="lax")
        return answer

    async def _finish(self, request: Request) -> Response:
        answer = await self._finish_install(request)
        answer.delete_cookie(COOKIE, path="/slack", secure=True, httponly=True, samesite="lax")
        return answer

    async def _finish_install(self, request: Request) -> Response:
        state, cookie = request.query_params.get("state", ""), request.cookies.get(COOKIE, "")
        if not state or not secrets.compare_digest(state.encode(), cookie.encode()):
            return _error_page(400, "This installation wasn't started in this browser, or cookies are blocked.")
        try:
            if not await self._states.consume_state(state, self._clock()):
                return _error_page(
                    400, "This installation has already finished, or was started more than ten minutes ago."
                )
            if error := request.query_params.get("error"):
                return _denied(error)
            return await self._installed(request.query_params.get("code", ""))
        except BotError as error:
            logger.exception("OAuth installation failed")
            return _error_page(503, str(error))

    async def _installed(self, code: str) -> Response:
        try:
            installation = await self._oauth.exchange(code)
        except SlackFailed as error:
            logger.warning("Slack refused the OAuth installation", extra={"error": error.code})
            return _refused(error.code)
        await self._workspaces.save(installation)
        logger.info("app installed", extra={"scope": installation.id})
        name = installation.name or "your workspace"
        more = "<p>Go back to Slack and type <code>/contentstats help</code>.</p>"
        return _page(200, "Installed", f"The app is now in {name}.", more)


def ensure_oauth_ready(client_id: str, client_secret: str, signing_secret: str, keys: tuple[str, ...]) -> None:
    """Raise NotConfigured if any of the four settings for OAuth installation is empty; the message names them."""
    needed = {
        "SLACK_CLIENT_ID": (client_id, _ON_PAGE),
        "SLACK_CLIENT_SECRET": (client_secret, _ON_PAGE),
        "SLACK_SIGNING_SECRET": (signing_secret, _ON_PAGE),
        "SECRET_KEYS": (keys, "encrypts the workspaces' tokens; make one with: openssl rand -hex 32"),
    }
    missing = [f"{name} ({where})" for name, (value, where) in needed.items() if not value]
    if missing:
        given = " and ".join(name for name, (value, _) in needed.items() if value and name.startswith("SLACK_CLIENT_"))
        raise NotConfigured(f"{given} is for many workspaces. For that, also set {' and '.join(missing)}.")


def _denied(error: str) -> Response:
    if error == "access_denied":
        return _page(200, "Not installed", "You didn't allow the app, so nothing was installed.", AGAIN)
    return _error_page(400, f"Slack couldn't ask for your consent ({error}).")


def _refused(code: str) -> Response:
    if code in _WRONG_CREDENTIALS:
        return _error_page(
            500, "Slack doesn't know this app. Ask its operator to check SLACK_CLIENT_ID and SLACK_CLIENT_SECRET."
        )
    if code == NO_ANSWER:
        return _error_page(502, "Slack didn't respond.")
    if code == ROTATES_TOKENS:
        return _error_page(400, _ROTATES)
    return _error_page(400, f"Slack didn't accept the consent ({code}).")


def _error_page(status: int, sentence: str) -> Response:
    return _page(status, "Not installed", sentence, AGAIN)


def _page(status: int, title: str, sentence: str, more: str) -> Response:
    return HTMLResponse(_PAGE.format(title=title, sentence=escape(sentence), more=more), status, _HEADERS)
