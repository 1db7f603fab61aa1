"""/connect and /disconnect: the workspace's own API key."""

from dataclasses import dataclass, replace

from bot.commands.command import Kind, NoArguments, argument
from bot.commands.context import Context
from bot.domain.errors import KeyRejected, SpendingRefused
from bot.messages.connect import connected, disconnect_question, disconnected
from bot.reply.model import Reply
from bot.reply.text import visible
from bot.store.audit import Action

_AROUND = " \"'`“”‘’<>,;"
"""Characters pasted around a key that aren't part of it."""


@dataclass(frozen=True, slots=True)
class Connect:
    """The key, entered in a private form."""

    key: str = argument(Kind.SECRET, "the API key: cs_live_… or cs_test_…")


async def connect(context: Context, args: Connect) -> Reply:
    """Verify the key, then store it encrypted for this workspace."""
    key = visible(args.key).strip(_AROUND)
    try:
        usage, is_test = await context.accounts.link(context.caller.workspace, key, context.caller.person)
    except KeyRejected:
        raise KeyRejected(
            "ContentStats doesn't accept that key, so nothing was changed. Copy the whole key from contentstats.io "
            "again."
        ) from None
    await context.write_down(Action.SETTING, "API key linked" + (" (a test key)" if is_test else ""))
    return connected(usage.available, is_test=is_test)


async def ask_to_disconnect(context: Context, args: NoArguments) -> Reply:  # noqa: ARG001 - every handler takes its arguments
    """Show what would be removed; nothing is removed before the button is pressed."""
    await _check_settled(context)
    running = await context.store.videos.running(context.workspace.wallet_id)
    mine = [stored for stored in running if stored.workspace_id == context.workspace.id]
    own = await context.store.credentials.of(context.workspace.id)
    return disconnect_question(len(mine), has_own_key=own is not None)


async def disconnect(context: Context, args: NoArguments) -> Reply:  # noqa: ARG001 - as above
    """Delete the workspace and everything stored for it. The new audit log begins with who did it."""
    await _check_settled(context)
    await context.accounts.forget(context.caller.workspace)
    workspace = (await context.accounts.get(context.caller.workspace)).workspace
    await replace(context, workspace=workspace).write_down(Action.SETTING, "API key and everything stored deleted")
    return disconnected(keeps_default=context.accounts.has_default(context.caller.workspace))


async def _check_settled(context: Context) -> None:
    """Refuse while a request may still start something: once forgotten, it could be started twice."""
    waiting = await context.store.tracking.unsettled(context.workspace.wallet_id, context.clock())
    if any(request.workspace_id == context.workspace.id for request in waiting):
        raise SpendingRefused(
            "A tracking request is still unclear, so its record can't be deleted yet. Try again once /status no longer "
            "shows it; that takes up to 15 minutes."
        )
