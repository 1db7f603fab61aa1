"""Bolt's listeners and Slack's acknowledgements, refusals while the bot is busy included.

There is one listener for each kind of request, since Bolt searches its listeners one by one. A listener acknowledges,
starts a background task and returns. Nothing in it may raise, for Bolt then loses the acknowledgement; and nothing
before it touches the database or the network, except for the options of a menu, which are the acknowledgement.
"""

import contextlib
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.background import BackgroundTasks
from adapters.slack.api import Calls, SlackFailed
from adapters.slack.events import Events
from adapters.slack.forms import errors
from adapters.slack.handlers import Handlers
from adapters.slack.interaction import Payload
from adapters.slack.render import messages
from bot.messages.problems import busy

_JSON: dict[str, str | Sequence[str]] = {"content-type": ["application/json"]}
_QUICK = frozenset({"block_suggestion", "url_verification", "view_closed"})
"""What is answered within the acknowledgement, and so needs no room."""
_ANY = re.compile("")
_Job: TypeAlias = Callable[[Payload, AsyncBoltContext], Awaitable[None]]


class Overload:
    """Refuses while `background` is full. Refusals that need a call are tasks too, with a limit of their own."""

    def __init__(self, background: BackgroundTasks, calls: Calls) -> None:
        self._background = background
        self._calls = calls
        self._refusals = BackgroundTasks()

    async def drain(self, seconds: float) -> None:
        """Let the refusals under way end."""
        await self._refusals.drain(seconds)

    def refusal(self, payload: Mapping[str, Any]) -> BoltResponse | None:
        """The answer to a well-formed payload there is no room for; None if there is room, or none is needed."""
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
        self._refusals.start(partial(self._tell, url))
        return BoltResponse(status=200)

    async def _tell(self, url: str) -> None:
        message = messages(busy())[0]
        said = {"text": message.text, "blocks": list(message.blocks), "response_type": "ephemeral"}
        with contextlib.suppress(SlackFailed):
            await self._calls.respond(url, {**said, "replace_original": False})


class Listeners:
    """What Bolt calls."""

    def __init__(self, handlers: Handlers, events: Events, background: BackgroundTasks) -> None:
        self._handlers = handlers
        self._events = events
        self._background = background

    def app(self, client: AsyncWebClient) -> AsyncApp:
        """Bolt with these listeners. Every choice is stated: what is left out it would take from the environment."""
        bolt = AsyncApp(
            name="contentstats-bot",
            logger=_bolt_logger(),
            client=client,
            authorize=_Unasked(),
            process_before_response=True,  # else Bolt looks for the acknowledgement every 10 ms
            signing_secret="",  # checked before Bolt reads anything
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,  # the app listens to no messages
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
        """A slash command."""
        await ack()
        self._hand_on(self._handlers.command, body, context)

    async def press(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """A button or a menu. What is pressed within a form only fills it in."""
        await ack()
        if (body.get("view") or {}).get("type") != "modal":
            self._hand_on(self._handlers.press, body, context)

    async def submit(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """A form: it stays open with what is wrong at its fields, or closes."""
        wrong = self._handlers.wrong_fields(body)
        await ack(errors(wrong) if wrong else "")
        if not wrong:
            self._hand_on(self._handlers.submit, body, context)

    async def suggest(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """The options of a menu."""
        await ack(await self._handlers.suggest(body, context))

    async def shortcut(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """A shortcut."""
        await ack()
        self._hand_on(self._handlers.shortcut, body, context)

    async def event(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """An event."""
        await ack()
        self._hand_on(self._events.event, body, context)

    def _hand_on(self, job: _Job, body: Payload, context: AsyncBoltContext) -> None:
        self._background.start(partial(job, body, context))


def _bolt_logger() -> logging.Logger:
    """For Bolt's errors alone: its warnings repeat whole requests, and are about variables that it is not to read."""
    bolt = logging.getLogger(f"{__name__}.bolt")
    bolt.setLevel(logging.ERROR)
    return bolt


class _Unasked(AsyncAuthorize):
    """Which token speaks for a workspace is looked up after the acknowledgement, so Bolt learns of none."""

    def __init__(self) -> None:
        """Nothing: the parent's states no types."""

    async def __call__(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: object
    ) -> AuthorizeResult:
        """Everybody is let in, with no token."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)
