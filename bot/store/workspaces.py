"""Workspaces: each a Slack workspace, Discord server or console, with the wallet that it spends from.

Also where the bot is installed, which commands are registered there, and the settings of channels: their campaigns, and
whether posts there may name amounts.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, case, delete, exists, select, update

from bot.domain.caller import WorkspaceRef
from bot.domain.campaigns import Campaign
from bot.store.database import Aggregate, insert_into
from bot.store.spending_tables import campaigns, channel_campaigns, channel_money
from bot.store.tables import chat_installs, command_syncs, credentials, workspaces
from bot.store.types import read


@dataclass(frozen=True, slots=True)
class Workspace:
    """A stored workspace. `external_id` is the platform's own id, `name` is hostile text.

    `previews`: links to tracked videos posted there may be shown with their numbers. `is_operators`: it may use the
    installation's own key. `money` is who may see money, empty for the chat's own rule.
    """

    id: int
    chat: str
    external_id: str
    name: str
    wallet_id: int
    previews: bool = False
    is_operators: bool = False
    money: str = ""


class Workspaces(Aggregate):
    """The `workspaces` table."""

    async def find(self, ref: WorkspaceRef) -> Workspace | None:
        """The workspace; None if it isn't stored."""
        row = await self._database.row(_this(ref))
        return None if row is None else read(Workspace, row)

    async def by_id(self, workspace_id: int) -> Workspace | None:
        """The workspace with this id; None if it is gone."""
        row = await self._database.row(select(workspaces).where(workspaces.c.id == workspace_id))
        return None if row is None else read(Workspace, row)

    async def using(self, wallet_id: int) -> tuple[Workspace, ...]:
        """The workspaces that spend from a wallet."""
        query = select(workspaces).where(workspaces.c.wallet_id == wallet_id).order_by(workspaces.c.id)
        return tuple(read(Workspace, row) for row in await self._database.rows(query))

    async def of_chat(self, chat: str) -> tuple[Workspace, ...]:
        """Every stored workspace of a chat."""
        query = select(workspaces).where(workspaces.c.chat == chat)
        return tuple(read(Workspace, row) for row in await self._database.rows(query))

    async def use_default(self, wallet_id: int) -> None:
        """Let the operator's workspaces without a key of their own spend from the installation's wallet.

        Writes nothing if they already do.
        """
        own = exists().where(credentials.c.workspace_id == workspaces.c.id)
        other = workspaces.c.is_operators & (workspaces.c.wallet_id != wallet_id) & ~own
        found = await self._database.scalars(select(workspaces.c.id).where(other))
        if found:
            changed = update(workspaces).where(workspaces.c.id.in_(found), other)
            await self._database.write(changed.values(wallet_id=wallet_id))

    async def ensure_workspace(self, ref: WorkspaceRef, wallet_id: int) -> Workspace:
        """The workspace with its present name and wallet, created if necessary. Writes only changes."""
        known = await self.find(ref)
        if known is not None and (known.name, known.wallet_id, known.is_operators) == (
            ref.name,
            wallet_id,
            ref.is_operators,
        ):
            return known
        values = {"name": ref.name, "wallet_id": wallet_id, "is_operators": ref.is_operators}
        async with self._database.writing() as connection:
            new = insert_into(workspaces, connection).values(chat=ref.chat, external_id=ref.id, **values)
            keys = ["chat", "external_id"]
            await connection.execute(new.on_conflict_do_update(index_elements=keys, set_=values))
            return read(Workspace, (await connection.execute(_this(ref))).one())

    async def set_previews(self, workspace_id: int, *, on: bool) -> None:
        """Turn link previews on or off."""
        await self._database.write(update(workspaces).where(workspaces.c.id == workspace_id).values(previews=on))


def _this(ref: WorkspaceRef) -> Select[tuple[object, ...]]:
    return select(workspaces).where(workspaces.c.chat == ref.chat, workspaces.c.external_id == ref.id)


def forgotten_id(chat: str, external_id: str) -> str:
    """The id under which a deleted workspace's sums are kept: it can be matched, but not read."""
    return hashlib.sha256(f"contentstats-bot forgotten workspace\0{chat}\0{external_id}".encode()).hexdigest()


_MONEY = (channel_money.c.workspace_id == workspaces.c.id) & (channel_money.c.channel_id == bindparam("channel"))
_OWN = (channel_campaigns.c.workspace_id == workspaces.c.id) & (channel_campaigns.c.channel_id == bindparam("channel"))
_OPEN = (
    (campaigns.c.id == channel_campaigns.c.campaign_id)
    & (campaigns.c.workspace_id == workspaces.c.id)
    & campaigns.c.archived_at.is_(None)
)
_CHANNEL = (
    select(campaigns, channel_money.c.shows)
    .select_from(
        workspaces.outerjoin(channel_money, _MONEY).outerjoin(channel_campaigns, _OWN).outerjoin(campaigns, _OPEN)
    )
    .where(workspaces.c.id == bindparam("workspace"))
)


@dataclass(frozen=True, slots=True)
class Channel:
    """Settings of a channel.

    `campaign` is its own campaign, None if it has none or that is archived. `shows_money`: posts may name amounts; None
    if nobody chose.
    """

    campaign: Campaign | None
    shows_money: bool | None


class Channels(Aggregate):
    """The tables `channel_campaigns` and `channel_money`, read together."""

    async def find(self, workspace_id: int, channel_id: str) -> Channel:
        """The settings of a workspace's channel."""
        row = await self._database.row(_CHANNEL, {"workspace": workspace_id, "channel": channel_id})
        if row is None:
            return Channel(None, None)
        return Channel(None if row.id is None else read(Campaign, row), row.shows)


_BATCH = 200
"""Rows per statement: SQLite limits the number of values."""


@dataclass(frozen=True, slots=True)
class ChatInstall:
    """The bot in one workspace. `was_public`: anybody could add the bot when this workspace did."""

    is_claimed: bool
    was_public: bool


class ChatInstalls(Aggregate):
    """The `chat_installs` table, for chats that report only joins and leaves. Ids are the chat's own."""

    async def known(self, chat: str) -> Mapping[str, bool]:
        """Every workspace that the bot is in, and whether the operator has claimed it."""
        query = select(chat_installs.c.external_id, chat_installs.c.is_claimed)
        rows = await self._database.rows(query.where(chat_installs.c.chat == chat, chat_installs.c.left_at.is_(None)))
        return {row.external_id: row.is_claimed for row in rows}

    async def is_claimed(self, chat: str, id_: str) -> bool:
        """Whether the operator has claimed this workspace."""
        return bool(await self._database.scalar(select(chat_installs.c.is_claimed).where(_install(chat, id_))))

    async def claim(self, chat: str, id_: str) -> None:
        """Record that the operator claims a workspace. Safe to repeat."""
        await self._database.write(update(chat_installs).where(_install(chat, id_)).values(is_claimed=True))

    async def joined(self, chat: str, ids: Iterable[str], *, is_public: bool) -> Mapping[str, ChatInstall]:
        """Record that the bot is in these workspaces; returns the stored facts of each.

        `is_public`: anybody may add the bot now. Safe to repeat: facts are kept until the bot leaves the workspace.
        """
        found: dict[str, ChatInstall] = {}
        listed = list(dict.fromkeys(ids))
        async with self._database.writing() as connection:
            for start in range(0, len(listed), _BATCH):
                facts = {"chat": chat, "is_claimed": False, "was_public": is_public}
                rows = [facts | {"external_id": each} for each in listed[start : start + _BATCH]]
                new = insert_into(chat_installs, connection).values(rows)
                kept = case(
                    (chat_installs.c.left_at.is_(None), chat_installs.c.was_public), else_=new.excluded.was_public
                )
                back = new.on_conflict_do_update(
                    index_elements=chat_installs.primary_key, set_={"was_public": kept, "left_at": None}
                )
                facts_of = back.returning(
                    chat_installs.c.external_id, chat_installs.c.is_claimed, chat_installs.c.was_public
                )
                found |= {row.external_id: ChatInstall(*row[1:]) for row in await connection.execute(facts_of)}
        return found

    async def left(self, chat: str, ids: Iterable[str], now: datetime) -> None:
        """Record that the bot has left these workspaces, unless that was known. Safe to repeat."""
        async with self._database.writing() as connection:
            for each in ids:
                gone = update(chat_installs).where(_install(chat, each), chat_installs.c.left_at.is_(None))
                await connection.execute(gone.values(left_at=now))

    async def departed(self, before: datetime) -> Sequence[tuple[str, str]]:
        """Chat and id of each workspace that the bot left before a time."""
        query = select(chat_installs.c.chat, chat_installs.c.external_id).where(chat_installs.c.left_at < before)
        return [(row.chat, row.external_id) for row in await self._database.rows(query)]

    async def forget(self, chat: str, id_: str, before: datetime) -> None:
        """Delete a workspace that was left before a time, unless the bot is back."""
        await self._database.write(delete(chat_installs).where(_install(chat, id_), chat_installs.c.left_at < before))


class CommandSync(Aggregate):
    """The `command_syncs` table: a fingerprint of the commands registered for each application.

    Commands are registered again only if they have changed.
    """

    async def fingerprint(self, chat: str, application_id: str) -> str | None:
        """Fingerprint of the commands registered last; None if there is none."""
        this = (command_syncs.c.chat == chat) & (command_syncs.c.application_id == application_id)
        return await self._database.scalar(select(command_syncs.c.fingerprint).where(this))

    async def save(self, chat: str, application_id: str, fingerprint: str) -> None:
        """Store the fingerprint of registered commands. Safe to repeat."""
        row = {"chat": chat, "application_id": application_id, "fingerprint": fingerprint}
        await self._database.put(command_syncs, row)


def _install(chat: str, id_: str) -> ColumnElement[bool]:
    return (chat_installs.c.chat == chat) & (chat_installs.c.external_id == id_)
