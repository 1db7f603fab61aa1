"""Parses links as people type, paste and wrap them into one canonical form, and finds who posted a video.

Makes no network calls.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from bot.domain.errors import LinkError
from bot.domain.folding import folded
from bot.domain.hosts import FOLLOWABLE_HOSTS, site_of
from bot.domain.redirectors import WORDS, decoded, unwrapped
from bot.domain.sites import Inner, OtherPage, ShortLink, Site, VideoLink, instagram_code
from bot.domain.videos import Video

__all__ = [
    "FOLLOWABLE_HOSTS",
    "ShortLink",
    "VideoLink",
    "canonical_key",
    "find_links",
    "link_starts",
    "links_within",
    "looks_like_link",
    "page_words",
    "parse_link",
    "video_of",
]

FORMS = "Paste the link of one video or post from TikTok, YouTube, Instagram or X."
"""Appended to every refusal."""
_NO_LINK = "I see no video link there. Paste one from TikTok, YouTube, Instagram or X."

_CUT_OFF = "That link is cut off. Paste the whole link."

MAX_LENGTH = 2_000
"""Maximum characters read; the longest links of sites, with all parameters, are far below."""

MOST_INNER = 4
"""Maximum nesting of addresses: a log-in page of a consent page of a redirect."""

_OPENERS = "<>([{\"'“‘«„‚*`|\\"
_CLOSERS = ".,;:!?…)]}>\"'”’»*`~|&+(<[{=→。、，；：！？）】》」』"
_INVISIBLE = frozenset("\u034f\u115f\u1160\u3164\ufe0e\ufe0f")
"""Joiners, fillers and variation selectors: invisible, but not in Unicode's control and format categories."""
_FORMS = "".join(map(chr, (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))))
_WIDE = str.maketrans(f"：／？＝＆．＠－＿％＃{_FORMS}", f":/?=&.@-_%#{unicodedata.normalize('NFKC', _FORMS)}")
"""Full-width characters from Chinese and Japanese keyboards."""

_AMPERSAND = re.compile(r"&(?:amp;)+")
_ELLIPSIS = re.compile(r"%E2%80%A6|&hellip;?|[⋯‥]|[\[(](?:…|\.{2,})[\])]", re.IGNORECASE)
_CUT = re.compile(r"(?:…|\.{2,})[^/?#=&]*$")
"""An ellipsis that ends a link, with the rest of the text after it."""
_END = re.compile(r"[\s<>|\"]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+-]*")
_SCHEMED = re.compile(r"[a-z][a-z0-9+-]*://|(?:javascript|vbscript|data|file|ftp|blob|mailto):\S", re.IGNORECASE)
_SLIPS = re.compile(r"(?:(?:h{0,2}t{1,3}ps{0,2}[:;.]{0,2}/+(?::/*)?\.?|https?[:;])(?=[^/\s]))+", re.IGNORECASE)
"""`https://` and its misspellings: `https:/`, `htps://`, `https//`, doubled."""
_COMMA = re.compile(r"(?<=www),|(?<=youtu),(?=be/)|(?<=youtube),(?=com/)|(?<=tiktok),(?=com/)|(?<=instagram),(?=com/)")
"""A comma typed instead of the dot of a host."""
_HOSTED = r"(?:www\.|m\.|v[mt]\.)?(?:youtu\.be|(?:youtube|tiktok|instagram|twitter|x)\.com)/"
_INSIDE = re.compile(rf"(?<![=/])(?=https?:/)|(?<=[^\w.@=?:/%-])(?={_HOSTED})", re.IGNORECASE)
"""Start of a link inside a word."""
_BEHIND_SLASH = re.compile(rf"(?<=[^/]/)(?=https?://|{_HOSTED})", re.IGNORECASE)
"""Possible start of another link after a link's own slash."""
_APPS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?:vnd\.)?youtube:(?://)?(?:(?:www\.|m\.)?youtube\.com/)?", re.IGNORECASE), "https://youtu.be/"),
    (
        re.compile(r"(?:snssdk\d+|musically|tiktok)://(?:aweme/detail|video)/", re.IGNORECASE),
        "https://www.tiktok.com/v/",
    ),
    (re.compile(r"twitter://status\?id=", re.IGNORECASE), "https://twitter.com/i/status/"),
    (
        re.compile(r"instagram://media\?id=(\d{1,20})(?:_\d+)?", re.IGNORECASE),
        lambda found: f"https://www.instagram.com/p/{instagram_code(int(found[1]))}/",
    ),
    (re.compile(r"intent://", re.IGNORECASE), "https://"),
)
"""Prefixes of the sites' app links, and their web equivalents."""
_TOP_LEVEL = re.compile(r"[^\W\d_]{2,}|xn--[a-z0-9-]+", re.IGNORECASE)
_NETWORK_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){3}")
_HOST = re.compile(r"[a-z0-9.-]{1,60}")
_LABELLED = re.compile(r"<([^<>|]*)\|[^<>]*>")
_BETWEEN = re.compile(r"[\s<>|\"(){}\[\]`,«»“”「」『』【】（）《》]+")


def parse_link(typed: str) -> VideoLink | ShortLink:
    """Parse a link to a video, or a short link to follow. Raises LinkError, which says what is wrong and what works.

    Accepts what people and chats make of a link: no scheme or a misspelt one, upper-case hosts, `<url|label>`, `&amp;`,
    quotes, invisible characters, text and punctuation around it, a log-in or consent page in front of the video. Safe
    on hostile text; an error names the host at most.
    """
    if len(typed) > MAX_LENGTH:
        raise _refusal(f"That's longer than {MAX_LENGTH:,} characters, too long for a video link.")
    word, is_cut = _bare(typed)
    site, reading, word = _read(word)
    if isinstance(reading, OtherPage):
        if is_cut or "…" in word:
            raise LinkError(_CUT_OFF)
        if site.platform is None and site.shorts is None:
            raise _refusal(f"{site.name} isn't a supported site.")
        raise _refusal(f"That's {reading.words}, not a link to a single video.")
    name = reading.id if isinstance(reading, VideoLink) else reading.url.rpartition("/")[2]
    if is_cut and word.endswith(name) and not (site.whole and site.whole.fullmatch(name)):
        raise LinkError(_CUT_OFF)
    if word.removeprefix("https://").isupper() and not name.isdecimal():
        raise LinkError("That link is all capitals, but video ids are case-sensitive. Copy the link again.")
    return reading


@lru_cache(maxsize=4_096)
def video_of(link: str) -> VideoLink | None:
    """The video of a link in any spelling; never raises.

    None if no video is named: for a short link, another page, or an unknown site.
    """
    try:
        reading = parse_link(link)
    except LinkError:
        return None
    return reading if isinstance(reading, VideoLink) else None


def page_words(link: str) -> str | None:
    """Describe a link's page on a video site, such as "a TikTok profile"; None for a video or another site."""
    try:
        _, reading, _ = _read(_bare(link[:MAX_LENGTH])[0])
    except LinkError:
        return None
    return reading.words if isinstance(reading, OtherPage) else None


def profile_handle(link: str) -> str:
    """The @handle in a link to a profile; empty for any other link."""
    words = page_words(link) or ""
    name = _split(_bare(link[:MAX_LENGTH])[0])[2].strip("/").partition("/")[0].lstrip("@")
    return f"@{name}" if name and words.endswith(("profile", "YouTube channel", "profile on X")) else ""


def canonical_key(link: str) -> str | None:
    """The `platform:id` of a link in any spelling, for matching with the API's data; None as in `video_of`.

    Videos on a platform that the API adds later have an id and a link, but no key.
    """
    found = video_of(link)
    return found.key if found else None


def looks_like_link(token: str) -> bool:
    """Whether a word was meant as a link, valid or not, rather than a title, number, time or zone."""
    if WORDS.fullmatch(token):
        return False
    bare, _ = _bare(token[:MAX_LENGTH])
    if _SCHEMED.match(bare):
        return True
    _, authority, *rest = _split(bare)
    host = authority.rpartition("@")[2].partition(":")[0].lower().rstrip(".")
    if site_of(host) is not None or host.startswith("www."):
        return True
    _, dot, top = host.rpartition(".")
    return bool(any(rest) and dot) and bool(_TOP_LEVEL.fullmatch(top) or _NETWORK_ADDRESS.fullmatch(host))


def find_links(text: str) -> tuple[str, ...]:
    """The supported links in a message, in order and canonical; each video once, chat wrapping undone."""
    if WORDS.fullmatch(text):
        return ()
    links: dict[str, str] = {}
    text = unwrapped(_COMMA.sub(".", _ELLIPSIS.sub("…", text.translate(_WIDE))))
    for piece in (each for word in _BETWEEN.split(_LABELLED.sub(r" \1 ", text)) for each in link_starts(word)):
        if "." not in piece and ":" not in piece:
            continue
        try:
            reading = parse_link(piece)
        except LinkError:
            continue
        key = reading.key if isinstance(reading, VideoLink) else reading.url
        links.setdefault(key, reading.url)
    return tuple(links.values())


def link_starts(word: str) -> tuple[str, ...]:
    """Split a word before each link in it, except links inside a parameter or a redirector's address."""
    if unwrapped(word) != word:
        return (word,)
    return tuple(part for piece in _INSIDE.split(word) if piece for part in _behind_slash(piece))


def _behind_slash(piece: str) -> tuple[str, ...]:
    """Split a link from one that follows its slash; an archive's page with another address in its path stays whole."""
    first, *others = _BEHIND_SLASH.split(piece)
    return (first, *others) if others and video_of(first) is not None else (piece,)


def links_within(message: object) -> tuple[str, ...]:
    """The supported links in a chat's message object, from its texts at any depth.

    If there is none, the first link to a video site that is truncated or isn't a video: `parse_link` explains it.
    """
    words = " ".join(_texts(message))
    return find_links(words) or tuple(word for word in words.split() if _is_of_site(word))[:1]


def _is_of_site(word: str) -> bool:
    try:
        _read(_bare(word[:MAX_LENGTH])[0])
    except LinkError:
        return False
    return True


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


def _bare(typed: str) -> tuple[str, bool]:
    """Strip a word of everything around it; returns it, and whether an ellipsis ends it. Backslashes become slashes."""
    is_plain = typed.isascii() and typed.isprintable()
    visible = typed if is_plain else "".join(each for each in typed if not _is_invisible(each))
    word = _END.split(visible.lstrip(_OPENERS + " \t\r\n"), maxsplit=1)[0].translate(_WIDE).replace("\\", "/")
    word = unwrapped(_COMMA.sub(".", _AMPERSAND.sub("&", _ELLIPSIS.sub("…", word))))
    before, *behind = re.split(r"(?=https?:/)", word, maxsplit=1, flags=re.IGNORECASE)
    if before and behind and ("." not in before or not re.search(r"[/?=#]", before)):
        word = behind[0]  # text directly before the link
    if re.match(r"https?%3a", word, re.IGNORECASE):
        word = unquote(word)
    word = _touching(word)
    for beginning, address in _APPS:
        word = beginning.sub(address, word, count=1) if beginning.match(word) else word
    slip = _SLIPS.match(word)
    word = f"https://{word[slip.end() :]}" if slip else word
    cut = _CUT.search(word)
    return (word[: cut.start()] if cut else word).rstrip(_CLOSERS), cut is not None


def _touching(word: str) -> str:
    """Strip symbols in front of a word: an arrow, an emoji, the mark of italics."""
    start = next((place for place, each in enumerate(word) if each.isalnum() or each in "/@["), len(word))
    return word[start:]


def _read(word: str) -> tuple[Site, VideoLink | ShortLink | OtherPage, str]:
    """Parse a bare link through any pages in front of it; returns the site, the reading and the last address."""
    for _ in range(MOST_INNER):
        scheme, authority, path, query, fragment = _split(word)
        if scheme not in {"http", "https"}:
            raise _refusal("Only links that start with https:// are supported.")
        host = _checked_host(authority)
        if (site := site_of(host)) is None:
            name = host if _HOST.fullmatch(host) else "That site"
            raise _refusal(f"{name} isn't a supported site.")
        reading = site.read(unquote(path), query, fragment)
        if not isinstance(reading, Inner):
            return site, reading, word
        word = _within(reading.address, host)
    raise _refusal("That link redirects through too many pages.")


def _within(address: str, host: str) -> str:
    """The address in a page's parameter; without a host it is on the page's own host."""
    inner = unquote(address) if re.match(r"(?:https?%3a|%2f)", address, re.IGNORECASE) else decoded(address)
    if looks_like_link(inner):
        return _bare(inner)[0]
    return f"https://{host}/{inner.lstrip('/')}"


def _is_invisible(character: str) -> bool:
    if character in _INVISIBLE:
        return True
    category = unicodedata.category(character)
    return category == "Cf" or (category == "Cc" and not character.isspace())


def _split(word: str) -> tuple[str, str, str, str, str]:
    """Split into scheme (https unless given), authority, path, query and fragment."""
    rest, _, fragment = word.partition("#")
    address, _, query = rest.partition("?")
    scheme, colon, rest = address.partition(":")
    is_touched = not rest.startswith("/") and site_of(rest.partition("/")[0].lower()) is not None  # Check:youtu.be/…
    if not (colon and _SCHEME.fullmatch(scheme)):
        scheme, rest = "https", address
    elif is_touched:
        scheme = "https"
    authority, _, path = rest.removeprefix("//").partition("/")
    return scheme.lower(), authority, path, query, fragment


def _checked_host(authority: str) -> str:
    """Validate a host and return it in lower case. Raises LinkError for anything that honest video links never have."""
    if "." not in authority and not authority.startswith("["):
        raise LinkError(_NO_LINK)
    if "@" in authority:
        raise _refusal("That link has a user name before its host, which look-alike links use.")
    host, _, port = authority.lower().partition(":")
    host = host.removesuffix(".")
    if authority.startswith("[") or _NETWORK_ADDRESS.fullmatch(host):
        raise _refusal("That link points to an IP address, not a video site.")
    if not host.isascii() or "xn--" in host:
        raise _refusal("That link's host has letters other than a to z, which look-alike links use.")
    _, dot, top = host.rpartition(".")
    if not (dot and _TOP_LEVEL.fullmatch(top)):
        raise LinkError(_NO_LINK)
    if port not in {"", "80", "443"}:
        raise _refusal("That link has a port number, which video links never have.")
    return host


@dataclass(frozen=True, slots=True)
class Creator:
    """An account on a platform. `handle` is folded: `viral.recipe` for @Viral.Recipe."""

    platform: str
    handle: str


def on_several_platforms(creators: Iterable[object]) -> frozenset[str]:
    """Handles that several of these creators share; other ranked things have none."""
    counted = Counter(each.handle for each in creators if isinstance(each, Creator))
    return frozenset(handle for handle, count in counted.items() if count > 1)


def creator_of(video: Video) -> Creator | None:
    """The creator of a video; None if neither its link nor the API has one.

    The same handle on two platforms is two creators. After a rename, videos whose creator the API reports as `@new`
    belong to the new handle whatever their links contain; the others stay with the handle of their link.
    """
    handle = folded(creator_name(video.link, video.creator))
    return Creator(video.platform, handle) if handle else None


def names_of_creator(video: Video) -> frozenset[str]:
    """Every name, folded, that people may type for a video's creator: the API's and the one in the link."""
    found = video_of(video.link)
    return frozenset(filter(None, (folded(video.creator), folded(found.user if found else ""))))


@lru_cache(maxsize=10_000)  # rankings call this for hundreds of videos each time
def creator_name(link: str, stated: str) -> str:
    """A creator's display name: `@Viral.Recipe`; without an @ if only the API reports one.

    `stated` is the API's `creator`. With an @ it is the current handle, which a link may lack or misspell (the sites
    ignore the handle in a link); without one it may be a display name, which several accounts can share.
    """
    if stated.startswith("@") and stated.strip("@ "):
        return stated
    found = video_of(link)
    return f"@{found.user}" if found and found.user else stated
