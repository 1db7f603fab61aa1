"""A workspace that refuses sortable tables gets plain ones: at once, and from then on."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from adapters.slack.api import CONTENT, SlackFailed
from adapters.slack.render import Message, has_data_table, with_plain_tables
from bot.delivery.poster import Delivery, Rejected

T = TypeVar("T")


class SortableTables:
    """Which workspaces have refused them, as long as this process runs."""

    def __init__(self) -> None:
        self._refused: set[str] = set()

    async def sent(self, workspace_id: str, message: Message, send: Callable[[Message], Awaitable[T]]) -> T:
        """Send a message, again at once if its tables are refused. Raises what `send` does."""
        plain = with_plain_tables(message)
        if not has_data_table(message) or workspace_id in self._refused:
            return await send(plain)
        try:
            return await send(message)
        except SlackFailed as error:
            if not error.is_about_content:
                raise
        outcome = await send(plain)
        self._refused.add(workspace_id)
        return outcome

    async def posted(
        self, workspace_id: str, message: Message, send: Callable[[Message], Awaitable[Delivery]]
    ) -> Delivery:
        """The same for a `send` that raises nothing."""

        async def raising(version: Message) -> Delivery:
            delivery = await send(version)
            if isinstance(delivery, Rejected) and delivery.reason in CONTENT and has_data_table(version):
                raise SlackFailed(delivery.reason)
            return delivery

        return await self.sent(workspace_id, message, raising)
