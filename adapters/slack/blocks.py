"""One part of a reply as blocks, whichever message it is in. What belongs together comes as one group."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from adapters.slack.mrkdwn import mrkdwn
from adapters.slack.rich_text import rich_blocks
from adapters.slack.tables import line_groups, table_groups
from adapters.slack.texts import MAX_TEXT, NOTHING, Block, Group, words
from bot.reply.cutting import batches, cut, length
from bot.reply.model import (
    Bold,
    Divider,
    Field,
    Fields,
    Note,
    Paragraph,
    Part,
    Picture,
    Plain,
    Table,
    Text,
)

MAX_FIELDS = 10
MAX_FIELD = 800
"""Slack takes 2,000 characters in a section's field; a longer text than this is no use in half a line's width."""
MAX_ALT = 2_000


def groups(part: Part, pictures: Mapping[str, str], *, is_widest: bool) -> Iterator[Group]:
    """The part's blocks. `pictures` are the ids of uploaded ones; the table that `is_widest` gets a table block."""
    match part:
        case Paragraph(text):
            yield from _apart(rich_blocks([text]))
        case Fields(fields):
            yield from _fields(fields)
        case Table():
            yield from table_groups(part) if is_widest else line_groups(part)
        case Picture():
            yield from _picture(part, pictures.get(part.name))
        case Note(text):
            yield from note(text)
        case Divider():
            yield ({"type": "divider"},)
        case _:
            assert_never(part)


def note(text: Text) -> Iterator[Group]:
    """Small print, or print of the usual size where small print would be misread or is too long."""
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


def _fields(fields: tuple[Field, ...]) -> Iterator[Group]:
    """Side by side; as lines where one of them would be misread or is too long."""
    beside = [text for field in fields if (text := _field(field)) is not None]
    if len(beside) == len(fields):
        for batch in batches(beside, MAX_FIELDS):
            yield ({"type": "section", "fields": [_mrkdwn(text) for text in batch]},)
    else:
        yield from _apart(rich_blocks((Bold(field.name), Plain(": "), *field.value) for field in fields))


def _field(field: Field) -> str | None:
    name, value = mrkdwn((Bold(field.name),)) if words(field.name) else NOTHING, mrkdwn(field.value)
    if name is None or value is None:
        return None
    text = f"{name}\n{value if value.strip() else NOTHING}"
    return text if length(text) <= MAX_FIELD else None


def _picture(picture: Picture, file_id: str | None) -> Iterator[Group]:
    """The picture, or what it would have shown: the finding is never lost with it."""
    finding = words(picture.alt)
    if file_id is not None:
        alt = cut(finding or words(picture.name) or NOTHING, MAX_ALT)
        yield ({"type": "image", "slack_file": {"id": file_id}, "alt_text": alt},)
    if file_id is None or length(finding) > MAX_ALT:
        yield from note((Plain("Picture: "), Plain(picture.alt)))
