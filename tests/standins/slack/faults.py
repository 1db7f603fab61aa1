"""What can go wrong with calls on demand, kept in order until it happens."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """How a call goes wrong."""

    STATUS = "status"
    """Another HTTP status than 200, and a page instead of JSON."""
    ERROR = "error"
    """An answer with `ok: false` and an error by name."""
    RATE_LIMITED = "rate_limited"
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


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. `value` is the status or the error's name; `seconds` a delay, or Retry-After."""

    kind: FaultKind
    value: int | str = 500
    seconds: int | float = 1


class Faults:
    """The faults that wait for their call, by method; `response_url` and `upload` are methods here too."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}
        self._lasting: dict[str, Fault] = {}

    def add(self, method: str, fault: Fault, times: int = 1) -> None:
        """Let the next calls of a method go wrong."""
        self._waiting.setdefault(method, deque()).extend([fault] * times)

    def start(self, fault: Fault, *methods: str) -> None:
        """Let every call of some methods go wrong, of all of them when none is named, until `stop`."""
        self._lasting |= dict.fromkeys(methods or ("*",), fault)

    def storm(self, *methods: str, seconds: int = 1) -> None:
        """Answer every call of some methods with 429 and that Retry-After, until `stop`."""
        self.start(Fault(FaultKind.RATE_LIMITED, seconds=seconds), *methods)

    def stop(self) -> None:
        """Let everything go right from now on."""
        self._waiting.clear()
        self._lasting.clear()

    def take(self, method: str) -> Fault | None:
        """The fault of this call, if one waits for it."""
        waiting = self._waiting.get(method)
        return waiting.popleft() if waiting else self._lasting.get(method, self._lasting.get("*"))
