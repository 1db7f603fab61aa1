"""What one process has heard already, remembered by itself alone: enough for what only looks, and without a write."""

MOST = 10_000


class Heard:
    """The last ids that were heard."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._ids: dict[str, None] = {}

    def is_new(self, id_: str) -> bool:
        """Whether this is heard for the first time; one without an id always is."""
        if not id_:
            return True
        if id_ in self._ids:
            return False
        if len(self._ids) >= self._most:
            del self._ids[next(iter(self._ids))]
        self._ids[id_] = None
        return True
