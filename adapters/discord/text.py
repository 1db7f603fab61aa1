"""Text for Discord: markdown, text displays and labels; says "server" instead of "workspace".

Titles and other foreign text must never act as markup, notify anybody or become a link. Formatting characters are
escaped. Mentions such as `<@1>` and `@everyone` are matched in the raw text, so they are broken up by a zero-width
character instead. Markup at the start of a line is handled by `line`. Components are plain dictionaries.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any, Self, TypeAlias, assert_never
from urllib.parse import quote

from adapters.discord.files import Attachment
from bot.reply.model import Bold, Channel, Code, Link, Mention, Plain, Span, Text, Time
from bot.reply.plain import plain_spans
from bot.reply.text import address, cut, length, pieces, shown, unbroken, visible

_BEFORE = (
    *("linked to", "link", "known for", "stored for", "stored here for", "in", "of", "from", "disconnect", "spend in"),
    *("manage", "manages", "members of"),
)
_WORKSPACE = re.compile(
    rf"(\b(?:{'|'.join(_BEFORE)}) (?:this|the|another)|(?:^|[✅⛔️\.] )(?:This|Another)|\bthe(?= workspace's cap))"
    r" workspace\b",
    re.IGNORECASE | re.MULTILINE,
)
"""Phrases in the bot's own sentences. Titles hardly ever contain one of them."""
MAX_URL = 512
MAX_PIECE = 400
"""Characters of foreign text in one piece, so that it fits everywhere even with all of them escaped."""
_GAP = "\u200b"
_MARKS = re.compile(r"[\\*_~`|<>\[\]#]|:(?!\s)")  # a colon before a space starts neither an emoji nor a URL
_PINGS = re.compile(r"<(?=[@#]|\Z)|@(?=[eh]|\Z)", re.IGNORECASE)
_LISTS = re.compile(r"(?=[-+])|[0-9]+(?=[.)])")
_CHANNEL = re.compile(r"[0-9]{17,20}")
_NOT_IN_A_LINK = re.compile(r"[()]|@(?=everyone|here)|[^\x00-\x7f]+", re.IGNORECASE)
_MISLEADING = re.compile(r"[\[\]]|://|www\.", re.IGNORECASE)
Component: TypeAlias = dict[str, Any]
"""A component of a message or a modal, or an option of a menu."""
ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
MENTIONABLE_SELECT, CHANNEL_SELECT = 7, 8
SECTION, TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 12, 13, 14, 17, 18
MAX_DISPLAY = 2_000
"""Characters in one text display: half of a message's limit, so that messages are filled well."""
NOTHING = "–"
"""Placeholder for an empty text that Discord requires."""


def server_wording(text: str) -> str:
    """Replace "workspace" in the bot's own sentences by Discord's "server"."""
    return _WORKSPACE.sub(r"\1 server", text) if "workspace" in text.lower() else text


def escaped(text: str) -> str:
    """Escape foreign text for one line of markdown."""
    return _MARKS.sub(r"\\\g<0>", mention_safe(text))


def mention_safe(text: str) -> str:
    """Clean foreign text for one line without markup, such as code, so that it notifies nobody."""
    return _PINGS.sub(rf"\g<0>{_GAP}", shown(text))


def markdown(text: Text) -> Iterator[str]:
    """The text as pieces of markdown, each at most 2,000 characters; the text may be split between pieces."""
    for span in text:
        yield from _span(span)


def line(made: Iterable[str]) -> str:
    """Join pieces of markdown to one line, which can't act as a list item."""
    whole = ""
    for piece in made:
        is_mark_on_mark = whole.endswith(("*", "`")) and piece.startswith(("*", "`"))
        whole += f"{_GAP}{piece}" if is_mark_on_mark else piece
    whole = whole.strip()
    item = _LISTS.match(whole)
    return f"{item[0]}\\{whole[item.end() :]}" if item else whole


def link_address(url: str) -> str | None:
    """The URL of a link; None if it isn't https, has a misleading host or is too long."""
    host_and_path = address(url)
    if host_and_path is None or not host_and_path.removeprefix("https://").partition("/")[0].isascii():
        return None
    cleaned = _NOT_IN_A_LINK.sub(lambda match: quote(match[0], safe=""), host_and_path)
    return cleaned if len(cleaned) <= MAX_URL else None


def _span(span: Span) -> Iterator[str]:
    match span:
        case Plain(text):
            yield from _words(server_wording(unbroken(text)))
        case Bold(text):
            yield from _styled(unbroken(text))
        case Code(text):
            yield from _code(text)
        case Link(text, url, is_bold):
            yield from _link(text, url, _styled if is_bold else _words, "**" if is_bold else "")
        case Time(at):
            yield f"<t:{floor(at.timestamp())}:{'t' if span.is_near else 'f'}>"
        case Mention():
            yield from _words(plain_spans((span,)))  # any link to a person may also notify them
        case Channel(channel_id):
            yield from (f"<#{channel_id}>",) if _CHANNEL.fullmatch(channel_id) else _words(channel_id)
        case _:
            assert_never(span)


def _words(text: str) -> Iterator[str]:
    return map(escaped, pieces(text, MAX_PIECE))


def _styled(text: str) -> Iterator[str]:
    """Bold text, with the marks next to the words, as Discord requires."""
    for piece in pieces(text, MAX_PIECE):
        words = piece.strip()
        yield piece.replace(words, f"**{escaped(words)}**", 1) if words else piece


def _code(text: str) -> Iterator[str]:
    """Inline code; plain text if it contains a backtick."""
    if "`" in text:
        yield from _words(text)
        return
    for piece in pieces(text, MAX_PIECE):
        yield f"`{mention_safe(piece)}`" if piece.strip() else piece


def _link(text: str, url: str, in_words: Callable[[str], Iterator[str]], mark: str) -> Iterator[str]:
    """A link with its label, or after its label if that contains brackets or a URL."""
    target = link_address(url)
    words = visible(text).strip()
    if target is None:
        yield from in_words(plain_spans((Link(text, url),)))
    elif words in {"", url}:
        yield f"{mark}<{target}>{mark}"
    elif _MISLEADING.search(words) or length(words) > MAX_PIECE:
        yield from in_words(words)
        yield f" ([link]({target}))"
    else:
        yield f"{mark}[{escaped(words)}]({target}){mark}"


@dataclass(frozen=True, slots=True)
class Group:
    """Components that stay in the same message, and the files that they show."""

    components: tuple[Component, ...] = ()
    files: tuple[Attachment, ...] = ()

    def __add__(self, other: Self) -> "Group":
        return Group(self.components + other.components, self.files + other.files)


def lines(made: Iterable[str], mark: str = "") -> Iterator[str]:
    """Join pieces of markdown to lines within the length limit, each with `mark` before it."""
    current: list[str] = []
    size = len(mark) + 2  # room for what `line` may add
    for piece in made:
        more = length(piece) + 1
        if current and size + more > MAX_DISPLAY:
            yield from _marked_line(current, mark)
            current, size = [], len(mark) + 2
        current.append(piece)
        size += more
    yield from _marked_line(current, mark)


def displays(rows: Iterable[Sequence[str]]) -> Iterator[Component]:
    """Lines as text displays, as few as possible; the lines of one row stay together if they fit."""
    current: list[str] = []
    size = 0
    for row in filter(None, rows):
        together = "\n".join(row)
        for each in (together,) if length(together) <= MAX_DISPLAY else row:
            if current and size + length(each) + 1 > MAX_DISPLAY:
                yield display("\n".join(current))
                current, size = [], 0
            current.append(each)
            size += length(each) + 1
    if current:
        yield display("\n".join(current))


def display(content: str) -> Component:
    """A text display component."""
    return {"type": TEXT_DISPLAY, "content": content}


def label(text: str, max_length: int) -> str:
    """Text for a field without markup, cut with an ellipsis if it is too long; never empty."""
    words = mention_safe(server_wording(text))
    return cut(words if words.strip() else NOTHING, max_length)


def _marked_line(current: list[str], mark: str) -> Iterator[str]:
    whole = line(current)
    if whole:
        yield f"{mark}{whole}"
