"""Interactions: the action of a person, the app's responses, and what the person sees."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from tests.standins.discord_server.content import Message
from tests.standins.discord_server.people import Channel, User

Json: TypeAlias = dict[str, Any]

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
TOKEN_LIFE = timedelta(minutes=15)


@dataclass(slots=True, kw_only=True, eq=False)
class Modal:
    """An open form."""

    user: User
    channel: Channel
    body: Json
    message: Message | None
    is_open: bool = True

    @property
    def title(self) -> str:
        return str(self.body["title"])


@dataclass(slots=True, kw_only=True, eq=False)
class Interaction:
    """An action of a person, and the app's response to it.

    `failure` is empty if the app answered in time, else `timeout`, or `not_connected` without a session. `callback` is
    the type of the response; `message` is `@original`: for an update the pressed message. `choices` are the
    autocomplete suggestions, `modal` is the form that opened.
    """

    id: str
    token: str = field(repr=False)
    kind: int
    user: User
    channel: Channel
    made_at: datetime
    source: Message | None = None
    """The pressed message, or the one that the form came from."""
    option_type: int = 3
    """The type of the autocompleted option."""
    payload: Json = field(default_factory=dict, repr=False)
    callback: int | None = None
    message: Message | None = None
    followups: list[Message] = field(default_factory=list)
    choices: list[Json] = field(default_factory=list)
    modal: Modal | None = None
    failure: str = ""
    seconds: float = 0
    answered: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def is_thinking(self) -> bool:
        """Whether the person still sees that the app is thinking."""
        return self.message is not None and self.message.is_thinking and not self.message.is_deleted

    @property
    def seen(self) -> list[Message]:
        """The replies that the person sees, oldest first."""
        shown = [self.message, *self.followups] if self.message else list(self.followups)
        return [each for each in shown if not each.is_deleted]
