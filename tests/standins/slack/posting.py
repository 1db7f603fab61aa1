"""The content of messages, however they are sent, and adding them to a channel."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from tests.standins.slack.apps import App
from tests.standins.slack.block_kit import MAX_WEIGHT, Surface, validate, validate_view, weight
from tests.standins.slack.content import Message, with_ids
from tests.standins.slack.people import Channel, Team
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
MAX_TEXT = 40_000


def decoded(args: Mapping[str, Any], key: str, error: str) -> Any:
    """An argument that is JSON, or a string of JSON in a form. Raises Refusal with this error otherwise."""
    value = args.get(key)
    if not isinstance(value, str) or not value:
        return value or None
    try:
        return json.loads(value)
    except ValueError:
        raise Refusal(error) from None


def content_of(world: World, args: Mapping[str, Any], app: App, team: Team, *, may_be_private: bool = True) -> Json:
    """The text and blocks of a message as they will be kept. Raises Refusal.

    `may_be_private`: whether a picture may be a file without a channel.
    """
    blocks = decoded(args, "blocks", "invalid_blocks_format") or []
    text = str(args.get("text") or "")
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    if not (text.strip() or blocks):
        raise Refusal("no_text")
    if weight(blocks) > MAX_WEIGHT:
        raise Refusal("msg_blocks_too_long")
    check_blocks(world, blocks, "message", app, team, may_be_private=may_be_private)
    return {"text": text[:MAX_TEXT], "blocks": with_ids(blocks, world.new_block_id)}


def check_blocks(
    world: World, blocks: list[Json], surface: Surface, app: App, team: Team, *, may_be_private: bool = True
) -> None:
    """Raises Refusal, with the reasons, for blocks that Slack would not accept."""
    problems = validate(blocks, surface)
    if team.id in world.without_data_tables and any(block["type"] == "data_table" for block in blocks):
        problems.append("/blocks has an unsupported type of block: data_table")
    if not problems:
        problems = list(_missing_pictures(world, blocks, app, team, may_be_private=may_be_private))
    if problems:
        raise Refusal("invalid_blocks", [f"[ERROR] {each}" for each in problems], errors=problems)


def check_view(world: World, view: object, kind: Literal["modal", "home"], app: App, team: Team) -> Json:
    """The view as it will be kept. Raises Refusal."""
    problems = validate_view(view)
    if not problems and isinstance(view, dict):
        problems = [] if view["type"] == kind else [f"/view/type must be {kind} here"]
        problems += _missing_pictures(world, view["blocks"], app, team, may_be_private=True)
    if problems or not isinstance(view, dict):
        raise Refusal("invalid_arguments", [f"[ERROR] {each}" for each in problems])
    if len(json.dumps(view)) > 250_000:
        raise Refusal("view_too_large")
    return {**view, "blocks": with_ids(view["blocks"], world.new_block_id)}


def _missing_pictures(world: World, blocks: list[Json], app: App, team: Team, *, may_be_private: bool) -> Iterator[str]:
    """The problems of pictures' files: Slack shows only processed files."""
    now = world.clock()
    for block in blocks:
        if block["type"] != "image":
            continue
        file = world.files.get(block["slack_file"]["id"])
        is_ours = file is not None and file.place_id in (team.id, team.enterprise_id) and file.app_id == app.id
        if file is None or not is_ours or not (file.channels or may_be_private):
            yield "invalid slack file: there is none to be seen"
        elif not file.is_processed(now):
            yield "invalid slack file: it is not processed yet"
        elif not file.media_type.startswith("image/"):
            yield "invalid slack file: it is no picture"


def put(world: World, channel: Channel, user: str, content: Json, **more: Any) -> Message:
    """Add a message to a channel; `more` are further fields of `Message`."""
    message = Message(
        ts=world.new_ts(), channel_id=channel.id, team_id=channel.team.id, user=user, **{**content, **more}
    )
    channel.history.append(message)
    return message
