"""How Discord reads markdown: the visible text and the people it notifies. Pure.

Discord publishes no grammar. If its client is known to be lenient, so is this reader: formatting that might take effect
counts, so a text that reads correctly here also does at Discord.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from re import Match
from typing import Any

from tests.standins.discord_server.components import TEXT_DISPLAY, nested

EVERYTHING: Mapping[str, Any] = {"parse": ["everyone", "users", "roles"]}
"""The default of a message."""
USERS_ONLY: Mapping[str, Any] = {"parse": ["users"]}
"""The default of a response to an interaction."""

_ESCAPE = r"\\([^0-9A-Za-z\s])"
# Both skip escaped characters; their second group is set if they found code.
_BLOCK = re.compile(rf"{_ESCAPE}|```(?:[\w+.#-]+\n)?\n*(.+?)\n*```", re.DOTALL)
_SPAN = r"(`+)(?!`)(.+?)(?<!`)\{}(?!`)"
_CODE = re.compile(rf"{_ESCAPE}|{_SPAN.format(2)}", re.DOTALL)
_HEADING = re.compile(r"^(?:[ \t]*(?:#{1,3}|-#|>>>|>)[ \t]+)+", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[-*][ \t]+", re.MULTILINE)
_NOTIFYING = re.compile(r"<@[!&]?[0-9]+>|@everyone|@here")

_Rule = tuple[re.Pattern[str], Callable[[Match[str]], str]]


def visible_text(markdown: str) -> str:
    """The text without formatting: links as their label, emoji and times as ⟪source⟫."""
    shown, end = "", 0
    for block in _BLOCK.finditer(markdown):
        if block.group(2):
            shown += _lines(markdown[end : block.start()]) + block.group(2)
            end = block.end()
    return shown + _lines(markdown[end:])


def _lines(text: str) -> str:
    return _inline(_BULLET.sub(r"\1• ", _HEADING.sub("", text)))


def _inline(text: str) -> str:
    shown, at = "", 0
    while at < len(text):
        for pattern, show in _RULES:
            found = pattern.match(text, at)
            if found:
                shown += show(found)
                at = found.end()
                break
        else:
            shown += text[at]
            at += 1
    return shown


def _inner(found: Match[str]) -> str:
    return _inline(found.group(1))


_URL = r"(?:https?|discord)://[^\s<>]+"
_RULES: tuple[_Rule, ...] = (
    (re.compile(_ESCAPE), lambda found: found.group(1)),
    (re.compile(_SPAN.format(1), re.DOTALL), lambda found: found.group(2)),
    (re.compile(rf"\[((?:\\.|[^\[\]\\]|\[[^\]]*\])+)\]\(\s*(?:<{_URL}>|{_URL}?)(?:\s+\"[^\"]*\")?\s*\)"), _inner),
    (re.compile(r"<(https?://[^\s<>]+)>"), lambda found: found.group(1)),
    (re.compile(r"https?://[^\s<>]+[^\s<>.,:;\"')\]*_~|]"), lambda found: found.group()),
    (
        re.compile(r"<(?:@[!&]?|#)([0-9]+)>"),
        lambda found: f"@{found.group(1)}" if "@" in found.group() else f"#{found.group(1)}",
    ),
    (re.compile(r"<(/[^<>:]+):[0-9]+>"), lambda found: found.group(1)),
    (re.compile(r"<(t:-?[0-9]+(?::[tTdDfFsSR])?)>"), lambda found: f"⟪{found.group(1)}⟫"),
    (re.compile(r"<a?:(\w+):[0-9]+>"), lambda found: f"⟪{found.group(1)}⟫"),
    (re.compile(r":((?:[a-z0-9_+-]*[a-z][a-z0-9_+-]*|100|1234|[+-]1)):"), lambda found: f"⟪{found.group(1)}⟫"),
    (re.compile(r"\*\*(?!\s)((?:\\.|[^\\])+?)(?<!\s)\*\*(?!\*)", re.DOTALL), _inner),
    (re.compile(r"__((?:\\.|[^\\])+?)__(?!_)", re.DOTALL), _inner),
    (re.compile(r"\*(?![\s*])((?:\\.|\*\*.+?\*\*|[^\\*])+?)(?<!\s)\*(?!\*)", re.DOTALL), _inner),
    (re.compile(r"(?<!\w)_((?:\\.|__.+?__|[^\\_])+?)_(?!\w)", re.DOTALL), _inner),
    (re.compile(r"~~((?:\\.|[^\\])+?)~~(?!_)", re.DOTALL), _inner),
    (re.compile(r"\|\|((?:\\.|[^\\])+?)\|\|", re.DOTALL), _inner),
)


def mentions(
    message: object, allowed_mentions: Mapping[str, Any] | None = None, *, is_answer: bool = False
) -> set[str]:
    """Who would be notified by a text or a message: `<@user>`, `<@&role>`, `@everyone`.

    `allowed_mentions` counts first, then the message's own, then the default, which is narrower for a response to an
    interaction. Names in code and on buttons notify nobody.
    """
    sent: Mapping[str, Any] = message if isinstance(message, Mapping) else {"content": message}
    default = USERS_ONLY if is_answer else EVERYTHING
    said = sent.get("allowed_mentions") if allowed_mentions is None else allowed_mentions
    allowed: Mapping[str, Any] = default if said is None else said
    named = (name.replace("!", "") for text in _texts(sent) for name in _NOTIFYING.findall(_without_code(text)))
    return {name for name in named if _is_allowed(name, allowed)}


def _is_allowed(name: str, allowed: Mapping[str, Any]) -> bool:
    kind = "everyone" if not name.startswith("<") else "roles" if "&" in name else "users"
    listed = {str(each) for each in allowed.get(kind) or ()}
    return kind in (allowed.get("parse") or ()) or name.strip("<@&>") in listed


def _without_code(text: str) -> str:
    for code in (_BLOCK, _CODE):
        text = code.sub(lambda found: " " if found.group(2) else found.group(), text)
    return text


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    yield str(message.get("content") or "")
    for each in nested(message.get("components")):
        if each.get("type") == TEXT_DISPLAY:
            yield str(each.get("content") or "")
