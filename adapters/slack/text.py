"""Text as Slack takes it: plain words, mrkdwn, rich_text, and the app's own command names.

Foreign text is never markup. mrkdwn has no escapes for its marks, so it is used only in context blocks, and only for
text that Slack can't misread; everything else is rich_text. Blocks are plain dictionaries: slack_sdk's
models cost half a millisecond per block, and a reply has ten blocks (the tests check every block with the models).
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
"""One object of Block Kit as it is sent: a block, an element of one, a text object, a view."""
Group: TypeAlias = tuple[Block, ...]
"""Blocks that are not parted: a caption and its table."""

MAX_TEXT = 3_000
"""Characters in a text object."""
NOTHING = "–"
"""Shown if Slack requires a character and there is none."""
PIECE = 1_000
"""Characters; a longer span is taken apart."""

_MENTION = re.compile("<(?=[!@#])")
Native: TypeAlias = Plain | Bold | Code | Link | Time | Channel
MAX_URL = 3_000
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")  # a direct message, D…, has no name to show
_LAST_SECOND = 9_999_999_999
_CLOCK = "{time}"
_FORMAT = f"{{date_short_pretty}} {_CLOCK}"
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Bold, strike-through, code; italics but not an underscore within a word; an emoji's code; a quotation.
_MARKS = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])|:[^\s:]+:|^\s*>")
_NEWLINE: Block = {"type": "text", "text": "\n"}
_READ_KEYS = frozenset({"text", "alt_text"})
"""The keys of Slack's objects under which people read words. Values, ids and addresses stay as they are."""


def weight(value: object) -> int:
    """How much text an object of Block Kit holds in all, addresses and values of buttons included."""
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
    """Foreign text for a place that reads no markup, empty if nothing of it can be seen.

    `<!channel>` and its like mention nobody there; they are still broken by a character of no width, because a client
    or an integration that reads only a message's text gets it from its blocks.
    """
    cleaned = _MENTION.sub("<\u2060", shown(text))
    return cleaned if cleaned.strip() else ""


def plain(text: str, most: int = MAX_TEXT) -> Block:
    """A plain_text object: no markup, no emoji codes."""
    return {"type": "plain_text", "text": cut(words(text) or NOTHING, most), "emoji": False}


def native(span: Span) -> Native:
    """The span with its link's address cleaned, or plain text if Slack has nothing better for it.

    A person is a name and no more: whatever links to a person in a channel also notifies that person.
    """
    match span:
        case Plain() | Bold() | Code():
            return span
        case Link(text, url, is_bold):
            target = target_of(url)
            return Plain(plain_spans((span,))) if target is None else Link(text, target, is_bold)
        case Time(at):
            return span if 0 <= at.timestamp() <= _LAST_SECOND else Plain(plain_spans((span,)))
        case Mention():
            return Plain(plain_spans((span,)))
        case Channel(channel_id):
            return span if _CHANNEL.fullmatch(channel_id) else Plain(channel_id)
        case _:
            assert_never(span)


def target_of(url: str) -> str | None:
    """The address of a link as Slack takes it; None for what is no plain https address, or a longer one."""
    cleaned = address(url)
    return cleaned if cleaned is not None and len(cleaned) <= MAX_URL else None


def moment(time: Time) -> tuple[int, str]:
    """A moment as Unix seconds and Slack's format for it, which shows it in the reader's time zone."""
    return int(time.at.timestamp()), _CLOCK if time.is_near else _FORMAT


def escaped(text: str) -> str:
    """Text whose `& < >` mean themselves, so that it links and mentions nothing (Slack, Formatting message text)."""
    return text.translate(_ENTITIES)


def unescaped(text: str) -> str:
    """What was written where Slack sends `& < >` as entities. No others: `&copy` in an address is no sign."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mrkdwn(text: Text) -> str | None:
    """The text with its links, times and styles, or None if Slack would read marks into foreign words."""
    said = [each for each in map(_said, text) if each.words or each.mark]
    if _MARKS.search("".join(each.words for each in said)):
        return None
    outside = ["", *(each.words for each in said), ""]
    neighbours = zip(outside, outside[2:], strict=False)
    if not all(each.stands(before, after) for each, (before, after) in zip(said, neighbours, strict=True)):
        return None
    return "".join(f"{each.mark}{each.markup}{each.mark}" for each in said)


@dataclass(frozen=True, slots=True)
class _Said:
    """One span: what is sent, what is read there, and the mark on both sides of it."""

    markup: str
    words: str
    mark: str = ""

    def stands(self, before: str, after: str) -> bool:
        """Whether Slack takes the mark for one: it needs words within and none that touch it from outside."""
        if not self.mark:
            return True
        is_loose = all(category(char)[0] in "PSZ" for char in before[-1:] + after[:1])
        return is_loose and bool(self.words) and self.words == self.words.strip()


def _said(span: Span) -> _Said:
    match native(span):
        case Plain(text):
            return _words(text)
        case Bold(text):
            return _words(text, "*")
        case Code(text):
            return _words(text, "`")
        case Link(text, url):
            label = _words(text if visible(text).strip() else url)
            return _Said(f"<{escaped(url)}|{label.markup}>", label.words)
        case Time() as time:
            seconds, form = moment(time)
            return _Said(f"<!date^{seconds}^{form}|{plain_spans((time,))}>", "0")
        case Channel(channel_id):
            return _Said(f"<#{channel_id}>", "0")
        case _ as never:
            assert_never(never)


def _words(text: str, mark: str = "") -> _Said:
    cleaned = shown(text)
    return _Said(escaped(cleaned), cleaned, mark)


def elements(text: Text) -> list[Block]:
    """The spans as elements of a rich_text section, long ones in pieces; none if nothing can be seen."""
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
    """The span in pieces that are short enough for a block."""
    match span:
        case Plain(text) | Bold(text) | Code(text):
            yield from map(type(span), pieces(text, PIECE))
        case Link(text, url, is_bold):
            yield from (Link(piece, url, is_bold) for piece in pieces(text, PIECE))
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
    """Renames the commands of `names` in what is sent to Slack. Without a prefix nothing changes.

    The labels of links stay: they are titles. Any other foreign text that holds a command's name gets the prefix too.
    """

    def __init__(self, prefix: str, names: Iterable[str]) -> None:
        self._prefix = prefix
        self._command = re.compile(rf"(?<![\w/.:-])/(?=(?:{'|'.join(map(re.escape, names))})(?![\w/-]))")

    def plain(self, command: str) -> str:
        """The name without the prefix, from the command that was typed."""
        return command.removeprefix("/").casefold().removeprefix(self._prefix.casefold())

    def text(self, text: str) -> str:
        """The text with each command's own name in this app."""
        return self._command.sub(f"/{self._prefix}", text) if self._prefix else text

    def shown(self, value: object) -> object:
        """An object of Slack's, or several, with the commands renamed in all its words."""
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


AS_THEY_ARE = CommandNames("", ())
