"""Discord's error responses."""

from collections.abc import Iterable
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

KNOWN: dict[int, tuple[int, str]] = {
    0: (401, "401: Unauthorized"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    20009: (403, "Explicit content cannot be sent to the desired recipient(s)"),
    20012: (403, "You are not authorized to perform this action on this application"),
    20024: (403, "Under minimum age"),
    30034: (400, "Max number of daily application command creates has been reached (200)"),
    30046: (400, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40004: (400, "Send messages has been temporarily disabled"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50009: (403, "Channel verification level is too high for you to gain access"),
    50013: (403, "Missing Permissions"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50045: (400, "File uploaded exceeds the maximum size"),
    50083: (400, "Tried to perform an operation on an archived thread"),
    50109: (400, "The request body contains invalid JSON."),
    50278: (403, "Cannot send messages to this user due to having no mutual guilds"),
    130000: (503, "API resource is currently overloaded. Try again a little later"),
    160002: (400, "Cannot reply without permission to read message history"),
    160005: (400, "Thread is locked"),
    200000: (400, "Message was blocked by automatic moderation"),
    240000: (400, "Message blocked by harmful links filter"),
}
"""Status and message by error code."""


class Refusal(Exception):
    """An error response with a code; `problems` are sentences that start with the JSON path of the fault."""

    def __init__(self, code: int, problems: Iterable[str] = ()) -> None:
        self.code = code
        self.status, self.words = KNOWN[code]
        self.problems = list(problems)
        super().__init__(f"{code} {self.words}")

    def body(self) -> Json:
        """The response; each problem is nested at its path, as Discord does it."""
        body: Json = {"message": self.words, "code": self.code}
        if self.problems:
            body["errors"] = {}
        for problem in self.problems:
            place, _, words = problem.partition(" ")
            at = body["errors"]
            for key in place.strip("/").split("/") if place.startswith("/") else ():
                at = at.setdefault(key, {})
            message = words if place.startswith("/") else problem
            at.setdefault("_errors", []).append({"code": "BASE_TYPE_BAD", "message": message})
        return body


class RateLimited(Exception):
    """A 429 response with the seconds to wait; `scope` is user, global or shared."""

    def __init__(self, seconds: float, scope: str = "user") -> None:
        super().__init__(scope)
        self.seconds = seconds
        self.scope = scope

    def body(self) -> Json:
        words = "The resource is being rate limited." if self.scope == "shared" else "You are being rate limited."
        return {"message": words, "retry_after": round(self.seconds, 3), "global": self.scope == "global"}
