"""The methods that return people and channels: auth.test, users.info, conversations.info, conversations.open."""

from typing import Any, TypeAlias

from tests.standins.slack.calls import Call
from tests.standins.slack.people import SCOPE_FAMILY
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]


def auth_test(world: World, call: Call) -> Json:
    """auth.test: whose token this is. An organisation's has its id in place of a workspace's."""
    token = call.by
    if token.kind == "app":
        return {"app_id": token.app.id, "app_name": token.app.name}
    return {
        "url": f"https://{token.team.domain if token.team else 'grid'}.slack.com/",
        "team": call.place.name,
        "user": world.users[token.bot_user].name,
        "team_id": call.place.id,
        "user_id": token.bot_user,
        "bot_id": token.bot_id,
        "is_enterprise_install": token.team is None,
        **({"enterprise_id": token.enterprise.id} if token.enterprise else {}),
    }


def users_info(world: World, call: Call) -> Json:
    """users.info."""
    return {"user": world.user_for(call.by, call.text("user")).as_json()}


def conversations_info(world: World, call: Call) -> Json:
    """conversations.info: each kind of conversation needs its own scope."""
    channel = world.channel_for(call.by, call.text("channel"))
    needed = f"{SCOPE_FAMILY[channel.kind]}:read"
    if needed not in call.by.scopes:
        raise Refusal("missing_scope", needed=needed, provided=",".join(sorted(call.by.scopes)))
    return {"channel": channel.as_json(call.by.bot_user)}


def conversations_open(world: World, call: Call) -> Json:
    """conversations.open: the direct messages with one person."""
    user = world.user_for(call.by, call.text("users"))
    if user.deleted:
        raise Refusal("user_disabled")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    return {"channel": {"id": world.conversation(call.by, user).id}}
