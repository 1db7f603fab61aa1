"""Text for Slack: plain_text, mrkdwn and rich_text objects, escaping, and the app's command prefix.

Titles and other foreign text must never act as markup. mrkdwn can't escape its formatting characters, so it is used
only in context blocks, for text that Slack can't misread; everything else is rich_text. Blocks are plain dictionaries,
because slack_sdk's models cost half a millisecond per block; the tests validate every block with these models.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, assert_never
from unicodedata import category

from bot.reply.model import Bold, Channel, Code, Link, Mention, Plain, Span, Text, Time
from bot.reply.plain import plain_spans
from bot.reply.text import address, cut, length, pieces, shown, unbroken, visible

Block: TypeAlias = dict[str, object]
"""A Block Kit object: a block, an element, a text object or a view."""
Group: TypeAlias = tuple[Block, ...]
"""Blocks that stay in the same message, such as a caption and its table."""

MAX_TEXT = 3_000
"""Characters in a text object."""
NOTHING = "–"
"""Placeholder for an empty text that Slack requires."""
MAX_SPAN = 1_000
"""Characters; a longer span is split."""

_MENTION = re.compile("<(?=[!@#])")
Native: TypeAlias = Plain | Bold | Code | Link | Time | Channel
MAX_URL = 3_000
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")  # a direct message, D…, has no name to show
_LAST_SECOND = 9_999_999_999
_CLOCK = "{time}"
_FORMAT = f"{{date_short_pretty}} {_CLOCK}"
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Bold, strikethrough, code; italics, but not an underscore within a word; an emoji code; a quotation.
_MARKS = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])|:[^\s:]+:|^\s*>")
_NEWLINE: Block = {"type": "text", "text": "\n"}
_READ_KEYS = frozenset({"text", "alt_text"})
"""Keys of Block Kit objects whose values people read. Other values, such as ids and URLs, must not be changed."""


def weight(value: object) -> int:
    """The total length of the strings in a Block Kit object, including URLs and button values."""
    match value:
        case str():
            return length(value)
        case dict():
            return sum([weight(item) for key, item in value.items() if key != "type"])
        case list() | tuple():
            return sum(map(weight, value))
        case _:
            return 0


def words(text: str) -> str:
    """Clean foreign text for a field without markup; empty if nothing of it is visible.

    `<!channel>` has no effect in such a field. It is still broken up by a zero-width character, because some clients
    and integrations build a message's text from its blocks.
    """
    cleaned = _MENTION.sub("<\u2060", shown(text))
    return cleaned if cleaned.strip() else ""


def plain(text: str, max_length: int = MAX_TEXT) -> Block:
    """A plain_text object, without emoji codes."""
    return {"type": "plain_text", "text": cut(words(text) or NOTHING, max_length), "emoji": False}


def native(span: Span) -> Native:
    """The span with a cleaned URL, or as plain text if Slack has no equivalent.

    A mention becomes a plain name, because any link to a person also notifies them.
    """
    match span:
        case Plain() | Bold() | Code():
            return span
        case Link(text, url, is_bold):
            target = link_target(url)
            return Plain(plain_spans((span,))) if target is None else Link(text, target, is_bold)
        case Time(at):
            return span if 0 <= at.timestamp() <= _LAST_SECOND else Plain(plain_spans((span,)))
        case Mention():
            return Plain(plain_spans((span,)))
        case Channel(channel_id):
            return span if _CHANNEL.fullmatch(channel_id) else Plain(channel_id)
        case _:
            assert_never(span)


def link_target(url: str) -> str | None:
    """The URL of a link; None if it isn't a plain https URL, or too long for Slack."""
    cleaned = address(url)
    return cleaned if cleaned is not None and len(cleaned) <= MAX_URL else None


def moment(time: Time) -> tuple[int, str]:
    """A time as Unix seconds and Slack's date format, which shows it in the reader's time zone."""
    return int(time.at.timestamp()), _CLOCK if time.is_near else _FORMAT


def escaped(text: str) -> str:
    """Escape `& < >`, so that the text links and mentions nothing (Slack, Formatting message text)."""
    return text.translate(_ENTITIES)


def unescaped(text: str) -> str:
    """Decode the entities for `& < >`, and no others: `&copy` in a URL isn't an entity."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mrkdwn(text: Text) -> str | None:
    """The text as mrkdwn, or None if Slack would take characters of foreign text for formatting."""
    spans = [each for each in map(_mrkdwn_span, text) if each.words or each.mark]
    if _MARKS.search("".join(each.words for each in spans)):
        return None
    outside = ["", *(each.words for each in spans), ""]
    neighbours = zip(outside, outside[2:], strict=False)
    if not all(each.stands(before, after) for each, (before, after) in zip(spans, neighbours, strict=True)):
        return None
    return "".join(f"{each.mark}{each.markup}{each.mark}" for each in spans)


@dataclass(frozen=True, slots=True)
class _MrkdwnSpan:
    """One span as mrkdwn: the markup, the visible words, and the formatting mark around them."""

    markup: str
    words: str
    mark: str = ""

    def stands(self, before: str, after: str) -> bool:
        """Whether Slack applies the mark, which needs words inside and no letter or digit touching it from outside."""
        if not self.mark:
            return True
        is_loose = all(category(char)[0] in "PSZ" for char in before[-1:] + after[:1])
        return is_loose and bool(self.words) and self.words == self.words.strip()


def _mrkdwn_span(span: Span) -> _MrkdwnSpan:
    match native(span):
        case Plain(text):
            return _words(text)
        case Bold(text):
            return _words(text, "*")
        case Code(text):
            return _words(text, "`")
        case Link(text, url):
            label = _words(text if visible(text).strip() else url)
            return _MrkdwnSpan(f"<{escaped(url)}|{label.markup}>", label.words)
        case Time() as time:
            seconds, form = moment(time)
            return _MrkdwnSpan(f"<!date^{seconds}^{form}|{plain_spans((time,))}>", "0")
        case Channel(channel_id):
            return _MrkdwnSpan(f"<#{channel_id}>", "0")
        case _ as never:
            assert_never(never)


def _words(text: str, mark: str = "") -> _MrkdwnSpan:
    cleaned = shown(text)
    return _MrkdwnSpan(escaped(cleaned), cleaned, mark)


def elements(text: Text) -> list[Block]:
    """The spans as elements of a rich_text section, with long ones split; empty if nothing is visible."""
    found = [_element(piece) for span in text for piece in _short(native(span))]
    seen = [element for element in found if element is not None]
    return seen if any(element.get("text") != " " for element in seen) else []


def rich_text(section: list[Block]) -> Block:
    """A rich_text block, or a table cell."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": section}]}


def rich_blocks(lines: Iterable[Text]) -> Iterator[Block]:
    """Lines as rich_text blocks, without empty lines.

    Slack documents no length limit for rich_text; blocks are split at MAX_TEXT, so that a long reply can be split into
    messages between them.
    """
    current: list[Block] = []
    size = 0
    for line in lines:
        before = [_NEWLINE]
        for element in elements(line):
            more = weight(element)
            if current and size + more >= MAX_TEXT:
                yield rich_text(current)
                current, size = [], 0
            current += [*before, element] if current else [element]
            size += len(before) + more
            before = []
    if current:
        yield rich_text(current)


def _short(span: Native) -> Iterator[Native]:
    """Split a span into pieces that fit in a block."""
    match span:
        case Plain(text) | Bold(text) | Code(text):
            yield from map(type(span), pieces(text, MAX_SPAN))
        case Link(text, url, is_bold):
            yield from (Link(piece, url, is_bold) for piece in pieces(text, MAX_SPAN))
        case Time() | Channel():
            yield span
        case _:
            assert_never(span)


def _element(span: Native) -> Block | None:
    match span:
        case Plain(text):
            return _text_element(unbroken(text))
        case Bold(text):
            return _text_element(unbroken(text), "bold")
        case Code(text):
            return _text_element(text, "code")
        case Link(text, url, is_bold):
            label = words(text)
            style = {"style": {"bold": True}} if is_bold else {}
            return {"type": "link", "url": url, **({"text": label} if label else {}), **style}
        case Time():
            seconds, form = moment(span)
            return {"type": "date", "timestamp": seconds, "format": form, "fallback": plain_spans((span,))}
        case Channel(channel_id):
            return {"type": "channel", "channel_id": channel_id}
        case _:
            assert_never(span)


def _text_element(text: str, style: str = "") -> Block | None:
    cleaned = words(text) or (" " if text.isspace() else "")
    return {"type": "text", "text": cleaned, **({"style": {style: True}} if style else {})} if cleaned else None


class CommandNames:
    """Adds the app's prefix to the commands in `names` wherever sent text mentions them.

    Link labels are left alone, since they are titles. Other foreign text that contains a command gets the prefix too.
    """

    def __init__(self, prefix: str, names: Iterable[str]) -> None:
        self._prefix = prefix
        self._command = re.compile(rf"(?<![\w/.:-])/(?=(?:{'|'.join(map(re.escape, names))})(?![\w/-]))")

    def plain(self, command: str) -> str:
        """The name of a typed command, without the prefix."""
        return command.removeprefix("/").casefold().removeprefix(self._prefix.casefold())

    def text(self, text: str) -> str:
        """The text with prefixed commands."""
        return self._command.sub(f"/{self._prefix}", text) if self._prefix else text

    def shown(self, value: object) -> object:
        """A Block Kit object, or several, with prefixed commands in all visible text."""
        match value:
            case _ if not self._prefix:
                return value
            case {"type": "link"}:
                return value
            case dict():
                return {key: self._under(key, item) for key, item in value.items()}
            case list() | tuple():
                return [self.shown(item) for item in value]
            case _:
                return value

    def _under(self, key: str, item: object) -> object:
        return self.text(item) if key in _READ_KEYS and isinstance(item, str) else self.shown(item)


NO_PREFIX = CommandNames("", ())
