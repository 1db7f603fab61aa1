"""Every route of the REST API that is played here, by method and path, with what answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.standins.discord_server import callbacks, channels, directory, registry, webhooks
from tests.standins.discord_server.calls import Call
from tests.standins.discord_server.world import World


@dataclass(frozen=True, slots=True)
class Route:
    """A route. One that needs no token is one of interactions, which do not count towards fifty a second."""

    name: str
    answer: Callable[[World, Call], Any]
    needs_token: bool = True

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.name.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path, with its variables as names in braces."""
        return self.name.partition(" ")[2]


_MESSAGE = "/channels/{channel}/messages/{message}"
_COMMANDS = "/applications/{app}/commands"
_GUILD_COMMANDS = "/applications/{app}/guilds/{guild}/commands"
_WEBHOOK = "/webhooks/{app}/{token}"

ROUTES = (
    Route("GET /gateway", directory.gateway, needs_token=False),
    Route("GET /gateway/bot", directory.gateway_bot),
    Route("GET /users/@me", directory.me),
    Route("GET /oauth2/applications/@me", directory.application),
    Route("GET /applications/@me", directory.application),
    Route("GET /users/@me/guilds", directory.my_guilds),
    Route("DELETE /users/@me/guilds/{guild}", directory.leave),
    Route("POST /users/@me/channels", directory.open_conversation),
    Route("GET /users/{user}", directory.user),
    Route("GET /guilds/{guild}", directory.guild),
    Route("GET /guilds/{guild}/channels", directory.guild_channels),
    Route("GET /guilds/{guild}/roles", directory.guild_roles),
    Route("GET /guilds/{guild}/members/{user}", directory.member),
    Route("GET /channels/{channel}", channels.get),
    Route("GET /channels/{channel}/messages", channels.history),
    Route("POST /channels/{channel}/messages", channels.post),
    Route(f"GET {_MESSAGE}", channels.read),
    Route(f"PATCH {_MESSAGE}", channels.edit),
    Route(f"DELETE {_MESSAGE}", channels.delete),
    Route(f"POST {_MESSAGE}/threads", channels.start_thread),
    Route("POST /channels/{channel}/threads", channels.start_thread),
    Route(f"GET {_COMMANDS}", registry.get),
    Route(f"PUT {_COMMANDS}", registry.overwrite),
    Route(f"GET {_GUILD_COMMANDS}", registry.get),
    Route(f"PUT {_GUILD_COMMANDS}", registry.overwrite),
    Route("POST /interactions/{interaction}/{token}/callback", callbacks.callback, needs_token=False),
    Route(f"POST {_WEBHOOK}", webhooks.follow_up, needs_token=False),
    Route(f"GET {_WEBHOOK}/messages/{{message}}", webhooks.get, needs_token=False),
    Route(f"PATCH {_WEBHOOK}/messages/{{message}}", webhooks.edit, needs_token=False),
    Route(f"DELETE {_WEBHOOK}/messages/{{message}}", webhooks.delete, needs_token=False),
)
