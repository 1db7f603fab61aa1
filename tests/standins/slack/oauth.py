"""Installing and removing apps: the consent page and oauth.v2.access."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlencode

from tests.standins.slack.apps import CODE_LIFE, App, Grant, Token
from tests.standins.slack.calls import Call
from tests.standins.slack.people import Enterprise, Team
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's consent, for their workspace or the whole organisation."""

    user: str
    is_for_enterprise: bool = False


def authorize(world: World, query: Mapping[str, str], consent: Consent | None) -> str:
    """The address that the consent page redirects to; without a consent the person pressed Cancel.

    Raises Refusal for errors on the page: an unknown app, a scope that the app lacks, an unregistered redirect_uri.
    """
    app = next((each for each in world.apps.values() if each.client_id == query.get("client_id")), None)
    if app is None:
        raise Refusal("invalid_client_id")
    scopes = frozenset(scope for scope in query.get("scope", "").split(",") if scope)
    if not scopes or not scopes <= app.scopes:
        raise Refusal("invalid_scope")
    redirect = query.get("redirect_uri") or (app.redirect_urls[0] if app.redirect_urls else "")
    if not redirect or not any(redirect.startswith(own) for own in app.redirect_urls):
        raise Refusal("bad_redirect_uri")
    if consent is None:
        return f"{redirect}?{urlencode({'error': 'access_denied', 'state': query.get('state', '')})}"
    user = world.users[consent.user]
    code = secrets.token_hex(16)
    world.grants[code] = Grant(
        app,
        user.team,
        user.id,
        scopes,
        query.get("redirect_uri", ""),
        world.clock(),
        is_for_enterprise=consent.is_for_enterprise,
    )
    return f"{redirect}?{urlencode({'code': code, 'state': query.get('state', '')})}"


def access(world: World, call: Call) -> Json:
    """oauth.v2.access: exchanges a code for a token, once."""
    app = _client(world, call)
    grant = world.grants.get(call.text("code"))
    if grant is None or grant.app is not app or world.clock() - grant.made_at > CODE_LIFE:
        raise Refusal("invalid_code")
    if grant.is_used:
        raise Refusal("code_already_used")
    if grant.redirect_uri != call.text("redirect_uri"):
        raise Refusal("bad_redirect_uri")
    grant.is_used = True
    place = grant.team.enterprise if grant.is_for_enterprise else grant.team
    assert place is not None
    token = world.install(app, place, grant.scopes)
    return {**_described(token), "authed_user": {"id": grant.user}}


def _client(world: World, call: Call) -> App:
    """The app whose id and secret are in the Authorization header or the arguments."""
    name, secret = call.text("client_id"), call.text("client_secret")
    kind, _, basic = call.headers.get("Authorization", "").partition(" ")
    if kind == "Basic":
        try:
            name, _, secret = base64.b64decode(basic).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Refusal("invalid_client_id") from None
    app = next((each for each in world.apps.values() if each.client_id == name), None)
    if app is None:
        raise Refusal("invalid_client_id")
    if not secrets.compare_digest(secret, app.client_secret):
        raise Refusal("bad_client_secret")
    return app


def _described(token: Token) -> Json:
    team, enterprise = token.team, token.enterprise
    described: Json = {
        "app_id": token.app.id,
        "access_token": token.value,
        "token_type": "bot",
        "scope": ",".join(sorted(token.scopes)),
        "bot_user_id": token.bot_user,
        "team": {"id": team.id, "name": team.name} if team else None,
        "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
        "is_enterprise_install": team is None,
    }
    return described | ({"refresh_token": "xoxe-1-x", "expires_in": 43_200} if token.app.is_rotating else {})


def remove(world: World, app: App, place: Team | Enterprise) -> None:
    """Remove the app: its tokens are revoked and its bot is deleted."""
    for token in world.bot_tokens(app, place):
        token.is_revoked = True
        world.users[token.bot_user].deleted = True
