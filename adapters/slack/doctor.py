"""Doctor checks for Slack: token, scopes, clock, how requests arrive, channels. Posts nothing."""

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import aiohttp
from pydantic import SecretStr

from adapters.chat.doctor import NoAnswer, check_channels, no_answer
from adapters.slack.api import NO_ANSWER, SlackFailed, new_session
from adapters.slack.errors import PERMANENT
from adapters.slack.interaction import cannot_post_reason
from adapters.slack.manifest import SCOPES, UNFURL_SCOPES
from adapters.slack.oauth import OAuth, ensure_oauth_ready
from adapters.slack.workspaces import CHAT, Installation, read_stored
from bot.doctor import Check
from bot.domain.caller import WorkspaceRef
from bot.domain.clock import Clock, utc_now
from bot.domain.errors import BotError, NotConfigured
from bot.messages.wording import plural
from bot.settings import Settings
from bot.store import Store

MAX_WORKSPACES = 5
"""Workspaces that are listed by name."""
MAX_CLOCK_SKEW = 60
"""Seconds of clock skew that are reported. From 300 s on, every request from Slack is rejected as forged."""

_NOT_SEEN = (
    "not checked: this needs the scopes channels:read and groups:read. The bot can post in any public channel; "
    "invite it to private ones with /invite."
)
_COPY = "Copy the Bot User OAuth Token (xoxb-…) from the app's page OAuth & Permissions into SLACK_BOT_TOKEN."
_MAKE = (
    "Make an app-level token (xapp-…) with the scope connections:write on the app's page Basic Information, put it "
    "into SLACK_APP_TOKEN, and switch Socket Mode on."
)


class _Slack:
    """Minimal Web API client that also returns the response headers."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings) -> None:
        self.session = session
        self.url = settings.slack_api_url

    async def ask(self, method: str, token: str, **form: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """Call a method; returns the response and its headers. Raises SlackFailed or NoAnswer."""
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with self.session.post(urljoin(self.url, method), data=form, headers=headers) as response:
                data = json.loads(await response.read())
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NoAnswer(no_answer("Slack", self.url, error)) from error
        if not isinstance(data, dict) or not data.get("ok"):
            raise SlackFailed(str(data.get("error") or NO_ANSWER) if isinstance(data, dict) else NO_ANSWER)
        return data, response.headers


def _why(error: SlackFailed | NoAnswer, advice: str) -> str:
    """Describe a failure; `advice` is added if Slack answered."""
    return str(error) if isinstance(error, NoAnswer) else f"{error.code}: {advice}"


async def slack_checks(settings: Settings, clock: Clock = utc_now) -> tuple[Check, ...]:
    """Run the checks for the Slack settings that are set. Problems are returned, not raised."""
    token, client_id = settings.slack_bot_token, settings.slack_client_id
    if token is None and client_id is None and settings.slack_app_token is None:
        return ()
    async with new_session() as session:
        slack = _Slack(session, settings)
        found: list[Check] = []
        if token is not None:
            found += await _token(slack, token.get_secret_value(), settings, clock)
        elif client_id is None:
            found.append(Check("Slack token", ok=False, detail=f"SLACK_BOT_TOKEN isn't set. {_COPY}"))
        found.append(await _requests(slack, settings))
        if client_id is not None:
            found.append(await _oauth(slack, client_id, settings))
            found += await _installed(settings)
        return tuple(found)


async def _token(slack: _Slack, token: str, settings: Settings, clock: Clock) -> list[Check]:
    try:
        me, headers = await slack.ask("auth.test", token)
    except (SlackFailed, NoAnswer) as error:
        return [Check("Slack token", ok=False, detail=_why(error, _COPY))]
    if not me.get("bot_id"):
        return [Check("Slack token", ok=False, detail=f"SLACK_BOT_TOKEN isn't a bot token. {_COPY}")]
    where = f"{me.get('user')} in {me.get('team')}"
    found = [Check("Slack token", ok=True, detail=where), *_scopes(headers, settings), *_clock(headers, clock)]
    return [*found, *await _channels(slack, token, str(me.get("team_id")), settings)]


def _scopes(headers: Mapping[str, str], settings: Settings) -> list[Check]:
    given = headers.get("X-OAuth-Scopes")
    if given is None:
        return []
    missing = [f"{scope} ({why.rstrip('.')})" for scope, why in _missing(given, settings)]
    if not missing:
        return [Check("Slack scopes", ok=True, detail="all are there")]
    detail = f"missing: {'; '.join(missing)}. Add them on the app's page OAuth & Permissions, then install it again."
    return [Check("Slack scopes", ok=False, detail=detail)]


def _clock(headers: Mapping[str, str], clock: Clock) -> list[Check]:
    try:
        theirs = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return []
    ahead = round((clock() - theirs).total_seconds())
    if abs(ahead) < MAX_CLOCK_SKEW:
        return [Check("Slack clock", ok=True, detail="this machine's clock agrees with Slack's")]
    which = "ahead of" if ahead > 0 else "behind"
    detail = f"this machine's clock is {abs(ahead)} s {which} Slack's, so requests look forged. Sync it with NTP."
    return [Check("Slack clock", ok=False, detail=detail)]


async def _requests(slack: _Slack, settings: Settings) -> Check:
    """Check whether Slack can reach the bot. Socket Mode is tried out; HTTP can only be tried by Slack."""
    name = "Slack requests"
    if settings.slack_app_token is None:
        if settings.slack_signing_secret is None:
            detail = f"Slack can't reach the bot. For HTTP, set SLACK_SIGNING_SECRET; without a public address: {_MAKE}"
            return Check(name, ok=False, detail=detail)
        return Check(name, ok=True, detail="over HTTP, signed; the app's settings page shows whether they arrive")
    try:
        await slack.ask("apps.connections.open", settings.slack_app_token.get_secret_value())
    except (SlackFailed, NoAnswer) as error:
        return Check(name, ok=False, detail=_why(error, _MAKE))
    return Check(name, ok=True, detail="by Socket Mode")


async def _oauth(slack: _Slack, client_id: str, settings: Settings) -> Check:
    """Check the client id and secret by exchanging an invalid code, which Slack must answer with invalid_code."""
    name, secret = "Slack installing", _value(settings.slack_client_secret)
    try:
        ensure_oauth_ready(client_id, secret, _value(settings.slack_signing_secret), settings.encryption_keys)
        await OAuth(slack.session, slack.url, client_id, secret).exchange("doctor")
    except NotConfigured as error:
        return Check(name, ok=False, detail=str(error))
    except SlackFailed as error:
        if error.code == "invalid_code":
            return Check(name, ok=True, detail="any workspace can install the app at /slack/install")
        if error.code == NO_ANSWER:
            return Check(name, ok=False, detail=no_answer("Slack", slack.url, error))
        where = "Copy SLACK_CLIENT_ID and SLACK_CLIENT_SECRET from the app's page Basic Information again."
        return Check(name, ok=False, detail=_why(error, where))
    return Check(name, ok=False, detail="Slack accepted an invalid code. Check SLACK_API_URL.")


async def _installed(settings: Settings) -> list[Check]:
    """Check the scopes that each workspace granted when it installed the app, as stored."""
    try:
        async with Store.opened(settings.database_url, settings.encryption_keys) as store:
            installed = [read_stored(body) for _, body in await store.installations.every(CHAT)]
    except BotError:
        return []  # the database and its keys have checks of their own
    known = [each for each in installed if isinstance(each, Installation) and each.scopes]
    missing = {each.name or each.id: _missing(each.scopes, settings) for each in known}
    lacking = [f"{name}: {', '.join(scope for scope, _ in scopes)}" for name, scopes in missing.items() if scopes]
    if not known:
        return []
    if not lacking:
        return [Check("Slack workspaces", ok=True, detail=f"all scopes are there in {plural(len(known), 'workspace')}")]
    more = f" and {len(lacking) - MAX_WORKSPACES} more" if len(lacking) > MAX_WORKSPACES else ""
    shown = f"scopes are missing in {'; '.join(lacking[:MAX_WORKSPACES])}{more}"
    return [Check("Slack workspaces", ok=False, detail=f"{shown}. An admin of each installs the app again.")]


def _missing(given: str, settings: Settings) -> list[tuple[str, str]]:
    """The scopes that these settings need and that weren't granted, each with its reason."""
    has = {scope.strip() for scope in given.split(",")}
    required = SCOPES + (UNFURL_SCOPES if settings.slack_preview_domains else ())
    return [(scope, why) for scope, why in required if scope not in has]


def _value(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


async def _channels(slack: _Slack, token: str, team_id: str, settings: Settings) -> list[Check]:
    """Check whether the bot can post in the recently used channels, if its scopes let it look."""

    async def problem(_: WorkspaceRef, channel_id: str) -> str:
        try:
            channel = (await slack.ask("conversations.info", token, channel=channel_id))[0]["channel"]
        except SlackFailed as error:
            if error.code != "channel_not_found":
                raise
            return f"{channel_id}: {PERMANENT[error.code]}"
        reason = cannot_post_reason(channel)
        return f"{channel_id}: {reason}" if reason else ""

    workspace = WorkspaceRef(CHAT, team_id, "")
    try:
        return await check_channels("Slack", settings, (workspace,), problem, lambda id_: id_[:1] in {"C", "G"})
    except (SlackFailed, NoAnswer):
        return [Check("Slack channels", ok=True, detail=_NOT_SEEN)]
