"""What an app may do with an interaction's token after its first answer: edit that, and follow up, for 15 minutes."""

from typing import Any, TypeAlias

from tests.standins.discord_server.callbacks import DEFERRED, answer_message
from tests.standins.discord_server.calls import Call
from tests.standins.discord_server.components import EPHEMERAL
from tests.standins.discord_server.content import Message
from tests.standins.discord_server.interactions import TOKEN_LIFE, Interaction
from tests.standins.discord_server.posting import change, compose
from tests.standins.discord_server.refusal import Refusal
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]
ORIGINAL = "@original"


def follow_up(world: World, call: Call) -> Json:
    """POST /webhooks/{app}/{token}: another message; straight after a deferral it still takes the deferral's place."""
    interaction = _interaction(world, call)
    if interaction.callback == DEFERRED and interaction.is_thinking:
        message = _message(interaction, ORIGINAL)
        body = {**call.body, "flags": (call.body.get("flags") or 0) & ~EPHEMERAL}
        change(world, interaction.channel, message, body, call.uploads)
    else:
        content = compose(world, interaction.channel, call.body, call.uploads, EPHEMERAL)
        message = answer_message(world, interaction, content)
        interaction.followups.append(message)
    return message.as_json()


def get(world: World, call: Call) -> Json:
    """GET /webhooks/{app}/{token}/messages/{message}."""
    return _message(_interaction(world, call), call.path["message"]).as_json()


def edit(world: World, call: Call) -> Json:
    """PATCH /webhooks/{app}/{token}/messages/{message}: a deferral becomes the answer."""
    interaction = _interaction(world, call)
    message = _message(interaction, call.path["message"])
    change(world, interaction.channel, message, call.body, call.uploads)
    return message.as_json()


def delete(world: World, call: Call) -> None:
    """DELETE /webhooks/{app}/{token}/messages/{message}."""
    _message(_interaction(world, call), call.path["message"]).is_deleted = True


def _interaction(world: World, call: Call) -> Interaction:
    interaction = world.interactions.get(call.path["token"])
    if interaction is None or interaction.callback is None or call.path["app"] != world.app.id:
        raise Refusal(10015)
    if world.clock() - interaction.made_at > TOKEN_LIFE:
        raise Refusal(50027)
    return interaction


def _message(interaction: Interaction, id_: str) -> Message:
    ours = [each for each in (interaction.message, *interaction.followups) if each and not each.is_deleted]
    wanted = interaction.message.id if id_ == ORIGINAL and interaction.message else id_
    message = next((each for each in ours if each.id == wanted), None)
    if message is None:
        raise Refusal(10008)
    return message
