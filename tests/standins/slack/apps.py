"""Apps, and what Slack issues to them: tokens, triggers, response URLs, authorization codes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from tests.standins.slack.content import Message
from tests.standins.slack.people import Channel, Enterprise, Team

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_URL_LIFE = timedelta(minutes=30)
RESPONSE_URL_USES = 5
CODE_LIFE = timedelta(minutes=10)


@dataclass(slots=True, kw_only=True)
class App:
    """An app as in its settings; it uses Socket Mode, or HTTP at `request_url`."""

    id: str
    name: str
    scopes: frozenset[str]
    client_id: str
    is_socket_mode: bool
    client_secret: str = field(repr=False)
    signing_secret: str = field(repr=False)
    app_token: str = field(repr=False)
    request_url: str = ""
    redirect_urls: tuple[str, ...] = ()
    unfurl_domains: tuple[str, ...] = ()
    is_rotating: bool = False
    """Whether its settings turn token rotation on, which the bot refuses."""


@dataclass(slots=True, kw_only=True)
class Token:
    """A token. A bot's is for a workspace, or for an organisation if `team` is None; an app-level token for neither."""

    value: str = field(repr=False)
    kind: Literal["bot", "app"]
    app: App
    scopes: frozenset[str]
    team: Team | None = None
    enterprise: Enterprise | None = None
    bot_user: str = ""
    is_revoked: bool = False
    is_inactive: bool = False

    @property
    def bot_id(self) -> str:
        return f"B{self.bot_user[1:]}"

    def may_see(self, team: Team) -> bool:
        """Whether the token covers a workspace."""
        if self.team is not None:
            return team.id == self.team.id
        return self.enterprise is not None and team.enterprise == self.enterprise


@dataclass(slots=True)
class Trigger:
    """Opens one modal, once, within three seconds."""

    app: App
    team: Team
    user: str
    made_at: datetime
    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """A response URL: five uses within thirty minutes. `origin` is the message acted on."""

    app: App
    channel: Channel
    user: str
    made_at: datetime
    origin: Message | None = None
    uses: int = 0


@dataclass(slots=True)
class Grant:
    """An authorization code from a person's consent; it can be exchanged once."""

    app: App
    team: Team
    user: str
    scopes: frozenset[str]
    redirect_uri: str
    made_at: datetime
    is_for_enterprise: bool = False
    is_used: bool = False
