"""A reply as plain text, for screen readers, notifications and pipes. Nothing is left out.

Knows no platform: if the text is sent through one that parses markup, the adapter escapes it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from bot.domain.clock import moment_text
from bot.reply.model import (
    Action,
    Align,
    Bold,
    Button,
    Channel,
    Code,
    Divider,
    Drawing,
    Fields,
    Link,
    LinkButton,
    Listing,
    Mention,
    Menu,
    MenuOption,
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
)
from bot.reply.text import pad, shown, width


def plain_text(reply: Reply) -> str:
    """The whole card as text that stands alone: title, summary, parts, files and actions."""
    return "\n\n".join(filter(None, (plain_body(reply), "\n".join(map(_action, reply.actions)))))


def plain_body(reply: Reply) -> str:
    """The card without its actions, for an adapter that offers them in its own way."""
    head = "\n".join(dict.fromkeys(filter(None, (shown(reply.title), shown(reply.summary)))))
    files = "\n".join(f"File {shown(file.name)}: {shown(file.description)}" for file in reply.files)
    return "\n\n".join(filter(None, (head, *map(_part, reply.parts), files)))


def plain_spans(text: Text) -> str:
    """A text on one line, its links followed by their addresses, its times with their zone."""
    return "".join(map(_span, text))


def captioned(reply: Reply) -> Iterator[Part]:
    """The parts, without captions that repeat the title."""
    for part in reply.parts:
        if isinstance(part, Table | Listing) and part.caption == reply.title:
            yield replace(part, caption="")
        else:
            yield part


def finding(reply: Reply, mark: str = "") -> Text:
    """The summary after a mark of its tone, its strong words in bold."""
    found: list[Plain | Bold] = []
    rest = f"{mark}{reply.summary}"
    for words in reply.strong:
        before, strong, rest = rest.partition(words)
        found += (Plain(before), Bold(strong))
    return tuple(span for span in (*found, Plain(rest)) if span.text)


def row_menus(reply: Reply) -> tuple[Menu, ...]:
    """The buttons of a reply's rows as menus, for platforms or messages without room for them in the rows."""
    listings = (part for part in reply.parts if isinstance(part, Listing))
    menus = (Menu(listing.choice, tuple(_options(listing))) for listing in listings)
    return tuple(menu for menu in menus if menu.options)


def _options(listing: Listing) -> Iterator[MenuOption]:
    for item in listing.items:
        if item.button is not None:
            yield MenuOption(plain_cell(item.name), item.button.call, plain_cell(item.line))


def _span(span: Span) -> str:
    match span:
        case Plain(text) | Bold(text) | Code(text):
            return shown(text)
        case Link(text, url):
            return shown(url) if text in {"", url} else f"{shown(text)} ({shown(url)})"
        case Time(at, now):
            return moment_text(at, now)
        case Mention(person_id, name):
            return shown(name or person_id)
        case Channel(channel_id):
            return shown(channel_id)
        case _:
            assert_never(span)


def _part(part: Part) -> str:
    match part:
        case Paragraph(text) | Note(text):
            return plain_spans(text)
        case Fields(fields):
            return "\n".join(f"{shown(field.name)}: {plain_spans(field.value)}" for field in fields)
        case Table():
            return _table(part)
        case Listing(caption, _, items):
            rows = (f"{plain_cell(item.name)}: {plain_spans(item.line)}" for item in items)
            links = _addresses(item.name for item in items)
            return "\n".join(filter(None, (shown(caption), *rows, *links)))
        case Picture(alt=alt):
            return f"Picture: {shown(alt)}"
        case Divider() | Drawing():
            return "---" if isinstance(part, Divider) else ""
        case _:
            assert_never(part)


def _table(table: Table) -> str:
    names = tuple(shown(column.name) for column in table.columns)
    rows = tuple(tuple(map(plain_cell, row)) for row in table.rows)
    widths = tuple(max(map(width, cells)) for cells in zip(names, *rows, strict=True))
    rights = tuple(column.align is Align.RIGHT for column in table.columns)

    def line(cells: tuple[str, ...]) -> str:
        sizes = zip(cells, widths, rights, strict=True)
        return "  ".join(pad(cell, columns, right=right) for cell, columns, right in sizes).rstrip()

    rule = "  ".join("-" * columns for columns in widths)
    links = _addresses(cell for row in table.rows for cell in row)
    return "\n".join(filter(None, (shown(table.caption), line(names), rule, *map(line, rows), *links)))


def _addresses(cells: Iterable[Text]) -> Iterator[str]:
    """Links whose addresses don't fit into these cells, each once; they follow the cells."""
    links = (span for cell in cells for span in cell if isinstance(span, Link))
    return map(_span, dict.fromkeys(link for link in links if link.text not in {"", link.url}))


def plain_cell(cell: Text) -> str:
    """A text on one line, its links without addresses."""
    return "".join(shown(span.text or span.url) if isinstance(span, Link) else _span(span) for span in cell)


def _action(action: Action) -> str:
    match action:
        case Button(label):
            return f"[{shown(label)}]"
        case LinkButton(label, url):
            return f"{shown(label)}: {shown(url)}"
        case Select(placeholder=placeholder) | Menu(placeholder=placeholder):
            return f"{shown(placeholder)}: {' | '.join(shown(option.label) for option in action.options)}"
        case _:
            assert_never(action)
