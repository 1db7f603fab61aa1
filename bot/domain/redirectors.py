"""Unwraps addresses that others wrapped: mail filters, search engines, translators, referrer hiders.

Each is unwrapped by its spelling alone, without network calls. Wrappers with the address in a plain parameter are sites
in `bot.domain.hosts`.
"""

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import unquote

from bot.domain.sites import SIX_BITS

_REST = r"[^\s<>|\"]"
_FIRST = r"(?<![\w./=-])(?:https?:/{1,3})?"
"""Start of an address that isn't part of another one."""
_REPLACED = re.compile(r"\*(\*[\w-])?")
_ENCODED = re.compile(r"(?:a1)?(aHR0c[\w+/-]+)=*")
"""Base64 of an address that begins with `http`; Bing puts a marker before it."""


def _proofpoint(found: re.Match[str]) -> str:
    """Unwrap Proofpoint's third format, which stores unusual characters separately: `*` is one, `**C` a run."""
    try:
        characters = iter(_decoded(found["characters"]))
    except ValueError:
        return found[0]

    def put_back(star: re.Match[str]) -> str:
        length = SIX_BITS.index(star[1][1]) + 2 if star[1] else 1
        return "".join(next(characters, "*") for _ in range(length))

    return _REPLACED.sub(put_back, found["address"])


def _translated(found: re.Match[str]) -> str:
    host = found["host"].replace("--", " ").replace("-", ".").replace(" ", "-")
    return f"https://{host}{found['address']}"


_WRAPPERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(_FIRST + pattern, re.IGNORECASE), address)
    for pattern, address in (
        (
            rf"urldefense(?:\.proofpoint)?\.(?:com|us)/v3/__(?P<address>{_REST}+?)__;(?P<characters>[\w-]*){_REST}*",
            _proofpoint,
        ),
        (
            rf"urldefense\.proofpoint\.com/v2/url\?(?:{_REST}*&)?u=(?P<address>[\w.~*-]+){_REST}*",
            lambda found: unquote(found["address"].translate(str.maketrans("-_", "%/"))),
        ),
        (rf"secure-web\.cisco\.com/[^/\s]+/(?P<address>https?%3a{_REST}+)", lambda found: unquote(found["address"])),
        (
            rf"(?:(?:www\.)?google\.[a-z.]{{2,6}}/amp|(?:[\w-]+\.)?cdn\.ampproject\.org/[a-z])/(?:s/)?(?P<address>{_REST}+)",
            lambda found: found["address"],
        ),
        (
            rf"(?:www\.)?(?:href\.li|anon\.to|anonym\.to|nullrefer\.com|dereferer\.me)/\?(?P<address>{_REST}+)",
            lambda found: unquote(found["address"]),
        ),
        (rf"(?P<host>[a-z0-9-]+)\.translate\.goog(?P<address>{_REST}*)", _translated),
    )
)
_DISARMED = (
    (re.compile(r"\bhxxp(?=s?(?:://|\[:\]))", re.IGNORECASE), "http"),
    (re.compile(r"(?<=http)\[:\]|(?<=https)\[:\]", re.IGNORECASE), ":"),
    (re.compile(r"(?<=[a-z0-9])(?:\[\.\]|\(\.\)|\[dot\])(?=[a-z])", re.IGNORECASE), "."),
)
"""Ways in which security teams write an address so that no program turns it into a link."""


WORDS = re.compile(r"[\w\s-]*")
"""Matches a text of plain words, which contains no address in any spelling."""


def unwrapped(text: str) -> str:
    """Replace each wrapped or disarmed address in a text by the address itself."""
    if WORDS.fullmatch(text):
        return text
    for pattern, plain in _DISARMED:
        text = pattern.sub(plain, text)
    for wrapper, address in _WRAPPERS:
        text = wrapper.sub(address, text)
    return text


def decoded(parameter: str) -> str:
    """Decode a parameter that holds an address in base64; others are unchanged."""
    found = _ENCODED.fullmatch(parameter)
    try:
        return _decoded(found[1]) if found else parameter
    except ValueError:
        return parameter


def _decoded(encoded: str) -> str:
    """Decode base64 in either alphabet, padded or not. Raises ValueError if it isn't base64 or text."""
    padded = encoded.translate(str.maketrans("+/", "-_")) + "=" * (-len(encoded) % 4)
    try:
        return base64.urlsafe_b64decode(padded).decode()
    except binascii.Error as error:
        raise ValueError(encoded) from error
