"""What can go wrong with calls on demand, kept in order until it happens."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """How a call goes wrong."""

    STATUS = "status"
    """Another HTTP status, and a page instead of JSON."""
    ERROR = "error"
    """An answer as Discord writes it, with the code that `value` says."""
    RATE_LIMITED = "rate_limited"
    """Status 429 of this route, to be tried again after `seconds`."""
    RATE_LIMITED_GLOBALLY = "rate_limited_globally"
    RATE_LIMITED_TOGETHER = "rate_limited_together"
    """Status 429 of a resource that others use too: the scope is shared."""
    BANNED = "banned"
    """Status 429 by Cloudflare: a page, and none of Discord's headers."""
    SLOW = "slow"
    """The right answer, late."""
    HANG = "hang"
    """No answer at all."""
    RESET = "reset"
    """The connection ends before anything happened."""
    RESET_AFTER = "reset_after"
    """The connection ends when all has happened."""
    GARBAGE = "garbage"
    """Status 200, and a body that is no JSON."""
    GARBAGE_AFTER = "garbage_after"
    """The same, when all has happened."""
    SILENCE_AFTER = "silence_after"
    """Status 204 and no body, when all has happened."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. `value` is the status or the error's code; `seconds` a delay, or what to wait."""

    kind: FaultKind
    value: int = 500
    seconds: float = 1


class Faults:
    """The faults that wait for their call, by route; `gateway` and `resume` are the routes of the websockets."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}
        self._lasting: dict[str, Fault] = {}

    def add(self, route: str, fault: Fault, times: int = 1) -> None:
        """Let the next calls of a route go wrong."""
        self._waiting.setdefault(route, deque()).extend([fault] * times)

    def start(self, fault: Fault, *routes: str) -> None:
        """Let every call of some routes go wrong, of all of them when none is named, until `stop`."""
        self._lasting |= dict.fromkeys(routes or ("*",), fault)

    def storm(self, *routes: str, seconds: float = 1) -> None:
        """Answer every call of some routes with 429 and what to wait, until `stop`."""
        self.start(Fault(FaultKind.RATE_LIMITED, seconds=seconds), *routes)

    def stop(self) -> None:
        """Let everything go right from now on."""
        self._waiting.clear()
        self._lasting.clear()

    def take(self, route: str) -> Fault | None:
        """The fault of this call, if one waits for it."""
        waiting = self._waiting.get(route)
        return waiting.popleft() if waiting else self._lasting.get(route, self._lasting.get("*"))
