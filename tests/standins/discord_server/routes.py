"""Every route of the REST API that the bot calls, with the function that answers it. Others are refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.standins.discord_server import callbacks, channels, directory, registry, webhooks
from tests.standins.discord_server.application_commands import PUT_COMMANDS
from tests.standins.discord_server.calls import Call
from tests.standins.discord_server.world import World


@dataclass(frozen=True, slots=True)
class Route:
    """A route. Those of interactions need no token, and do not count towards the 50 calls per second."""

    name: str
    answer: Callable[[World, Call], Any]
    needs_token: bool = True


_WEBHOOK = "/webhooks/{app}/{token}"

ROUTES = (
    Route("GET /gateway/bot", directory.gateway_bot),
    Route("GET /users/@me", directory.me),
    Route("GET /oauth2/applications/@me", directory.application),
    Route("GET /applications/@me", directory.application),
    Route("GET /users/@me/guilds", directory.my_guilds),
    Route("POST /users/@me/channels", directory.open_conversation),
    Route("GET /guilds/{guild}/members/{user}", directory.member),
    Route("GET /channels/{channel}", channels.get),
    Route("POST /channels/{channel}/messages", channels.post),
    Route("PATCH /channels/{channel}/messages/{message}", channels.edit),
    Route("GET /applications/{app}/commands", registry.get),
    Route(PUT_COMMANDS, registry.overwrite),
    Route("POST /interactions/{interaction}/{token}/callback", callbacks.callback, needs_token=False),
    Route(f"POST {_WEBHOOK}", webhooks.follow_up, needs_token=False),
    Route(f"PATCH {_WEBHOOK}/messages/{{message}}", webhooks.edit, needs_token=False),
    Route(f"DELETE {_WEBHOOK}/messages/{{message}}", webhooks.delete, needs_token=False),
)
