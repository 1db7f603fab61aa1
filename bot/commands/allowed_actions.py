"""The buttons and menus of a private reply without those that would only be refused to its reader."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.commands.campaign import permission_of
from bot.commands.command import Command
from bot.commands.context import Context
from bot.commands.forms import reopened
from bot.domain.caller import Permission
from bot.reply.call import Call
from bot.reply.model import Action, Button, Menu, Reply

_LOOKS = frozenset({"", "now", "status"})
"""What `/digest` does that changes nothing."""


def with_allowed_actions(reply: Reply, context: Context, commands: Mapping[str, Command[Any]]) -> Reply:
    """The reply with what its reader may press; one for the whole channel as it is."""
    if context.is_posting:
        return reply

    def is_allowed(call: Call) -> bool:
        name, given, _ = reopened(call)
        command = commands.get(name)
        if command is None:
            return True
        is_seen = context.sees_money or not command.shows_money
        return is_seen and _needed(command, given) in context.permissions

    actions: list[Action] = []
    for action in reply.actions:
        if isinstance(action, Menu):
            options = tuple(each for each in action.options if is_allowed(each.call))
            actions += (replace(action, options=options),) if options else ()
        elif not isinstance(action, Button) or is_allowed(action.call):
            actions.append(action)
    return replace(reply, actions=tuple(actions))


def _needed(command: Command[Any], given: Mapping[str, str]) -> Permission:
    """What a press takes: for some commands more than to look, by what it says."""
    if command.name == "campaign":
        return permission_of(given.get("action", ""))
    if command.name == "digest" and ("asks" in given or given.get("action", "") not in _LOOKS):
        return Permission.CONFIGURE
    return command.need
