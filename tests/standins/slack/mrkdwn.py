"""How Slack reads mrkdwn: the visible text, the people it notifies, and its links. Pure.

Slack publishes no grammar. If its client is known to be lenient, so is this reader: formatting that might take effect
counts, so a text that reads correctly here also does at Slack.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_SEQUENCE = re.compile(r"<([@#!]|https?://|mailto:|tel:)([^<>\n|]*)(?:\|([^<>\n]*))?>")
_CODE = re.compile(r"```.+?```|`[^`\n]+`", re.DOTALL)
# An escaped ">" at the start of a line still makes a quote.
_QUOTE = re.compile(r"^(?:&gt;|>)+ ?", re.MULTILINE)
# Digits between two colons are a time of day, except for the few emoji with such names.
_EMOJI = re.compile(r":((?:[a-z0-9_'+-]*[a-z][a-z0-9_'+-]*|100|1234|[+-]1)):")
_NOTIFYING = re.compile(r"<(?:!(?:channel|here|everyone|group)|!subteam\^\w+|@[UW]\w+)(?:\|[^<>\n]*)?>")
_BROADCAST = re.compile(r"(?<![\w@.])@(?:channel|here|everyone)\b", re.IGNORECASE)
_BARE_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>|]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|co|me|ly|tv|be|app|dev)\b",
    re.IGNORECASE,
)


def visible_text(mrkdwn: str) -> str:
    """The text without formatting: entities decoded, links as their label, emoji as ⟪name⟫."""
    shown, end = "", 0
    for code in _CODE.finditer(mrkdwn):
        if _stands_alone(mrkdwn, code.start(), code.end()):
            shown += _formatted(mrkdwn[end : code.start()]) + _decoded(code.group().strip("`"))
            end = code.end()
    return shown + _formatted(mrkdwn[end:])


def _formatted(text: str) -> str:
    text = _QUOTE.sub("", text)
    for marker in "*_~":
        text = _without(text, marker)
    return _decoded(_EMOJI.sub(r"⟪\1⟫", text))


def _without(text: str, marker: str) -> str:
    """The text without pairs of a marker at word boundaries on one line."""
    pair = re.compile(rf"{re.escape(marker)}(?!\s)([^\n]*?\S){re.escape(marker)}")
    shown, end = "", 0
    while found := pair.search(text, end):
        inner = found.group(1)
        if marker not in inner and _stands_alone(text, found.start(), found.end()):
            shown += text[end : found.start()] + inner
            end = found.end()
        else:
            shown += text[end : found.start() + 1]
            end = found.start() + 1
    return shown + text[end:]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether the span has no letter, digit or invisible character on either side."""
    around = (text[start - 1] if start else " ", text[end] if end < len(text) else " ")
    return all(each.isspace() or unicodedata.category(each)[0] in "PSZ" for each in around)


def _decoded(text: str) -> str:
    text = _SEQUENCE.sub(lambda found: _label(*found.groups()), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _label(kind: str, target: str, label: str | None) -> str:
    if kind in ("@", "#"):
        return f"{kind}{label or target}"
    if kind == "!":
        return label or f"@{target.partition('^')[0]}"
    return label or f"{kind}{target}"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text in which angle brackets count, and in which Slack may look for names and addresses."""

    text: str
    has_names: bool
    has_addresses: bool


def mentions(content: object) -> set[str]:
    """Everything in a text, blocks or a message that would notify or link a person or group.

    A text object that is not verbatim counts with `@channel` and the like: the documentation has "certain mentions"
    parsed there.
    """
    found = set(_rich_mentions(content))
    for piece in _pieces(content):
        found |= {f"{each.partition('|')[0].rstrip('>')}>" for each in _NOTIFYING.findall(piece.text)}
        found |= set(_BROADCAST.findall(piece.text)) if piece.has_names else set()
    return found


def links(content: object) -> set[str]:
    """Every clickable address in a text, blocks or a message, including those that Slack detects."""
    found = {str(each["url"]) for each in _objects(content) if isinstance(each.get("url"), str)}
    for piece in _pieces(content):
        spans = list(_SEQUENCE.finditer(piece.text))
        found |= {f"{span.group(1)}{span.group(2)}" for span in spans if span.group(1) not in "@#!"}
        found |= set(_BARE_ADDRESS.findall(_SEQUENCE.sub(" ", piece.text))) if piece.has_addresses else set()
    return found


def _rich_mentions(content: object) -> Iterator[str]:
    """The rich text elements that notify; they need no escaping."""
    for each in _objects(content):
        match each:
            case {"type": "broadcast", "range": str(reach)}:
                yield f"<!{reach}>"
            case {"type": "user", "user_id": str(user)}:
                yield f"<@{user}>"
            case {"type": "usergroup", "usergroup_id": str(group)}:
                yield f"<!subteam^{group}>"
            case {"type": "team", "team_id": str(team)}:
                yield f"<!{team}>"
            case _:
                pass


def _objects(content: object) -> Iterator[Mapping[str, object]]:
    if isinstance(content, Mapping):
        yield content
    children = (
        content.values() if isinstance(content, Mapping) else content if isinstance(content, list | tuple) else ()
    )
    for child in children:
        yield from _objects(child)


def _pieces(content: object) -> Iterator[_Piece]:
    """Every mrkdwn text: a bare text, a text object, the text of a message or the comment of a file."""
    if isinstance(content, str):
        yield _Piece(content, has_names=False, has_addresses=True)
    for each in _objects(content):
        match each:
            case {"type": "mrkdwn", "text": str(text)}:
                is_free = each.get("verbatim") is not True
                yield _Piece(text, has_names=is_free, has_addresses=is_free)
            case {"type": str(kind)} if kind not in ("message", "modal", "home"):
                continue
            case _:
                texts = (each.get(key) for key in ("text", "initial_comment"))
                own = (text for text in texts if isinstance(text, str))
                yield from (_Piece(text, has_names=False, has_addresses=True) for text in own)
