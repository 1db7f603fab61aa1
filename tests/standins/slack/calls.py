"""What was asked of Slack, and what went wrong for a person: the record that tests read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from tests.standins.slack.apps import App, Token
from tests.standins.slack.people import Enterprise, Team

Json: TypeAlias = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Call:
    """One call as it came in and was answered. `answer` is None while it is under way, or when it got none.

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
        """Whose token it is; the door lets nobody through without one to a method that needs it."""
        assert self.bearer is not None
        return self.bearer

    @property
    def app(self) -> App:
        """The app that called."""
        return self.by.app

    @property
    def place(self) -> Team | Enterprise:
        """The workspace or the organisation that the token is for."""
        place = self.by.team or self.by.enterprise
        assert place is not None
        return place

    def text(self, key: str) -> str:
        """One argument as a string, empty when it was not given."""
        value = self.args.get(key, "")
        return "" if value is None else str(value)

    def flag(self, key: str) -> bool:
        """One argument as a yes or no."""
        return self.text(key).lower() in ("1", "true")


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that a person tried and that Slack told them did not work."""

    user: str
    what: str
    reason: str
