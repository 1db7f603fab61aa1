"""The record that tests read: calls to Discord."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a request: the number that its attachment names it by, its name and what it holds."""

    number: str
    filename: str
    content: bytes = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Call:
    """One call as it came in and was answered. `status` is None while it is under way, or when it got no answer.

    `route` is the method and the path with its variables as names: `POST /channels/{channel}/messages`.
    """

    route: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    headers: Mapping[str, str] = field(repr=False)
    at: datetime
    uploads: tuple[Upload, ...] = ()
    status: int | None = None
    answer: Any = None

    @property
    def code(self) -> int:
        """The code of the error that it was answered with, or 0."""
        return int(self.answer.get("code", 0)) if isinstance(self.answer, dict) and "message" in self.answer else 0
