"""The payloads of commands, interactions and events, in their documented shapes."""

from typing import Any, TypeAlias

from tests.standins.slack.apps import App
from tests.standins.slack.content import Message, View
from tests.standins.slack.people import Channel, Team, User
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
TOKEN = "deprecated-verification-token"
"""Deprecated but still in every payload; the bot must not use it."""


def is_org_install(world: World, app: App, team: Team) -> bool:
    """Whether a workspace has the app only through its organisation."""
    return bool(team.enterprise and world.bot_tokens(app, team.enterprise) and not world.bot_tokens(app, team))


def command(world: World, app: App, user: User, channel: Channel, name: str, text: str) -> dict[str, str]:
    """A slash command, without `response_url` and `trigger_id`."""
    enterprise = user.team.enterprise
    org = {"enterprise_id": enterprise.id, "enterprise_name": enterprise.name} if enterprise else {}
    return {
        "token": TOKEN,
        "team_id": user.team.id,
        "team_domain": user.team.domain,
        **org,
        "channel_id": channel.id,
        "channel_name": channel.command_name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": str(is_org_install(world, app, user.team)).lower(),
    }


def interaction(world: World, app: App, user: User, kind: str) -> Json:
    """The fields that all interactions share."""
    enterprise = user.team.enterprise
    team = {"id": user.team.id, "domain": user.team.domain}
    if enterprise:
        team |= {"enterprise_id": enterprise.id, "enterprise_name": enterprise.name}
    return {
        "type": kind,
        "token": TOKEN,
        "api_app_id": app.id,
        "team": team,
        "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
        "is_enterprise_install": is_org_install(world, app, user.team),
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team.id},
    }


def place_of(channel: Channel) -> Json:
    """A channel as in interactions."""
    return {"id": channel.id, "name": channel.command_name}


def in_message(world: World, message: Message) -> Json:
    """Where an interaction took place: an ephemeral message is given by its address, not as a whole."""
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel_id,
        "is_ephemeral": message.only_for is not None,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    place: Json = {"container": container, "channel": place_of(world.channels[message.channel_id])}
    return place if message.only_for else {**place, "message": message.as_json()}


def in_view(view: View, values: Json) -> Json:
    """Where an interaction took place: a modal or a Home tab, which have no channel."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view.as_json(values)}


def action(block: Json, element: Json, chosen: Json, ts: str) -> Json:
    """The only entry in `actions`."""
    shown: Json = {key: element[key] for key in ("text", "value", "style", "url", "placeholder") if key in element}
    place = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
    return {**place, **shown, **chosen, "action_ts": ts}


def event_callback(world: World, app: App, team: Team, event: Json, event_id: str) -> Json:
    """An event with the installation that receives it."""
    is_org = is_org_install(world, app, team)
    tokens = world.bot_tokens(app, team.enterprise if is_org and team.enterprise else team)
    authorization = {
        "enterprise_id": team.enterprise_id,
        "team_id": None if is_org else team.id,
        "user_id": tokens[0].bot_user if tokens else "",
        "is_bot": True,
        "is_enterprise_install": is_org,
    }
    return {
        "token": TOKEN,
        "team_id": team.id,
        **({"enterprise_id": team.enterprise_id} if team.enterprise else {}),
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(world.clock().timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }
