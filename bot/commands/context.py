"""What a command's handler may reach: who asks, their workspace, its wallet, and the rules on spending."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.charts.charts import Charts
from bot.domain.caller import Caller, Permission
from bot.domain.clock import Clock, month_of
from bot.domain.errors import NotConfigured
from bot.domain.money import MonthlyCap
from bot.messages.help import Described
from bot.reply.call import Call
from bot.reply.model import Reply
from bot.store import Store
from bot.store.workspaces import Workspace
from bot.wallet.accounts import Accounts
from bot.wallet.exports import Exports
from bot.wallet.wallet import Wallet


@dataclass(frozen=True, slots=True)
class Context:
    """One call's surroundings.

    `permissions` is what the caller may do here, `spenders` says in words who may spend, `monthly_cap` is dollars,
    `offer_lasts` is how long a proposal may be accepted; `account` is None while the workspace has no API key.
    `look_up` gives the card of a call that may be posted to the channel; NotAllowed if it may not be.
    `rows` are the ids of the videos that the person's last list showed, by row.
    `is_scheduling` is true if a scheduler runs in this very process.
    """

    caller: Caller
    permissions: frozenset[Permission]
    workspace: Workspace
    account: Wallet | None
    accounts: Accounts
    store: Store
    charts: Charts
    exports: Exports
    clock: Clock
    spenders: str
    monthly_cap: Decimal
    offer_lasts: timedelta
    version: str
    is_scheduling: bool
    commands: tuple[Described, ...]
    look_up: Callable[[Call], Awaitable[Reply]]
    rows: Mapping[int, str]

    async def cap(self) -> MonthlyCap:
        """The workspace's monthly cap, and what is used of it; unclear starts count as used."""
        used = await self.store.tracking.spent(self.workspace.id, month_of(self.clock()))
        return MonthlyCap(self.monthly_cap, used)

    @property
    def wallet(self) -> Wallet:
        """The workspace's wallet; NotConfigured where no API key is known."""
        if self.account is None:
            ref = self.caller.workspace
            msg = (
                "This workspace has no ContentStats API key. An admin can link one with /connect, or the operator "
                f"can {'set' if ref.is_operators else f'let {ref.id} use'} CONTENTSTATS_API_KEY (see README.md)."
            )
            raise NotConfigured(msg)
        return self.account
