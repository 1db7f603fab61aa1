"""A reply as Slack shows it: messages that keep every documented limit, the line for the channel, the Home tab.

It never asks which message it renders, and never loses a word: what does not fit goes into the next block or message.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from adapters.slack.actions import action_blocks
from adapters.slack.blocks import groups, note
from adapters.slack.mrkdwn import escaped
from adapters.slack.rich_text import rich_blocks
from adapters.slack.tables import widest
from adapters.slack.texts import NOTHING, Block, Group, plain, weight, words
from bot.reply.cutting import cut, length
from bot.reply.model import Plain, Reply, Table, Text, Tone
from bot.reply.plain import plain_spans, plain_text

MAX_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_HEADER = 150
MAX_FALLBACK = 40_000
MAX_WEIGHT = 9_000
"""Characters in the blocks of one message. Undocumented: chat.postMessage answers msg_blocks_too_long at about 12,000,
and counts the blocks themselves too (github.com/slackapi/bolt-js/issues/2509 and 2867)."""

NO_PICTURES: Mapping[str, str] = MappingProxyType({})
_MARKS = {Tone.INFO: "", Tone.SUCCESS: "✅ ", Tone.WARNING: "⚠️ ", Tone.PROBLEM: "⛔ "}
_EMPTY: Block = {"type": "section", "text": plain(NOTHING)}
_CUT = " … (cut here: the message itself goes on)"


@dataclass(frozen=True, slots=True)
class Message:
    """What chat.postMessage and a response_url take; `text` is for notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]


def messages(reply: Reply, pictures: Mapping[str, str] = NO_PICTURES) -> tuple[Message, ...]:
    """The reply as one message, or as several where Slack's limits ask for it; at least one.

    `pictures` maps the name of an uploaded picture to its file id; another picture is told by its alt text. The first
    message's text is that of the whole reply.
    """
    pages = list(_pages(_groups(reply, pictures, widest(reply.parts)))) or [(_EMPTY,)]
    texts = _texts(reply, len(pages))
    return tuple(Message(text, page) for text, page in zip(texts, pages, strict=True))


def public_message(public_line: Text) -> Message:
    """The one line that a whole channel sees. It names people and notifies none."""
    text = _fallback(plain_spans(public_line))
    return Message(text, tuple(rich_blocks([public_line]))[:MAX_BLOCKS] or (_EMPTY,))


def home_view(reply: Reply, *, with_table: bool = True) -> Block:
    """The reply as a Home tab, cut with a note where it has more than 100 blocks."""
    found = list(_groups(reply, NO_PICTURES, widest(reply.parts) if with_table else None))
    if _tables(found) > 1:
        found = list(_groups(reply, NO_PICTURES, None))
    blocks = [block for group in found for block in group]
    if len(blocks) > MAX_VIEW_BLOCKS:
        blocks[MAX_VIEW_BLOCKS - 1 :] = [{"type": "context", "elements": [plain("There is more than fits here.")]}]
    return {"type": "home", "blocks": blocks or [_EMPTY]}


def _groups(reply: Reply, pictures: Mapping[str, str], table: int | None) -> Iterator[Group]:
    yield from _head(reply)
    for at, part in enumerate(reply.parts):
        named = replace(part, caption="") if isinstance(part, Table) and part.caption == reply.title else part
        yield from groups(named, pictures, is_widest=at == table)
    for file in reply.files:
        yield from note((Plain(f"File {file.name}: {file.description}"),))
    yield from ((block,) for block in action_blocks(reply.actions))


def _head(reply: Reply) -> Iterator[Group]:
    """Title and summary; the tone is a mark before the first of them, because colour alone tells not everybody."""
    mark = _MARKS[reply.tone]
    lines = [line for line in dict.fromkeys((reply.title, reply.summary)) if words(line)]
    for index, line in enumerate(lines):
        marked = line if index else f"{mark}{line}"
        if line == reply.title and length(words(marked)) <= MAX_HEADER:
            yield ({"type": "header", "text": plain(marked)},)
        else:
            yield from ((block,) for block in rich_blocks([(Plain(marked),)]))


def _pages(found: Iterable[Group]) -> Iterator[tuple[Block, ...]]:
    """The groups in their order, in as few messages as take them: 50 blocks, so much text and one table in each."""
    page: list[Block] = []
    size = 0
    for group in found:
        more = weight(group)
        is_full = len(page) + len(group) > MAX_BLOCKS or size + more > MAX_WEIGHT or _tables((page, group)) > 1
        if page and is_full:
            yield tuple(page)
            page, size = [], 0
        page += group
        size += more
    if page:
        yield tuple(page)


def _tables(found: Iterable[Iterable[Block]]) -> int:
    return sum(block["type"] == "table" for group in found for block in group)


def _texts(reply: Reply, count: int) -> list[str]:
    """A text for each of so many messages: the whole reply's first, then which message it is."""
    name = cut(words(reply.title) or words(reply.summary), MAX_HEADER)
    whole = _fallback(f"{_MARKS[reply.tone]}{plain_text(reply)}")
    return [whole, *(_fallback(f"{name} ({number} of {count})") for number in range(2, count + 1))]


def _fallback(text: str) -> str:
    """Text for a place that reads mrkdwn, cut with a note where Slack would cut it without one."""
    whole = escaped(text)
    if length(whole) <= MAX_FALLBACK:
        return whole if whole.strip() else NOTHING
    kept = text[: MAX_FALLBACK - len(_CUT)]
    while length(escaped(kept)) > MAX_FALLBACK - len(_CUT):
        kept = kept[: -max(1, (length(escaped(kept)) - MAX_FALLBACK) // 5)]
    return f"{escaped(kept)}{_CUT}"
