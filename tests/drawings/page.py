"""Cards as HTML in the two chats' dress. Every word is escaped: titles are hostile."""

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import assert_never

from tests.drawings.elements import (
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
    Run,
    TextLines,
)

STYLE = Path(__file__).with_name("style.css")
THEMES = ("light", "dark")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(title: str, body: str) -> str:
    """A whole document that loads nothing."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE.read_text()}</style></head>'
        f"<body>{body}</body></html>"
    )


def message(cards: Iterable[Card], chat: str, theme: str) -> str:
    """The cards of one reply as messages of the bot."""
    shown = "".join(map(_card, cards))
    return (
        f'<div class="message {chat} {theme}"><div class="avatar">CS</div><div class="body"><div class="sender">'
        f'<b>ContentStats</b><span class="badge">APP</span><time>09:30</time></div>{shown}</div></div>'
    )


def _card(card: Card) -> str:
    accent = f' style="border-left-color:{escape(card.accent)}"' if card.accent else ""
    return f'<div class="card"{accent}>{"".join(map(_element, card.elements))}</div>'


def _element(element: Element) -> str:  # noqa: PLR0911 - a return for each element
    match element:
        case TextLines(lines, size):
            return f'<p class="{size}">{_lines(lines)}</p>'
        case Code(rows):
            return f"<pre>{escape(chr(10).join(rows))}</pre>"
        case Grid():
            return _grid(element)
        case Image(url, alt):
            shown = f'<img src="{escape(url)}" alt="{escape(alt)}">'
            return shown if url else f'<div class="picture">{escape(alt)}</div>'
        case Controls(controls):
            return f'<div class="controls">{"".join(map(_control, controls))}</div>'
        case Row(words, control):
            return f'<div class="row"><p>{_lines(words.lines)}</p>{_control(control)}</div>'
        case Rule():
            return "<hr>"
        case Attached(name):
            return f'<div class="file">📄 {escape(name)}</div>'
        case _:
            assert_never(element)


def _control(control: Control) -> str:
    mark = {Look.MENU: "<i>⌄</i>", Look.LINK: "<i>↗</i>"}.get(control.look, "")
    options = "".join(f"<li>{escape(label)}<small>{escape(below)}</small></li>" for label, below in control.options)
    menu = f"<ul>{options}</ul>" if options else ""
    return f'<span class="control {control.look}"><span>{escape(control.label)}{mark}</span>{menu}</span>'


def _grid(grid: Grid) -> str:
    shown = grid.rows[: grid.page] if grid.page else grid.rows
    head = "".join(_cells("th", grid.head, grid.rights))
    rows = "".join(f"<tr>{''.join(_cells('td', row, grid.rights))}</tr>" for row in shown)
    caption = f"<caption>{escape(grid.caption)}</caption>" if grid.caption else ""
    pages = -(-len(grid.rows) // grid.page) if grid.page else 1
    turn = f'<div class="pages">1 of {pages} ‹ ›</div>' if pages > 1 else ""
    return f'<div class="grid"><table>{caption}<tr>{head}</tr>{rows}</table>{turn}</div>'


def _cells(tag: str, cells: Iterable[Line], rights: frozenset[int]) -> Iterator[str]:
    for at, cell in enumerate(cells):
        yield f"<{tag}{' class=right' if at in rights else ''}>{_line(cell)}</{tag}>"


def _lines(lines: Iterable[Line]) -> str:
    return "<br>".join(map(_line, lines))


def _line(line: Line) -> str:
    return "".join(map(_run, line))


def _run(run: Run) -> str:
    shown = escape(run.text)
    for is_set, tag in ((run.is_code, "code"), (run.is_bold, "b"), (run.url, "a")):
        shown = f"<{tag}>{shown}</{tag}>" if is_set else shown
    return shown
