"""Slack's error codes as data: what each one means for a post, an edit, a token or a connection.

Source: the Errors sections of chat.postMessage, chat.update, apps.connections.open and auth.test.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.chat.pacing import NEVER_SENT, SOON
from bot.delivery.poster import Later, Rejected, Unclear

RATE_LIMITED = "ratelimited"
LONGEST = timedelta(hours=1)

_OR_ANOTHER = ", or choose another channel."
_REINSTALL = "An admin of the workspace has to install it again."
_NO_ENTRY = "This workspace doesn't let the bot post there. Ask an admin to allow it" + _OR_ANOTHER
_REMOVED = "Slack no longer accepts the bot's token: the bot was removed, or its token replaced. " + _REINSTALL
_GONE = "The message to update was deleted, so nothing was changed. Run the command again."
_NO_THREAD = "The thread was deleted or closed. Post in the channel or another thread instead."
_NO_PERSON = "The bot can't message this person: they left, or they block messages from apps."

PERMANENT: Mapping[str, str] = MappingProxyType(
    {
        "channel_not_found": "The bot isn't in this channel, or the channel was deleted. Invite the bot with "
        "/invite" + _OR_ANOTHER,
        "not_in_channel": "The bot isn't in this channel. Invite it with /invite" + _OR_ANOTHER,
        **dict.fromkeys(("is_archived", "is_inactive"), "The channel is archived. Unarchive it" + _OR_ANOTHER),
        **dict.fromkeys(("account_inactive", "token_revoked", "invalid_auth", "not_authed"), _REMOVED),
        "missing_scope": "The bot lacks a permission. " + _REINSTALL,
        "not_allowed_token_type": "Slack needs another kind of token. Ask your admin to set SLACK_BOT_TOKEN to the "
        "Bot User OAuth Token (xoxb-…).",
        "team_access_not_granted": "The organisation hasn't given the bot this workspace. Ask an org admin to add it "
        "on the app's page.",
        **dict.fromkeys(
            (
                "restricted_action",
                "restricted_action_read_only_channel",
                "no_permission",
                "access_denied",
                "enterprise_is_restricted",
            ),
            _NO_ENTRY,
        ),
        "ekm_access_denied": "An admin of this workspace has paused messages. Ask them when to try again.",
        "accesslimited": "Slack blocks this network. Ask your admin to add it to the app's allowed addresses.",
        "restricted_action_thread_only_channel": "Only replies in threads are allowed there. Choose another channel.",
        "restricted_action_non_threadable_channel": "Threads aren't allowed there. Choose another channel.",
        **dict.fromkeys(("restricted_action_thread_locked", "cannot_reply_to_message", "thread_not_found"), _NO_THREAD),
        "messages_tab_disabled": "This app doesn't take direct messages. Ask your admin to turn on its Messages tab.",
        **dict.fromkeys(("user_not_found", "user_disabled", "cannot_dm_bot", "user_not_visible"), _NO_PERSON),
        **dict.fromkeys(("message_not_found", "cant_update_message", "edit_window_closed"), _GONE),
    }
)
"""Errors that no retry fixes, with what a person can do."""

NO_REPLIES = frozenset(
    {
        *("thread_not_found", "cannot_reply_to_message"),
        *("restricted_action_thread_locked", "restricted_action_non_threadable_channel"),
    }
)
"""Errors after which a message can still be posted outside the thread."""
BOT_FAULTS = frozenset(
    """
    as_user_not_supported block_mismatch invalid_arg_name invalid_arguments invalid_array_arg invalid_attachments
    invalid_blocks invalid_blocks_format invalid_charset invalid_form_data invalid_json invalid_metadata_format
    invalid_metadata_schema invalid_post_type json_not_object markdown_text_conflict metadata_must_be_sent_from_app
    metadata_too_large missing_post_type msg_blocks_too_long msg_too_long no_text too_many_attachments
    """.split()  # noqa: SIM905 - two dozen quoted words are harder to read
)
"""Errors that only a bug in this program can cause."""
UNCLEAR = frozenset(
    {"duplicate_channel_not_found", "duplicate_message_not_found", "fatal_error", "internal_error", "update_failed"}
)
"""Errors that, by Slack's documentation, may follow partial success or a repeated `client_msg_id`."""
DEAD: Mapping[str, str] = MappingProxyType(
    {
        "account_inactive": "its user or workspace was deleted or deactivated",
        "invalid_auth": "the token is invalid, or this machine's address isn't allowed to use it",
        "not_authed": "no token was sent",
        "token_expired": "the token has expired",
        "token_revoked": "the token was revoked, or the app was removed",
    }
)
"""Errors for a token that Slack no longer accepts."""
TOKEN_ERRORS: Mapping[str, str] = MappingProxyType(
    {
        **DEAD,
        "missing_args": "no token was sent",
        "missing_scope": "the token lacks a scope",
        "not_allowed_token_type": "it is a token of another kind",
    }
)
"""Errors that last until somebody changes the token in the settings."""
_REQUEST = "Slack couldn't read the request, which a proxy may have changed"
_POLICY = "an admin's policy blocks the app for now"
_SLACK = "Slack has a problem on its end"
TEMPORARY: Mapping[str, str] = MappingProxyType(
    {
        "access_denied": _POLICY,
        "accesslimited": "Slack doesn't accept calls from this network",
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
"""Errors that Slack may return for a valid token."""


def outcome_of(error: Exception) -> Rejected | Later | Unclear:
    """The outcome of a failed post or edit."""
    if isinstance(error, SlackApiError):
        return _outcome_of_response(error.response)
    if isinstance(error, NEVER_SENT):
        return Later(SOON, "no_connection")
    return Unclear(type(error).__name__)


def error_details(error: Exception) -> object:
    """Details of an error for the log."""
    data = response_data(error.response) if isinstance(error, SlackApiError) else {}
    return data.get("errors") or data.get("response_metadata") or str(error)


def _outcome_of_response(response: Any) -> Rejected | Later | Unclear:  # noqa: ANN401 - the SDK's response, or aiohttp's if the body isn't JSON
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = response_data(response)
    code = str(data.get("error") or "")
    if status == 429 or code in {RATE_LIMITED, "rate_limited", "message_limit_exceeded"}:
        after = retry_after(response.headers)
        return Later(SOON if after is None else min(timedelta(seconds=after), LONGEST), RATE_LIMITED)
    if code in UNCLEAR or status >= 500 or (not code and status < 400):
        return Unclear(code or f"status_{status}")
    if code in PERMANENT:
        needed = data.get("needed") if code == "missing_scope" else None
        sentence = PERMANENT[code] + (f" Missing scope: {needed}." if needed else "")
        return Rejected(code, sentence, is_message=sentence in {_GONE, _NO_THREAD})
    if code in BOT_FAULTS:
        sentence = (
            f"Slack didn't accept the message ({code}). This is a bug in the bot; please report it to your admin."
        )
        return Rejected(code, sentence, is_message=True)
    return Later(SOON, code or f"status_{status}")


def response_data(response: object) -> dict[str, Any]:
    """The JSON object of a failed response, of whichever type the SDK keeps; empty if it has none."""
    data = getattr(response, "data", None)
    return data if isinstance(data, dict) else {}


def retry_after(headers: Mapping[str, str]) -> int | None:
    """The seconds in Retry-After, at least one; None if the header is missing or invalid."""
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return max(1, int(text[:9])) if text.isascii() and text.isdecimal() else None


def described(code: str) -> str:
    """An error code with its meaning, if it is documented, for operators."""
    data = TOKEN_ERRORS.get(code) or TEMPORARY.get(code)
    return f"{code}: {data}" if data else code
