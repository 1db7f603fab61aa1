"""/status: what works and what does not."""

from dataclasses import dataclass

from bot.commands.context import Context
from bot.messages.status import Health, health
from bot.reply.model import Reply


@dataclass(frozen=True, slots=True)
class Status:
    """Nothing."""


async def status(context: Context, args: Status) -> Reply:  # noqa: ARG001 - every handler takes its arguments
    """The key, the last looks at the API, what is unclear, the version. Works without a key, and with the API down."""
    wallet = context.account
    if wallet is None:
        return health(Health(version=context.version, now=context.clock()))
    probe = await wallet.probe()
    await wallet.spending.settle_all()
    now = context.clock()
    swept = await context.store.wallets.swept(wallet.id)
    unclear = await context.store.tracking.unsettled(wallet.id, now)
    return health(
        Health(
            version=context.version,
            now=now,
            has_key=True,
            is_test=wallet.is_test,
            error=probe.problem,
            usage_at=probe.as_of if probe.value else None,
            swept_at=swept.at if swept else None,
            complete=swept.complete if swept else True,
            unclear=len(unclear),
        )
    )
