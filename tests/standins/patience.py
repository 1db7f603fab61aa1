"""Time-outs for a client of the sandbox: what hangs holds no test up, and what is only slow is waited for."""

from adapters.sandbox.serve import Sandbox

SHORT = 1.0
LONG = 60.0


class Patience:
    """Stands for `Timeouts`, in seconds: a call is given up soon where one of the `hopeless` faults waits, else late.

    So a call that nobody wants to fail may take as long as a busy machine needs for it.
    """

    connect = LONG
    read = LONG

    def __init__(self, sandbox: Sandbox, hopeless: tuple[str, ...] = ("hang", "effect-then-hang")) -> None:
        self._sandbox = sandbox
        self._hopeless = hopeless

    @property
    def total(self) -> float:
        """For a whole exchange; it is read as the exchange begins."""
        waiting = {each["fault"] for each in self._sandbox.faults.waiting()}
        return LONG if waiting.isdisjoint(self._hopeless) else SHORT
