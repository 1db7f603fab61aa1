"""Sessions of the gateway: what was sent on each, in order, so that it can be sent again. Knows no websocket."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

GUILDS = 1 << 0
_ALWAYS = frozenset({"INTERACTION_CREATE", "READY", "RESUMED"})
"""Events that need no intent; all others here need that of servers."""


@dataclass(slots=True, eq=False, kw_only=True)
class Session:
    """One shard of a bot from READY on. It outlives its connection while it `is_resumable`; `send` is that."""

    id: str
    shard: tuple[int, int]
    intents: int
    send: Callable[[Json], None] | None = None
    is_resumable: bool = True
    resumes: int = 0
    sent: list[Json] = field(default_factory=list)

    @property
    def seq(self) -> int:
        """The number of the last event."""
        return len(self.sent)

    @property
    def is_connected(self) -> bool:
        """Whether somebody listens."""
        return self.send is not None

    @property
    def is_alive(self) -> bool:
        """Whether somebody listens, or may come back to hear what was missed."""
        return self.is_connected or self.is_resumable

    def hears(self, event: str, guild_id: str | None) -> bool:
        """Whether an event of a server, or of direct messages, is for this shard and its intents."""
        mine = (int(guild_id) >> 22) % self.shard[1] if guild_id else 0
        return mine == self.shard[0] and (event in _ALWAYS or bool(self.intents & GUILDS))

    def dispatch(self, event: str, data: Json) -> None:
        """Number an event, keep it, and send it if somebody listens."""
        payload = {"op": 0, "t": event, "s": self.seq + 1, "d": data}
        self.sent.append(payload)
        if self.send is not None:
            self.send(payload)

    def replay(self, seq: int) -> None:
        """Send again all that came after a number, and say that this was it."""
        assert self.send is not None
        for payload in self.sent[seq:]:
            self.send(payload)
        self.resumes += 1
        self.dispatch("RESUMED", {})
