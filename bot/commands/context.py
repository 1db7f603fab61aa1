"""What a command's handler may reach: who asks, their workspace, its wallet, and the rules on spending."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.charts.charts import Charts
from bot.domain.caller import Caller
from bot.domain.clock import Clock
from bot.domain.errors import NotConfigured
from bot.messages.help import Described
from bot.store import Store
from bot.store.workspaces import Workspace
from bot.wallet.wallet import Wallet


@dataclass(frozen=True, slots=True)
class Context:
    """One call's surroundings.

    `monthly_cap` is dollars, `offer_lasts` is how long a proposal may be accepted; `account` is None while the
    workspace has no API key.
    """

    caller: Caller
    workspace: Workspace
    account: Wallet | None
    store: Store
    charts: Charts
    clock: Clock
    monthly_cap: Decimal
    offer_lasts: timedelta
    version: str
    commands: tuple[Described, ...]

    @property
    def wallet(self) -> Wallet:
        """The workspace's wallet; NotConfigured where no API key is known."""
        if self.account is None:
            msg = (
                "No ContentStats API key is set. Ask whoever runs this bot to set CONTENTSTATS_API_KEY, "
                "or try it without an account: contentstats-bot demo."
            )
            raise NotConfigured(msg)
        return self.account
