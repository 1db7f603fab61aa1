"""Renders page elements as HTML. All text is escaped, since titles may be hostile."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import assert_never

from adapters.page.elements import (
    Attached,
    Card,
    Choice,
    Code,
    Control,
    Controls,
    Element,
    Entry,
    Form,
    Grid,
    Image,
    Input,
    Line,
    Look,
    Row,
    Rule,
    Run,
    TextLines,
)


def card(shown: Card) -> str:
    """A message's card as HTML."""
    accent = f" accent-{escape(shown.accent.removeprefix('#'))}" if shown.accent else ""
    return f'<div class="card{accent}">{"".join(map(_element, shown.elements))}</div>'


def _element(element: Element) -> str:  # noqa: PLR0911 - a return for each element
    match element:
        case TextLines(lines, size):
            tag = "h3" if size == "heading" else "p"
            return f'<{tag} class="{size}">{_lines(lines)}</{tag}>'
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
        case Attached(name, url):
            shown = f'<span class="kind" aria-hidden="true">📄</span><b>{escape(name)}</b>'
            target = f'href="{escape(url)}" download' if url else ""
            return f'<a class="file" {target}>{shown}<span class="get">Download</span></a>'
        case _:
            assert_never(element)


def _control(control: Control) -> str:
    look = f'class="control {control.look}"'
    if control.look is Look.LINK:
        return f'<a {look} {_link(control.url)}>{escape(control.label)}<i aria-hidden="true">↗</i></a>'
    if control.look is Look.MENU:
        options = "".join(_option(control.id, each) for each in control.options)
        return f"<details {look}><summary>{escape(control.label)}</summary><ul>{options}</ul></details>"
    sent: dict[str, str] = {"id": control.id, "value": control.value}
    if confirmation := control.confirmation:
        sent |= {"title": confirmation.title, "text": confirmation.text, "yes": confirmation.yes, "no": confirmation.no}
    return f'<button type="button" {look} {_data(sent)}>{escape(control.label)}</button>'


def _option(id_: str, option: Choice) -> str:
    below = f"<small>{escape(option.below)}</small>" if option.below else ""
    sent = _data({"id": id_, "option": option.value})
    return f'<li><button type="button" {sent}>{escape(option.label)}{below}</button></li>'


def _data(values: Mapping[str, str]) -> str:
    return " ".join(["data-press", *(f'data-{name}="{escape(value)}"' for name, value in values.items())])


def _grid(grid: Grid) -> str:
    head = "".join(_head(cell, at, grid) for at, cell in enumerate(grid.head))
    rows = "".join(_row(row, grid, at) for at, row in enumerate(grid.rows))
    caption = f"<caption>{escape(grid.caption)}</caption>" if grid.caption else ""
    pages = -(-len(grid.rows) // grid.page) if grid.page else 1
    turn = (
        f'<div class="pages" data-page="{grid.page}"><span>1 of {pages}</span>'
        '<button type="button" data-turn="-1" aria-label="Previous page" disabled>‹</button>'
        '<button type="button" data-turn="1" aria-label="Next page">›</button></div>'
    )
    table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="grid">{table}{turn if pages > 1 else ""}</div>'


def _head(cell: Line, at: int, grid: Grid) -> str:
    name = f'<button type="button" data-sort>{_line(cell)}</button>' if grid.page else _line(cell)
    return f'<th scope="col"{_side(at, grid.rights)}>{name}</th>'


def _row(row: Iterable[Line], grid: Grid, number: int) -> str:
    cells = "".join(f"<td{_side(at, grid.rights)}>{_line(cell)}</td>" for at, cell in enumerate(row))
    return f"<tr{' hidden' if grid.page and number >= grid.page else ''}>{cells}</tr>"


def _side(at: int, rights: frozenset[int]) -> str:
    return ' class="right"' if at in rights else ""


def _lines(lines: Iterable[Line]) -> str:
    return "<br>".join(map(_line, lines))


def _line(line: Line) -> str:
    return "".join(map(_run, line))


def _run(run: Run) -> str:
    shown = escape(run.text)
    shown = f"<code>{shown}</code>" if run.is_code else shown
    shown = f"<b>{shown}</b>" if run.is_bold else shown
    if run.command:
        return f'<button type="button" class="command" data-type="{escape(run.command)} ">{shown}</button>'
    return f"<a {_link(run.url)}>{shown}</a>" if run.url else shown


def _link(url: str) -> str:
    return f'href="{escape(url)}" target="_blank" rel="noopener noreferrer"' if url.startswith("https://") else ""


def form(shown: Form, id_: str) -> str:
    """A form as HTML, submitted under this id."""
    intro = f"<p>{escape(shown.intro)}</p>" if shown.intro else ""
    return (
        f'<form data-form="{escape(id_)}" novalidate><h2 id="form-title">{escape(shown.title)}</h2>'
        f'<div class="inputs">{intro}{"".join(map(_input, shown.inputs))}</div><div class="ends">'
        f'<button type="button" class="control plain" data-close>{escape(shown.cancel)}</button>'
        f'<button class="control primary">{escape(shown.send)}</button></div></form>'
    )


def _input(asked: Input) -> str:
    name = escape(asked.name)
    need = "" if asked.is_required else ' <span class="optional">(optional)</span>'
    below = f'<p class="hint" id="hint-{name}">{escape(asked.hint)}</p><p class="wrong" id="wrong-{name}"></p>'
    label = f"{escape(asked.label)}{need}"
    if asked.entry is Entry.SEVERAL or asked.max_values > 1:
        fields = "".join(_several(asked))
        return (
            f'<fieldset aria-describedby="hint-{name} wrong-{name}"><legend>{label}</legend>{fields}{below}</fieldset>'
        )
    return f'<div class="field"><label for="field-{name}">{label}</label>{_field(asked)}{below}</div>'


def _several(asked: Input) -> Iterator[str]:
    """A checkbox for each option, or a text field for each value."""
    name = escape(asked.name)
    for each in asked.options:
        ticked = " checked" if each.value in asked.given else ""
        box = f'<input type="checkbox" name="{name}" value="{escape(each.value)}"{ticked}>'
        yield f'<label class="tick">{box} {escape(each.label)}</label>'
    for at in range(0 if asked.options else asked.max_values):
        given = escape(asked.given[at]) if at < len(asked.given) else ""
        attributes = f'name="{name}" value="{given}" aria-label="{escape(asked.label)} {at + 1}"'
        yield f'<input type="text" autocomplete="off" data-suggest="{name}" {attributes}>'


def _field(asked: Input) -> str:
    name, given = escape(asked.name), escape(next(iter(asked.given), ""))
    about = f'id="field-{name}" name="{name}" aria-describedby="hint-{name} wrong-{name}"'
    about += f' placeholder="{escape(asked.placeholder)}"' if asked.placeholder else ""
    about += ' aria-required="true"' if asked.is_required else ""
    match asked.entry:
        case Entry.LINES:
            return f'<textarea {about} rows="3">{given}</textarea>'
        case Entry.ONE:
            none = [Choice(asked.placeholder or "Choose one", "")] if not (asked.is_required and given) else []
            options = "".join(_chosen(each, asked.given) for each in (*none, *asked.options))
            return f"<select {about}>{options}</select>"
        case Entry.NUMBER:
            return f'<input type="number" step="1" min="{asked.low}" max="{asked.high}" value="{given}" {about}>'
        case Entry.TIME:
            return f'<input type="time" value="{given}" {about}>'
        case Entry.TEXT:
            return f'<input type="text" autocomplete="off" value="{given}" {about}>'
        case Entry.SUGGESTED:
            return f'<input type="text" autocomplete="off" data-suggest="{name}" value="{given}" {about}>'
        case _:
            msg = f"{asked.entry} takes several values"
            raise ValueError(msg)


def _chosen(option: Choice, given: Iterable[str]) -> str:
    chosen = " selected" if option.value in given else ""
    return f'<option value="{escape(option.value)}"{chosen}>{escape(option.label)}</option>'
