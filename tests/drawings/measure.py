"""How many lines a card takes on a phone of 360 pixels: about 38 characters of text per line, or 28 of code.

A line is a line of text or of a table, or a row of buttons. Pictures, gaps and frames take none. Text is measured with
a font that comes with matplotlib, so the count is the same on every machine.
"""

from collections.abc import Iterable
from functools import cache
from math import ceil
from pathlib import Path
from typing import assert_never

import matplotlib as mpl
from matplotlib.ft2font import FT2Font

from adapters.page.elements import (
    Attached,
    Card,
    Code,
    Control,
    Controls,
    Element,
    Grid,
    Image,
    Line,
    Look,
    Row,
    Rule,
    Size,
    TextLines,
)
from bot.reply.text import width

LETTERS = 38
"""Characters of an average sentence per line of the usual size."""
CODE = 28
SIZES = {Size.HEADING: 1.15, Size.BODY: 1.0, Size.SMALL: 0.85}
FRAME = 4.0
"""Characters that a button's frame and the gap after it take."""
CELL = LETTERS / 2
"""Characters in the widest column of a table that wraps its words."""

_FONT = Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
_SCALE = 100
_SENTENCE = "Tracking pauses in 21 hours. $3.10 left; add $14.21 to let all 12 videos finish."


def lines_of(card: Card) -> int:
    """The lines of one message."""
    return sum(map(_lines, card.elements))


def _lines(element: Element) -> int:  # noqa: PLR0911 - a return for each element
    match element:
        case TextLines(lines, size):
            return _wrapped(lines, LETTERS / SIZES[size])
        case Code(rows):
            return sum(max(1, ceil(width(row) / CODE)) for row in rows)
        case Grid():
            return _grid(element)
        case Controls(controls):
            return _rows_of(controls)
        case Row(words, control):
            return _wrapped(words.lines, LETTERS - FRAME - _letters(control.label))
        case Attached():
            return 1
        case Image() | Rule():
            return 0
        case _:
            assert_never(element)


def _grid(grid: Grid) -> int:
    """Numbers never wrap; a table with pages has a line below it for turning them."""
    shown = grid.rows[: grid.page] if grid.page else grid.rows
    broken = [[cell for at, cell in enumerate(row) if at not in grid.rights] for row in (grid.head, *shown)]
    rows = sum(max([1, *(_wrapped((cell,), CELL) for cell in row)]) for row in broken)
    return bool(grid.caption) + rows + bool(grid.page and len(grid.rows) > grid.page)


def _rows_of(controls: Iterable[Control]) -> int:
    return len(_filled((FRAME + _letters(each.label) + (each.look is Look.MENU) for each in controls), LETTERS, gap=0))


def _wrapped(lines: Iterable[Line], most: float) -> int:
    return sum(_wrapped_line(line, most) for line in lines)


def _wrapped_line(line: Line, most: float) -> int:
    """Words wrap whole; one that is longer than a line is broken."""
    words = "".join(run.text for run in line).split()
    rows = _filled(map(_letters, words), most, gap=1)
    return max(1, sum(max(1, ceil(row / most)) for row in rows))


def _filled(sizes: Iterable[float], most: float, gap: float) -> list[float]:
    """The widths of rows filled one after the other."""
    rows: list[float] = []
    for size in sizes:
        if rows and rows[-1] + gap + size <= most:
            rows[-1] += gap + size
        else:
            rows.append(size)
    return rows


def _letters(text: str) -> float:
    """The width of a text in characters of an average sentence."""
    return sum(map(_advance, text)) / _average()


@cache
def _average() -> float:
    return sum(map(_advance, _SENTENCE)) / len(_SENTENCE)


@cache
def _advance(char: str) -> float:
    """The width of a character in ems; for one that the font lacks, its width in a terminal in half ems."""
    if not width(char) or ord(char) not in _font().get_charmap():
        return width(char) / 2
    return _font().load_char(ord(char)).linearHoriAdvance / 65_536 / _SCALE


@cache
def _font() -> FT2Font:
    font = FT2Font(str(_FONT))
    font.set_size(_SCALE, 72)
    return font
