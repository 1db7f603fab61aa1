"""Workspaces: one Slack workspace, Discord server or console each, and the wallet that each spends from."""

from dataclasses import dataclass

from sqlalchemy import exists, select, update

from bot.domain.caller import WorkspaceRef
from bot.store.database import Database, insert_into
from bot.store.tables import credentials, workspaces


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace as it is stored. `external_id` is the platform's own id, `name` is hostile text.

    `previews` says whether links to tracked videos, posted by anyone there, may be shown with their numbers,
    `is_operators` that it may use the installation's own key.
    """

    id: int
    chat: str
    external_id: str
    name: str
    wallet_id: int
    previews: bool = False
    is_operators: bool = False


class Workspaces:
    """The `workspaces` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, ref: WorkspaceRef) -> Workspace | None:
        """The workspace, None where it is not stored."""
        query = select(workspaces).where(workspaces.c.chat == ref.chat, workspaces.c.external_id == ref.id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else Workspace(*row)

    async def by_id(self, workspace_id: int) -> Workspace | None:
        """The workspace with this number, None where it is gone."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(workspaces).where(workspaces.c.id == workspace_id))).one_or_none()
        return None if row is None else Workspace(*row)

    async def using(self, wallet_id: int) -> tuple[Workspace, ...]:
        """The workspaces that spend from a wallet."""
        query = select(workspaces).where(workspaces.c.wallet_id == wallet_id).order_by(workspaces.c.id)
        async with self._database.reading() as connection:
            return tuple(Workspace(*row) for row in await connection.execute(query))

    async def of_chat(self, chat: str) -> tuple[Workspace, ...]:
        """Every stored workspace of a chat."""
        query = select(workspaces).where(workspaces.c.chat == chat)
        async with self._database.reading() as connection:
            return tuple(Workspace(*row) for row in await connection.execute(query))

    async def use_default(self, wallet_id: int) -> None:
        """Have the operator's workspaces without a key of their own spend from the installation's wallet.

        Writes nothing when they do already.
        """
        own = exists().where(credentials.c.workspace_id == workspaces.c.id)
        other = workspaces.c.is_operators & (workspaces.c.wallet_id != wallet_id) & ~own
        async with self._database.reading() as connection:
            found = tuple(await connection.scalars(select(workspaces.c.id).where(other)))
        if found:
            changed = update(workspaces).where(workspaces.c.id.in_(found), other)
            async with self._database.writing() as connection:
                await connection.execute(changed.values(wallet_id=wallet_id))

    async def ensure_workspace(self, ref: WorkspaceRef, wallet_id: int) -> Workspace:
        """The workspace, made when new, with its present name and wallet. Writes nothing when nothing changed."""
        query = select(workspaces).where(workspaces.c.chat == ref.chat, workspaces.c.external_id == ref.id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is not None and (row.name, row.wallet_id, row.is_operators) == (
            ref.name,
            wallet_id,
            ref.is_operators,
        ):
            return Workspace(*row)
        values = {"name": ref.name, "wallet_id": wallet_id, "is_operators": ref.is_operators}
        async with self._database.writing() as connection:
            await connection.execute(
                insert_into(workspaces, connection)
                .values(chat=ref.chat, external_id=ref.id, **values)
                .on_conflict_do_nothing()
            )
            renamed = update(workspaces).where(workspaces.c.chat == ref.chat, workspaces.c.external_id == ref.id)
            await connection.execute(renamed.values(values))
            return Workspace(*(await connection.execute(query)).one())

    async def set_previews(self, workspace_id: int, *, on: bool) -> None:
        """Switch the previews of links on or off."""
        statement = update(workspaces).where(workspaces.c.id == workspace_id).values(previews=on)
        async with self._database.writing() as connection:
            await connection.execute(statement)
