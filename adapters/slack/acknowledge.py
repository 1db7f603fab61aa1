"""Acknowledgements while the bot is busy: everybody who is refused reads so, and nothing is lost.

A command and a form are refused in the acknowledgement itself; a press and a message's shortcut by their response_url.
Anything else isn't acknowledged: Slack shows the person an error, and delivers an event again.
"""

import contextlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from slack_bolt.response import BoltResponse

from adapters.chat.background import BackgroundTasks
from adapters.slack.api import Calls, SlackFailed
from adapters.slack.forms import errors
from adapters.slack.render import messages
from bot.messages.problems import busy

_JSON: dict[str, str | Sequence[str]] = {"content-type": ["application/json"]}
_QUICK = frozenset({"block_suggestion", "url_verification", "view_closed"})
"""What is answered within the acknowledgement, and so needs no room."""


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
