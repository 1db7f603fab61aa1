"""Links as people type, paste and wrap them, read into one canonical form. It asks no network what a link leads to."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from bot.domain.errors import LinkError
from bot.domain.sites import FOLLOWABLE_HOSTS, ShortLink, VideoLink, site_of

__all__ = [
    "FOLLOWABLE_HOSTS",
    "ShortLink",
    "VideoLink",
    "canonical_key",
    "find_links",
    "links_within",
    "looks_like_link",
    "parse_link",
    "video_of",
]

FORMS = (
    "Paste the address of one video or post: https://www.tiktok.com/@user/video/…, https://www.youtube.com/watch?v=…, "
    "https://www.instagram.com/reel/… or https://x.com/user/status/…"
)
"""What every refusal ends with: the forms that work."""

MAX_LENGTH = 2_000
"""Characters that are read; the longest links that sites hand out, with all their parameters, stay far below."""

_OPENERS = "<([{\"'“‘«„‚*`|"
_CLOSERS = ".,;:!?…)]}\"'”’»*`"
_INVISIBLE = frozenset("\u034f\u115f\u1160\u3164\ufe0e\ufe0f")
"""Joiners, fillers and variation selectors: drawn as nothing, yet not in Unicode's classes of control and format."""

_END = re.compile(r"[\s<>|\"]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+-]*")
_SCHEMED = re.compile(r"[a-z][a-z0-9+-]*://|(?:javascript|vbscript|data|file|ftp|blob|mailto):\S", re.IGNORECASE)
_TOP_LEVEL = re.compile(r"[^\W\d_]{2,}|xn--[a-z0-9-]+", re.IGNORECASE)
_NETWORK_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){3}")
_HOST = re.compile(r"[a-z0-9.-]{1,60}")
_LABELLED = re.compile(r"<([^<>|]*)\|[^<>]*>")
_BETWEEN = re.compile(r"[\s<>|\"(){}\[\]`,«»“”]+")


def parse_link(typed: str) -> VideoLink | ShortLink:
    """The video that a link names, or the short link to follow; LinkError says what is wrong and which forms work.

    Takes what people and chats make of a link: no scheme, http, upper-case hosts, `<url|label>`, `&amp;`, quotes,
    invisible characters, punctuation behind it. Safe on hostile text; an error names the host at most.
    """
    if len(typed) > MAX_LENGTH:
        raise _refusal(f"That is longer than {MAX_LENGTH:,} characters, too long for a link to a video.")
    scheme, authority, path, query = _split(_bare(typed))
    if scheme not in {"http", "https"}:
        raise _refusal("Only a link that begins with https:// can lead to a video.")
    host = _checked_host(authority)
    site = site_of(host)
    if site is None:
        name = host if _HOST.fullmatch(host) else "That site"
        raise _refusal(f"{name} is not a site whose videos can be tracked.")
    pieces = (piece for piece in unquote(path).split("/") if piece)
    reading = site.read("/".join(pieces), query)
    if isinstance(reading, str):
        raise _refusal(f"That is {reading}, not a link to one video.")
    return reading


def video_of(link: str) -> VideoLink | None:
    """The video that a link in any spelling names; never raises.

    None where no video is named: a short link, a page that is none, a site that nobody here knows.
    """
    try:
        reading = parse_link(link)
    except LinkError:
        return None
    return reading if isinstance(reading, VideoLink) else None


def canonical_key(link: str) -> str | None:
    """The `platform:id` of a link in any spelling, for matching what the API returns; None as in `video_of`.

    What the API tracks on a future platform has its video id and its own link, and no key.
    """
    found = video_of(link)
    return found.key if found else None


def looks_like_link(token: str) -> bool:
    """Whether a word was meant as a link, good or bad, rather than as a title, a number, a time or a zone."""
    bare = _bare(token[:MAX_LENGTH])
    if _SCHEMED.match(bare):
        return True
    authority, *rest = re.split(r"[/?#]", bare.removeprefix("//"), maxsplit=1)
    host = authority.rpartition("@")[2].partition(":")[0].lower().rstrip(".")
    if site_of(host) is not None or host.startswith("www."):
        return True
    _, dot, top = host.rpartition(".")
    return bool(rest and dot) and bool(_TOP_LEVEL.fullmatch(top) or _NETWORK_ADDRESS.fullmatch(host))


def find_links(text: str) -> tuple[str, ...]:
    """The supported links in a message, in order, as clean addresses; each video once, chat wrapping undone."""
    links: dict[str, str] = {}
    for piece in _BETWEEN.split(_LABELLED.sub(r" \1 ", text)):
        if "." not in piece:
            continue
        try:
            reading = parse_link(piece)
        except LinkError:
            continue
        key = reading.key if isinstance(reading, VideoLink) else reading.url
        links.setdefault(key, reading.url)
    return tuple(links.values())


def links_within(message: object) -> tuple[str, ...]:
    """The supported links in a chat's message as the chat sends it: in its texts at any depth."""
    return find_links(" ".join(_texts(message)))


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for item in value.values():
                yield from _texts(item)
        case list():
            for item in value:
                yield from _texts(item)
        case _:
            pass


def _refusal(reason: str) -> LinkError:
    return LinkError(f"{reason} {FORMS}")


def _bare(typed: str) -> str:
    """The first word without its wrapping, invisible characters and closing punctuation; backslashes are slashes."""
    visible = "".join(character for character in typed if not _is_invisible(character))
    word = _END.split(visible.lstrip(_OPENERS + " \t\r\n"), maxsplit=1)[0]
    return word.replace("&amp;", "&").replace("\\", "/").rstrip(_CLOSERS)


def _is_invisible(character: str) -> bool:
    if character in _INVISIBLE:
        return True
    category = unicodedata.category(character)
    return category == "Cf" or (category == "Cc" and not character.isspace())


def _split(word: str) -> tuple[str, str, str, str]:
    """Scheme (https unless stated), authority, path and query."""
    address, _, query = word.partition("#")[0].partition("?")
    scheme, colon, rest = address.partition(":")
    if not (colon and _SCHEME.fullmatch(scheme)):
        scheme, rest = "https", address
    authority, _, path = rest.removeprefix("//").partition("/")
    return scheme.lower(), authority, path, query


def _checked_host(authority: str) -> str:
    """The host in lower case; LinkError for anything around or in it that an honest link to a video never has."""
    if "." not in authority and not authority.startswith("["):
        raise _refusal("That is not a link.")
    if "@" in authority:
        raise _refusal("That link carries a user name in front of its host, as look-alike links do.")
    host, _, port = authority.lower().partition(":")
    host = host.removesuffix(".")
    if authority.startswith("[") or _NETWORK_ADDRESS.fullmatch(host):
        raise _refusal("That link leads to a network address, not to a video site.")
    if not host.isascii() or "xn--" in host:
        raise _refusal("The host of that link has letters beyond a to z, as look-alike links do.")
    _, dot, top = host.rpartition(".")
    if not (dot and _TOP_LEVEL.fullmatch(top)):
        raise _refusal("That is not a link.")
    if port not in {"", "80", "443"}:
        raise _refusal("That link names a port, which no link to a video does.")
    return host
