"""Folding for search: a title and what is typed for it match if their folded forms are equal."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›′″‵‶ʹʺʻʼʽˈ「」『』〝〞〟"
_DASHES = "‐‑‒–—―−⁃﹘﹣－"
_STROKES = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
_PLAIN = str.maketrans({**dict.fromkeys(f"{_QUOTES}@\ufffd"), **dict.fromkeys(_DASHES, "-"), **_STROKES})
"""Drops quotation marks and the @ of handles, unifies dashes, and removes strokes from letters."""
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u20d0-\u20ff]"
)
"""Accents of Latin, Greek and Cyrillic letters, and the optional vowels of Hebrew and Arabic."""
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u034f\u115f\u1160\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ud800-\udfff]"
)


def folded(text: str) -> str:
    """Fold text for search: no case, accents, quotation marks, invisible characters or double spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        text = _MARKS.sub("", unicodedata.normalize("NFD", _INVISIBLE.sub("", text)))
        text = "".join(each for each in unicodedata.normalize("NFC", text) if unicodedata.category(each) != "Cf")
    return " ".join(_INVISIBLE.sub("", text).casefold().translate(_PLAIN).split())


def respelled(words: str, known: Iterable[str]) -> str:
    """Replace each unknown word by the closest known one; empty if one has none. Words are folded."""
    vocabulary = sorted(set(known))
    near = [
        word if word in vocabulary else next(iter(get_close_matches(word, vocabulary, 1, 0.75)), "")
        for word in words.split()
    ]
    return " ".join(near) if all(near) else ""
