"""The store: one database and the rooms of what is kept in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from bot.store.audit import Audit
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.rates import RateRows
from bot.store.short_links import ShortLinks
from bot.store.tracking import Tracking
from bot.store.videos import Videos
from bot.store.wallets import Wallets
from bot.store.workspaces import Workspaces


class Store:
    """Everything the bot remembers. Safe to use from many tasks at once and from several processes."""

    def __init__(self, database: Database) -> None:
        self.workspaces = Workspaces(database)
        self.wallets = Wallets(database)
        self.videos = Videos(database)
        self.tracking = Tracking(database)
        self.audit = Audit(database)
        self.rates = RateRows(database)
        self.short_links = ShortLinks(database)

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str) -> AsyncIterator[Self]:
        """The store at a `DATABASE_URL`, its schema brought up to date first, closed at the end of the block."""
        await migrate(url)
        database = Database(url)
        try:
            yield cls(database)
        finally:
            await database.close()
