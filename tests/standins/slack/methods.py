"""The Web API methods that the bot calls: their scope, tier and arguments, and the function that answers each.

Other methods are refused as unknown_method, other arguments as invalid_arguments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from tests.standins.slack import chat, directory, files, oauth, views
from tests.standins.slack.calls import Call
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
Answer: TypeAlias = Callable[[World, Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """One method. `bearers` are the kinds of token it may be called with, none for one that needs no token."""

    answer: Answer
    tier: int
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    scope: str = ""
    bearers: tuple[Literal["bot", "app"], ...] = ("bot",)


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SPOKEN = _words("text blocks thread_ts unfurl_links unfurl_media client_msg_id metadata")
METHODS: dict[str, Method] = {
    "auth.test": Method(directory.auth_test, 4, bearers=("bot", "app")),
    "oauth.v2.access": Method(
        oauth.access, 4, optional=_words("client_id client_secret code redirect_uri grant_type"), bearers=()
    ),
    "users.info": Method(directory.users_info, 4, _words("user"), scope="users:read"),
    "conversations.info": Method(directory.conversations_info, 3, _words("channel")),
    "conversations.open": Method(directory.conversations_open, 3, _words("users"), scope="im:write"),
    "chat.postMessage": Method(chat.post_message, 4, _words("channel"), _SPOKEN, "chat:write"),
    "chat.postEphemeral": Method(chat.post_ephemeral, 4, _words("channel user"), _SPOKEN, "chat:write"),
    "chat.update": Method(chat.update, 3, _words("channel ts"), _words("text blocks parse"), "chat:write"),
    "chat.unfurl": Method(chat.unfurl, 3, _words("unfurls"), _words("channel ts unfurl_id source"), "links:write"),
    "views.open": Method(views.open_, 4, _words("trigger_id view")),
    "views.publish": Method(views.publish, 4, _words("user_id view")),
    "files.getUploadURLExternal": Method(
        files.get_upload_url, 4, _words("filename length"), _words("alt_txt"), "files:write"
    ),
    "files.completeUploadExternal": Method(
        files.complete, 4, _words("files"), _words("channel_id initial_comment thread_ts"), "files:write"
    ),
}
