"""Spans as rich_text, where foreign words are never markup: paragraphs, and whatever mrkdwn could misread."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from adapters.slack.spans import Native, moment, native
from adapters.slack.texts import MAX_TEXT, PIECE, Block, weight, words
from bot.reply.cutting import pieces
from bot.reply.model import Bold, Channel, Code, Link, Plain, Text, Time
from bot.reply.plain import plain_time

_NEWLINE: Block = {"type": "text", "text": "\n"}


def elements(text: Text) -> list[Block]:
    """The spans as elements of a rich_text section, long ones in pieces; none where nothing can be seen."""
    found = [_element(piece) for span in text for piece in _short(native(span))]
    seen = [element for element in found if element is not None]
    return seen if any(element.get("text") != " " for element in seen) else []


def rich_text(section: list[Block]) -> Block:
    """One rich_text block, or a table's cell."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": section}]}


def rich_blocks(lines: Iterable[Text]) -> Iterator[Block]:
    """The lines one under the other, in as many blocks as their length asks for; empty lines are left out.

    Slack documents no limit of a rich_text block; a text object's is kept, so that a message can be cut between blocks.
    """
    held: list[Block] = []
    size = 0
    for line in lines:
        before = [_NEWLINE]
        for element in elements(line):
            more = weight(element)
            if held and size + more >= MAX_TEXT:
                yield rich_text(held)
                held, size = [], 0
            held += [*before, element] if held else [element]
            size += len(before) + more
            before = []
    if held:
        yield rich_text(held)


def _short(span: Native) -> Iterator[Native]:
    """The span in pieces that are short enough for a block."""
    match span:
        case Plain(text):
            yield from map(Plain, pieces(text, PIECE))
        case Bold(text):
            yield from map(Bold, pieces(text, PIECE))
        case Code(text):
            yield from map(Code, pieces(text, PIECE))
        case Link(text, url):
            yield from (Link(piece, url) for piece in pieces(text, PIECE))
        case Time() | Channel():
            yield span
        case _:
            assert_never(span)


def _element(span: Native) -> Block | None:
    match span:
        case Plain(text):
            return _words(text)
        case Bold(text):
            return _words(text, "bold")
        case Code(text):
            return _words(text, "code")
        case Link(text, url):
            label = words(text)
            return {"type": "link", "url": url, **({"text": label} if label else {})}
        case Time():
            seconds, form = moment(span)
            return {"type": "date", "timestamp": seconds, "format": form, "fallback": plain_time(span)}
        case Channel(channel_id):
            return {"type": "channel", "channel_id": channel_id}
        case _:
            assert_never(span)


def _words(text: str, style: str = "") -> Block | None:
    clean = words(text) or (" " if text.isspace() else "")
    return {"type": "text", "text": clean, **({"style": {style: True}} if style else {})} if clean else None
