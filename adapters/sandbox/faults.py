"""Faults that are pending for calls; `inject` carries them out.

    status       the documented body of `status` (default 500), or `body`; a bare number such as "503" means the same
    redirect     `status` (default 307) to `location`
    slow         waits for `seconds`, then the call takes effect and is answered, even if the caller has left
    trickle      the real response in chunks spread over `seconds`
    truncated    half of the real response, then the connection closes
    short-body   the real response with only the fields that the Quickstart page shows
    headers      the real response with `headers` added, or with wrong rate-limit headers (`lie`)
    hang         waits for `seconds`, then resets the connection
    reset        resets the connection at once
    garbage      200 with bytes that aren't JSON
    html         200 with a maintenance page
    huge         200 with ten megabytes of JSON

Faults with a real response let the call take effect. The others prevent it, unless they have the prefix "effect-then-"
("effect-then-hang", "effect-then-500"). `headers` and `lie` apply to all faults with a response.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

ANY_CALL = "*"
MAX_SECONDS = 600
_AFTER_EFFECT = "effect-then-"
_Word = TypeVar("_Word", bound=StrEnum)


class FaultKind(StrEnum):
    """What the caller of the API gets."""

    STATUS = "status"
    REDIRECT = "redirect"
    SLOW = "slow"
    TRICKLE = "trickle"
    TRUNCATED = "truncated"
    SHORT_BODY = "short-body"
    HEADERS = "headers"
    HANG = "hang"
    RESET = "reset"
    GARBAGE = "garbage"
    HTML = "html"
    HUGE = "huge"


_TRUE_ANSWERS = frozenset(
    {FaultKind.SLOW, FaultKind.TRICKLE, FaultKind.TRUNCATED, FaultKind.SHORT_BODY, FaultKind.HEADERS}
)


class Lie(StrEnum):
    """How the rate-limit headers are wrong: X-RateLimit-Reset has a wrong value, or all three are missing."""

    PAST = "past"
    TOMORROW = "tomorrow"
    MILLISECONDS = "milliseconds"
    RELATIVE = "relative"
    NONSENSE = "nonsense"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault with its options."""

    kind: FaultKind
    after_effect: bool
    status: int
    seconds: float
    location: str
    headers: Mapping[str, str]
    body: object
    lie: Lie | None


@dataclass(slots=True)
class _Pending:
    name: str
    on: str
    fault: Fault
    times: int | None


class Faults:
    """The pending faults. A call gets the first one that matches it, in the order in which they were added."""

    def __init__(self, calls: Collection[str]) -> None:
        self._calls = (ANY_CALL, *calls)
        self._pending: list[_Pending] = []

    def add(
        self,
        fault: str,
        on: str = ANY_CALL,
        *,
        times: int | None = 1,
        status: int | None = None,
        seconds: float = 5,
        location: str = "",
        headers: Mapping[str, str] | None = None,
        body: object = None,
        lie: str | None = None,
    ) -> None:
        """Add a fault for the next `times` calls of `on`, a documented call; None means until cleared.

        The default of `status` is 307 for a redirect, otherwise 500. Raises ValueError if arguments make no sense.
        """
        after_effect = fault.startswith(_AFTER_EFFECT)
        what = fault.removeprefix(_AFTER_EFFECT)
        if what.isdecimal():
            what, status = FaultKind.STATUS, int(what)
        kind = _word(FaultKind, "fault", what)
        _check("fault", fault, not (after_effect and kind in _TRUE_ANSWERS), f"{kind}, which takes effect anyway")
        status = status or (307 if kind is FaultKind.REDIRECT else 500)
        _check("on", on, on in self._calls, f"one of {', '.join(self._calls)}")
        _check("times", times, times is None or times > 0, "more than 0, or null for always")
        _check("status", status, 200 <= status <= 599, "from 200 to 599")
        _check("seconds", seconds, 0 <= seconds <= MAX_SECONDS, f"from 0 to {MAX_SECONDS}")
        _check("location", location, kind is not FaultKind.REDIRECT or location != "", "where a redirect leads")
        decided = Fault(
            kind=kind,
            after_effect=after_effect,
            status=status,
            seconds=seconds,
            location=location,
            headers=dict(headers or {}),
            body=body,
            lie=None if lie is None else _word(Lie, "lie", lie),
        )
        self._pending.append(_Pending(fault, on, decided, times))

    def clear(self) -> None:
        """Remove all pending faults."""
        self._pending.clear()

    def pending(self) -> list[dict[str, object]]:
        """The pending faults, as arguments of `add`."""
        return [{"fault": each.name, "on": each.on, "times": each.times} for each in self._pending]

    def take(self, call: str) -> Fault | None:
        """The fault for this call, if any; uses it up once."""
        for each in self._pending:
            if each.on in {ANY_CALL, call}:
                if each.times is not None:
                    each.times -= 1
                    self._pending = [other for other in self._pending if other.times != 0]
                return each.fault
        return None


def _word(words: type[_Word], name: str, value: str) -> _Word:
    _check(name, value, value in {word.value for word in words}, f"one of {', '.join(words)}")
    return words(value)


def _check(name: str, value: object, fits: bool, wanted: str) -> None:  # noqa: FBT001 - called with a condition, as `assert` is
    if not fits:
        raise ValueError(f"{name} must be {wanted}, not {value!r}")
