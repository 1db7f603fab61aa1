"""Removes the buttons and menu options of a private reply that its reader isn't permitted to use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.commands.campaign import permission_of
from bot.commands.command import Command
from bot.commands.context import Context
from bot.commands.forms import reopened
from bot.domain.caller import Permission
from bot.reply.call import Call
from bot.reply.model import Action, Button, Item, Listing, Menu, Reply

STOP = "stop"
_LOOKS = frozenset({"", "now", "status"})
"""Actions of `/digest` that change nothing."""


async def with_allowed_actions(reply: Reply, context: Context, commands: Mapping[str, Command[Any]]) -> Reply:
    """Return the reply with the actions that its reader may use; a reply for the whole channel is unchanged."""
    if context.is_posting:
        return reply
    stoppable = await _stoppable(reply, context)

    def is_allowed(call: Call) -> bool:
        name, given, _ = reopened(call)
        command = commands.get(name)
        if command is None:
            return True
        if name == STOP and given.get("video") not in stoppable:
            return False
        is_seen = context.sees_money or not command.shows_money
        return is_seen and _needed(command, given) in context.permissions

    actions: list[Action] = []
    for action in reply.actions:
        if isinstance(action, Menu):
            options = tuple(each for each in action.options if is_allowed(each.call))
            actions += (replace(action, options=options),) if options else ()
        elif not isinstance(action, Button) or is_allowed(action.call):
            actions.append(action)
    parts = tuple(
        replace(part, items=tuple(_without_refused(each, is_allowed) for each in part.items))
        if isinstance(part, Listing)
        else part
        for part in reply.parts
    )
    return replace(reply, actions=tuple(actions), parts=parts)


def _without_refused(item: Item, is_allowed: Callable[[Call], bool]) -> Item:
    return replace(item, button=None) if item.button is not None and not is_allowed(item.button.call) else item


async def _stoppable(reply: Reply, context: Context) -> frozenset[str]:
    """Videos that the reply offers to stop and that its reader may stop: all of them, or those that they started."""
    offered = frozenset(call.arguments.get("video", "") for call in _calls(reply) if call.command == STOP)
    if not offered or Permission.STOP_ANY in context.permissions:
        return offered
    unread = offered - context.seen.keys()
    read = await context.store.videos.several(context.wallet.id, unread) if unread else {}
    mine, found = context.caller.person.id, (context.seen.get(id_) or read.get(id_) for id_ in offered)
    return frozenset(each.video.id for each in found if each and each.started_by and each.started_by.id == mine)


def _calls(reply: Reply) -> Iterator[Call]:
    """All calls of the reply's buttons and menus."""
    for action in reply.actions:
        if isinstance(action, Menu):
            yield from (each.call for each in action.options)
        elif isinstance(action, Button):
            yield action.call
    listings = (part for part in reply.parts if isinstance(part, Listing))
    yield from (each.button.call for part in listings for each in part.items if each.button is not None)


def _needed(command: Command[Any], given: Mapping[str, str]) -> Permission:
    """The permission that a call requires; for some commands it depends on the arguments."""
    if command.name == "campaign":
        return permission_of(given.get("action", ""))
    if command.name == "digest" and ("asks" in given or given.get("action", "") not in _LOOKS):
        return Permission.CONFIGURE
    return command.need
