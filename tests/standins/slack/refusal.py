"""Slack's error responses."""

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """A response with `ok: false`. `messages` are the details that some errors carry; `more` are further keys."""

    def __init__(self, error: str, messages: Sequence[str] = (), **more: object) -> None:
        super().__init__(error)
        self.error = error
        self.messages = list(messages)
        self.more = more

    def body(self) -> dict[str, object]:
        details: Mapping[str, object] = {"response_metadata": {"messages": self.messages}} if self.messages else {}
        return {"ok": False, "error": self.error, **self.more, **details}


class RateLimited(Refusal):
    """A 429 response with the whole seconds to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds
