"""/status: what works and what doesn't."""

from dataclasses import replace

from bot.commands.command import NoArguments
from bot.commands.context import Context
from bot.messages.status import Health, health, health_details, retried
from bot.messages.wording import plural
from bot.reply.call import Call
from bot.reply.model import Reply
from bot.store.audit import Action
from bot.store.coordination import SCHEDULER, Service
from bot.wallet.spending import LOOKS_APART


async def status(context: Context, args: NoArguments) -> Reply:  # noqa: ARG001 - every handler takes its arguments
    """Show whether everything works. Needs neither a key nor a responding API."""
    return replace(health(await _look_around(context)), shared_as=Call("status"))


async def status_details(context: Context, args: NoArguments) -> Reply:  # noqa: ARG001 - as above
    """Show the key, the last contacts with the API, unclear starts, unposted messages and the version."""
    return health_details(await _look_around(context))


async def _look_around(context: Context) -> Health:
    wallet = context.account
    services = await _services(context)
    if wallet is None:
        now = context.clock()
        queue = await context.store.outbox_status.queue(context.workspace.id, now)
        return Health(version=context.version, now=now, queue=queue, services=services)
    probe = await wallet.probe()
    await wallet.spending.settle_all(LOOKS_APART)
    now = context.clock()
    swept = await context.store.wallets.swept(wallet.id)
    unclear = await context.store.tracking.unsettled(wallet.id, now)
    digests = await context.store.digests.of_workspace(context.workspace.id)
    poll = await context.store.polling.state(wallet.id)
    return Health(
        version=context.version,
        now=now,
        has_key=True,
        is_test=wallet.is_test,
        error=probe.problem,
        usage_at=probe.as_of if probe.value else None,
        swept_at=swept.at if swept else None,
        last_digest_at=max((each.last_window_end for each in digests if each.last_window_end), default=None),
        next_digest_at=min((each.next.at for each in digests if each.is_on), default=None),
        complete=swept.complete if swept else True,
        unclear=len(unclear),
        polled_at=poll.at,
        polls_at=poll.next_at,
        poll_problem=poll.problem,
        queue=await context.store.outbox_status.queue(context.workspace.id, now),
        services=services,
        is_posting=any(each.is_on for each in digests) or await context.store.alerts.on_count(context.workspace.id) > 0,
    )


async def _services(context: Context) -> tuple[Service, ...]:
    """Services that people here may see: the scheduler and their own chat; in the operator's own workspaces, all.

    Their own chat counts as working, since the command arrived through it.
    """
    ref = context.caller.workspace
    found = dict(await context.store.services.every())
    if ref.chat in found:
        found[ref.chat] = Service(ref.chat, context.clock())
    if context.is_scheduling:
        found[SCHEDULER] = Service(SCHEDULER, context.clock())
    shown = found.keys() - {"database"} if ref.is_operators else {SCHEDULER, ref.chat}
    return tuple(service for name, service in sorted(found.items()) if name in shown)


async def retry(context: Context, args: NoArguments) -> Reply:  # noqa: ARG001 - as above
    """Post dead letters again."""
    again = await context.store.outbox_status.retry(context.workspace.id, context.clock())
    if again:
        await context.write_down(Action.SETTING, f"{plural(again, 'failed message')} posted again")
    return retried(again)
