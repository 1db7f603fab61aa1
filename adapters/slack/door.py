"""The door for requests over HTTP: only what Slack has signed gets in, and it is read after that.

The signature is checked on the bytes as they came (Slack, Verifying requests), before anything reads them. Bolt would
read them first, and answer a timestamp that is no number with 500.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier

from bot.domain.clock import Clock

MAX_SSL_CHECK = 1_000
"""Bytes; Slack sends a word and a token."""


class BadRequest(ValueError):
    """Signed, and yet no request of a kind that Slack sends."""


class Door:
    """Knows Slack's signature by the app's signing secret."""

    def __init__(self, signing_secret: str, clock: Clock) -> None:
        self._verifier = SignatureVerifier(signing_secret, _Seconds(clock))

    def is_slack(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether Slack has sent this, in the last five minutes."""
        timestamp = headers.get("x-slack-request-timestamp")
        signature = headers.get("x-slack-signature")
        try:
            return self._verifier.is_valid(body, timestamp, signature)
        except (ValueError, TypeError):  # no number, no UTF-8, no ASCII
            return False


def is_ssl_check(body: bytes) -> bool:
    """Whether somebody only looks at the certificate, as Slack does at a command's address. That need not be signed."""
    return len(body) <= MAX_SSL_CHECK and ("ssl_check", "1") in parse_qsl(body.decode("latin-1"))


def payload_of(body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """What a request says: JSON, a form, or JSON in a form's field. Raises BadRequest."""
    try:
        text = body.decode()
        if headers.get("content-type", "").startswith("application/json"):
            said = json.loads(text)
        else:
            form = dict(parse_qsl(text, keep_blank_values=True))
            said = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body cannot be read") from error
    if not isinstance(said, dict):
        raise BadRequest("the body is no object")
    return said


class _Seconds(SdkClock):
    """The program's clock in the SDK's words."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()
