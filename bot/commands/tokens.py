"""A line of free text taken apart into words, and what belongs together in it closed up into one."""

import re
from dataclasses import dataclass

from bot.commands.command import Kind
from bot.reply.clean import visible

_HALF_OF_DAY = re.compile(r"(?<=\d) +(?=[ap]\.?m\b)", re.IGNORECASE)
_SPREAD = re.compile(r"(?<=[\dm.]) *(?:[-–]|to|until|and) *(?=\d{1,2}(?::\d|[ap]\.?m))", re.IGNORECASE)
_COUNTED = re.compile(r"(?<!\S)(\d{1,4}) +(?=(?:m|min(?:ute)?s?|h|hours?|d|days?|w|weeks?)\b)", re.IGNORECASE)
_SINGLE = re.compile(r"(?<!\S)(?:an?|one) +(?=(?:hour|day|week)\b)", re.IGNORECASE)
_GLUED = re.compile(r"(?<=\S)[,;]+(?=<?https?://)|(?<=\w)(?=https?://)", re.IGNORECASE)
_TOKEN = re.compile(r'"(?P<straight>[^"]*)"|“(?P<curly>[^”]*)”|(?P<angle><[^<>]*>)|(?P<bare>\S+)')


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or what stood between quotation marks."""

    text: str
    quoted: bool


def tokens_of(typed: str) -> list[Token]:
    """The words in their order; links that nothing but a comma or nothing at all keeps apart are words of their own."""
    tokens = []
    for match in _TOKEN.finditer(_GLUED.sub(" ", visible(typed))):
        quoted = match["straight"] if match["straight"] is not None else match["curly"]
        tokens.append(Token(match[0] if quoted is None else quoted.strip(), quoted is not None))
    return [token for token in tokens if token.text]


def closed_up(typed: str, kinds: frozenset[Kind]) -> str:
    """The line with `9 am`, `22:00 to 07:00` and `2 days` as one word each, where the kinds of arguments have such."""
    if kinds & {Kind.TIME, Kind.SPAN}:
        typed = _HALF_OF_DAY.sub("", typed)
    if Kind.SPAN in kinds:
        typed = _SPREAD.sub("-", typed)
    if kinds & {Kind.SPAN, Kind.NUMBER}:
        typed = _SINGLE.sub("1", _COUNTED.sub(r"\1", typed))
    return typed
