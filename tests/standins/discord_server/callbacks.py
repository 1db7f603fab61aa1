"""Initial responses to interactions: which types are allowed when, and what each does. Type 7 is never sent."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tests.standins.discord_server.application_commands import choices_problems
from tests.standins.discord_server.calls import Call
from tests.standins.discord_server.components import EPHEMERAL, modal_problems
from tests.standins.discord_server.content import LOADING, Message
from tests.standins.discord_server.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
    Modal,
)
from tests.standins.discord_server.posting import compose, put
from tests.standins.discord_server.refusal import Refusal
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]

MESSAGE, DEFERRED, DEFERRED_UPDATE, CHOICES, MODAL = 4, 5, 6, 8, 9
_ALLOWED: Mapping[int, tuple[int, ...]] = {
    COMMAND: (MESSAGE, DEFERRED, MODAL),
    COMPONENT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL_SUBMIT: (MESSAGE, DEFERRED, DEFERRED_UPDATE),
}


def callback(world: World, call: Call) -> None:
    """POST /interactions/{id}/{token}/callback: once, within three seconds."""
    interaction = world.interactions.get(call.path["token"])
    if interaction is None or interaction.id != call.path["interaction"] or interaction.failure:
        raise Refusal(10062)
    if interaction.callback is not None:
        raise Refusal(40060)
    kind, allowed = call.body["type"], _ALLOWED[interaction.kind]
    if kind not in allowed or (kind == DEFERRED_UPDATE and interaction.source is None):
        raise Refusal(50035, [f"/type must be one of {', '.join(map(str, allowed))}"])
    _ANSWERS[kind](world, interaction, call.body.get("data") or {}, call)
    interaction.callback = kind
    interaction.answered.set()


def answer_message(world: World, interaction: Interaction, content: Json) -> Message:
    """A message of the app that answers an interaction."""
    is_ephemeral = bool(content["flags"] & EPHEMERAL)
    return put(
        world,
        interaction.channel,
        world.app.user.as_json(),
        content,
        only_for=interaction.user.id if is_ephemeral else None,
        via_interaction=True,
    )


def _message(world: World, interaction: Interaction, data: Json, call: Call) -> None:
    content = compose(world, interaction.channel, data, call.uploads, EPHEMERAL)
    interaction.message = answer_message(world, interaction, content)


def _deferred(world: World, interaction: Interaction, data: Json, _: Call) -> None:
    flags = data.get("flags") or 0
    if set(data) - {"flags"} or flags & ~EPHEMERAL:
        raise Refusal(50035, ["/data can have no more than the flag EPHEMERAL in a deferral"])
    interaction.message = answer_message(world, interaction, {"flags": flags | LOADING, "sent": data})


def _deferred_update(_: World, interaction: Interaction, __: Json, ___: Call) -> None:
    interaction.message = interaction.source


def _choices(_: World, interaction: Interaction, data: Json, __: Call) -> None:
    problems = list(choices_problems(data["choices"], interaction.option_type, "/data/choices"))
    if problems:
        raise Refusal(50035, problems)
    interaction.choices = data["choices"]


def _modal(_: World, interaction: Interaction, data: Json, __: Call) -> None:
    problems = modal_problems(data)
    if problems:
        raise Refusal(50035, problems)
    interaction.modal = Modal(user=interaction.user, channel=interaction.channel, body=data, message=interaction.source)


_ANSWERS: Mapping[int, Callable[[World, Interaction, Json, Call], None]] = {
    MESSAGE: _message,
    DEFERRED: _deferred,
    DEFERRED_UPDATE: _deferred_update,
    CHOICES: _choices,
    MODAL: _modal,
}
