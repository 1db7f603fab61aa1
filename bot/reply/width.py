"""How many columns a text takes where every letter is as wide as the next: a terminal, a code block."""

import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_KEYCAPS = "#*0123456789"


def width(text: str) -> int:
    """The columns that cleaned text takes: East Asian letters and emoji two, combining marks none."""
    if text.isascii():
        return len(text)
    before = ("", *text)
    return sum(_columns(char, previous) for previous, char in zip(before, text, strict=False))


def pad(text: str, columns: int, *, right: bool) -> str:
    """The text filled with spaces to that many columns, set right (numbers) or left (words)."""
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
