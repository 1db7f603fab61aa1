"""Which workspace uses which wallet: its own key if it has linked one, else the installation's. Opens each once."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from bot.contentstats.client import ContentStatsClient, is_test_key, key_fingerprint
from bot.contentstats.rate_limit import Sleep
from bot.contentstats.short_links import ShortLinks
from bot.domain.caller import Person, WorkspaceRef
from bot.domain.clock import Clock
from bot.domain.errors import NotConfigured
from bot.domain.money import Usage
from bot.store import Store
from bot.store.audit import Actor
from bot.store.workspaces import Workspace
from bot.wallet.wallet import Wallet

logger = logging.getLogger(__name__)

KNOWN_FOR = timedelta(seconds=30)
"""How long a workspace's wallet is cached: another process may link another key meanwhile."""
KEPT_AFTER_LEAVING = timedelta(days=30)
"""How long data is kept after the bot was removed, in case that was a mistake or only for a while."""
NO_WALLET = ""
"""Fingerprint of the empty wallet that workspaces without a key use."""


@dataclass(frozen=True, slots=True)
class Account:
    """A workspace and its wallet; None without a key."""

    workspace: Workspace
    wallet: Wallet | None


class Accounts:
    """Every open wallet. Workspaces that share a key share its client, rate limit and mirror.

    `default_key` is the operator's own, for the operator's workspaces that have linked none. `connect` creates a key's
    client; `base_url` is part of a wallet's identity, since the same key elsewhere is another account.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        sleep: Sleep,
        *,
        base_url: str,
        default_key: str | None,
        connect: Callable[[str], ContentStatsClient],
        speed: float = 1.0,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._base_url = base_url
        self._default_key = default_key
        self._connect = connect
        self._speed = speed
        self._short_links = ShortLinks()
        self._wallets: dict[int, Wallet] = {}
        self._known: dict[WorkspaceRef, tuple[Account, datetime]] = {}
        self._opening = asyncio.Lock()
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the installation's own wallet, which settles requests that a crash left unclear."""
        self._opened.push_async_callback(self._short_links.aclose)
        if self._default_key is not None:
            wallet = await self._wallet(self._default_key)
            await self._store.workspaces.use_default(wallet.id)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def get(self, ref: WorkspaceRef) -> Account:
        """Return the workspace, stored if new, with its wallet. Raises NotConfigured if its key can't be decrypted."""
        known = self._known.get(ref)
        now = self._clock()
        if known is not None and now < known[1]:
            return known[0]
        account = await self._look_up(ref, now)
        self._known[ref] = (account, now + KNOWN_FOR)
        return account

    async def recognize(self, chat: str, owned: Mapping[str, bool]) -> None:
        """Move stored workspaces to the wallets that they may use: the operator's if `owned`, else only their own."""
        for stored in await self._store.workspaces.of_chat(chat):
            is_operators = owned.get(stored.external_id, stored.is_operators)
            if is_operators != stored.is_operators:
                await self.get(WorkspaceRef(chat, stored.external_id, stored.name, is_operators))

    def has_default(self, ref: WorkspaceRef) -> bool:
        """Whether the workspace uses the installation's key while it has linked none."""
        return ref.is_operators and self._default_key is not None

    async def link(self, ref: WorkspaceRef, key: str, person: Person) -> tuple[Usage, bool]:
        """Verify a key, then store it for the workspace; returns its usage, and whether it is a test key.

        Raises ContentStatsError if the key doesn't work and NotConfigured if it can't be stored; nothing has changed
        then.
        """
        workspace = (await self.get(ref)).workspace
        client = self._connect(key)
        try:
            usage = await client.usage()
        finally:
            await client.aclose()
        await self._store.credentials.link(workspace.id, key, person, self._clock())
        self._known.pop(ref, None)
        await self.get(ref)
        await self._store.forgetting.unused_mirrors()
        return usage, client.is_test

    async def set_previews(self, ref: WorkspaceRef, *, on: bool) -> None:
        """Turn the workspace's link previews on or off."""
        await self._store.workspaces.set_previews((await self.get(ref)).workspace.id, on=on)
        self._known.pop(ref, None)

    async def set_money(self, ref: WorkspaceRef, readers: str, actor: Actor) -> None:
        """Set who may see amounts in the workspace."""
        workspace = (await self.get(ref)).workspace
        await self._store.allowances.set_money(workspace.id, readers, actor)
        self._known.pop(ref, None)

    async def forget(self, ref: WorkspaceRef) -> None:
        """Delete the workspace with everything stored for it. Safe to repeat."""
        workspace = await self._store.workspaces.find(ref)
        if workspace is not None:
            await self._store.forgetting.workspace(workspace.id)
        self._known.pop(ref, None)

    async def forget_departed(self) -> int:
        """Delete workspaces that the bot left `KEPT_AFTER_LEAVING` ago; returns how many. Safe to repeat."""
        before = self._clock() - KEPT_AFTER_LEAVING
        departed = await self._store.chat_installs.departed(before)
        for chat, id_ in departed:
            await self.forget(WorkspaceRef(chat, id_, ""))
            await self._store.chat_installs.forget(chat, id_, before)
        if departed:
            await self._store.forgetting.unused_mirrors()
        return len(departed)

    async def leave_money_out(self, ref: WorkspaceRef, channel_id: str) -> None:
        """Post no amounts in a channel that people of other companies can read now. Safe to repeat."""
        workspace = await self._store.workspaces.find(ref)
        if workspace is not None:
            await self._store.allowances.set_channel_money(workspace.id, channel_id, None, shows=False)
            await self._store.approvals.leave_channel(workspace.id, channel_id)
            await self._store.alerts.leave_money_out(workspace.id, channel_id, self._clock())

    async def stored(self, workspace_id: int) -> Account | None:
        """A stored workspace with its wallet, for background jobs; None if it is gone.

        The wallet is None without a key, or if the key can't be decrypted, which is logged.
        """
        workspace = await self._store.workspaces.by_id(workspace_id)
        if workspace is None:
            return None
        try:
            return Account(workspace, await self._wallet_of(workspace))
        except NotConfigured as error:
            logger.warning("decrypting a workspace's key failed: %s", error, extra={"workspace": workspace.id})
            return Account(workspace, None)

    async def wallet(self, wallet_id: int) -> Wallet:
        """The wallet with this id, opened with a stored workspace's key. Raises NotConfigured if no key opens it."""
        if wallet_id in self._wallets:
            return self._wallets[wallet_id]
        for workspace in await self._store.workspaces.using(wallet_id):
            account = await self.stored(workspace.id)
            if account is not None and account.wallet is not None and account.wallet.id == wallet_id:
                return account.wallet
        raise NotConfigured("This wallet's API key isn't stored here, or SECRET_KEYS can't decrypt it.")

    async def _wallet_of(self, workspace: Workspace) -> Wallet | None:
        key = await self._key_of(workspace.id, workspace)
        return None if key is None else await self._wallet(key)

    async def _look_up(self, ref: WorkspaceRef, now: datetime) -> Account:
        stored = await self._store.workspaces.find(ref)
        key = await self._key_of(stored.id if stored else None, ref)
        wallet = None if key is None else await self._wallet(key)
        wallet_id = wallet.id if wallet else await self._store.wallets.ensure_wallet(NO_WALLET, now)
        return Account(await self._store.workspaces.ensure_workspace(ref, wallet_id), wallet)

    async def _key_of(self, workspace_id: int | None, now: Workspace | WorkspaceRef) -> str | None:
        """The workspace's own key, else the installation's if `now` is the operator's workspace."""
        own = None if workspace_id is None else await self._store.credentials.of(workspace_id)
        return self._default_key if own is None and now.is_operators else own

    async def _wallet(self, key: str) -> Wallet:
        account = key_fingerprint(self._base_url, key)
        wallet_id = await self._store.wallets.ensure_wallet(account, self._clock(), is_test=is_test_key(key))
        async with self._opening:
            if wallet_id not in self._wallets:
                client, tools = self._connect(key), (self._clock, self._sleep, self._speed)
                wallet = Wallet(client, self._short_links, self._store, wallet_id, *tools)
                self._wallets[wallet_id] = await self._opened.enter_async_context(wallet)
        return self._wallets[wallet_id]
