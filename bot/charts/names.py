"""Names in any script: drawable text, fonts, width, and shortening.

DejaVu Sans, which comes with matplotlib, has Latin, Greek, Cyrillic, Hebrew, Arabic and more; the Noto fonts beside
this file have the scripts of East, South and South-East Asia and of Ethiopia. matplotlib shapes and orders the letters.
"""

import re
import unicodedata
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

from bot.reply.text import visible

_EMOJI = re.compile("[\u2190-\u2bff\U0001f000-\U0001ffff]")
_SYMBOLS = frozenset({"So", "Sk"})
_NEVER_DRAWN = frozenset({"Cc", "Cn", "Co", "Cs", "Me"})
_JOINERS = "\u200c\u200d"
_STYLES = "\ufe0e\ufe0f"
_ELLIPSIS = "…"
_DEJAVU = "DejaVu Sans"


@lru_cache(maxsize=512)
def drawable(name: str) -> str:
    """The name on one line, without emoji; letters missing in all fonts are replaced by their script: `[Tibetan]`."""
    one_line = visible(" ".join(name.split()))
    kept = visible("".join(char for char in unicodedata.normalize("NFC", one_line) if not _is_left_out(char)))
    runs = ((is_known, "".join(run)) for is_known, run in groupby(kept, _is_known))
    shown = "".join(run if is_known else f"[{_script(run[0])}]" for is_known, run in runs)
    return " ".join(shown.split()) or "(emoji only)"


def _is_left_out(char: str) -> bool:
    category = unicodedata.category(char)
    return char in _STYLES or category in _NEVER_DRAWN or (category in _SYMBOLS and bool(_EMOJI.match(char)))


def _is_known(char: str) -> bool:
    return char.isspace() or char in _JOINERS or _family_of(ord(char)) is not None


def _script(char: str) -> str:
    return unicodedata.name(char, "?").split()[0].capitalize()


def font(text: str, size: float, *, bold: bool = False) -> FontProperties:
    """The fonts for a text. Text in a Noto font is never bold: only regular weights are shipped.

    A Noto font comes first, so that it draws whole words in which DejaVu Sans lacks a letter.
    """
    noto = sorted({*filter(None, map(_family_of, map(ord, text)))} - {_DEJAVU})
    return FontProperties(family=[*noto, _DEJAVU], size=size, weight="normal" if noto else "bold" if bold else "normal")


@lru_cache(maxsize=2_048)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a text in pixels."""
    face = font(text, size, bold=bold)
    measured = _renderer().get_text_width_height_descent(text, face, ismath=False)  # type: ignore[no-untyped-call]
    return float(measured[0])


def fitted(name: str, room: float, size: float, *, bold: bool = False) -> str:
    """The drawable name, shortened in the middle if it is too wide: names of a series differ at their ends."""
    name = drawable(name)
    if width(name, size, bold=bold) <= room:
        return name
    cuts = (_without_middle(name, kept) for kept in range(len(name) - 1, 0, -1))
    return next((cut for cut in cuts if width(cut, size, bold=bold) <= room), _ELLIPSIS)


def _without_middle(name: str, kept: int) -> str:
    """Keep about `kept` letters at both ends, cutting between words unless a word is most of them."""
    head, tail = name[: kept * 3 // 5], name[len(name) - kept + kept * 3 // 5 :]
    while head and (_is_joined(name[len(head)]) or head[-1] in _JOINERS):
        head = head[:-1]
    while tail and _is_joined(tail[0]):
        tail = tail[1:]
    if head and not name[len(head)].isspace():
        head = _longer_half(head, head.rpartition(" ")[0])
    if tail and not name[-len(tail) - 1].isspace():
        tail = _longer_half(tail, tail.partition(" ")[2])
    return f"{head.rstrip()}{_ELLIPSIS}{tail.lstrip()}"


def _longer_half(piece: str, whole_words: str) -> str:
    """The whole words of a piece, if they are at least half of it."""
    return whole_words if 2 * len(whole_words) >= len(piece) else piece


def _is_joined(char: str) -> bool:
    """Whether a character belongs to the letter before it."""
    return char in _JOINERS or unicodedata.category(char).startswith("M")


@cache
def _renderer() -> RendererAgg:
    return RendererAgg(1, 1, 72)  # type: ignore[no-untyped-call]


@cache
def _family_of(code: int) -> str | None:
    """The first font that has a character; None if none does."""
    if code in _dejavu():
        return _DEJAVU
    return next((family for family, codes in _noto() if code in codes), None)


@cache
def _dejavu() -> frozenset[int]:
    return frozenset(get_font(findfont(_DEJAVU)).get_charmap())


@cache
def _noto() -> tuple[tuple[str, frozenset[int]], ...]:
    """The shipped fonts and their characters; loaded when first needed."""
    found = []
    for path in sorted((Path(__file__).parent / "noto").glob("*.[ot]tf")):
        fontManager.addfont(path)
        opened = get_font(str(path))
        found.append((opened.family_name, frozenset(opened.get_charmap())))
    return tuple(found)
