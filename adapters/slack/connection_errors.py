"""Slack's documented errors of `apps.connections.open` and `auth.test`: which end the chat, and what each one means.

Only words that call the token itself dead or unfit end anything. Every other word, listed or not, is waited out: the
call is repeated with a growing pause, and the log and /status show the word with its meaning.
"""

from collections.abc import Mapping
from types import MappingProxyType

DEAD: Mapping[str, str] = MappingProxyType(
    {
        "account_inactive": "its user or workspace was deleted or deactivated",
        "invalid_auth": "the token is invalid, or this machine's address isn't allowed to use it",
        "not_authed": "no token was sent",
        "token_expired": "the token has expired",
        "token_revoked": "the token was revoked, or the app was removed",
    }
)
"""Slack no longer knows the token."""

FATAL: Mapping[str, str] = MappingProxyType(
    {
        **DEAD,
        "missing_args": "no token was sent",
        "missing_scope": "the token lacks a scope",
        "not_allowed_token_type": "it is a token of another kind",
    }
)
"""No other try can succeed until somebody changes the token in the settings."""

_REQUEST = "Slack couldn't read the request, which a proxy may have changed"
_POLICY = "an admin's policy blocks the app for now"
_SLACK = "Slack has a problem of its own"

PASSING: Mapping[str, str] = MappingProxyType(
    {
        "access_denied": _POLICY,
        "accesslimited": "Slack takes no calls from this network",
        "deprecated_endpoint": "Slack has withdrawn this method; update the bot",
        "ekm_access_denied": _POLICY,
        "enterprise_is_restricted": _POLICY,
        "fatal_error": _SLACK,
        "forbidden_team": "the workspace may not use Socket Mode",
        "insecure_request": _REQUEST,
        "internal_error": _SLACK,
        "invalid_arg_name": _REQUEST,
        "invalid_arguments": _REQUEST,
        "invalid_array_arg": _REQUEST,
        "invalid_charset": _REQUEST,
        "invalid_form_data": _REQUEST,
        "invalid_post_type": _REQUEST,
        "method_deprecated": "Slack has withdrawn this method; update the bot",
        "missing_post_type": _REQUEST,
        "no_permission": "the token's user may not do this",
        "not_allowed": "Socket Mode is turned off for the app",
        "org_login_required": "the workspace is moving into an Enterprise organization",
        "rate_limited": "too many calls",
        "ratelimited": "too many calls",
        "request_timeout": _REQUEST,
        "service_unavailable": _SLACK,
        "team_access_not_granted": "the organization hasn't given the app this workspace",
        "team_added_to_org": "the workspace is moving into an Enterprise organization",
        "too_many_websockets": "ten connections of this app are open already",
        "two_factor_setup_required": "the token's user has to set up two-factor authentication",
    }
)
"""What Slack may answer to a good token."""


def meaning(word: str) -> str:
    """An error as it is shown to people: Slack's word and, if documented, what it means."""
    told = FATAL.get(word) or PASSING.get(word)
    return f"{word}: {told}" if told else word
