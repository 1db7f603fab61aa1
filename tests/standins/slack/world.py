"""The state of the local Slack, how to set it up and look at it. Knows no HTTP."""

import itertools
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from tests.standins.faults import Faults
from tests.standins.slack.apps import App, Grant, ResponseUrl, Token, Trigger
from tests.standins.slack.calls import Call
from tests.standins.slack.content import File, Message, View
from tests.standins.slack.people import Channel, ChannelKind, Enterprise, Team, User
from tests.standins.slack.rates import Rates
from tests.standins.slack.refusal import Refusal
from tests.standins.watched import Watched

BOT_SCOPES = (
    "commands",
    "chat:write",
    "chat:write.public",
    "files:write",
    "app_mentions:read",
    "im:history",
    "im:write",
    "usergroups:read",
    "users:read",
    "team:read",
    "channels:read",
    "groups:read",
)


class World(Watched):
    """The state. Ids and secrets are generated if not given; times come from `clock`, which is aware."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.clock = clock
        self.base_url = ""
        self.rates = Rates()
        self.faults = Faults()
        self.calls: list[Call] = []
        self.ack_seconds = 3.0
        self.processing = timedelta(0)
        """Time from a completed upload until a block may show the file."""
        self.shows_files_in_response_urls = False
        """Whether a response_url accepts a file without a channel. Sources differ: strict by default."""
        self.without_data_tables: set[str] = set()
        """Ids of teams that refuse data_table blocks."""
        self.enterprises: dict[str, Enterprise] = {}
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.user_groups: dict[str, dict[str, list[str]]] = {}
        self.channels: dict[str, Channel] = {}
        self.apps: dict[str, App] = {}
        self.tokens: dict[str, Token] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.grants: dict[str, Grant] = {}
        self.new_block_id: Iterator[str] = (f"b{number}" for number in itertools.count())
        self._numbers = itertools.count(1)
        self._last_ts = 0

    # Setting up

    def add_enterprise(self, id_: str = "E1", name: str = "Grid") -> Enterprise:
        self.enterprises[id_] = Enterprise(id_, name)
        return self.enterprises[id_]

    def add_team(self, id_: str = "T1", name: str = "Acme", enterprise: Enterprise | None = None) -> Team:
        self.teams[id_] = Team(id_, name, name.lower(), enterprise)
        return self.teams[id_]

    def add_user(self, id_: str, team: Team, name: str = "", **flags: bool | str) -> User:
        """A person; flags are those of `User`: is_admin, is_restricted, deleted, tz …"""
        name = name or id_.lower()
        self.users[id_] = User(id=id_, team=team, name=name, real_name=name.title(), **flags)  # type: ignore[arg-type]
        return self.users[id_]

    def add_channel(
        self, id_: str, team: Team, members: Iterable[str] = (), kind: ChannelKind = "public", name: str = ""
    ) -> Channel:
        """A channel; a bot is in it if its user is a member."""
        self.channels[id_] = Channel(id_, team, name or id_.lower(), kind, set(members))
        return self.channels[id_]

    def add_app(
        self,
        id_: str = "A1",
        *,
        scopes: Iterable[str] = BOT_SCOPES,
        is_socket_mode: bool = False,
        redirect_urls: Iterable[str] = (),
        unfurl_domains: Iterable[str] = (),
    ) -> App:
        """An app with its secrets. An app that uses HTTP gets its `request_url` once that is known."""
        self.apps[id_] = App(
            id=id_,
            name="ContentStats",
            scopes=frozenset(scopes),
            client_id=f"{id_}.client",
            client_secret=secrets.token_hex(16),
            signing_secret=secrets.token_hex(16),
            app_token=f"xapp-1-{id_}-{secrets.token_hex(16)}",
            is_socket_mode=is_socket_mode,
            redirect_urls=tuple(redirect_urls),
            unfurl_domains=tuple(unfurl_domains),
        )
        app = self.apps[id_]
        self.tokens[app.app_token] = Token(
            value=app.app_token, kind="app", app=app, scopes=frozenset({"connections:write"})
        )
        return app

    def install(self, app: App, place: Team | Enterprise, scopes: Iterable[str] | None = None) -> Token:
        """Install the app in a workspace or organisation, as after OAuth. Installing again adds scopes to the token."""
        team = place if isinstance(place, Team) else None
        enterprise = place if isinstance(place, Enterprise) else place.enterprise
        wanted = frozenset(app.scopes if scopes is None else scopes)
        for token in self.bot_tokens(app, place):
            token.scopes |= wanted
            return token
        bot_user = self._bot_user(app, team, enterprise)
        value = f"xoxb-{place.id}-{secrets.token_hex(12)}"
        token = Token(
            value=value, kind="bot", app=app, scopes=wanted, team=team, enterprise=enterprise, bot_user=bot_user
        )
        self.tokens[value] = token
        return token

    def bot_tokens(self, app: App, place: Team | Enterprise) -> list[Token]:
        """The app's valid tokens in a workspace or organisation."""
        mine = [t for t in self.tokens.values() if t.kind == "bot" and t.app is app and not t.is_revoked]
        return [t for t in mine if (t.team if isinstance(place, Team) else t.team is None and t.enterprise) == place]

    def _bot_user(self, app: App, team: Team | None, enterprise: Enterprise | None) -> str:
        """The app's bot; the same user after a reinstallation."""
        for token in self.tokens.values():
            if token.kind == "bot" and token.app is app and (token.team, token.enterprise) == (team, enterprise):
                self.users[token.bot_user].deleted = False
                return token.bot_user
        home = team or next(each for each in self.teams.values() if each.enterprise == enterprise)
        return self.add_user(self.new_id("U"), home, app.name.lower(), is_bot=True).id

    # Inspection

    def channel(self, id_: str) -> Channel:
        return self.channels[id_]

    def ephemerals(self, user: str) -> list[Message]:
        """All ephemeral messages that a person sees now, in any channel, oldest first."""
        everything = (message for channel in self.channels.values() for message in channel.history)
        return sorted(
            (each for each in everything if each.only_for == user and not each.is_deleted), key=lambda each: each.ts
        )

    def direct_messages(self, user: str) -> list[Message]:
        """A person's direct messages with bots, oldest first."""
        ours = [each for each in self.channels.values() if each.kind == "im" and user in each.members]
        return sorted((message for channel in ours for message in channel.messages), key=lambda each: each.ts)

    def home(self, user: str) -> View | None:
        """A person's Home tab."""
        homes = [view for view in self.views.values() if view.user == user and view.body["type"] == "home"]
        return homes[-1] if homes else None

    def modals(self, user: str) -> list[View]:
        """A person's open modals, the top one last."""
        return [
            each for each in self.views.values() if each.user == user and each.is_open and each.body["type"] == "modal"
        ]

    def calls_of(self, method: str) -> list[Call]:
        """The calls of a method, oldest first."""
        return [call for call in self.calls if call.method == method]

    # Ids

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):07X}Z"

    def new_ts(self) -> str:
        """The ts of a new message: the time, and later than every one before."""
        self._last_ts = max(self._last_ts + 1, int(self.clock().timestamp() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_trigger(self, app: App, user: User) -> str:
        """A trigger that lets the app open a modal for this person."""
        name = f"{next(self._numbers)}.{secrets.randbelow(10**9)}.{secrets.token_hex(8)}"
        self.triggers[name] = Trigger(app, user.team, user.id, self.clock())
        return name

    # What the bot may reach

    def channel_for(self, token: Token, id_: str) -> Channel:
        """A channel that the bot can see. Raises Refusal: other workspaces' and private ones don't exist for it."""
        channel = self.channels.get(id_)
        if channel is None or not token.may_see(channel.team):
            raise Refusal("channel_not_found")
        if channel.kind != "public" and token.bot_user not in channel.members:
            raise Refusal("channel_not_found")
        return channel

    def user_for(self, token: Token, id_: str) -> User:
        """A user that the bot can see. Raises Refusal."""
        user = self.users.get(id_)
        if user is None or not (token.may_see(user.team) or user.is_stranger):
            raise Refusal("user_not_found")
        return user

    def conversation(self, token: Token, user: User) -> Channel:
        """The direct-message channel of a bot and a person, created on first use."""
        members = {token.bot_user, user.id}
        for channel in self.channels.values():
            if channel.kind == "im" and channel.members == members:
                return channel
        return self.add_channel(self.new_id("D"), user.team, members, "im")
