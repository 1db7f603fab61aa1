"""Renders replies for a terminal: a card, with its actions as numbered lines instead of buttons.

Titles and other foreign text must never act as markup, a colour or an escape sequence.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import assert_never

from rich import box
from rich.console import Group, JustifyMethod, RenderableType
from rich.panel import Panel
from rich.style import Style
from rich.table import Table as Grid
from rich.text import Text as Line

from bot.reply.call import Call
from bot.reply.model import (
    Action,
    Align,
    Bold,
    Button,
    Channel,
    Code,
    Column,
    Divider,
    Drawing,
    Fields,
    Link,
    LinkButton,
    Listing,
    Mention,
    Menu,
    Note,
    Paragraph,
    Part,
    Picture,
    Plain,
    Reply,
    Select,
    Span,
    Table,
    Text,
    Time,
    Tone,
    Weight,
)
from bot.reply.plain import finding, plain_cell, plain_spans
from bot.reply.text import shown, width

_COLOURS = {Tone.INFO: "blue", Tone.SUCCESS: "green", Tone.WARNING: "yellow", Tone.PROBLEM: "red"}
_MARKS = {Tone.INFO: "", Tone.SUCCESS: "✓ ", Tone.WARNING: "! ", Tone.PROBLEM: "✗ "}  # not everybody sees colours
_WEIGHTS = {Weight.NORMAL: "", Weight.CONFIRM: "bold green", Weight.DANGER: "bold red"}
_SIDES: dict[Align, JustifyMethod] = {Align.LEFT: "left", Align.RIGHT: "right"}
_FRAME = 4  # columns for the card's border and padding
_GAP = 2  # columns between the columns of a table
_LONG_WORD = 16  # columns; only a longer word may be broken


@dataclass(frozen=True, slots=True)
class Choice:
    """One line under a reply. If it has a `call`, typing its number runs it.

    `is_row`: a listing's row, whose number is shown in the card instead.
    """

    label: str
    call: Call | None = None
    weight: Weight = Weight.NORMAL
    number: int | None = None
    is_row: bool = False


def choices(reply: Reply) -> tuple[Choice, ...]:
    """The choices of a reply, numbered from 1: the buttons of rows, then the actions, with a line for each option."""
    numbers = count(1)
    lines = (*_rows(reply), *(line for action in reply.actions for line in _lines(action)))
    return tuple(replace(line, number=next(numbers)) if line.call else line for line in lines)


def call_for_number(offered: tuple[Choice, ...], number: int) -> Call | None:
    """The call of a numbered choice, if there is one."""
    return next((choice.call for choice in offered if choice.number == number), None)


def confirming_call(reply: Reply) -> Call | None:
    """The call that `--yes` runs: that of the first button that confirms spending or stopping."""
    confirming = (each for each in reply.actions if isinstance(each, Button) and each.weight is not Weight.NORMAL)
    return next((button.call for button in confirming), None)


def _rows(reply: Reply) -> Iterator[Choice]:
    for item in (item for part in reply.parts if isinstance(part, Listing) for item in part.items):
        if item.button is not None:
            label = f"{shown(item.button.label)}: {plain_cell(item.name)}"
            yield Choice(label, item.button.call, item.button.weight, is_row=True)


def _lines(action: Action) -> Iterator[Choice]:
    match action:
        case Button(label, call, weight):
            yield Choice(shown(label), call, weight)
        case LinkButton(label, url):
            yield Choice(f"{shown(label)}: {shown(url)}")
        case Select(placeholder, call, argument, options):
            yield Choice(f"{shown(placeholder)}:")
            for option in options:
                yield Choice(shown(option.label), Call(call.command, {**call.arguments, argument: option.value}))
        case Menu(placeholder, offered):
            yield Choice(f"{shown(placeholder)}:")
            for each in offered:
                yield Choice(" · ".join(filter(None, (shown(each.label), shown(each.description)))), each.call)
        case _:
            assert_never(action)


def card(reply: Reply, columns: int) -> RenderableType:
    """Render a reply as a card that is `columns` wide, with a border in the colour of its tone."""
    colour = _COLOURS[reply.tone]
    mark = (_MARKS[reply.tone], f"bold {colour}")
    title, summary = shown(reply.title), line_of(finding(reply))
    head = [Line.assemble(mark, (title, f"bold {colour}")), summary] if title else [Line.assemble(mark, summary)]
    numbers = count(1)
    parts = [_part(part, columns - _FRAME, numbers) for part in reply.parts]
    files = [Line(f"File {shown(file.name)}: {shown(file.description)}") for file in reply.files]
    spaced = (line for block in (*parts, *files) for line in (Line(), block))
    return Panel(Group(*head, *spaced), box=box.ROUNDED, border_style=colour, padding=(0, 1), width=columns)


def menu(offered: Iterable[Choice]) -> RenderableType:
    """Render the choices under a card, except those of rows."""
    numbered = Grid.grid(padding=(0, 1))
    numbered.add_column(justify="right", style="bold cyan", min_width=3)
    numbered.add_column(overflow="fold")
    for choice in (each for each in offered if not each.is_row):
        number = "" if choice.number is None else str(choice.number)
        numbered.add_row(number, Line(choice.label, style=_WEIGHTS[choice.weight]))
    return numbered


def line_of(text: Text, *, addresses: bool = True) -> Line:
    """Render a text. `addresses` adds the URL after a link's label, which is a terminal hyperlink either way."""
    line = Line()
    for span in text:
        _append(line, span, addresses=addresses)
    return line


def _append(line: Line, span: Span, *, addresses: bool) -> None:
    match span:
        case Plain(text):
            line.append(shown(text))
        case Bold(text):
            line.append(shown(text), style="bold")
        case Code(text):
            line.append(shown(text), style="cyan")
        case Link(text, url):
            target = shown(url)
            line.append(shown(text) or target, style=_link_style(target))
            if addresses and text not in {"", url}:
                line.append(f" ({target})", style="dim")
        case Time():
            line.append(plain_spans((span,)))
        case Mention(person_id, name):
            line.append(shown(name or person_id), style="bold")
        case Channel(channel_id):
            line.append(shown(channel_id))
        case _:
            assert_never(span)


def _link_style(url: str) -> Style:
    return Style(underline=True, link=url if url.startswith("https://") else None)


def _part(part: Part, max_width: int, numbers: Iterator[int]) -> RenderableType:  # noqa: PLR0911 - a return for each part
    """Render a part. `numbers` yields the numbers of rows with a button."""
    match part:
        case Paragraph(text):
            return line_of(text)
        case Fields(fields):
            grid = Grid.grid(padding=(0, _GAP))
            grid.add_column(style="dim", max_width=max_width // 2)
            grid.add_column(overflow="fold")
            for field in fields:
                grid.add_row(Line(shown(field.name)), line_of(field.value))
            return grid
        case Table():
            return _table(part, max_width)
        case Listing():
            return _table(_numbered(part, numbers), max_width)
        case Picture(alt=alt):
            return Line(f"Picture: {shown(alt)}", style="italic")
        case Drawing():
            return Group()
        case Note(text):
            note = line_of(text)
            note.stylize_before("dim")
            return note
        case Divider():
            return Line("─" * max_width, style="dim")
        case _:
            assert_never(part)


def _numbered(listing: Listing, numbers: Iterator[int]) -> Table:
    """The listing as a table, with a column of the numbers to type unless the rows start with them already."""
    table = listing.table
    typed = [str(next(numbers)) if item.button else "" for item in listing.items]
    if not any(typed) or all(
        plain_spans(item.name).startswith(f"{number}. ") for item, number in zip(listing.items, typed, strict=True)
    ):
        return table
    rows = tuple(((Plain(number),), *row) for number, row in zip(typed, table.rows, strict=True))
    return replace(table, columns=(Column("#", Align.RIGHT), *table.columns), rows=rows)


def _table(table: Table, max_width: int) -> RenderableType:
    rows = [[line_of(cell, addresses=False) for cell in row] for row in table.rows]
    names = [shown(column.name) for column in table.columns]
    widths = _widths(table.columns, names, rows, max_width)
    caption = [Line(shown(table.caption), style="italic")] if table.caption else []
    if widths is None:
        return Group(*caption, *_records(names, rows))
    grid = Grid(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for column, name, columns in zip(table.columns, names, widths, strict=True):
        grid.add_column(Line(name), justify=_SIDES[column.align], width=columns, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return Group(*caption, grid)


def _widths(
    columns: Sequence[Column], names: Sequence[str], rows: Sequence[Sequence[Line]], max_width: int
) -> list[int] | None:
    """The width of each column: text wraps and numbers don't. None if the table is still too wide."""
    widths, least = [], []
    for index, (column, name) in enumerate(zip(columns, names, strict=True)):
        cells = [row[index] for row in rows]
        widest = max([1, *(cell.cell_len for cell in cells)])
        widths.append(max(widest, width(name)))
        if column.align is Align.RIGHT:
            least.append(max([widest, *map(width, name.split())]))
        else:
            words = [width(word) for text in (name, *(cell.plain for cell in cells)) for word in text.split()]
            least.append(min(_LONG_WORD, max([1, *words])))
    max_width -= _GAP * (len(widths) - 1)
    while sum(widths) > max_width:
        slack, index = max((now - low, index) for index, (now, low) in enumerate(zip(widths, least, strict=True)))
        if slack <= 0:
            return None
        widths[index] -= 1
    return widths


def _records(names: Sequence[str], rows: Sequence[Sequence[Line]]) -> list[Line]:
    """A table for a narrow terminal: each row as a list of named cells."""
    lines = []
    for row in rows:
        for index, (name, cell) in enumerate(zip(names, row, strict=True)):
            lines.append(Line.assemble("- " if index == 0 else "  ", (f"{name}: ", "bold"), cell))
    return lines
