"""The Web API methods that this Slack has: what each needs and takes, how often it may be called, who answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from tests.standins.slack import chat, directory, files, oauth, views
from tests.standins.slack.block_kit import validate, validate_view
from tests.standins.slack.calls import Call
from tests.standins.slack.posting import decoded
from tests.standins.slack.refusal import Refusal
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


def validate_blocks(_: World, call: Call) -> Json:
    """blocks.validate: of the blocks of a message, or of a view."""
    view = decoded(call.args, "view", "invalid_arguments")
    blocks = decoded(call.args, "blocks", "invalid_blocks_format")
    problems = validate_view(view) if view is not None else validate(blocks, "message")
    if problems:
        raise Refusal("invalid_blocks", errors=[{"message": each} for each in problems])
    return {}


_SPOKEN = _words(
    "text blocks attachments markdown_text thread_ts link_names parse username icon_emoji icon_url metadata as_user"
)
_VIEW = _words("trigger_id view")
METHODS: dict[str, Method] = {
    "auth.test": Method(directory.auth_test, 4, bearers=("bot", "app")),
    "auth.revoke": Method(oauth.revoke, 3, optional=_words("test")),
    "apps.uninstall": Method(oauth.uninstall, 3, optional=_words("client_id client_secret")),
    "oauth.v2.access": Method(
        oauth.access,
        4,
        optional=_words("client_id client_secret code redirect_uri grant_type refresh_token"),
        bearers=(),
    ),
    "users.info": Method(directory.users_info, 4, _words("user"), _words("include_locale"), "users:read"),
    "team.info": Method(directory.team_info, 3, optional=_words("team team_id domain"), scope="team:read"),
    "conversations.info": Method(
        directory.conversations_info, 3, _words("channel"), _words("include_locale include_num_members")
    ),
    "conversations.members": Method(directory.conversations_members, 4, _words("channel"), _words("cursor limit")),
    "conversations.open": Method(
        directory.conversations_open, 3, optional=_words("users channel return_im prevent_creation"), scope="im:write"
    ),
    "chat.postMessage": Method(
        chat.post_message,
        4,
        _words("channel"),
        _SPOKEN | _words("reply_broadcast unfurl_links unfurl_media mrkdwn client_msg_id"),
        "chat:write",
    ),
    "chat.postEphemeral": Method(chat.post_ephemeral, 4, _words("channel user"), _SPOKEN, "chat:write"),
    "chat.update": Method(
        chat.update,
        3,
        _words("channel ts"),
        _words("text blocks attachments markdown_text link_names parse metadata as_user reply_broadcast file_ids"),
        "chat:write",
    ),
    "chat.delete": Method(chat.delete, 3, _words("channel ts"), _words("as_user"), "chat:write"),
    "chat.unfurl": Method(
        chat.unfurl,
        3,
        _words("unfurls"),
        _words(
            "channel ts unfurl_id source user_auth_required user_auth_message user_auth_url user_auth_blocks metadata"
        ),
        "links:write",
    ),
    "views.open": Method(views.open_, 4, _VIEW),
    "views.push": Method(views.push, 4, _VIEW),
    "views.update": Method(views.update, 4, _words("view"), _words("view_id external_id hash")),
    "views.publish": Method(views.publish, 4, _words("user_id view"), _words("hash")),
    "files.getUploadURLExternal": Method(
        files.get_upload_url, 4, _words("filename length"), _words("alt_txt snippet_type"), "files:write"
    ),
    "files.completeUploadExternal": Method(
        files.complete,
        4,
        _words("files"),
        _words("channel_id channels initial_comment thread_ts blocks"),
        "files:write",
    ),
    "files.info": Method(files.info, 4, _words("file"), _words("cursor limit count page"), "files:read"),
    "blocks.validate": Method(validate_blocks, 4, optional=_words("blocks view message"), bearers=()),
}
