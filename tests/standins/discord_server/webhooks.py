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


def follow_up(world: World, call: Call) -> Json:
    """POST /webhooks/{app}/{token}: another message. Straight after a deferral it would replace that: deprecated."""
    interaction = _interaction(world, call)
    if interaction.callback == DEFERRED and interaction.is_thinking:
        raise Refusal(50035, ["the deferral has to be edited before anything follows it (deprecated by Discord)"])
    content = compose(world, interaction.channel, call.body, call.uploads, EPHEMERAL)
    message = answer_message(world, interaction, content)
    interaction.followups.append(message)
    return message.as_json()


def edit(world: World, call: Call) -> Json:
    """PATCH /webhooks/{app}/{token}/messages/{message}: a deferral becomes the answer."""
    interaction, message = _original(world, call)
    change(world, interaction.channel, message, call.body, call.uploads)
    return message.as_json()


def delete(world: World, call: Call) -> None:
    """DELETE /webhooks/{app}/{token}/messages/{message}."""
    _original(world, call)[1].is_deleted = True


def _interaction(world: World, call: Call) -> Interaction:
    interaction = world.interactions.get(call.path["token"])
    if interaction is None or interaction.callback is None or call.path["app"] != world.app.id:
        raise Refusal(10015)
    if world.clock() - interaction.made_at > TOKEN_LIFE:
        raise Refusal(50027)
    return interaction


def _original(world: World, call: Call) -> tuple[Interaction, Message]:
    """The interaction and its first answer, the only one that the bot edits or deletes."""
    interaction = _interaction(world, call)
    message = interaction.message
    if call.path["message"] != "@original" or message is None or message.is_deleted:
        raise Refusal(10008)
    return interaction, message
