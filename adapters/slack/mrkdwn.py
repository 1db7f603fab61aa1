"""Spans as mrkdwn, Slack's markup, which has no way to escape its own marks: what cannot be said safely is not said.

Only section fields and context blocks need it; all else is rich_text, where text is text.
"""

import re
from dataclasses import dataclass
from typing import assert_never
from unicodedata import category

from adapters.slack.spans import moment, native
from bot.reply.clean import shown, visible
from bot.reply.model import Bold, Channel, Code, Link, Plain, Span, Text, Time
from bot.reply.plain import plain_time

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Bold, strike-through, code; italics but not an underscore within a word; an emoji's code; a quotation.
_MARKS = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])|:[^\s:]+:|^\s*>")


def escaped(text: str) -> str:
    """Text whose `& < >` mean themselves, so that it links and mentions nothing (Slack, Formatting message text)."""
    return text.translate(_ENTITIES)


def unescaped(text: str) -> str:
    """What was written where Slack sends `& < >` as entities. No others: `&copy` in an address is no sign."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mrkdwn(text: Text) -> str | None:
    """The text with its links, times and styles, or None where Slack would read marks into foreign words."""
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
            return _Said(f"<!date^{seconds}^{form}|{plain_time(time)}>", "0")
        case Channel(channel_id):
            return _Said(f"<#{channel_id}>", "0")
        case _ as never:
            assert_never(never)


def _words(text: str, mark: str = "") -> _Said:
    clean = shown(text)
    return _Said(escaped(clean), clean, mark)
