"""The state of the local Discord, how to set it up and look at it. Knows no HTTP."""

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeAlias

from tests.standins.discord_server.calls import Call
from tests.standins.discord_server.connections import Session
from tests.standins.discord_server.content import Attachment, Message
from tests.standins.discord_server.interactions import Interaction, Modal
from tests.standins.discord_server.people import App, Channel, ChannelKind, Guild, User
from tests.standins.discord_server.permissions import EVERYONE, POSTING
from tests.standins.discord_server.rates import Rates
from tests.standins.discord_server.refusal import Refusal
from tests.standins.faults import Faults
from tests.standins.watched import Watched

Json: TypeAlias = dict[str, Any]
_TURN = 8
_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


class World(Watched):
    """The state. Ids count up; times come from `clock`, which is aware."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.clock = clock
        self.base_url = ""
        self.rates = Rates()
        self.faults = Faults()
        self.calls: list[Call] = []
        self.answer_seconds = 3.0
        """How long an app has for its initial response to an interaction."""
        self.max_file_bytes = 10 * 1024 * 1024
        self.shards = 1
        """The recommended number of shards."""
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, Attachment] = {}
        self.commands: list[Json] = []
        """The registered global commands."""
        self.creations: list[datetime] = []
        self.interactions: dict[str, Interaction] = {}
        """By token."""
        self.sessions: list[Session] = []
        self.identifies: list[datetime] = []
        self._last_id = 0
        bot = self.add_user("contentstats", is_bot=True)
        self.app = App(id=bot.id, name="ContentStats", user=bot, owner=self.add_user("owner"), token=_new_token(bot.id))

    # Setting up

    def add_user(self, name: str, *, is_bot: bool = False) -> User:
        user = User(id=self.new_id(), name=name, is_bot=is_bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User, members: Iterable[User] = ()) -> Guild:
        """A guild where everyone may post, without the bot. Guilds are assigned to shards in turn."""
        id_ = self.new_id()
        while (int(id_) >> 22) % _TURN != len(self.guilds) % _TURN:
            id_ = self.new_id()
        guild = Guild(id=id_, name=name, owner=owner)
        guild.roles[guild.id] = int(EVERYONE)
        self.guilds[guild.id] = guild
        for user in (owner, *members):
            self.add_member(guild, user)
        return guild

    def add_member(self, guild: Guild, user: User, permissions: int = 0) -> str:
        """Add a person to a guild with a new role that grants these permissions; returns the role's id."""
        role = self.new_id()
        guild.roles[role] = int(permissions)
        guild.members[user.id] = {role}
        guild.users[user.id] = user
        return role

    def add_channel(
        self, guild: Guild, name: str, kind: ChannelKind = ChannelKind.TEXT, parent: Channel | None = None
    ) -> Channel:
        """Add a channel, or a thread if it has a parent."""
        channel = Channel(self.new_id(), guild, name, kind, parent)
        self.channels[channel.id] = guild.channels[channel.id] = channel
        return channel

    def install(self, guild: Guild, permissions: int = POSTING) -> str:
        """Add the bot to a guild, as if by its invite; returns the id of its role."""
        role = self.add_member(guild, self.app.user, permissions)
        guild.is_available = True
        joined = self.guild_event(guild)
        del joined["unavailable"]  # its presence distinguishes a new guild from one that is back
        self.dispatch("GUILD_CREATE", joined, guild.id)
        return role

    def remove(self, guild: Guild) -> None:
        """Remove the bot from a guild."""
        del guild.members[self.app.user.id]
        self.dispatch("GUILD_DELETE", {"id": guild.id}, guild.id)

    def fail(self, guild: Guild) -> None:
        """Start an outage of one guild."""
        guild.is_available = False
        self.dispatch("GUILD_DELETE", {"id": guild.id, "unavailable": True}, guild.id)

    def recover(self, guild: Guild) -> None:
        """End an outage."""
        guild.is_available = True
        self.dispatch("GUILD_CREATE", self.guild_event(guild), guild.id)

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel with its threads."""
        assert channel.guild is not None
        for each in [each for each in channel.guild.channels.values() if each is channel or each.parent is channel]:
            del channel.guild.channels[each.id], self.channels[each.id]
        self.dispatch("CHANNEL_DELETE", channel.as_json(), channel.guild.id)

    def reset_token(self) -> str:
        """Give the app another token; the old one stops working."""
        self.app.token = _new_token(self.app.id)
        return self.app.token

    # Inspection

    def ephemerals(self, user: User) -> list[Message]:
        """All ephemeral messages that a person sees now, in any channel, oldest first."""
        everything = (message for channel in self.channels.values() for message in channel.history)
        return sorted(
            (each for each in everything if each.only_for == user.id and not each.is_deleted),
            key=lambda each: int(each.id),
        )

    def direct_messages(self, user: User) -> list[Message]:
        """The bot's direct messages with a person, oldest first."""
        ours = (each for each in self.channels.values() if user in each.recipients)
        return [message for channel in ours for message in channel.messages]

    def calls_of(self, route: str) -> list[Call]:
        """The calls of a route, oldest first."""
        return [call for call in self.calls if call.route == route]

    def modals(self, user: User) -> list[Modal]:
        """A person's open forms, the newest last."""
        forms = [each.modal for each in self.interactions.values() if each.modal]
        return [each for each in forms if each.is_open and each.user is user]

    # Gateway events

    def dispatch(self, event: str, data: Json, guild_id: str | None) -> None:
        """Send an event on each session that receives it; disconnected ones get it on resume."""
        for session in self.sessions:
            if session.is_alive and session.receives(event, guild_id):
                session.dispatch(event, data)
        self.touch()

    def guild_event(self, guild: Guild) -> Json:
        """A guild as in GUILD_CREATE."""
        threads = [each for each in guild.channels.values() if each.is_thread]
        plain = [each for each in guild.channels.values() if not each.is_thread]
        return {
            **guild.as_json(),
            "channels": [each.as_json() for each in plain],
            "threads": [each.as_json() for each in threads],
            "members": [guild.member_json(self.app.user)],
            "member_count": len(guild.members),
            "unavailable": False,
        }

    # What the bot may reach

    def is_known(self, user: User) -> bool:
        """Whether the bot shares a guild with a user, which it needs to write to them."""
        return any({user.id, self.app.user.id} <= set(guild.members) for guild in self.guilds.values())

    def guild_for(self, id_: str) -> Guild:
        """A guild that the bot is in. Raises Refusal."""
        guild = self.guilds.get(id_)
        if guild is None:
            raise Refusal(10004)
        if self.app.user.id not in guild.members:
            raise Refusal(50001)
        return guild

    def channel_for(self, id_: str, *needed: int, code: int = 50013) -> Channel:
        """A channel where the bot has these permissions. Raises Refusal, with `code` if one is missing."""
        channel = self.channels.get(id_)
        if channel is None:
            raise Refusal(10003)
        if channel.guild is None:
            return channel
        permissions = channel.permissions(self.app.user)
        if not permissions:
            raise Refusal(50001)
        if any(permissions & each != each for each in needed):
            raise Refusal(code)
        return channel

    def conversation(self, user: User) -> Channel:
        """The direct-message channel with a person, created on first use."""
        for channel in self.channels.values():
            if user in channel.recipients:
                return channel
        channel = Channel(self.new_id(), None, "", ChannelKind.DM, recipients=[user])
        self.channels[channel.id] = channel
        return channel

    # Ids

    def new_id(self) -> str:
        """A snowflake, later than every one before."""
        now = int((self.clock() - _EPOCH).total_seconds() * 1000)
        self._last_id = max(self._last_id + 1, now)
        return str(self._last_id << 22)


def _new_token(app: str) -> str:
    return f"{app}.{secrets.token_hex(3)}.{secrets.token_hex(16)}"
