"""Safe text and addresses: hidden characters removed, measured, cut and padded.

Every renderer passes every string of a reply through `shown` first, then escapes its platform's markup. Typed text goes
through `visible` before it is parsed.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TypeVar
from urllib.parse import quote, urlsplit

T = TypeVar("T")

_BREAKS = re.compile("\r\n|[\t-\r\x1c-\x1e\x85\u2028\u2029]")

# Control characters and what Unicode calls default-ignorable: zero-width, bidi marks, embeddings, overrides, isolates,
# fillers, tags. The two joiners have a rule of their own; the two emoji variation selectors stay.
_HIDDEN = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{_HIDDEN}]")

# Arabic, the scripts of India and South-East Asia, symbols and emoji: there a joiner is spelling, elsewhere it hides.
_JOINABLE = "\u0600-\u08ff\u0900-\u109f\u1780-\u17ff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_STRAY_JOINER = re.compile(f"(?<![{_JOINABLE}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINABLE}])")

_MARK = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILED_MARKS = re.compile(f"(?<=[{_MARK}]{{3}})[{_MARK}]+")  # three accents are spelling, a tower covers the next line

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_UNUSUAL = re.compile(f"[{_HIDDEN}{_MARK}\u2028\u2029\u200c\u200d\ud800-\udfff]")
"""Everything that `visible` may change; most texts have nothing of it."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_NO_BREAK = re.compile(r"(?<=\d) (?=(?:d|h|min)\b)| (?=·)")
_ISOLATE, _END_OF_ISOLATE = "\u2066", "\u2069"

_ZERO_WIDTH_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_BEFORE_ELLIPSIS = " ,;:·|-–—/&+(["
_KEYCAPS = "#*0123456789"
_NOT_IN_A_URL = re.compile(r'[\s"<>\\^`{|}]')


def is_sendable(text: str) -> bool:
    """Whether the text is valid UTF-8: no chat accepts a lone surrogate."""
    return _LONE_SURROGATE.search(text) is None


def visible(text: str) -> str:
    """The text on one line, without characters that hide, control a terminal or reorder letters."""
    if not _UNUSUAL.search(text):
        return text
    text = _BREAKS.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    text = _LONE_SURROGATE.sub("\ufffd", text)
    text = _STRAY_JOINER.sub("", text)
    return _PILED_MARKS.sub("", text)


def shown(text: str) -> str:
    """The visible text, safe beside other text: right-to-left letters are isolated.

    An Arabic title would otherwise move the number after it to its other side, so the text is set in a bidi isolate
    (UAX #9), two zero-width characters; a left-to-right one, because the sentences around titles are English. Safe to
    repeat.
    """
    text = visible(text)
    if text.isascii():
        return text
    return f"{_ISOLATE}{text}{_END_OF_ISOLATE}" if _RIGHT_TO_LEFT.search(text) else text


def unbroken(text: str) -> str:
    """Prevent line breaks before a unit or a middle dot, which make no sense at the start of a line."""
    return _NO_BREAK.sub("\u00a0", text)


def length(text: str) -> int:
    """Upper bound of a text's length: in UTF-16 units, as JavaScript counts; no other count is larger."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """Shorten a text to at most `most` characters: after a whole word, unless that is long, and with an ellipsis."""
    if length(text) <= most:
        return text
    short = text[: most - 1]
    while length(short) > most - 1:
        short = short[:-1]
    return f"{_whole_words(short, text[len(short)]) if short else ''}…"


def _whole_words(short: str, following: str) -> str:
    """The start of a text without the piece of a word at its end, if most of it remains; never half a letter."""
    words, space, _ = short.rpartition(" ")
    if space and not (following.isspace() or _ends_word(short[-1], following)) and 3 * len(words) >= len(short):
        return words.rstrip(_BEFORE_ELLIPSIS) or words
    end = len(short)
    while end > 1 and _is_joined(short[end - 1], short[end] if end < len(short) else following):
        end -= 1
    return short[:end].rstrip(_BEFORE_ELLIPSIS) or short[:end]


def _ends_word(last: str, following: str) -> bool:
    """Whether a line may break between two letters, as it may beside any Chinese or Japanese one."""
    return _is_wide(last) or _is_wide(following)


def _is_joined(before: str, char: str) -> bool:
    """Whether a character belongs to the letter or emoji before it."""
    is_mark = unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf"} or "\U0001f3fb" <= char <= "\U0001f3ff"
    return is_mark or before in "\u200c\u200d"


def pieces(text: str, most: int) -> Iterator[str]:
    """Split the visible text into pieces of at most `most` characters, between words if possible."""
    text = visible(text)
    while len(text) > most:
        end = text.rfind(" ", most // 2, most) + 1 or most
        yield text[:end]
        text = text[end:]
    yield text


def batches(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """Split the items into batches of at most `most`, in order."""
    return (items[start : start + most] for start in range(0, len(items), most))


def width(text: str) -> int:
    """Columns that visible text takes in a terminal or code block: East Asian letters and emoji two, marks none."""
    if text.isascii():
        return len(text)
    before = ("", *text)
    return sum(_columns(char, previous) for previous, char in zip(before, text, strict=False))


def pad(text: str, columns: int, *, right: bool) -> str:
    """Pad a text with spaces to that many columns, aligned right (numbers) or left (words)."""
    spaces = " " * (columns - width(text))
    return spaces + text if right else text + spaces


def _columns(char: str, previous: str) -> int:
    if char == _EMOJI_STYLE:  # turns a narrow symbol before it into a wide emoji
        return int(previous in _KEYCAPS or (unicodedata.category(previous) == "So" and not _is_wide(previous)))
    if previous == _ZERO_WIDTH_JOINER and unicodedata.category(char) == "So":
        return 0
    if "\u1160" <= char <= "\u11ff":  # vowels and finals of decomposed Korean stand inside the first consonant's block
        return 0
    if unicodedata.category(char) in {"Mn", "Me", "Cf"} or "\U0001f3fb" <= char <= "\U0001f3ff":  # marks; skin tones
        return 0
    return 2 if _is_wide(char) else 1


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"W", "F"}


def address(url: str) -> str | None:
    """Normalise an https link, encoding stray characters; None for any other link, and for a disguised host.

    Scheme and host become lower case: Discord refuses a whole message for `HTTPS://`.
    """
    try:
        clean = _NOT_IN_A_URL.sub(lambda match: quote(match[0]), visible(url).strip())
        parts = urlsplit(clean)
        is_web = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return None
    return f"https://{parts.netloc.lower()}{clean.partition('//')[2][len(parts.netloc) :]}" if is_web else None
