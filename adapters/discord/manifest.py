"""The invite link that adds the application to a server, and the permissions it requests with their reasons."""

from urllib.parse import urlencode

from discord import Permissions

from adapters.discord.errors import DiscordFailed, with_retries
from adapters.discord.rest import Rest
from bot.domain.errors import NotConfigured

SCOPES = ("bot", "applications.commands")
PERMISSIONS: tuple[tuple[str, str], ...] = (
    ("View Channels", "To post in a channel, it has to see it."),
    ("Send Messages", "The public line after a start or a stop, digests and alerts."),
    ("Send Messages in Threads", "The same in a thread, if the command was sent in one."),
    ("Embed Links", "Links to videos in its posts."),
    ("Attach Files", "Charts with alt text, and CSV exports."),
    (
        "Read Message History",
        "To post an urgent warning as a reply to its alert; without it, the warning stands alone.",
    ),
)
_PERMISSIONS = Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
)
_INVITE = "https://discord.com/oauth2/authorize?"


async def application_id(token: str, api_url: str) -> str:
    """The id of the token's application. Raises NotConfigured if Discord refuses the token or doesn't answer."""
    async with Rest(token, api_url) as rest:
        try:
            return str((await with_retries(rest.application_info))["id"])
        except DiscordFailed as error:
            msg = f"Looking up the application of DISCORD_TOKEN failed: {error}."
            raise NotConfigured(msg) from error


def invite_link(application_id: str) -> str:
    """The link that adds the application to a server with the permissions it needs."""
    query = {"client_id": application_id, "scope": " ".join(SCOPES), "permissions": _PERMISSIONS.value}
    return _INVITE + urlencode(query)
