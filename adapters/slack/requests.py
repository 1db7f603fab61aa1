"""Slack's requests: signature check, parsing and shape check.

The signature covers the raw bytes (Slack, Verifying requests), so it is checked before anything reads them. Bolt would
read them first, and answer a non-numeric timestamp with 500. Payloads of the wrong shape are refused first.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier

from bot.domain.clock import Clock

MAX_SSL_CHECK = 1_000
"""Bytes; Slack sends a word and a token."""
Shape: TypeAlias = "type | tuple[Shape, ...] | list[Any] | Mapping[str, Any]"
"""A type, one of several shapes, a list of one shape (`SOME` of it at least), or an object by its names.

A name that ends in `?` may be missing or null; `*` stands for every name.
"""
MOST_DEEP = 100
"""Levels of lists and objects; Slack's own payloads have a tenth of them."""
SOME = "some"
_PLACED: Shape = {"id": str, "enterprise_id?": str}
_COMMON: Shape = {
    "type?": str,
    "team?": (str, _PLACED),
    "team_id?": str,
    "enterprise?": (str, {"id": str}),
    "enterprise_id?": str,
    "user?": (str, {"id": str, "name?": str, "username?": str, "team_id?": str}),
    "user_id?": str,
    "user_name?": str,
    "channel?": (str, {"id": str}),
    "channel_id?": str,
    "authorizations?": [{"team_id?": str, "enterprise_id?": str, "user_id?": str}],
    "container?": {"is_ephemeral?": bool, "channel_id?": str},
    "view?": {"id?": str, "type?": str, "callback_id?": str, "team_id?": str, "app_installed_team_id?": str},
    "message?": {"ts?": str},
    "trigger_id?": str,
    "response_url?": str,
    "response_urls?": [{"response_url?": str, "channel_id?": str}],
    "event?": dict,
    "event_id?": str,
    "function_data?": {"execution_id?": str, "function?": dict, "inputs?": dict},
    "bot_access_token?": str,
}
_PERSON: Shape = {"id": str}
_KINDS: Mapping[str, Shape] = MappingProxyType(
    {
        "block_actions": {"user": _PERSON, "actions": [{"type": str, "action_id": str}, SOME]},
        "block_suggestion": {
            "user": _PERSON,
            "view": {"type": str, "callback_id": str},
            "action_id": str,
            "block_id": str,
            "value?": str,
        },
        "view_submission": {
            "user": _PERSON,
            "view": {
                "type": str,
                "callback_id": str,
                "private_metadata?": str,
                "state": {"values": {"*": {"*": {"selected_options?": [{"value": str}]}}}},
            },
        },
        "message_action": {"user": _PERSON, "callback_id": str, "message": dict},
        "shortcut": {"user": _PERSON, "callback_id": str},
        "event_callback": {
            "event_id": str,
            "event": {
                "type": str,
                "user?": (str, {"id": str}),
                "links?": [{"url": str}],
                "channel?": (str, {"id": str}),
                "text?": str,
                "thread_ts?": str,
                "team?": str,
                "tokens?": dict,
                "item?": dict,
                "assistant_thread?": dict,
                "message?": dict,
                "previous_message?": dict,
            },
        },
        "url_verification": {"challenge": str},
    }
)
"""What each `type` needs beside what all have in common."""
_COMMAND: Shape = {"command": str, "text?": str, "team_id": str, "user_id": str, "channel_id": str}


class BadRequest(ValueError):
    """Signed, but not a request of a kind that Slack sends."""


class SignatureCheck:
    """Verifies Slack's signature with the app's signing secret."""

    def __init__(self, signing_secret: str, clock: Clock) -> None:
        self._verifier = SignatureVerifier(signing_secret, _Seconds(clock))

    def is_slack(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether Slack sent this within the last five minutes."""
        timestamp = headers.get("x-slack-request-timestamp")
        signature = headers.get("x-slack-signature")
        try:
            return self._verifier.is_valid(body, timestamp, signature)
        except (ValueError, TypeError):  # no number, no UTF-8, no ASCII
            return False


def is_ssl_check(body: bytes) -> bool:
    """Whether the request only checks the certificate of a command's address, which Slack doesn't sign."""
    return len(body) <= MAX_SSL_CHECK and ("ssl_check", "1") in parse_qsl(body.decode("latin-1"))


def payload_of(body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """The payload of a request: JSON, a form, or JSON in a form's field. Raises BadRequest."""
    try:
        text = body.decode()
        if headers.get("content-type", "").startswith("application/json"):
            payload = json.loads(text)
        else:
            form = dict(parse_qsl(text, keep_blank_values=True))
            payload = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body can't be read") from error
    if not isinstance(payload, dict):
        raise BadRequest("the body isn't an object")
    return payload


class _Seconds(SdkClock):
    """The program's clock in the SDK's words."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


def is_well_formed(payload: Mapping[str, Any]) -> bool:
    """Whether a payload can be read as what it says it is. One of a kind that is not known here may have any shape."""
    if not (_is_shallow(payload) and _fits(payload, _COMMON)):
        return False
    kind = payload.get("type")
    if kind is None:
        return "ssl_check" in payload or _fits(payload, _COMMAND)
    return _fits(payload, _KINDS.get(kind, {}))


def _is_shallow(payload: object) -> bool:
    level: list[object] = [payload]
    for _ in range(MOST_DEEP):
        level = [child for each in level if isinstance(each, dict | list) for child in _children(each)]
        if not level:
            return True
    return False


def _children(value: dict[str, object] | list[object]) -> list[object]:
    return value if isinstance(value, list) else list(value.values())


def _fits(value: object, shape: Shape) -> bool:
    match shape:
        case type():
            return isinstance(value, shape)
        case tuple():
            return any(_fits(value, each) for each in shape)
        case list():
            each_shape, *some = shape
            is_long_enough = isinstance(value, list) and len(value) >= len(some)
            return is_long_enough and all(_fits(each, each_shape) for each in value)  # type: ignore[attr-defined]
        case _:
            return isinstance(value, dict) and all(_has(value, name, each) for name, each in shape.items())


def _has(value: Mapping[str, object], name: str, shape: Shape) -> bool:
    if name == "*":
        return all(_fits(each, shape) for each in value.values())
    if name.endswith("?"):
        given = value.get(name[:-1])
        return given is None or _fits(given, shape)
    return name in value and _fits(value[name], shape)
