"""The faults that wait for calls; `inject` carries them out.

    status       the documented body of `status` (500 unless told), or `body`; a bare number means the same: "503"
    redirect     `status` (307 unless told) to `location`
    slow         nothing for `seconds`, then the call takes effect and is answered, also if the caller has left
    trickle      the true answer in pieces spread over `seconds`
    truncated    half of the true answer, then the connection closes
    short-body   the true answer with the fewest fields that a page of the documentation shows (Quickstart page)
    headers      the true answer with `headers` added, or with rate-limit headers that `lie`
    hang         nothing for `seconds`, then the connection breaks
    reset        the connection breaks at once
    garbage      200 with bytes that are no JSON
    html         200 with a maintenance page
    huge         200 with ten megabytes of JSON

True answers take effect. The other faults keep the call from taking effect; with "effect-then-" in front of them
("effect-then-hang", "effect-then-500") it takes effect first. Every kind that answers obeys `headers` and `lie`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

ANY_CALL = "*"
LONGEST_SECONDS = 600
_AFTER_EFFECT = "effect-then-"
_Word = TypeVar("_Word", bound=StrEnum)


class FaultKind(StrEnum):
    """What a caller gets to see."""

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
    """What the rate-limit headers say instead of the truth: X-RateLimit-Reset is wrong, or all three are missing."""

    PAST = "past"
    TOMORROW = "tomorrow"
    MILLISECONDS = "milliseconds"
    RELATIVE = "relative"
    NONSENSE = "nonsense"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, once decided."""

    kind: FaultKind
    after_effect: bool
    status: int
    seconds: float
    location: str
    headers: Mapping[str, str]
    body: object
    lie: Lie | None


@dataclass(slots=True)
class _Waiting:
    name: str
    on: str
    fault: Fault
    times: int | None


class Faults:
    """The faults that wait, in the order in which they were added; a call meets the first that fits it."""

    def __init__(self, calls: Collection[str]) -> None:
        self._calls = (ANY_CALL, *calls)
        self._waiting: list[_Waiting] = []

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
        """Let `fault` happen to the next `times` calls of the documented name `on` (None: until cleared).

        `status` left out means 307 for a redirect, else 500. Raises ValueError with a sentence for what makes no sense.
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
        _check("seconds", seconds, 0 <= seconds <= LONGEST_SECONDS, f"from 0 to {LONGEST_SECONDS}")
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
        self._waiting.append(_Waiting(fault, on, decided, times))

    def clear(self) -> None:
        """Forget every fault that waits."""
        self._waiting.clear()

    def waiting(self) -> list[dict[str, object]]:
        """What still waits, in the words of `add`."""
        return [{"fault": each.name, "on": each.on, "times": each.times} for each in self._waiting]

    def take(self, call: str) -> Fault | None:
        """The fault that this call meets, which is then used up by one."""
        for each in self._waiting:
            if each.on in {ANY_CALL, call}:
                if each.times is not None:
                    each.times -= 1
                    self._waiting = [other for other in self._waiting if other.times != 0]
                return each.fault
        return None


def _word(words: type[_Word], name: str, value: str) -> _Word:
    _check(name, value, value in {word.value for word in words}, f"one of {', '.join(words)}")
    return words(value)


def _check(name: str, value: object, fits: bool, wanted: str) -> None:  # noqa: FBT001 - a statement reads best so
    if not fits:
        raise ValueError(f"{name} must be {wanted}, not {value!r}")
