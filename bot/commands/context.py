"""The context of a command's handler: the caller, their workspace and its wallet, and the rules on spending."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from bot.charts.charts import Charts
from bot.commands.permissions import SPENDERS, may_see_money, money_readers, refusal
from bot.domain.allowances import EVERYONE, Limit, Spender, unconfirmed
from bot.domain.caller import Caller, Permission, WorkspaceRef
from bot.domain.campaigns import EVERY_VIDEO, Campaign, nearest_name
from bot.domain.clock import Clock
from bot.domain.errors import NoSuchCampaign, NotAllowed, NotConfigured
from bot.domain.folding import folded
from bot.messages.campaign import no_such_campaign
from bot.messages.help import Described
from bot.reply.call import Call
from bot.reply.model import Listing, Reply, Select
from bot.store import Store
from bot.store.audit import Action, Actor, Entry
from bot.store.memories import Memories
from bot.store.videos import StoredVideo
from bot.store.workspaces import Channel, Workspace
from bot.wallet.accounts import Accounts
from bot.wallet.exports import Exports
from bot.wallet.wallet import Wallet

T = TypeVar("T")

MOST_PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class Context:
    """The context of one call.

    `permissions` are the caller's, `spenders` describes who may spend, `monthly_cap` is dollars, `offer_lasts` is how
    long a proposal is valid; `account` is None while the workspace has no API key.

    `look_up` builds the card of a call that may be posted to the channel; it raises NotAllowed if it may not be. `rows`
    reads the video ids of the person's last list, by row. `channel` reads the channel's settings, once per call.
    `typed` are the command's arguments if the caller typed this very command; None for buttons, forms, guesses and
    everything else that leads to a command.

    `seen` holds videos that this call has read, by id. `is_scheduling` is True if this process runs a scheduler.
    `is_posting`: the reply is for the whole channel, which may see money if `posts_money`.
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
    rows: Callable[[], Awaitable[Mapping[int, str]]]
    channel: Callable[[], Awaitable[Channel]]
    is_posting: bool = False
    posts_money: bool = False
    typed: str | Mapping[str, str] | None = None
    seen: dict[str, StoredVideo] = field(default_factory=dict)

    @property
    def sees_money(self) -> bool:
        """Whether the reply may show balances, costs and budgets to everyone who can read it."""
        if self.is_posting and not (self.posts_money and may_see_money(SPENDERS, self.permissions)):
            return False
        return may_see_money(self.money_readers, self.permissions)

    @property
    def money_readers(self) -> str:
        """Who may see money in the workspace, one of `MONEY_READERS`."""
        return money_readers(self.caller.workspace, self.workspace.money)

    async def channel_sees_money(self) -> bool:
        """Whether everyone in this channel may see money."""
        here = self.caller
        return not here.is_shared and self.may_name_amounts(
            await self.store.channels.find(self.workspace.id, here.channel_id)
        )

    def may_name_amounts(self, channel: Channel) -> bool:
        """Whether posts in a channel may name amounts, unless other companies share it."""
        return self.money_readers == EVERYONE if channel.shows_money is None else channel.shows_money

    async def choose_money(self, *, said: bool | None) -> None:
        """Record whether posts here may show amounts, if a person `said` so; else keep the setting.

        In a channel that people of another company read, they may not unless somebody says so.
        """
        store, caller = self.store.allowances, self.caller
        if not self.workspace.money:
            await store.keep_money_rule(self.workspace.id, self.money_readers)
        actor = None if said is None else self.actor
        known = (await self.store.channels.find(self.workspace.id, caller.channel_id)).shows_money
        if said is None and known is None and caller.is_shared:
            said = False
        if said is not None and said is not known:
            await store.set_channel_money(self.workspace.id, caller.channel_id, actor, shows=said)

    @property
    def actor(self) -> Actor:
        """The caller, here and now."""
        return Actor(self.caller.person, self.clock(), self.caller.channel_id)

    @property
    def may_configure(self) -> bool:
        """Whether the caller may change this workspace's settings."""
        return Permission.CONFIGURE in self.permissions

    def require(self, need: Permission = Permission.CONFIGURE) -> None:
        """Raise NotAllowed, with who to ask, unless the caller has this permission."""
        if need not in self.permissions:
            raise NotAllowed(refusal(need))

    async def price(self) -> Decimal | None:
        """Dollars per snapshot; None if unknown, or if the reply may not show money."""
        return await self.account.price() if self.account is not None and self.sees_money else None

    async def write_down(self, action: Action, outcome: str, link: str = "", video_id: str | None = None) -> None:
        """Record in the audit log what the caller did here."""
        actor = self.actor
        entry = Entry(actor.at, actor.person, actor.channel_id, action, outcome, link, video_id)
        await self.store.audit.write(self.workspace.id, entry)

    async def limits(self, campaign_id: int | None = None) -> tuple[Limit, ...]:
        """Every limit on the caller here, including a given campaign's; unclear starts count as used."""
        caller = self.caller
        spender = Spender(caller.person.id, caller.roles, caller.channel_id, campaign_id, caller.parent_id)
        return await self.store.allowances.limits(self.workspace.id, spender, self.clock(), self.monthly_cap)

    async def unconfirmed(self, campaign_id: int | None = None) -> Decimal:
        """The dollars up to which a start that the caller types here needs no confirmation."""
        caller = self.caller
        spender = Spender(caller.person.id, caller.roles, caller.channel_id, campaign_id, caller.parent_id)
        return unconfirmed(await self.store.allowances.all(self.workspace.id), spender)

    async def campaign(self, named: str) -> Campaign | None:
        """The campaign of that name, else the channel's own; None if there is none, or `named` means every video.

        Buttons may pass its id instead of its name. The budget is left out if the reply may not show money. Raises
        NoSuchCampaign.
        """
        words, store = folded(named), self.store.campaigns
        if words in EVERY_VIDEO:
            return None
        if not words:
            own = (await self.channel()).campaign
            return None if own is None else self.shown(own)
        is_number = words.isascii() and words.isdecimal() and len(words) < 10
        found = await store.find(self.workspace.id, int(words)) if is_number else None
        for name in (words, words.removeprefix("in ").removeprefix("the ").removeprefix("campaign ")):
            found = found or await store.named(self.workspace.id, name)
        if found is None:
            known = [each.name for each in await store.all(self.workspace.id)]
            meant = nearest_name(words, known)
            raise NoSuchCampaign(no_such_campaign(named, known, meant), named, meant)
        return self.shown(found)

    async def campaign_label(self, campaign_id: int | None) -> str:
        """The name of a setting's campaign; empty without one."""
        found = None if campaign_id is None else await self.store.campaigns.find(self.workspace.id, campaign_id)
        return "" if found is None else found.label

    def shown(self, campaign: Campaign) -> Campaign:
        """Hide the campaign's budget if the reply may not show money."""
        return campaign if self.sees_money else replace(campaign, budget=None)

    @property
    def wallet(self) -> Wallet:
        """The workspace's wallet. Raises NotConfigured without an API key."""
        if self.account is None:
            ref = self.caller.workspace
            msg = (
                "This workspace has no ContentStats API key. An admin can link one with /connect, or the operator "
                f"can {'set' if ref.is_operators else f'let {ref.id} use'} CONTENTSTATS_API_KEY (see docs/discord.md)."
            )
            raise NotConfigured(msg)
        return self.account


def once(read: Callable[[], Awaitable[T]]) -> Callable[[], Awaitable[T]]:
    """Return a function that calls `read` the first time only, and then returns the same result."""
    found: list[T] = []

    async def known() -> T:
        if not found:
            found.append(await read())
        return found[0]

    return known


class LastLists:
    """Remembers the videos of each person's last list, by row, for a week and across processes."""

    def __init__(self, memories: Memories, clock: Clock) -> None:
        self._memories = memories
        self._clock = clock
        self._unsaved: dict[tuple[WorkspaceRef, str], Mapping[int, str]] = {}

    async def rows(self, caller: Caller) -> Mapping[int, str]:
        """Video ids by row; empty if the person saw no list lately. Raises DatabaseUnavailable."""
        unsaved = self._unsaved.get((caller.workspace, caller.person.id))
        if unsaved is not None:
            return unsaved
        saved = await self._memories.recall(caller.workspace, _list_of(caller.person.id), self._clock())
        return {int(row): video_id for row, video_id in json.loads(saved or "{}").items()}

    async def note(self, caller: Caller, reply: Reply, first: int) -> None:
        """Note the videos in a reply's rows, numbered from `first`; `save` stores them."""
        listed = [item.button for part in reply.parts if isinstance(part, Listing) for item in part.items]
        ids = [button.call.arguments.get("video", "") for button in listed if button is not None]
        for action in reply.actions:
            if isinstance(action, Select) and action.argument in {"video", "other"} and not ids:
                ids = [option.value for option in action.options]
        if not any(ids):
            return
        before = await self.rows(caller) if first > 1 else {}
        self._unsaved.pop((caller.workspace, caller.person.id), None)
        self._unsaved[caller.workspace, caller.person.id] = {**before, **dict(enumerate(ids, first))}
        if len(self._unsaved) > MOST_PEOPLE:
            del self._unsaved[next(iter(self._unsaved))]

    async def save(self) -> None:
        """Store noted lists. Called after the reply was sent, so that no reply waits for it.

        Raises DatabaseUnavailable.
        """
        for (workspace, person_id), rows in [*self._unsaved.items()]:
            await self._memories.note(workspace, _list_of(person_id), json.dumps(rows), self._clock())
            if self._unsaved.get((workspace, person_id)) is rows:
                del self._unsaved[workspace, person_id]


def _list_of(person_id: str) -> str:
    return f"list:{person_id}"
