"""Replies to interactions: in the acknowledgement, or by a response URL (five times in thirty minutes).

Raises Refusal for an invalid reply; in an acknowledgement the person then sees a failure.
"""

import secrets
from collections.abc import Mapping
from typing import Any, TypeAlias

from tests.standins.json_schema import problems
from tests.standins.slack.apps import RESPONSE_URL_LIFE, RESPONSE_URL_USES, App, ResponseUrl
from tests.standins.slack.block_kit import OPTIONS
from tests.standins.slack.content import Message, View
from tests.standins.slack.delivery import Delivery
from tests.standins.slack.people import Channel, User
from tests.standins.slack.posting import content_of, put
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
FIELDS = frozenset({"text", "blocks", "response_type", "replace_original", "unfurl_links", "unfurl_media"})


def issue(world: World, app: App, channel: Channel, user: User, origin: Message | None = None) -> str:
    """A new response URL; `origin` is the message that the person acted on."""
    name = f"{user.team.id}/{secrets.token_hex(12)}"
    world.response_urls[name] = ResponseUrl(app, channel, user.id, world.clock(), origin)
    return f"{world.base_url}/hooks/{name}"


def use(world: World, name: str, args: Mapping[str, Any]) -> None:
    """Use a response URL. Raises Refusal; a reply with invalid content uses it up too."""
    url = world.response_urls.get(name)
    if url is None or world.clock() - url.made_at > RESPONSE_URL_LIFE:
        raise Refusal("expired_url")
    if url.uses >= RESPONSE_URL_USES:
        raise Refusal("used_url")
    url.uses += 1
    unknown = sorted(set(args) - FIELDS)
    if unknown:
        raise Refusal("invalid_payload", [f"unknown argument: {key}" for key in unknown])
    answer(world, url, args)


def answer(world: World, url: ResponseUrl, args: Mapping[str, Any]) -> Message:
    """Post a reply, ephemeral unless it says `in_channel`, or replace the original."""
    kind = args.get("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise Refusal("invalid_payload", [f"unknown response_type: {kind}"])
    private = world.shows_files_in_response_urls
    content = content_of(world, args, url.app, url.channel.team, may_be_private=private)
    if args.get("replace_original") and url.origin is not None:
        original = url.origin
        if original.is_deleted:
            raise Refusal("message_not_found")
        original.text, original.blocks = content["text"], content["blocks"]
        original.edits += 1
        original.sent = dict(args)
        return original
    return put(
        world,
        url.channel,
        _bot(world, url),
        content,
        app_id=url.app.id,
        only_for=url.user if kind == "ephemeral" else None,
        via="response_url",
        thread_ts=url.origin.thread_ts if url.origin else None,
        sent=dict(args),
    )


def _bot(world: World, url: ResponseUrl) -> str:
    own = (token for token in world.tokens.values() if token.app is url.app and token.kind == "bot")
    return next((token.bot_user for token in own if token.may_see(url.channel.team)), "")


def command_ack(delivery: Delivery) -> None:
    """Accept only an empty acknowledgement of a slash command: the bot never replies in it."""
    if delivery.ack is not None:
        raise Refusal("invalid_payload", ["the bot acknowledges a command without a reply"])


def submission_ack(delivery: Delivery, view: View) -> None:
    """Close a submitted form after an empty acknowledgement, or show its errors."""
    said = delivery.ack
    if not said:
        view.is_open = False
    elif said.get("response_action") == "errors":
        view.errors = _errors(view, said.get("errors"))
    else:
        raise Refusal("invalid_response_action", [f"the bot never answers {said.get('response_action')}"])


def _errors(view: View, errors: object) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise Refusal("invalid_errors", ["errors must be by the block_id of input blocks"])
    if not all(isinstance(each, str) and each for each in errors.values()):
        raise Refusal("invalid_errors", ["errors must be sentences"])
    return dict(errors)


def options_ack(delivery: Delivery) -> list[Json]:
    """The app's options, at most a hundred, each within the limits of an option."""
    offered = (delivery.ack or {}).get("options")
    if found := problems({**OPTIONS, "minItems": 0}, offered, "/options"):
        raise Refusal("invalid_options", found)
    return list(offered or ())
