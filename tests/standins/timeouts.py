"""Time-outs for a client of the sandbox: short if the test planned a response that never comes, otherwise long."""

from typing import cast

from adapters.sandbox.serve import Sandbox
from bot.contentstats.transport import Timeouts

SHORT = 1.0
LONG = 60.0


class _SandboxTimeouts:
    """`Timeouts`: short while one of the `hopeless` faults is planned, otherwise long enough for any machine."""

    connect = LONG
    read = LONG

    def __init__(self, sandbox: Sandbox, hopeless: tuple[str, ...]) -> None:
        self._sandbox = sandbox
        self._hopeless = hopeless

    @property
    def total(self) -> float:
        """For a whole call; read as the call begins."""
        waiting = {each["fault"] for each in self._sandbox.faults.pending()}
        return LONG if waiting.isdisjoint(self._hopeless) else SHORT


def sandbox_timeouts(sandbox: Sandbox, *more: str) -> Timeouts:
    """Time-outs for a client of this sandbox; `more` are further faults that never answer."""
    return cast("Timeouts", _SandboxTimeouts(sandbox, ("hang", "effect-then-hang", *more)))
