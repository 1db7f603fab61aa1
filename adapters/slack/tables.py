"""Tables: a table block where Slack takes one, else a line for each row.

A message may hold one table block (Slack, Table block), and that one scrolls sideways on a phone. So a reply's widest
table gets it; the others, narrow ones, are as easily read as lines.
"""

from collections.abc import Iterator, Sequence

from adapters.slack.rich_text import elements, rich_blocks, rich_text
from adapters.slack.texts import NOTHING, Block, Group, weight, words
from bot.reply.model import Align, Bold, Column, Part, Plain, Table, Text

MAX_ROWS = 100
MAX_COLUMNS = 20
MAX_WEIGHT = 8_000
"""Slack takes 10,000 characters in a table's cells, and has to find room for the rest of the message too."""

_BETWEEN = Plain(" · ")


def widest(parts: Sequence[Part]) -> int | None:
    """Which part is the table that a table block serves best: of those that it takes, the first with most columns."""
    columns = {at: len(part.columns) for at, part in enumerate(parts) if isinstance(part, Table)}
    fitting = [at for at, count in columns.items() if 0 < count <= MAX_COLUMNS]
    return max(fitting, key=lambda at: columns[at], default=None)


def table_groups(table: Table) -> Iterator[Group]:
    """The table that is `widest`: its caption, then its head above the rows of every block; or lines for huge rows."""
    head: list[Block] = [_raw(column.name) for column in table.columns]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    above, sizes = weight(head), list(map(weight, rows))
    if above + max(sizes, default=0) > MAX_WEIGHT:
        yield from line_groups(table)
        return
    settings = [_setting(column) for column in table.columns]
    caption = tuple(rich_blocks([(Bold(table.caption),)]))
    held, size = [head], above
    for row, more in zip(rows, sizes, strict=True):
        if len(held) == MAX_ROWS or size + more > MAX_WEIGHT:
            yield (*caption, {"type": "table", "rows": held, "column_settings": settings})
            held, size, caption = [head], above, ()
        held.append(row)
        size += more
    yield (*caption, {"type": "table", "rows": held, "column_settings": settings})


def line_groups(table: Table) -> Iterator[Group]:
    """Any table as lines: its caption, its head, then a row a line."""
    head = [(Bold(column.name),) for column in table.columns]
    lines = rich_blocks([(Bold(table.caption),), _line(head), *map(_line, table.rows)])
    return ((block,) for block in lines)


def _setting(column: Column) -> Block:
    """Numbers stand under each other and are never broken; words may be, so that the table stays narrow."""
    is_number = column.align is Align.RIGHT
    return {"align": column.align.value, "is_wrapped": not is_number}


def _cell(cell: Text) -> Block:
    if all(isinstance(span, Plain) for span in cell):
        return _raw("".join(span.text for span in cell if isinstance(span, Plain)))
    found = elements(cell)
    if not any("text" in element for element in found):  # no cell may be without text; a channel or a moment has none
        found.append({"type": "text", "text": " " if found else NOTHING})
    return rich_text(found)


def _raw(text: str) -> Block:
    return {"type": "raw_text", "text": words(text) or NOTHING}


def _line(cells: Sequence[Text]) -> Text:
    return tuple(span for index, cell in enumerate(cells) for span in ((_BETWEEN, *cell) if index else cell))
