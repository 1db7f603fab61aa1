"""Renders replies as Discord components: a card in as few messages as possible, and the public line.

The renderer doesn't know which command a reply is from, and drops no text: what doesn't fit goes to the next message. A
table becomes a code block if that fits a phone, otherwise a list. Code can't show links, channels or local times.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import assert_never

from adapters.discord.actions import button, rows
from adapters.discord.files import MAX_FILE, Attachment, safe_name, within_file_limit
from adapters.discord.text import (
    ACTION_ROW,
    CONTAINER,
    FILE,
    MAX_DISPLAY,
    MEDIA_GALLERY,
    NOTHING,
    SECTION,
    SEPARATOR,
    TEXT_DISPLAY,
    Component,
    Group,
    display,
    displays,
    label,
    lines,
    link_address,
    markdown,
    mention_safe,
)
from bot.reply.model import (
    Align,
    Bold,
    Channel,
    Column,
    Divider,
    Drawing,
    Field,
    Fields,
    File,
    Item,
    LargeFile,
    Link,
    LinkButton,
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
from bot.reply.plain import captioned, finding, plain_cell, plain_spans, row_menus
from bot.reply.spool import Content, size_of
from bot.reply.text import length, pad, visible, width

PHONE = 28
"""Characters of code in one line on a phone; one 360 pixels wide has room for about 30."""
LINE = 38
"""Characters of normal text in one line on a phone."""
MAX_COLUMNS = 3
"""Maximum columns of a table as code."""
MAX_ROW = 500
"""Characters in a row of code. Zero-width characters can make a narrow row long."""

_BETWEEN = Plain(" · ")
_FENCE = "```"
_FENCES = re.compile("(?<=`)(?=`)")
MAX_ALT = 1_024
SMALL_PRINT = "-# "
IS_COMPONENTS_V2 = 1 << 15
MAX_COMPONENTS = 40
MAX_TEXT = 4_000
MAX_FILES = 10
HEADING = "### "
MAX_REQUEST = 2 * MAX_FILE
"""Bytes of files in one message. Discord limits the whole request to 25 MiB."""
_COLOURS = {Tone.INFO: 0x3B82F6, Tone.SUCCESS: 0x22A06B, Tone.WARNING: 0xE2A03F, Tone.PROBLEM: 0xD64545}
_MARKS = {Tone.INFO: "", Tone.SUCCESS: "✅ ", Tone.WARNING: "⚠️ ", Tone.PROBLEM: "⛔ "}
_EMPTY = Group((display(NOTHING),))
_MORE = Group((display("-# There's more than fits here."),))


def table_displays(table: Table) -> Iterator[Component]:
    """Render a table below its caption, as code or as a list."""
    caption = list(lines(markdown((Bold(table.caption),))))
    rows = _code_rows(table)
    if rows is None:
        yield from displays([caption, *_listed(table)])
    else:
        yield from _blocks(caption, rows)


def _code_rows(table: Table) -> list[str] | None:
    """The header and the rows as code; None if a phone would wrap them, or code can't show a cell."""
    if not 0 < len(table.columns) <= MAX_COLUMNS or any(
        _is_more_than_words(cell) for row in table.rows for cell in row
    ):
        return None
    names = tuple(_code(column.name) for column in table.columns)
    rows = [names, *(tuple(_code(plain_spans(cell)) for cell in row) for row in table.rows)]
    sizes = [max(map(width, cells)) for cells in zip(*rows, strict=True)]
    if not 0 < sum(sizes) + 2 * (len(sizes) - 1) <= PHONE:
        return None
    made = [_code_row(row, sizes, table.columns) for row in rows]
    return made if all(0 < length(row) <= MAX_ROW for row in made) else None


def _code_row(cells: Sequence[str], sizes: Sequence[int], columns: Sequence[Column]) -> str:
    settings = zip(cells, sizes, columns, strict=True)
    return "  ".join(pad(cell, size, right=column.align is Align.RIGHT) for cell, size, column in settings).rstrip()


def _blocks(caption: Sequence[str], rows: list[str]) -> Iterator[Component]:
    """Code blocks, each starting with the header row."""
    head, *rest = rows
    above, current, size = "\n".join(caption), [head], length(head)
    for row in rest:
        if length(above) + size + length(row) + 10 > MAX_DISPLAY:
            yield display(_block(above, current))
            above, current, size = "", [head], length(head)
        current.append(row)
        size += length(row) + 1
    yield display(_block(above, current))


def _block(above: str, rows: Sequence[str]) -> str:
    return "\n".join([*filter(None, [above]), _FENCE, *rows, _FENCE])


def _listed(table: Table) -> Iterator[Sequence[str]]:
    """A table as a list: the header in small print, then each row on one line, or on two if any row is long."""
    heads = [(Plain(name),) for column in table.columns if (name := visible(column.name).strip())]
    yield list(lines(markdown(_joined(heads)), SMALL_PRINT))
    is_ranked = [column.align for column in table.columns[:2]] == [Align.RIGHT, Align.LEFT]
    named = 2 if is_ranked else 1
    rows = [(*row[: named - 1], bold(row[named - 1]), *row[named:]) for row in table.rows if row]
    is_short = all(width(plain_cell(_joined(row))) <= LINE for row in rows)
    for row in rows:
        split = len(row) if is_short else named
        yield [*lines(markdown(_joined(row[:split]))), *lines(markdown(_joined(row[split:])))]


def _joined(cells: Sequence[Text]) -> Text:
    shown = [cell if plain_spans(cell).strip() else (Plain(NOTHING),) for cell in cells]
    return tuple(span for at, cell in enumerate(shown) for span in ((_BETWEEN, *cell) if at else cell))


def _is_more_than_words(cell: Text) -> bool:
    return any(isinstance(span, Channel) or (isinstance(span, Link) and span.text != span.url) for span in cell)


def _code(text: str) -> str:
    """Text for a code block, which can't end the block."""
    return _FENCES.sub("\u200b", mention_safe(text))


def part_groups(part: Part, taken: set[str]) -> Iterator[Group]:
    """Render a part as components. File names of its pictures are added to `taken`."""
    match part:
        case Paragraph(text):
            yield from text_groups(text)
        case Fields(fields):
            yield from one_by_one(displays(list(lines(markdown(_field(field)))) for field in fields))
        case Table():
            yield from one_by_one(table_displays(part))
        case Listing(caption, _, items):
            yield from text_groups((Bold(caption),))
            yield from _items(items)
        case Picture():
            yield from _picture(part, taken)
        case Drawing():
            return
        case Note(text):
            yield from text_groups(text, SMALL_PRINT)
        case Divider():
            yield Group(({"type": SEPARATOR},))
        case _:
            assert_never(part)


def _items(items: Sequence[Item]) -> Iterator[Group]:
    """Items as sections with their buttons; items without a button share text displays."""
    for has_button, run in groupby(items, key=lambda item: item.button is not None):
        if has_button:
            yield from map(_section, run)
        else:
            yield from one_by_one(displays(map(_item, run)))


def _item(item: Item) -> list[str]:
    return [*lines(markdown(bold(item.name))), *lines(markdown(item.line))]


def _section(item: Item) -> Group:
    """An item with its button beside it, or below if the text is too long or empty."""
    texts = tuple(displays([_item(item)]))
    accessory = item.button and button(item.button)
    if accessory is None:
        return Group(texts)
    if len(texts) == 1:
        return Group(({"type": SECTION, "components": list(texts), "accessory": accessory},))
    return Group((*texts, {"type": ACTION_ROW, "components": [accessory]}))


def text_groups(text: Text, mark: str = "") -> Iterator[Group]:
    """A text as text displays, with `mark` before each line."""
    return one_by_one(displays([each] for each in lines(markdown(text), mark)))


def file_groups(file: File | LargeFile, taken: set[str]) -> Iterator[Group]:
    """A file below its description."""
    attachment = _attachment(file.name, file.content, "", taken)
    name = "" if attachment.name == file.name else f"File {file.name}: "
    words = f"{name}{file.description or NOTHING}."
    *texts, last = text_groups((Plain(f"{words[:1].upper()}{words[1:]}"),), SMALL_PRINT)
    yield from texts
    shown: Component = {"type": FILE, "file": {"url": attachment.url}}
    yield last + Group((shown,), (attachment,))


def one_by_one(components: Iterable[Component]) -> Iterator[Group]:
    """One group per component, so that they may be split across messages."""
    return (Group((component,)) for component in components)


def _field(field: Field) -> Text:
    return (Bold(field.name), Plain(": "), *field.value)


def _picture(picture: Picture, taken: set[str]) -> Iterator[Group]:
    """A picture; its alt text as a note if it is too large, or if the alt text is."""
    is_sent = len(picture.png) <= MAX_FILE
    if is_sent:
        alt = label(picture.alt if visible(picture.alt).strip() else picture.name, MAX_ALT)
        attachment = _attachment(picture.name, picture.png, alt, taken)
        item = {"media": {"url": attachment.url}, "description": alt}
        yield Group(({"type": MEDIA_GALLERY, "items": [item]},), (attachment,))
    if not is_sent or length(picture.alt) > MAX_ALT:
        yield from text_groups((Plain(f"Picture: {picture.alt}"),), SMALL_PRINT)


def _attachment(name: str, content: Content, description: str, taken: set[str]) -> Attachment:
    attachment = Attachment(safe_name(name, taken), content, description)
    taken.add(attachment.name)
    return attachment


@dataclass(frozen=True, slots=True)
class Message:
    """A message of Components V2, which allow no other content beside them."""

    components: tuple[Component, ...]
    files: tuple[Attachment, ...] = ()
    flags: int = IS_COMPONENTS_V2


def messages(reply: Reply, max_file_size: int = MAX_FILE) -> tuple[Message, ...]:
    """Render a reply as one message, or as several if Discord's limits require it.

    Files larger than `max_file_size` bytes are left out with a warning.
    """
    reply = within_file_limit(reply, max_file_size)
    pages = list(_pages(_groups(reply))) or [_EMPTY]
    if len(pages) > 1 and row_menus(reply):
        reply = _with_row_menus(reply)
        pages = list(_pages(_groups(reply)))
    return tuple(_card(page, reply.tone) for page in pages)


def one_message(reply: Reply) -> Message:
    """Render a reply as one message, cut with a note if it doesn't fit."""
    first, *others = messages(reply)
    if not others:
        return first
    page = Group()
    for group in _groups(_with_row_menus(reply)):
        if not _fits(page + group + _MORE):
            break
        page += group
    return _card(page + _MORE, reply.tone)


def public_message(public_line: Text) -> Message:
    """Render the public line, which names people without notifying them."""
    return Message(next(_pages(text_groups(public_line)), _EMPTY).components)


def _card(page: Group, tone: Tone) -> Message:
    container = {"type": CONTAINER, "accent_color": _COLOURS[tone], "components": list(page.components)}
    return Message((container,), page.files)


def _groups(reply: Reply) -> Iterator[Group]:
    taken: set[str] = set()
    yield from _head(reply)
    for part in captioned(reply):
        yield from part_groups(part, taken)
    for file in reply.files:
        yield from file_groups(file, taken)
    for action in reply.actions:
        if isinstance(action, LinkButton) and link_address(action.url) is None:  # can't be a button
            yield from text_groups((Plain(f"{action.label}: {action.url}"),))
    yield from one_by_one(rows(reply.actions))


def _with_row_menus(reply: Reply) -> Reply:
    """The reply with menus in place of row buttons, since each row with a button takes three of the 40 components."""
    parts = (
        replace(part, items=tuple(replace(item, button=None) for item in part.items))
        if isinstance(part, Listing)
        else part
        for part in reply.parts
    )
    return replace(reply, parts=tuple(parts), actions=(*row_menus(reply), *reply.actions))


def _head(reply: Reply) -> Iterator[Group]:
    """Title and summary. The tone is shown by an emoji before the first of them, since not everybody sees colours."""
    mark = _MARKS[reply.tone]
    title = f"{mark}{reply.title}" if visible(reply.title).strip() else ""
    rows = [*lines(markdown((Plain(title),)), HEADING)]
    if visible(reply.summary).strip() and reply.summary != reply.title:
        rows += lines(markdown(finding(reply, "" if title else mark)))
    return one_by_one(displays([row] for row in rows))


def _pages(groups: Iterable[Group]) -> Iterator[Group]:
    """Split groups into as few messages as possible, in order."""
    page = Group()
    for group in groups:
        whole = page + group
        if page.components and not _fits(whole):
            yield page
            whole = group
        page = whole
    if page.components:
        yield page


def _fits(page: Group) -> bool:
    """Whether a page is within Discord's limits for one message."""
    found = list(_nested(page.components))
    custom_ids = [each["custom_id"] for each in found if "custom_id" in each]
    return (
        1 + len(found) <= MAX_COMPONENTS  # the container is one of them
        and sum(length(each["content"]) for each in found if each["type"] == TEXT_DISPLAY) <= MAX_TEXT
        and len(custom_ids) == len(set(custom_ids))
        and len(page.files) <= MAX_FILES
        and sum(size_of(each.content) for each in page.files) <= MAX_REQUEST
    )


def _nested(components: Sequence[Component]) -> Iterator[Component]:
    for component in components:
        yield component
        yield from _nested([*component.get("components", ()), *filter(None, [component.get("accessory")])])
