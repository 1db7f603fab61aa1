r"""Spans as Discord's markdown: foreign words mean themselves there, notify nobody and lead nowhere.

Every piece is safe beside any other: a mark of Discord's is escaped wherever it stands, and what an escape does not
reach (Discord looks for `<@1>` and `@everyone` in the raw text) is broken by a character of no width. Only what
depends on the start of a line is left to `line`.
"""

import re
from collections.abc import Iterable, Iterator
from math import floor
from typing import assert_never
from urllib.parse import quote

from adapters.discord.local_words import local
from bot.reply.address import address
from bot.reply.clean import shown, visible
from bot.reply.cutting import length, pieces
from bot.reply.model import Bold, Channel, Code, Link, Mention, Plain, Span, Text, Time, TimeStyle
from bot.reply.plain import plain_spans

MAX_URL = 512
MAX_PIECE = 400
"""Characters of foreign text in one piece, so that a piece with all of them escaped still fits everywhere."""

_GAP = "\u200b"
_MARKS = re.compile(r"[\\*_~`|<>\[\]#]|:(?!\s)")  # a colon before a space begins neither an emoji nor an address
_PINGS = re.compile(r"<(?=[@#]|\Z)|@(?=[eh]|\Z)", re.IGNORECASE)
_LISTS = re.compile(r"(?=[-+])|[0-9]+(?=[.)])")
_CHANNEL = re.compile(r"[0-9]{17,20}")
_NOT_IN_A_LINK = re.compile(r"[()]|@(?=everyone|here)|[^\x00-\x7f]+", re.IGNORECASE)
_MISLEADING = re.compile(r"[\[\]]|://|www\.", re.IGNORECASE)
_STYLES = {TimeStyle.DATE: "D", TimeStyle.MOMENT: "f", TimeStyle.RELATIVE: "R"}


def escaped(text: str) -> str:
    """Foreign text on one line whose every character means itself."""
    return _MARKS.sub(r"\\\g<0>", unpinged(text))


def unpinged(text: str) -> str:
    """Foreign text on one line for a place that reads no markup, code among them: it notifies nobody there either."""
    return _PINGS.sub(rf"\g<0>{_GAP}", shown(text))


def markdown(text: Text) -> Iterator[str]:
    """The text in pieces, none of them longer than 2,000 characters; between any two of them it may be taken apart."""
    for span in text:
        yield from _span(span)


def line(made: Iterable[str]) -> str:
    """The pieces as one line that is no item of a list."""
    whole = ""
    for piece in made:
        is_mark_on_mark = whole.endswith(("*", "`")) and piece.startswith(("*", "`"))
        whole += f"{_GAP}{piece}" if is_mark_on_mark else piece
    whole = whole.strip()
    item = _LISTS.match(whole)
    return f"{item[0]}\\{whole[item.end() :]}" if item else whole


def link_address(url: str) -> str | None:
    """The address as Discord may be given it; None where it is not https, disguised or too long."""
    host_and_path = address(url)
    if host_and_path is None or not host_and_path.removeprefix("https://").partition("/")[0].isascii():
        return None
    clean = _NOT_IN_A_LINK.sub(lambda match: quote(match[0], safe=""), host_and_path)
    return clean if len(clean) <= MAX_URL else None


def _span(span: Span) -> Iterator[str]:
    match span:
        case Plain(text):
            for piece in local(text):
                yield from _moment(piece) if isinstance(piece, Time) else _words(piece.text)
        case Bold(text):
            yield from _styled(text)
        case Code(text):
            yield from _code(text)
        case Link(text, url):
            yield from _link(text, url)
        case Time():
            yield from _moment(span)
        case Mention():
            yield from _words(plain_spans((span,)))  # whatever links to a person may also notify that person
        case Channel(channel_id):
            yield from (f"<#{channel_id}>",) if _CHANNEL.fullmatch(channel_id) else _words(channel_id)
        case _:
            assert_never(span)


def _moment(time: Time) -> Iterator[str]:
    yield f"<t:{floor(time.at.timestamp())}:{_STYLES[time.style]}>"


def _words(text: str) -> Iterator[str]:
    return map(escaped, pieces(text, MAX_PIECE))


def _styled(text: str) -> Iterator[str]:
    """Bold, its marks close to its words: Discord takes none that stand apart from them."""
    for piece in pieces(text, MAX_PIECE):
        words = piece.strip()
        yield piece.replace(words, f"**{escaped(words)}**", 1) if words else piece


def _code(text: str) -> Iterator[str]:
    """Code; where it holds the mark of code itself, plain words."""
    if "`" in text:
        yield from _words(text)
        return
    for piece in pieces(text, MAX_PIECE):
        yield f"`{unpinged(piece)}`" if piece.strip() else piece


def _link(text: str, url: str) -> Iterator[str]:
    """A link behind its words; beside them where they hold brackets or an address of their own."""
    target = link_address(url)
    words = visible(text).strip()
    if target is None:
        yield from _words(plain_spans((Link(text, url),)))
    elif words in {"", url}:
        yield f"<{target}>"
    elif _MISLEADING.search(words) or length(words) > MAX_PIECE:
        yield from _words(words)
        yield f" ([link]({target}))"
    else:
        yield f"[{escaped(words)}]({target})"
