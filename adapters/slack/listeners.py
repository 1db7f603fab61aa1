"""Incoming requests from Slack: signature verification, payload validation, Bolt listeners and acknowledgements.

The signature covers the raw bytes (Slack, Verifying requests), so it is checked before they are parsed. Bolt would
parse them first, and answer a non-numeric timestamp with 500.

There is one listener per kind of request, since Bolt searches its listeners one by one. A listener acknowledges, starts
a background task and returns. It must not raise, because Bolt would then lose the acknowledgement. Nothing before the
acknowledgement uses the database or the network, except for a menu's options, which are the acknowledgement.
"""

import contextlib
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.response import BoltResponse
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.conversation import BackgroundTasks
from adapters.slack.api import Calls, SlackFailed
from adapters.slack.events import Events
from adapters.slack.forms import errors
from adapters.slack.handlers import Handlers
from adapters.slack.interaction import Payload
from adapters.slack.render import messages
from bot.domain.clock import Clock
from bot.messages.problems import busy

_JSON: dict[str, str | Sequence[str]] = {"content-type": ["application/json"]}
_QUICK = frozenset({"block_suggestion", "url_verification", "view_closed"})
"""Kinds that are answered by the acknowledgement, so they need no background task."""
_ANY = re.compile("")
_Job: TypeAlias = Callable[[Payload, AsyncBoltContext], Awaitable[None]]


class Overload:
    """Refuses requests while `background` is full. Refusals that need an API call are tasks with their own limit."""

    def __init__(self, background: BackgroundTasks, calls: Calls) -> None:
        self._background = background
        self._calls = calls
        self._refusals = BackgroundTasks()

    async def drain(self, seconds: float) -> None:
        """Wait up to `seconds` for refusals that are being sent."""
        await self._refusals.drain(seconds)

    def refusal(self, payload: Mapping[str, Any]) -> BoltResponse | None:
        """The "busy" response to a well-formed payload; None if it can be handled."""
        kind, view = payload.get("type"), payload.get("view") or {}
        is_filling = kind == "block_actions" and view.get("type") == "modal"
        if self._background.has_room or kind in _QUICK or is_filling or "ssl_check" in payload:
            return None
        if "command" in payload:
            return BoltResponse(status=200, body=busy().summary)
        if kind == "view_submission" and view["state"]["values"]:
            field = next(iter(view["state"]["values"]))
            return BoltResponse(status=200, headers=_JSON, body=json.dumps(errors({field: busy().summary})))
        url = payload.get("response_url")
        if not url or not self._refusals.has_room:
            return BoltResponse(status=503)
        self._refusals.start(partial(self._respond_busy, url))
        return BoltResponse(status=200)

    async def _respond_busy(self, url: str) -> None:
        message = messages(busy())[0]
        body = {"text": message.text, "blocks": list(message.blocks), "response_type": "ephemeral"}
        with contextlib.suppress(SlackFailed):
            await self._calls.respond(url, {**body, "replace_original": False})


class Listeners:
    """Bolt's listeners: acknowledge, and pass the request on to the handlers in the background."""

    def __init__(self, handlers: Handlers, events: Events, background: BackgroundTasks) -> None:
        self._handlers = handlers
        self._events = events
        self._background = background

    def app(self, client: AsyncWebClient) -> AsyncApp:
        """A Bolt app with these listeners. Each option is set, since Bolt reads missing ones from the environment."""
        bolt = AsyncApp(
            name="contentstats-bot",
            logger=_bolt_logger(),
            client=client,
            authorize=_AllowAll(),
            process_before_response=True,  # otherwise, Bolt polls for the acknowledgement every 10 ms
            signing_secret="",  # SignatureCheck has verified the request
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,  # Events ignores messages from bots
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        bolt.command(_ANY)(self.command)
        bolt.block_action(_ANY)(self.press)
        bolt.view_submission(_ANY)(self.submit)
        bolt.block_suggestion(_ANY)(self.suggest)
        bolt.shortcut(_ANY)(self.shortcut)
        bolt.event(_ANY)(self.event)
        return bolt

    async def command(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Acknowledge a slash command."""
        await ack()
        self._start(self._handlers.command, body, context)

    async def press(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Acknowledge a button press or menu choice. Choices in an open form need no handling."""
        await ack()
        if (body.get("view") or {}).get("type") != "modal":
            self._start(self._handlers.press, body, context)

    async def submit(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Acknowledge a form: keep it open with error messages, or close it and run its command."""
        wrong = self._handlers.wrong_fields(body)
        await ack(errors(wrong) if wrong else "")
        if not wrong:
            self._start(self._handlers.submit, body, context)

    async def suggest(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Answer with the options of a menu."""
        await ack(await self._handlers.suggest(body, context))

    async def shortcut(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Acknowledge a shortcut."""
        await ack()
        self._start(self._handlers.shortcut, body, context)

    async def event(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Acknowledge an event."""
        await ack()
        self._start(self._events.event, body, context)

    def _start(self, job: _Job, body: Payload, context: AsyncBoltContext) -> None:
        self._background.start(partial(job, body, context))


def _bolt_logger() -> logging.Logger:
    """A logger for Bolt's errors only: its warnings contain whole requests, or are about unused settings."""
    bolt = logging.getLogger(f"{__name__}.bolt")
    bolt.setLevel(logging.ERROR)
    return bolt


class _AllowAll(AsyncAuthorize):
    """Authorizes every request without a token, which is looked up only after the acknowledgement."""

    def __init__(self) -> None:
        """Do nothing, as the parent does: it has no type annotations."""

    async def __call__(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: object
    ) -> AuthorizeResult:
        """Authorize the request without a token."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)


MAX_SSL_CHECK = 1_000
"""Bytes; Slack sends `ssl_check=1` and a token."""
Shape: TypeAlias = "type | tuple[Shape, ...] | list[Any] | Mapping[str, Any]"
"""A type, a tuple of alternatives, a list of one shape (with `NON_EMPTY`, of at least one item), or an object's keys.

A key that ends in `?` may be missing or null; `*` stands for every key.
"""
Check: TypeAlias = Callable[[Any], bool]
MAX_DEPTH = 100
"""Levels of nested lists and objects, ten times as many as in Slack's payloads."""
NON_EMPTY = "some"
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
        "block_actions": {"user": _PERSON, "actions": [{"type": str, "action_id": str}, NON_EMPTY]},
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
"""Shapes by `type`, in addition to `_COMMON`."""
_COMMAND: Shape = {"command": str, "text?": str, "team_id": str, "user_id": str, "channel_id": str}


class BadRequest(ValueError):
    """A signed request whose body can't be parsed."""


class SignatureCheck:
    """Verifies Slack's signature with the app's signing secret."""

    def __init__(self, signing_secret: str, clock: Clock) -> None:
        self._verifier = SignatureVerifier(signing_secret, _Seconds(clock))

    def is_slack(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether Slack signed this request within the last five minutes."""
        timestamp = headers.get("x-slack-request-timestamp")
        signature = headers.get("x-slack-signature")
        try:
            return self._verifier.is_valid(body, timestamp, signature)
        except (ValueError, TypeError):  # a non-numeric timestamp, or bytes that aren't UTF-8 or ASCII
            return False


def is_ssl_check(body: bytes) -> bool:
    """Whether this is Slack's certificate check of a command's URL, which isn't signed."""
    return len(body) <= MAX_SSL_CHECK and ("ssl_check", "1") in parse_qsl(body.decode("latin-1"))


def payload_of(body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """Parse a request's payload: JSON, a form, or JSON in a form field. Raises BadRequest."""
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
    """The program's clock, as the SDK's Clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


def is_well_formed(payload: Mapping[str, Any]) -> bool:
    """Whether a payload has the shape of its kind. A payload of an unknown kind only needs the common shape."""
    if not (_is_shallow(payload) and _IS_COMMON(payload)):
        return False
    kind = payload.get("type")
    if kind is None:
        return "ssl_check" in payload or _IS_COMMAND(payload)
    return kind not in _IS_KIND or _IS_KIND[kind](payload)


def _is_shallow(payload: object) -> bool:
    level: list[object] = [payload]
    for _ in range(MAX_DEPTH):
        level = [child for each in level if isinstance(each, dict | list) for child in _children(each)]
        if not level:
            return True
    return False


def _children(value: dict[str, object] | list[object]) -> list[object]:
    return value if isinstance(value, list) else list(value.values())


def _check(shape: Shape) -> Check:
    """A function that tells whether a value has a shape; checks run before each acknowledgement."""
    match shape:
        case type():
            return lambda value: isinstance(value, shape)
        case tuple():
            either = [*map(_check, shape)]
            return lambda value: any(fits(value) for fits in either)
        case list():
            each_fits, least = _check(shape[0]), len(shape) - 1
            return lambda value: isinstance(value, list) and len(value) >= least and all(map(each_fits, value))
        case _:
            return _check_of_object(shape)


def _check_of_object(shape: Mapping[str, Shape]) -> Check:
    checks = {name: _check(each) for name, each in shape.items()}
    every_fits = checks.pop("*", None)
    optional = [(name[:-1], fits) for name, fits in checks.items() if name.endswith("?")]
    required = [(name, fits) for name, fits in checks.items() if not name.endswith("?")]

    def has_shape(value: Any) -> bool:  # noqa: ANN401 - any JSON
        return (
            isinstance(value, dict)
            and all(name in value and fits(value[name]) for name, fits in required)
            and all(value.get(name) is None or fits(value[name]) for name, fits in optional)
            and (every_fits is None or all(map(every_fits, value.values())))
        )

    return has_shape


_IS_COMMON, _IS_COMMAND = _check(_COMMON), _check(_COMMAND)
_IS_KIND = {kind: _check(shape) for kind, shape in _KINDS.items()}
