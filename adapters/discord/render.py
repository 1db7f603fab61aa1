"""A reply as Discord shows it: a card in as few messages as take it, and the line for the channel.

It never asks which message it renders, and never loses a word: what does not fit goes into the next message.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.discord.actions import rows
from adapters.discord.files import MAX_FILE, Attachment, sendable
from adapters.discord.layout import CONTAINER, NOTHING, TEXT_DISPLAY, Component, Group, display, displays, lines
from adapters.discord.markdown import link_address, markdown
from adapters.discord.parts import apart, file_groups, part_groups, text_groups
from bot.reply.clean import visible
from bot.reply.cutting import length
from bot.reply.model import LinkButton, Plain, Reply, Table, Text, Tone
from bot.reply.spool import size_of

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
_MORE = Group((display("-# There is more than fits here."),))


@dataclass(frozen=True, slots=True)
class Message:
    """One message: components of this version allow no other text beside them, and show every file."""

    components: tuple[Component, ...]
    files: tuple[Attachment, ...] = ()
    flags: int = IS_COMPONENTS_V2


def messages(reply: Reply, most: int = MAX_FILE) -> tuple[Message, ...]:
    """The reply as one message, or as several where Discord's limits ask for it; at least one.

    `most` is the bytes of one file that Discord takes.
    """
    reply = sendable(reply, most)
    pages = list(_pages(_groups(reply))) or [_EMPTY]
    return tuple(_card(page, reply.tone) for page in pages)


def one_message(reply: Reply) -> Message:
    """The reply as one message alone, which says so where there is more than it takes."""
    first, *others = messages(reply)
    if not others:
        return first
    page = Group()
    for group in _groups(reply):
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
    for part in reply.parts:
        named = replace(part, caption="") if isinstance(part, Table) and part.caption == reply.title else part
        yield from part_groups(named, taken)
    for file in reply.files:
        yield from file_groups(file, taken)
    for action in reply.actions:
        if isinstance(action, LinkButton) and link_address(action.url) is None:  # it can be no button
            yield from text_groups((Plain(f"{action.label}: {action.url}"),))
    yield from apart(rows(reply.actions))


def _head(reply: Reply) -> Iterator[Group]:
    """Title and summary; the tone is a mark before the first of them, because colour alone tells not everybody."""
    said = [text for text in dict.fromkeys((reply.title, reply.summary)) if visible(text).strip()]
    rows: list[str] = []
    for text in said:
        mark = "" if rows else _MARKS[reply.tone]
        rows += lines(markdown((Plain(f"{mark}{text}"),)), HEADING if text == reply.title else "")
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
        yield from _nested(component.get("components", ()))
