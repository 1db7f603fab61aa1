"""Records of the calls to Slack, for tests to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from tests.standins.slack.apps import App, Token
from tests.standins.slack.people import Enterprise, Team

Json: TypeAlias = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Call:
    """A call and its response. `answer` is None until it is answered.

    `method` is a Web API method, `response_url` or `upload`.
    """

    method: str
    args: Json
    headers: Mapping[str, str] = field(repr=False)
    at: datetime
    token: str = field(default="", repr=False)
    bearer: Token | None = field(default=None, repr=False)
    answer: Json | None = None

    @property
    def error(self) -> str:
        """The error's name, or an empty string."""
        return str((self.answer or {}).get("error", ""))

    @property
    def by(self) -> Token:
        """The call's token; calls without one fail before this is read."""
        assert self.bearer is not None
        return self.bearer

    @property
    def app(self) -> App:
        return self.by.app

    @property
    def place(self) -> Team | Enterprise:
        """The workspace or organisation of the token."""
        place = self.by.team or self.by.enterprise
        assert place is not None
        return place

    def text(self, key: str) -> str:
        """An argument as a string, empty if missing."""
        value = self.args.get(key, "")
        return "" if value is None else str(value)
