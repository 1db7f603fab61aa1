"""The Slack app's manifest: slash commands from the registry, and scopes with their reasons."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from adapters.slack.text import Block
from bot.addresses import api_address
from bot.commands.command import Command
from bot.commands.lines import UMBRELLA
from bot.domain.errors import NotConfigured

EVENTS_PATH = "/slack/events"
REDIRECT_PATH = "/slack/oauth_redirect"
TRACK_MESSAGE = "track_message"
"""The callback_id of the message shortcut."""
TRACK = "track"
"""The callback_id of the global shortcut."""

SCOPES: tuple[tuple[str, str], ...] = (
    ("commands", "The slash commands and the two shortcuts."),
    ("chat:write", "The public line after a start or a stop, digests and alerts, in channels with the bot."),
    ("chat:write.public", "The same in public channels, without an invitation."),
    ("files:write", "Charts and CSV exports."),
    ("app_mentions:read", "Mentions of the app, which are answered in private."),
    ("im:history", "Direct messages to the app, which are answered like commands."),
    ("im:write", "Direct messages: CSV exports, and replies that can't be shown in a channel."),
    ("channels:read", "Whether the bot can post in a channel, and whether another company is in it."),
    ("groups:read", "The same for private channels."),
    ("usergroups:read", "Who is in a user group, for limits and approvers that are set for one."),
    ("users:read", "Who is a guest (view only) and who is an admin (can change settings)."),
)
UNFURL_SCOPES: tuple[tuple[str, str], ...] = (
    ("links:read", "Only for link previews: see that a video link was posted."),
    ("links:write", "Only for link previews: show the video's numbers under it."),
)
EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "channel_shared", "message.im", "tokens_revoked")
UNFURL_EVENTS = ("link_shared",)

MAX_COMMAND = 32
MAX_COMMANDS = 50
MAX_DOMAINS = 5

_URL = "--url https://bot.example.com"
_CREATE = "https://api.slack.com/apps?new_app=1&manifest_json="
_NAME = "ContentStats"
_DESCRIPTION = "Track TikTok, YouTube, Instagram and X videos: costs first, then numbers and charts."
_LONG_DESCRIPTION = (
    "Paste the link of a TikTok, YouTube, Instagram or X video: you see the price before anything is spent. "
    "Then see its hourly numbers and charts, or export a CSV file. Replies are private; "
    "a start or stop posts a line in the channel."
)


def manifest(
    commands: Iterable[Command[Any]],
    *,
    prefix: str,
    socket_mode: bool,
    base_url: str | None,
    oauth: bool,
    unfurl_domains: tuple[str, ...] = (),
) -> Block:
    """Build the manifest for Socket Mode, or for HTTP at `base_url`; `oauth` allows installing in many workspaces.

    Link previews and their scopes are requested only if there are `unfurl_domains`. Raises NotConfigured if an address
    is missing, or if Slack would refuse a command name or too many domains.
    """
    if base_url is None and (oauth or not socket_mode):
        msg = (
            "Slack has to know where to reach the bot. Give its public https address, or use Socket Mode without OAuth."
        )
        raise NotConfigured(msg)
    base = _https(base_url) if base_url is not None else ""
    url = None if socket_mode else f"{base}{EVENTS_PATH}"
    scopes = [scope for scope, _ in SCOPES + (UNFURL_SCOPES if unfurl_domains else ())]
    redirect = {"redirect_urls": [f"{base}{REDIRECT_PATH}"]} if oauth else {}
    return {
        "display_information": {
            "name": _NAME,
            "description": _DESCRIPTION,
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#1d2733",
        },
        "features": _features(commands, prefix, url, unfurl_domains),
        "oauth_config": {**redirect, "scopes": {"bot": scopes}},
        "settings": _settings(url, is_unfurling=bool(unfurl_domains)),
    }


def _https(base_url: str) -> str:
    """The base URL without the events path and trailing slash. Raises NotConfigured if Slack would refuse it."""
    if base_url.lower().startswith("http://"):
        raise NotConfigured(f"Slack sends requests to https addresses only. Write {_URL}.")
    try:
        address = api_address("--url", base_url.strip(), _URL.removeprefix("--url "))
    except ValueError as error:
        raise NotConfigured(str(error)) from None
    return address.removesuffix(EVENTS_PATH)


def create_link(made: Block) -> str:
    """A link to Slack's "Create an app" page with the manifest filled in."""
    return _CREATE + quote(json.dumps(made, separators=(",", ":"), ensure_ascii=False), safe="")


def _features(commands: Iterable[Command[Any]], prefix: str, url: str | None, domains: tuple[str, ...]) -> Block:
    if len(domains) > MAX_DOMAINS:
        msg = f"Slack previews the links of {MAX_DOMAINS} domains at most; {len(domains)} were given."
        raise NotConfigured(msg)
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,  # the bot answers direct messages
        },
        "bot_user": {"display_name": _NAME, "always_online": True},
        "shortcuts": [
            {
                "name": "Track this video",
                "type": "message",
                "callback_id": TRACK_MESSAGE,
                "description": "Show what tracking the video in this message costs",
            },
            {
                "name": "Track a video",
                "type": "global",
                "callback_id": TRACK,
                "description": "Paste a link and see what tracking the video costs",
            },
        ],
        "slash_commands": _slash_commands(commands, prefix, url),
        **({"unfurl_domains": list(domains)} if domains else {}),
    }


def _slash_commands(commands: Iterable[Command[Any]], prefix: str, url: str | None) -> list[Block]:
    made = [
        _slash_command(f"/{prefix}{each.name}", each.summary, each.usage.partition(" ")[2], url)
        for each in commands
        if each.listed
    ]
    made.append(_slash_command(f"/{UMBRELLA}", "All commands under one name, and help", "[command] [words …]", url))
    for each in made:
        name = str(each["command"])
        if len(name) > MAX_COMMAND or name != name.lower() or " " in name:
            msg = f"Slack doesn't allow {name}: use small letters, no spaces, {MAX_COMMAND} characters with the slash."
            raise NotConfigured(f"{msg} Choose another SLACK_COMMAND_PREFIX.")
    if len(made) > MAX_COMMANDS:
        msg = f"Slack allows {MAX_COMMANDS} commands at most; there are {len(made)}."
        raise NotConfigured(msg)
    return made


def _slash_command(command: str, description: str, usage: str, url: str | None) -> Block:
    return {
        "command": command,
        "description": description,
        **({"usage_hint": usage} if usage else {}),
        "should_escape": False,
        **({"url": url} if url else {}),
    }


def _settings(url: str | None, *, is_unfurling: bool) -> Block:
    events = [*EVENTS, *(UNFURL_EVENTS if is_unfurling else ())]
    request = {"request_url": url} if url else {}
    options = {"message_menu_options_url": url} if url else {}
    return {
        "event_subscriptions": {**request, "bot_events": events},
        "interactivity": {"is_enabled": True, **request, **options},
        "org_deploy_enabled": True,
        "socket_mode_enabled": url is None,
        "token_rotation_enabled": False,
    }
