"""Tables: columns of code where they fit a phone, else two lines for each row.

A phone shows about 44 letters of equal width in a line of a message's card and breaks what is longer, which no column
survives. Words that are only a little too many go below their row. Code shows no link, no channel and no moment.
"""

import re
from collections.abc import Iterator, Sequence

from adapters.discord.layout import MAX_DISPLAY, NOTHING, Component, display, displays, lines
from adapters.discord.markdown import markdown, unpinged
from bot.reply.clean import visible
from bot.reply.cutting import length
from bot.reply.model import Align, Bold, Channel, Link, Plain, Table, Text
from bot.reply.plain import plain_spans
from bot.reply.width import pad, width

PHONE = 44
KIND = 12
"""Columns of letters that a number or a word for a kind takes at most: what is wider names something."""
MAX_ROW = 500
"""Characters in a row of code: letters of no width can make a narrow row a long one."""

_BETWEEN = Plain(" · ")
_FENCE = "```"
_FENCES = re.compile("(?<=`)(?=`)")


def table_displays(table: Table) -> Iterator[Component]:
    """The table under its caption."""
    caption = list(lines(markdown((Bold(table.caption),))))
    rows = _code_rows(table)
    if rows is None:
        yield from displays([caption, *_line_rows(table)])
    else:
        yield from _blocks(caption, rows)


def _code_rows(table: Table) -> list[str] | None:
    """The head and the rows as code; None where a phone would break them or code would hide something."""
    if not table.columns or any(_is_more_than_words(cell) for row in table.rows for cell in row):
        return None
    names = tuple(_code(column.name) for column in table.columns)
    rows = [names, *(tuple(_code(plain_spans(cell)) for cell in row) for row in table.rows)]
    sizes = [max(map(width, cells)) for cells in zip(*rows, strict=True)]
    beside = len(sizes)
    if _total(sizes) > PHONE >= _total([sizes[0], sizes[-1]]) and table.columns[-1].align is Align.LEFT:
        beside -= 1
    if not 0 < _total(sizes[:beside]) <= PHONE:
        return None
    rights = [column.align is Align.RIGHT for column in table.columns]
    made = [_code_row(row, sizes[:beside], rights) for row in rows]
    return made if all(0 < length(row) <= MAX_ROW for row in made) else None


def _code_row(cells: Sequence[str], sizes: Sequence[int], rights: Sequence[bool]) -> str:
    """The cells that stand beside each other; one that does not is below the second of them."""
    beside = zip(cells, sizes, rights, strict=False)
    first = "  ".join(pad(cell, size, right=right) for cell, size, right in beside).rstrip()
    return "\n".join([first, *(f"{' ' * sizes[0]}  {cell}" for cell in cells[len(sizes) :])])


def _blocks(caption: Sequence[str], rows: list[str]) -> Iterator[Component]:
    """Blocks of code, the head above the rows of each."""
    head, *rest = rows
    above, held, size = "\n".join(caption), [head], length(head)
    for row in rest:
        if length(above) + size + length(row) + 10 > MAX_DISPLAY:
            yield display(_block(above, held))
            above, held, size = "", [head], length(head)
        held.append(row)
        size += length(row) + 1
    yield display(_block(above, held))


def _block(above: str, rows: Sequence[str]) -> str:
    return "\n".join([*filter(None, [above]), _FENCE, *rows, _FENCE])


def _line_rows(table: Table) -> Iterator[Sequence[str]]:
    """The head in small print, then each row: what it is called, and below it what is said of it."""
    names = [visible(column.name).strip() for column in table.columns]
    yield list(lines(markdown(_joined([(Plain(name),) for name in names if name])), "-# "))
    called = _called(table)
    for row in table.rows:
        name, said = row[:called], row[called:]
        if said and name:
            name = (*name[:-1], _bold(name[-1]))
        yield [*lines(markdown(_joined(name))), *lines(markdown(_joined(said)))]


def _called(table: Table) -> int:
    """How many of its first cells a row is called by: all where it is short, else those to the first with words."""
    columns = zip(table.columns, *table.rows, strict=True)
    sizes = [max(width(plain_spans(cell)) for cell in ((Plain(head.name),), *cells)) for head, *cells in columns]
    wide = (at for at, size in enumerate(sizes, 1) if size > KIND and table.columns[at - 1].align is Align.LEFT)
    return len(sizes) if _total(sizes) <= PHONE else next(wide, len(sizes))


def _joined(cells: Sequence[Text]) -> Text:
    shown = [cell if plain_spans(cell).strip() else (Plain(NOTHING),) for cell in cells]
    return tuple(span for at, cell in enumerate(shown) for span in ((_BETWEEN, *cell) if at else cell))


def _bold(cell: Text) -> Text:
    return tuple(Bold(span.text) if isinstance(span, Plain) else span for span in cell)


def _total(sizes: Sequence[int]) -> int:
    return sum(sizes) + 2 * (len(sizes) - 1)


def _is_more_than_words(cell: Text) -> bool:
    return any(isinstance(span, Channel) or (isinstance(span, Link) and span.text != span.url) for span in cell)


def _code(text: str) -> str:
    """Words within a block of code, none of which ends it."""
    return _FENCES.sub("\u200b", unpinged(text))
