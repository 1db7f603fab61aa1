"""The store: one database and the aggregates in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from bot.store.alerts import Alerts
from bot.store.allowances import Allowances
from bot.store.approvals import Approvals
from bot.store.audit import Audit
from bot.store.campaigns import Campaigns
from bot.store.clock_repair import ClockRepair
from bot.store.coordination import Inbox, Leases, RateSlots, Services
from bot.store.credentials import Credentials, Installations
from bot.store.crypto import SecretBox
from bot.store.database import Database
from bot.store.digests import Digests
from bot.store.events import Events
from bot.store.forgetting import Forgetting
from bot.store.memories import Memories, ShortLinks
from bot.store.migrate import migrate
from bot.store.outbox import Outbox, OutboxStatus
from bot.store.payouts import Payouts
from bot.store.readings import Readings, TotalHistory
from bot.store.track_requests import TrackRequests
from bot.store.videos import Videos
from bot.store.wallets import Polling, Wallets
from bot.store.workspaces import Channels, ChatInstalls, CommandSync, Workspaces


class Store:
    """Everything the bot remembers. Safe to use from many tasks and several processes at once."""

    def __init__(self, database: Database, secret_keys: tuple[str, ...] = ()) -> None:
        box = SecretBox(secret_keys)
        self.workspaces = Workspaces(database)
        self.wallets = Wallets(database)
        self.videos = Videos(database)
        self.readings = Readings(database)
        self.polling = Polling(database)
        self.tracking = TrackRequests(database)
        self.allowances = Allowances(database)
        self.audit = Audit(database)
        self.approvals = Approvals(database)
        self.campaigns = Campaigns(database)
        self.channels = Channels(database)
        self.payouts = Payouts(database)
        self.rates = RateSlots(database)
        self.short_links = ShortLinks(database)
        self.credentials = Credentials(database, box)
        self.installations = Installations(database, box)
        self.memories = Memories(database)
        self.chat_installs = ChatInstalls(database)
        self.command_sync = CommandSync(database)
        self.services = Services(database)
        self.inbox = Inbox(database)
        self.events = Events(database)
        self.digests = Digests(database)
        self.alerts = Alerts(database)
        self.leases = Leases(database)
        self.outbox = Outbox(database)
        self.outbox_status = OutboxStatus(database)
        self.total_history = TotalHistory(database)
        self.forgetting = Forgetting(database)
        self.clock_repair = ClockRepair(database)

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, secret_keys: tuple[str, ...] = ()) -> AsyncIterator[Self]:
        """Open the store at a `DATABASE_URL`, upgrading its schema first, and close it at the end of the block.

        `secret_keys` encrypt secrets. Raises NotConfigured if they don't decrypt what is stored.
        """
        await migrate(url)
        database = Database(url)
        try:
            store = cls(database, secret_keys)
            await store.credentials.check_keys()
            if secret_keys:
                await store.credentials.mark_keys()
            yield store
        finally:
            await database.close()
