"""Bounded memory of one process: the newest entries, with the oldest dropped first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

LIMIT = 10_000
"""Entries that are kept unless a caller chooses otherwise."""


class Recent(Generic[K, V]):
    """The newest values by key. With `lasts`, a value is forgotten after that time by `clock`."""

    def __init__(
        self, limit: int = LIMIT, lasts: timedelta | None = None, clock: Callable[[], datetime] | None = None
    ) -> None:
        self._limit = limit
        self._lasts = lasts
        self._clock = clock
        self._entries: dict[K, tuple[V, datetime | None]] = {}

    def get(self, key: K) -> V | None:
        """The value stored under a key; None if it was never stored, dropped or is too old."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, until = entry
        return value if until is None or self._clock is None or self._clock() < until else None

    def put(self, key: K, value: V) -> None:
        """Store a value as the newest."""
        self._entries.pop(key, None)
        if len(self._entries) >= self._limit:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = (value, self._clock() + self._lasts if self._clock and self._lasts else None)

    def forget(self, key: K) -> None:
        """Drop a value. Safe to repeat."""
        self._entries.pop(key, None)

    def clear(self) -> None:
        """Drop all values."""
        self._entries.clear()


class RecentIds:
    """Ids of the events that this process has handled: enough for reads, and no database write."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._ids = Recent[str, str](limit)

    def is_new(self, id_: str) -> bool:
        """Whether this id arrives for the first time; an empty id is always new."""
        if self._ids.get(id_):
            return False
        if id_:
            self._ids.put(id_, id_)
        return True
