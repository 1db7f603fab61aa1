"""Renders replies as Block Kit within Slack's documented limits: messages, the public line and the Home tab.

The renderer doesn't know which command a reply is from, and drops no text: what doesn't fit goes to the next block or
message. A message can have one table block (Slack, Table block), which scrolls sideways on a phone. The table with most
columns gets it, unless a phone would cut it; other tables become lines. A long table becomes a data_table block, which
readers can sort and page through (Slack, Data table block, May 2026) but some workspaces refuse.
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
"""Rows of a plain table; a longer one is sortable."""
PAGE_SIZE = 10
MAX_COLUMNS = 20
MAX_PHONE_COLUMNS = 3
MAX_PHONE_NUMBERS = 16
"""Characters after the first column that fit on a phone 360 pixels wide."""
MAX_TABLE_WEIGHT = 8_000
"""Characters in a table's cells. Slack takes 10,000, but the rest of the message needs room too."""

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
    """The index of the part that gets the table block: of the tables that fit, the first with most columns.

    A listing counts as a table only if it is the only listing, so that several listings look the same.
    """
    is_alone = sum(isinstance(part, Listing) for part in parts) == 1
    tables = {at: part.table for at, part in enumerate(parts) if isinstance(part, Listing) and is_alone}
    tables |= {at: part for at, part in enumerate(parts) if isinstance(part, Table)}
    columns = {at: len(table.columns) for at, table in tables.items() if _is_tabular(table)}
    return max(columns, key=lambda at: columns[at], default=None)


def _is_tabular(table: Table) -> bool:
    """Whether a phone can show every column, or the table is long enough that readers want to sort it."""
    if not 0 < len(table.columns) <= MAX_COLUMNS:
        return False
    if len(table.rows) > MAX_PLAIN and any(column.align is Align.RIGHT for column in table.columns):
        return True
    rows = ([(Plain(column.name),) for column in table.columns], *table.rows)
    beside = sum(max(width(plain_cell(cell)) for cell in cells) for cells in [*zip(*rows, strict=True)][1:])
    return len(table.columns) <= MAX_PHONE_COLUMNS and beside <= MAX_PHONE_NUMBERS


def table_groups(table: Table) -> Iterator[Group]:
    """A table as table blocks, each with the header row, after its caption; or as lines if a row is too large."""
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
    """A table as lines: its caption, its header, then each row with its first cell in bold."""
    head = [(Plain(column.name),) for column in table.columns]
    rows = ((*map(bold, row[:1]), *row[1:]) for row in table.rows)
    lines = rich_blocks([(Bold(table.caption),), _line(head), *map(_line, rows)])
    return _one_by_one(lines)


def item_groups(listing: Listing) -> Iterator[Group]:
    """A listing as lines: its caption, then each name above its line."""
    lines = (line for item in listing.items for line in (bold(item.name), item.line))
    return _one_by_one(rich_blocks([(Bold(listing.caption),), *lines]))


def _setting(column: Column) -> Block:
    """Column settings: numbers are right-aligned and never wrap; text wraps, so that the table stays narrow."""
    is_number = column.align is Align.RIGHT
    return {"align": column.align.value, "is_wrapped": not is_number}


def _cell(cell: Text) -> Block:
    if all(isinstance(span, Plain) for span in cell):
        return _raw("".join(span.text for span in cell if isinstance(span, Plain)))
    found = elements(cell)
    if not any("text" in element for element in found):  # Slack requires text in a cell; a channel or a time has none
        found.append({"type": "text", "text": " " if found else NOTHING})
    return rich_text(found)


def _raw(text: str) -> Block:
    return {"type": "raw_text", "text": words(text) or NOTHING}


def _line(cells: Sequence[Text]) -> Text:
    return tuple(span for index, cell in enumerate(cells) for span in ((_BETWEEN, *cell) if index else cell))


def groups(part: Part, pictures: Mapping[str, str], *, is_widest: bool) -> Iterator[Group]:
    """Render a part as blocks. `pictures` has the file ids of uploaded pictures; `is_widest` gets the table block."""
    match part:
        case Paragraph(text):
            yield from _one_by_one(rich_blocks([text]))
        case Fields(fields):
            yield from _one_by_one(rich_blocks((Bold(field.name), Plain(": "), *field.value) for field in fields))
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
    """A note in small print, or in normal print if Slack would misread its markup or it is too long."""
    small = mrkdwn(text)
    if small is None or length(small) > MAX_TEXT:
        yield from _one_by_one(rich_blocks([text]))
    elif small.strip():
        yield ({"type": "context", "elements": [_mrkdwn(small)]},)


def _one_by_one(blocks: Iterator[Block]) -> Iterator[Group]:
    return ((block,) for block in blocks)


def _mrkdwn(text: str) -> Block:
    """A mrkdwn object. `verbatim` keeps Slack from linking URLs and names by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _picture(picture: Picture, file_id: str | None) -> Iterator[Group]:
    """A picture, or its alt text as a note if it wasn't uploaded."""
    finding = words(picture.alt)
    if file_id is not None:
        alt = cut(finding or words(picture.name) or NOTHING, MAX_ALT)
        yield ({"type": "image", "slack_file": {"id": file_id}, "alt_text": alt},)
    if file_id is None or length(finding) > MAX_ALT:
        yield from note((Plain("Picture: "), Plain(picture.alt)))


@dataclass(frozen=True, slots=True)
class Message:
    """A message for chat.postMessage or a response_url. `text` is for notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]


def messages(reply: Reply, pictures: Mapping[str, str] = NO_PICTURES) -> tuple[Message, ...]:
    """Render a reply as one message, or as several if Slack's limits require it.

    `pictures` maps the names of uploaded pictures to file ids; other pictures are shown by their alt text. The first
    message's text is that of the whole reply.
    """
    pages = list(_pages(_groups(reply, pictures, widest(reply.parts)))) or [(_EMPTY,)]
    texts = _texts(reply, len(pages))
    return tuple(Message(text, page) for text, page in zip(texts, pages, strict=True))


def public_message(public_line: Text) -> Message:
    """Render the public line, which names people without notifying them."""
    text = _fallback(plain_spans(public_line))
    return Message(text, tuple(rich_blocks([public_line]))[:MAX_BLOCKS] or (_EMPTY,))


def home_view(reply: Reply, *, with_table: bool = True) -> Block:
    """Render a reply as a Home tab, its buttons on top, cut with a note if it has more than 100 blocks."""
    found = list(_home_groups(reply, widest(reply.parts) if with_table else None))
    if _tables(found) > 1:
        found = list(_home_groups(reply, None))
    blocks = list(_plain_blocks([block for group in found for block in group]))
    if len(blocks) > MAX_VIEW_BLOCKS:
        blocks[MAX_VIEW_BLOCKS - 1 :] = [{"type": "context", "elements": [plain("There's more than fits here.")]}]
    return {"type": "home", "blocks": blocks or [_EMPTY]}


def has_picture(message: Message) -> bool:
    """Whether a message has a picture, so that Slack accepts it only once the file is processed."""
    return any(map(_is_picture, message.blocks))


def without_pictures(message: Message, note: str = "") -> Message:
    """The message with its pictures replaced by their alt text, each followed by the note."""
    shown = (_as_alt_text(block, note) if _is_picture(block) else block for block in message.blocks)
    return Message(message.text, tuple(shown))


def with_titles(message: Message, title: str) -> Message:
    """The message with a title above its pictures, which is visible even if a picture isn't."""
    titled = ({**block, "title": plain(title)} if _is_picture(block) else block for block in message.blocks)
    return Message(message.text, tuple(titled))


def has_data_table(message: Message) -> bool:
    """Whether a message has a data_table block, which some workspaces refuse."""
    return any(block["type"] == _DATA_TABLE for block in message.blocks)


def with_plain_tables(message: Message) -> Message:
    """The message with its sortable tables replaced by plain ones."""
    return Message(message.text, _plain_blocks(message.blocks)) if has_data_table(message) else message


def _is_picture(block: Block) -> bool:
    return block["type"] == "image"


def _as_alt_text(picture: Block, note: str) -> Block:
    return {"type": "section", "text": plain(f"Picture: {picture['alt_text']}\n{note}".rstrip())}


def _groups(reply: Reply, pictures: Mapping[str, str], table: int | None) -> Iterator[Group]:
    yield from _head(reply)
    yield from _body(reply, pictures, table)
    yield from _one_by_one(action_blocks((*row_menus(reply), *reply.actions)))


def _home_groups(reply: Reply, table: int | None) -> Iterator[Group]:
    yield from _head(reply)
    yield from _one_by_one(action_blocks(reply.actions))
    yield from _body(reply, NO_PICTURES, table)
    yield from _one_by_one(action_blocks(row_menus(reply)))


def _body(reply: Reply, pictures: Mapping[str, str], table: int | None) -> Iterator[Group]:
    for at, part in enumerate(captioned(reply)):
        found = groups(part, pictures, is_widest=at == table)
        named = reply.parts[at]
        if isinstance(named, Table | Listing):
            found = (_sortable(group, words(named.caption or reply.title) or NOTHING) for group in found)
        yield from found
    for file in reply.files:
        yield from note((Plain(f"File {file.name}: {file.description}"),))


def _head(reply: Reply) -> Iterator[Group]:
    """Title and summary. The tone is shown by an emoji before the first of them, since not everybody sees colours."""
    mark = _MARKS[reply.tone]
    title = f"{mark}{reply.title}" if words(reply.title) else ""
    if title and length(words(title)) <= MAX_HEADER:
        yield ({"type": "header", "text": plain(title)},)
    elif title:
        yield from _one_by_one(rich_blocks([(Plain(title),)]))
    if words(reply.summary) and reply.summary != reply.title:
        yield from _one_by_one(rich_blocks([finding(reply, "" if title else mark)]))


def _pages(found: Iterable[Group]) -> Iterator[tuple[Block, ...]]:
    """Split groups into messages, each within the limits of 50 blocks, MAX_WEIGHT characters and one table."""
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
    """The `text` of each of `count` messages: the whole reply for the first, then "title (2 of 3)"."""
    name = cut(words(reply.title) or words(reply.summary), MAX_HEADER)
    whole = _fallback(f"{_MARKS[reply.tone]}{plain_text(reply)}")
    return [whole, *(_fallback(f"{name} ({number} of {count})") for number in range(2, count + 1))]


def _fallback(text: str) -> str:
    """Escape text for a message's `text` field, and cut it with a note if it is too long."""
    whole = escaped(text)
    if length(whole) <= MAX_FALLBACK:
        return whole if whole.strip() else NOTHING
    kept = text[: MAX_FALLBACK - len(_CUT)]
    while length(escaped(kept)) > MAX_FALLBACK - len(_CUT):
        kept = kept[: -max(1, (length(escaped(kept)) - MAX_FALLBACK) // 5)]
    return f"{escaped(kept)}{_CUT}"


def _sortable(group: Group, caption: str) -> Group:
    """Turn a long table with its caption into a data_table block; returns any other group unchanged."""
    block: Any = group[-1]
    match block:
        case {"type": "table", "rows": [head, *rows], "column_settings": list(settings)} if len(rows) > MAX_PLAIN:
            rights = [setting["align"] == "right" for setting in settings]
            made = [[_number(cell) if right else cell for cell, right in zip(row, rights, strict=True)] for row in rows]
            return ({"type": _DATA_TABLE, "caption": caption, "page_size": PAGE_SIZE, "rows": [head, *made]},)
        case _:
            return group


def _plain_blocks(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with sortable tables replaced by plain ones."""
    title = next((block["text"] for block in blocks if block["type"] == "header"), None)
    return tuple(
        each for block in blocks for each in (_plain(block, title) if block["type"] == _DATA_TABLE else (block,))
    )


def _plain(table: Any, title: Any) -> Group:  # noqa: ANN401 - Block Kit objects
    caption = () if title and title["text"].endswith(table["caption"]) else rich_blocks([(Bold(table["caption"]),)])
    head, *rows = table["rows"]
    rights = [any(cell["type"] == "raw_number" for cell in cells) for cells in zip(*rows, strict=True)]
    settings = [{"align": "right" if right else "left", "is_wrapped": not right} for right in rights]
    made = [[{"type": "raw_text", "text": cell["text"]} if "value" in cell else cell for cell in row] for row in rows]
    return (*caption, {"type": "table", "rows": [head, *made], "column_settings": settings})


def _number(cell: Block) -> Block:
    """Turn a cell with a number into a sortable one; returns any other cell unchanged."""
    found = _NUMBER.fullmatch(str(cell.get("text", "")))
    if not found:
        return cell
    value = float(found[2].replace(",", "")) * _SIZES[found[3]] * (-1 if found[1] in {"−", "-"} else 1)
    return {"type": "raw_number", "value": int(value) if value.is_integer() else value, "text": cell["text"]}
