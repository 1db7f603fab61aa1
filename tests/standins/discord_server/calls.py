"""Records of the calls to Discord, for tests to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a request; `number` is the id that its attachment refers to."""

    number: str
    filename: str
    content: bytes = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Call:
    """A call and its response. `status` is None until it is answered.

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
        """The error code of the response, or 0."""
        return int(self.answer.get("code", 0)) if isinstance(self.answer, dict) and "message" in self.answer else 0
