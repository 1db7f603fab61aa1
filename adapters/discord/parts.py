"""One part of a reply as components, whichever message it is in. What belongs together comes as one group."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from adapters.discord.files import MAX_FILE, Attachment, safe_name
from adapters.discord.layout import FILE, MEDIA_GALLERY, SEPARATOR, Component, Group, displays, label, lines
from adapters.discord.markdown import markdown
from adapters.discord.tables import table_displays
from bot.reply.clean import visible
from bot.reply.cutting import length
from bot.reply.model import (
    Bold,
    Divider,
    Field,
    Fields,
    File,
    LargeFile,
    Note,
    Paragraph,
    Part,
    Picture,
    Plain,
    Table,
    Text,
)
from bot.reply.spool import Content

MAX_ALT = 1_024
SMALL_PRINT = "-# "


def part_groups(part: Part, taken: set[str]) -> Iterator[Group]:
    """The part's components. A picture's name is added to those that are `taken`."""
    match part:
        case Paragraph(text):
            yield from text_groups(text)
        case Fields(fields):
            yield from apart(displays(list(lines(markdown(_field(field)))) for field in fields))
        case Table():
            yield from apart(table_displays(part))
        case Picture():
            yield from _picture(part, taken)
        case Note(text):
            yield from text_groups(text, SMALL_PRINT)
        case Divider():
            yield Group(({"type": SEPARATOR},))
        case _:
            assert_never(part)


def text_groups(text: Text, mark: str = "") -> Iterator[Group]:
    """A text as text displays, `mark` before each line of it."""
    return apart(displays([each] for each in lines(markdown(text), mark)))


def file_groups(file: File | LargeFile, taken: set[str]) -> Iterator[Group]:
    """What the file is, above the file."""
    attachment = _attachment(file.name, file.content, "", taken)
    *texts, last = text_groups((Plain(f"File {file.name}: {file.description}."),))
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
