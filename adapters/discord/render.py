"""Renders a reply for Discord: a card in as few messages as it fits, and the line for the channel.

The renderer never asks which message it renders and never loses a word: what doesn't fit goes into the next message. A
small table becomes columns of code if they fit a phone, else a list. Code shows no link, channel or moment.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import assert_never

from adapters.discord.actions import button, rows
from adapters.discord.files import MAX_FILE, Attachment, safe_name, sendable
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
    unpinged,
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
"""Columns of code that a phone shows in one line: one of 360 pixels has room for about 30."""
LINE = 38
"""Letters of a usual line there."""
MAX_COLUMNS = 3
"""Columns that a table of code has at most."""
MAX_ROW = 500
"""Characters in a row of code: letters of no width can make a narrow row a long one."""

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
"""Bytes of files in one message: Discord takes 25 MiB in all, everything else in the request included."""
_COLOURS = {Tone.INFO: 0x3B82F6, Tone.SUCCESS: 0x22A06B, Tone.WARNING: 0xE2A03F, Tone.PROBLEM: 0xD64545}
_MARKS = {Tone.INFO: "", Tone.SUCCESS: "✅ ", Tone.WARNING: "⚠️ ", Tone.PROBLEM: "⛔ "}
_EMPTY = Group((display(NOTHING),))
_MORE = Group((display("-# There's more than fits here."),))


def table_displays(table: Table) -> Iterator[Component]:
    """The table under its caption."""
    caption = list(lines(markdown((Bold(table.caption),))))
    rows = _code_rows(table)
    if rows is None:
        yield from displays([caption, *_listed(table)])
    else:
        yield from _blocks(caption, rows)


def _code_rows(table: Table) -> list[str] | None:
    """The head and the rows as code; None if a phone would break them or code would hide something."""
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
    """Blocks of code, the head above the rows of each."""
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
    """The head in small print, then each row: its subject, and the rest below, or beside it if all rows are short."""
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
    """Words within a block of code, none of which ends it."""
    return _FENCES.sub("\u200b", unpinged(text))


def part_groups(part: Part, taken: set[str]) -> Iterator[Group]:
    """The part's components. A picture's name is added to those that are `taken`."""
    match part:
        case Paragraph(text):
            yield from text_groups(text)
        case Fields(fields):
            yield from apart(displays(list(lines(markdown(_field(field)))) for field in fields))
        case Table():
            yield from apart(table_displays(part))
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
    """Each name above its line, beside the row's button; rows without one share text displays."""
    for has_button, run in groupby(items, key=lambda item: item.button is not None):
        if has_button:
            yield from map(_section, run)
        else:
            yield from apart(displays(map(_item, run)))


def _item(item: Item) -> list[str]:
    return [*lines(markdown(bold(item.name))), *lines(markdown(item.line))]


def _section(item: Item) -> Group:
    """A row with its button; below the row if it is too long for a section, or has nothing to show."""
    texts = tuple(displays([_item(item)]))
    accessory = item.button and button(item.button)
    if accessory is None:
        return Group(texts)
    if len(texts) == 1:
        return Group(({"type": SECTION, "components": list(texts), "accessory": accessory},))
    return Group((*texts, {"type": ACTION_ROW, "components": [accessory]}))


def text_groups(text: Text, mark: str = "") -> Iterator[Group]:
    """A text as text displays, `mark` before each line of it."""
    return apart(displays([each] for each in lines(markdown(text), mark)))


def file_groups(file: File | LargeFile, taken: set[str]) -> Iterator[Group]:
    """What the file is, above the file, which shows its name."""
    attachment = _attachment(file.name, file.content, "", taken)
    name = "" if attachment.name == file.name else f"File {file.name}: "
    words = f"{name}{file.description or NOTHING}."
    *texts, last = text_groups((Plain(f"{words[:1].upper()}{words[1:]}"),), SMALL_PRINT)
    yield from texts
    shown: Component = {"type": FILE, "file": {"url": attachment.url}}
    yield last + Group((shown,), (attachment,))


def apart(components: Iterable[Component]) -> Iterator[Group]:
    """Components that may stand in different messages."""
    return (Group((component,)) for component in components)


def _field(field: Field) -> Text:
    return (Bold(field.name), Plain(": "), *field.value)


def _picture(picture: Picture, taken: set[str]) -> Iterator[Group]:
    """The picture, or what it would have shown: the finding is never lost with it."""
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
    """One message: components of this version allow no other text beside them, and show every file."""

    components: tuple[Component, ...]
    files: tuple[Attachment, ...] = ()
    flags: int = IS_COMPONENTS_V2


def messages(reply: Reply, most: int = MAX_FILE) -> tuple[Message, ...]:
    """The reply as one message, or as several if Discord's limits ask for it; at least one.

    `most` is the bytes of one file that Discord takes.
    """
    reply = sendable(reply, most)
    pages = list(_pages(_groups(reply))) or [_EMPTY]
    if len(pages) > 1 and row_menus(reply):
        reply = _with_row_menus(reply)
        pages = list(_pages(_groups(reply)))
    return tuple(_card(page, reply.tone) for page in pages)


def one_message(reply: Reply) -> Message:
    """The reply as one message, with a note if there is more than it fits."""
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
    """The one line that a whole channel sees. It names people and notifies none."""
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
        if isinstance(action, LinkButton) and link_address(action.url) is None:  # it can be no button
            yield from text_groups((Plain(f"{action.label}: {action.url}"),))
    yield from apart(rows(reply.actions))


def _with_row_menus(reply: Reply) -> Reply:
    """The reply with menus in place of its rows' buttons: a row with one takes three of a message's 40 components."""
    parts = (
        replace(part, items=tuple(replace(item, button=None) for item in part.items))
        if isinstance(part, Listing)
        else part
        for part in reply.parts
    )
    return replace(reply, parts=tuple(parts), actions=(*row_menus(reply), *reply.actions))


def _head(reply: Reply) -> Iterator[Group]:
    """Title and summary; the tone is a mark before the first of them, because not everybody sees colours."""
    mark = _MARKS[reply.tone]
    title = f"{mark}{reply.title}" if visible(reply.title).strip() else ""
    rows = [*lines(markdown((Plain(title),)), HEADING)]
    if visible(reply.summary).strip() and reply.summary != reply.title:
        rows += lines(markdown(finding(reply, "" if title else mark)))
    return apart(displays([row] for row in rows))


def _pages(groups: Iterable[Group]) -> Iterator[Group]:
    """The groups in their order, in as few messages as take them."""
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
    """Whether Discord takes it as one message's card."""
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
