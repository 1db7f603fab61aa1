"""Renders a reply for Slack: messages within every documented limit, the channel's line, the Home tab.

The renderer never asks which message it renders and never loses a word: what doesn't fit goes into the next block or
message. A message may hold one table block (Slack, Table block), which scrolls sideways on a phone; the widest table
gets it and the others become lines, and so does one that a phone would cut. A long table becomes a data_table block,
which a reader can sort and leaf through (Slack, Data table block, May 2026); some workspaces refuse it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, assert_never

from adapters.slack.actions import action_blocks
from adapters.slack.text import (
    MAX_TEXT,
    NOTHING,
    Block,
    Group,
    elements,
    escaped,
    mrkdwn,
    plain,
    rich_blocks,
    rich_text,
    weight,
    words,
)
from bot.reply.model import (
    Align,
    Bold,
    Column,
    Divider,
    Drawing,
    Fields,
    Listing,
    Note,
    Paragraph,
    Part,
    Picture,
    Plain,
    Reply,
    Table,
    Text,
    Tone,
    bold,
)
from bot.reply.plain import captioned, finding, plain_cell, plain_spans, plain_text, row_menus
from bot.reply.text import cut, length, width

MAX_ROWS = 100
MAX_PLAIN = 10
"""Rows of a table that is read at a glance; a longer one is sortable."""
PAGE_SIZE = 10
MAX_COLUMNS = 20
MAX_PHONE_COLUMNS = 3
MAX_PHONE_NUMBERS = 16
"""Letters beside the first column that a phone of 360 pixels shows."""
MAX_TABLE_WEIGHT = 8_000
"""Slack takes 10,000 characters in a table's cells, and has to find room for the rest of the message too."""

_BETWEEN = Plain(" · ")
MAX_ALT = 2_000
MAX_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_HEADER = 150
MAX_FALLBACK = 40_000
MAX_WEIGHT = 9_000
"""Characters in the blocks of one message. Undocumented: chat.postMessage answers msg_blocks_too_long at about 12,000,
and counts the blocks themselves too (github.com/slackapi/bolt-js/issues/2509 and 2867)."""
NO_PICTURES: Mapping[str, str] = MappingProxyType({})
_MARKS = {Tone.INFO: "", Tone.SUCCESS: "✅ ", Tone.WARNING: "⚠️ ", Tone.PROBLEM: "⛔ "}
_EMPTY: Block = {"type": "section", "text": plain(NOTHING)}
_DATA_TABLE = "data_table"
_NUMBER = re.compile(r"([+−-]?)\$?(\d[\d,]*(?:\.\d+)?)([kM]?)%?")
_SIZES = {"": 1, "k": 1_000, "M": 1_000_000}
_CUT = " … (cut short; the message has the rest)"


def widest(parts: Sequence[Part]) -> int | None:
    """Which part a table block serves best: of the tables that fit in, the first with most columns.

    A listing is one of them if it is alone: several would look unlike each other.
    """
    is_alone = sum(isinstance(part, Listing) for part in parts) == 1
    tables = {at: part.table for at, part in enumerate(parts) if isinstance(part, Listing) and is_alone}
    tables |= {at: part for at, part in enumerate(parts) if isinstance(part, Table)}
    columns = {at: len(table.columns) for at, table in tables.items() if _is_tabular(table)}
    return max(columns, key=lambda at: columns[at], default=None)


def _is_tabular(table: Table) -> bool:
    """Whether a phone shows every column, or the rows are so many that readers want to sort them."""
    if not 0 < len(table.columns) <= MAX_COLUMNS:
        return False
    if len(table.rows) > MAX_PLAIN and any(column.align is Align.RIGHT for column in table.columns):
        return True
    rows = ([(Plain(column.name),) for column in table.columns], *table.rows)
    beside = sum(max(width(plain_cell(cell)) for cell in cells) for cells in [*zip(*rows, strict=True)][1:])
    return len(table.columns) <= MAX_PHONE_COLUMNS and beside <= MAX_PHONE_NUMBERS


def table_groups(table: Table) -> Iterator[Group]:
    """The table that is `widest`: its caption, then its head above the rows of every block; or lines for huge rows."""
    head: list[Block] = [_raw(column.name) for column in table.columns]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    above, sizes = weight(head), list(map(weight, rows))
    if above + max(sizes, default=0) > MAX_TABLE_WEIGHT:
        yield from line_groups(table)
        return
    settings = [_setting(column) for column in table.columns]
    caption = tuple(rich_blocks([(Bold(table.caption),)]))
    current, size = [head], above
    for row, more in zip(rows, sizes, strict=True):
        if len(current) == MAX_ROWS or size + more > MAX_TABLE_WEIGHT:
            yield (*caption, {"type": "table", "rows": current, "column_settings": settings})
            current, size, caption = [head], above, ()
        current.append(row)
        size += more
    yield (*caption, {"type": "table", "rows": current, "column_settings": settings})


def line_groups(table: Table) -> Iterator[Group]:
    """Any table as lines: its caption, its head, then each row with what it is about in bold."""
    head = [(Plain(column.name),) for column in table.columns]
    rows = ((*map(bold, row[:1]), *row[1:]) for row in table.rows)
    lines = rich_blocks([(Bold(table.caption),), _line(head), *map(_line, rows)])
    return _apart(lines)


def item_groups(listing: Listing) -> Iterator[Group]:
    """A listing as lines: its caption, then each name above its line."""
    lines = (line for item in listing.items for line in (bold(item.name), item.line))
    return _apart(rich_blocks([(Bold(listing.caption),), *lines]))


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


def groups(part: Part, pictures: Mapping[str, str], *, is_widest: bool) -> Iterator[Group]:
    """The part's blocks. `pictures` are the ids of uploaded ones; the table that `is_widest` gets a table block."""
    match part:
        case Paragraph(text):
            yield from _apart(rich_blocks([text]))
        case Fields(fields):
            yield from _apart(rich_blocks((Bold(field.name), Plain(": "), *field.value) for field in fields))
        case Table():
            yield from table_groups(part) if is_widest else line_groups(part)
        case Listing():
            yield from table_groups(part.table) if is_widest else item_groups(part)
        case Picture():
            yield from _picture(part, pictures.get(part.name))
        case Drawing():
            return
        case Note(text):
            yield from note(text)
        case Divider():
            yield ({"type": "divider"},)
        case _:
            assert_never(part)


def note(text: Text) -> Iterator[Group]:
    """Small print, or print of the usual size if small print would be misread or is too long."""
    small = mrkdwn(text)
    if small is None or length(small) > MAX_TEXT:
        yield from _apart(rich_blocks([text]))
    elif small.strip():
        yield ({"type": "context", "elements": [_mrkdwn(small)]},)


def _apart(blocks: Iterator[Block]) -> Iterator[Group]:
    return ((block,) for block in blocks)


def _mrkdwn(text: str) -> Block:
    """`verbatim` keeps Slack from linking what looks like an address, a channel or a person."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _picture(picture: Picture, file_id: str | None) -> Iterator[Group]:
    """The picture, or what it would have shown: the finding is never lost with it."""
    finding = words(picture.alt)
    if file_id is not None:
        alt = cut(finding or words(picture.name) or NOTHING, MAX_ALT)
        yield ({"type": "image", "slack_file": {"id": file_id}, "alt_text": alt},)
    if file_id is None or length(finding) > MAX_ALT:
        yield from note((Plain("Picture: "), Plain(picture.alt)))


@dataclass(frozen=True, slots=True)
class Message:
    """What chat.postMessage and a response_url take; `text` is for notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]


def messages(reply: Reply, pictures: Mapping[str, str] = NO_PICTURES) -> tuple[Message, ...]:
    """The reply as one message, or as several if Slack's limits ask for it; at least one.

    `pictures` maps the name of an uploaded picture to its file id; another picture is shown by its alt text. The first
    message's text is that of the whole reply.
    """
    pages = list(_pages(_groups(reply, pictures, widest(reply.parts)))) or [(_EMPTY,)]
    texts = _texts(reply, len(pages))
    return tuple(Message(text, page) for text, page in zip(texts, pages, strict=True))


def public_message(public_line: Text) -> Message:
    """The one line that a whole channel sees. It names people and notifies none."""
    text = _fallback(plain_spans(public_line))
    return Message(text, tuple(rich_blocks([public_line]))[:MAX_BLOCKS] or (_EMPTY,))


def home_view(reply: Reply, *, with_table: bool = True) -> Block:
    """The reply as a Home tab, cut with a note if it has more than 100 blocks."""
    found = list(_groups(reply, NO_PICTURES, widest(reply.parts) if with_table else None))
    if _tables(found) > 1:
        found = list(_groups(reply, NO_PICTURES, None))
    blocks = list(_plain_blocks([block for group in found for block in group]))
    if len(blocks) > MAX_VIEW_BLOCKS:
        blocks[MAX_VIEW_BLOCKS - 1 :] = [{"type": "context", "elements": [plain("There's more than fits here.")]}]
    return {"type": "home", "blocks": blocks or [_EMPTY]}


def has_picture(message: Message) -> bool:
    """Whether Slack has to have looked at a file before it takes this message."""
    return any(map(_is_picture, message.blocks))


def without_pictures(message: Message, note: str = "") -> Message:
    """The message with the alternative text of its pictures, each followed by the note."""
    shown = (_in_words(block, note) if _is_picture(block) else block for block in message.blocks)
    return Message(message.text, tuple(shown))


def with_titles(message: Message, title: str) -> Message:
    """The message with a title above its pictures, which is shown also if a picture isn't."""
    titled = ({**block, "title": plain(title)} if _is_picture(block) else block for block in message.blocks)
    return Message(message.text, tuple(titled))


def has_data_table(message: Message) -> bool:
    """Whether a part of it is a block that some workspaces refuse."""
    return any(block["type"] == _DATA_TABLE for block in message.blocks)


def with_plain_tables(message: Message) -> Message:
    """The message with plain tables in the place of sortable ones."""
    return Message(message.text, _plain_blocks(message.blocks)) if has_data_table(message) else message


def _is_picture(block: Block) -> bool:
    return block["type"] == "image"


def _in_words(picture: Block, note: str) -> Block:
    return {"type": "section", "text": plain(f"Picture: {picture['alt_text']}\n{note}".rstrip())}


def _groups(reply: Reply, pictures: Mapping[str, str], table: int | None) -> Iterator[Group]:
    yield from _head(reply)
    for at, part in enumerate(captioned(reply)):
        found = groups(part, pictures, is_widest=at == table)
        named = reply.parts[at]
        if isinstance(named, Table | Listing):
            found = (_sortable(group, words(named.caption or reply.title) or NOTHING) for group in found)
        yield from found
    for file in reply.files:
        yield from note((Plain(f"File {file.name}: {file.description}"),))
    yield from _apart(action_blocks((*row_menus(reply), *reply.actions)))


def _head(reply: Reply) -> Iterator[Group]:
    """Title and summary; the tone is a mark before the first of them, because not everybody sees colours."""
    mark = _MARKS[reply.tone]
    title = f"{mark}{reply.title}" if words(reply.title) else ""
    if title and length(words(title)) <= MAX_HEADER:
        yield ({"type": "header", "text": plain(title)},)
    elif title:
        yield from _apart(rich_blocks([(Plain(title),)]))
    if words(reply.summary) and reply.summary != reply.title:
        yield from _apart(rich_blocks([finding(reply, "" if title else mark)]))


def _pages(found: Iterable[Group]) -> Iterator[tuple[Block, ...]]:
    """The groups in their order, in as few messages as take them: 50 blocks, so much text and one table in each."""
    page: list[Block] = []
    size = 0
    for group in found:
        more = weight(group)
        is_full = len(page) + len(group) > MAX_BLOCKS or size + more > MAX_WEIGHT or _tables((page, group)) > 1
        if page and is_full:
            yield tuple(page)
            page, size = [], 0
        page += group
        size += more
    if page:
        yield tuple(page)


def _tables(found: Iterable[Iterable[Block]]) -> int:
    return sum(block["type"] in {"table", _DATA_TABLE} for group in found for block in group)


def _texts(reply: Reply, count: int) -> list[str]:
    """A text for each of so many messages: the whole reply's first, then which message it is."""
    name = cut(words(reply.title) or words(reply.summary), MAX_HEADER)
    whole = _fallback(f"{_MARKS[reply.tone]}{plain_text(reply)}")
    return [whole, *(_fallback(f"{name} ({number} of {count})") for number in range(2, count + 1))]


def _fallback(text: str) -> str:
    """Text for a place that reads mrkdwn, cut with a note if Slack would cut it without one."""
    whole = escaped(text)
    if length(whole) <= MAX_FALLBACK:
        return whole if whole.strip() else NOTHING
    kept = text[: MAX_FALLBACK - len(_CUT)]
    while length(escaped(kept)) > MAX_FALLBACK - len(_CUT):
        kept = kept[: -max(1, (length(escaped(kept)) - MAX_FALLBACK) // 5)]
    return f"{escaped(kept)}{_CUT}"


def _sortable(group: Group, caption: str) -> Group:
    """A long table, with the caption above it, as one sortable block; any other group as it is."""
    block: Any = group[-1]
    match block:
        case {"type": "table", "rows": [head, *rows], "column_settings": list(settings)} if len(rows) > MAX_PLAIN:
            rights = [setting["align"] == "right" for setting in settings]
            made = [[_number(cell) if right else cell for cell, right in zip(row, rights, strict=True)] for row in rows]
            return ({"type": _DATA_TABLE, "caption": caption, "page_size": PAGE_SIZE, "rows": [head, *made]},)
        case _:
            return group


def _plain_blocks(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with plain tables in the place of sortable ones."""
    title = next((block["text"] for block in blocks if block["type"] == "header"), None)
    return tuple(
        each for block in blocks for each in (_plain(block, title) if block["type"] == _DATA_TABLE else (block,))
    )


def _plain(table: Any, title: Any) -> Group:  # noqa: ANN401 - objects of Block Kit
    caption = () if title and title["text"].endswith(table["caption"]) else rich_blocks([(Bold(table["caption"]),)])
    head, *rows = table["rows"]
    rights = [any(cell["type"] == "raw_number" for cell in cells) for cells in zip(*rows, strict=True)]
    settings = [{"align": "right" if right else "left", "is_wrapped": not right} for right in rights]
    made = [[{"type": "raw_text", "text": cell["text"]} if "value" in cell else cell for cell in row] for row in rows]
    return (*caption, {"type": "table", "rows": [head, *made], "column_settings": settings})


def _number(cell: Block) -> Block:
    """A cell by whose number Slack can sort; one that holds none as it is."""
    found = _NUMBER.fullmatch(str(cell.get("text", "")))
    if not found:
        return cell
    value = float(found[2].replace(",", "")) * _SIZES[found[3]] * (-1 if found[1] in {"−", "-"} else 1)
    return {"type": "raw_number", "value": int(value) if value.is_integer() else value, "text": cell["text"]}
