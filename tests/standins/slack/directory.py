"""The methods that tell who and where: auth.test, users.info, team.info, conversations.*."""

from typing import Any, TypeAlias

from tests.standins.slack.calls import Call
from tests.standins.slack.people import SCOPE_FAMILY, Channel
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


def team_info(world: World, call: Call) -> Json:
    """team.info."""
    name = call.text("team") or call.text("team_id")
    team = world.teams.get(name) if name else call.by.team
    if team is None or not call.by.may_see(team):
        raise Refusal("team_not_found" if name else "missing_argument")
    known: Json = {"id": team.id, "name": team.name, "domain": team.domain}
    if team.enterprise:
        known |= {"enterprise_id": team.enterprise.id, "enterprise_name": team.enterprise.name}
    return {"team": known}


def _known(world: World, call: Call) -> Channel:
    channel = world.channel_for(call.by, call.text("channel"))
    needed = f"{SCOPE_FAMILY[channel.kind]}:read"
    if needed not in call.by.scopes:
        raise Refusal("missing_scope", needed=needed, provided=",".join(sorted(call.by.scopes)))
    return channel


def conversations_info(world: World, call: Call) -> Json:
    """conversations.info: each kind of conversation needs its own scope."""
    return {"channel": _known(world, call).as_json(call.by.bot_user)}


def conversations_members(world: World, call: Call) -> Json:
    """conversations.members."""
    return {"members": sorted(_known(world, call).members), "response_metadata": {"next_cursor": ""}}


def conversations_open(world: World, call: Call) -> Json:
    """conversations.open: the direct messages with one person."""
    names = [name for name in call.text("users").split(",") if name]
    if len(names) != 1:
        raise Refusal("users_list_not_supplied" if not names else "too_many_users")
    user = world.user_for(call.by, names[0])
    if user.deleted:
        raise Refusal("user_disabled")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    return {"channel": {"id": world.conversation(call.by, user).id}}
