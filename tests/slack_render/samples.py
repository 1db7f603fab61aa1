"""Tables whose numbers can all be looked for, and the kinds of blocks in a message."""

from adapters.slack.render import Message
from bot.reply.model import Align, Column, Table, text


def numbered(rows: int, columns: int = 3, cell: str = "") -> Table:
    """A table whose cells all hold different numbers."""
    heads = tuple(Column(f"c{each}", Align.RIGHT) for each in range(columns))
    cells = (tuple(text(f"{cell}#{row}/{column}") for column in range(columns)) for row in range(rows))
    return Table("Numbers", heads, tuple(cells))


def kinds(message: Message) -> list[object]:
    return [block["type"] for block in message.blocks]
