"""Addresses of a video site: the spellings that a site has, and what each can be.

The table of sites is in `hosts`; how people type links is handled in `links`.
"""

import re
from dataclasses import dataclass
from re import Pattern
from urllib.parse import parse_qsl, unquote

from bot.domain.videos import VideoPlatform

SIX_BITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""The alphabet of base64 in addresses: characters in the order of the six bits that each encodes."""


@dataclass(frozen=True, slots=True)
class VideoLink:
    """One video on its site. `url` is the canonical https address in the spelling that the API documents.

    `user` is the name of the posting account, empty if the link has none.
    """

    platform: VideoPlatform
    id: str
    url: str
    user: str = ""

    @property
    def key(self) -> str:
        """The canonical `platform:id`, equal for all spellings. Ids are case-sensitive.

        A YouTube id is 64 bits in eleven characters of six: the last two bits are insignificant.
        """
        if self.platform is not VideoPlatform.YOUTUBE:
            return f"{self.platform}:{self.id}"
        return f"{self.platform}:{self.id[:-1]}{SIX_BITS[SIX_BITS.index(self.id[-1]) & ~3]}"


def instagram_code(number: int) -> str:
    """Convert the number by which Instagram's app identifies a post to the id in its links."""
    code = ""
    while number:
        number, digit = divmod(number, len(SIX_BITS))
        code = SIX_BITS[digit] + code
    return code


@dataclass(frozen=True, slots=True)
class ShortLink:
    """An address that only its site can resolve. `url` is https, with a host of `hosts.FOLLOWABLE_HOSTS`."""

    url: str


@dataclass(frozen=True, slots=True)
class Inner:
    """The address in a log-in, consent or redirect page; without a host it is on the same host."""

    address: str


@dataclass(frozen=True, slots=True)
class OtherPage:
    """A page that isn't a video, described in words that complete "That is"."""

    words: str


@dataclass(frozen=True, slots=True)
class Site:
    """The spellings of one host. Patterns match a whole path, percent-decoded, without its outer slashes.

    `videos` have a group `id` and optionally `user`; `nobody` is the placeholder for an unknown user. `in_query` lists
    addresses with the id in a parameter: a path, the parameter, and the path that `videos` matches instead. `inner`
    lists pages with another address in a parameter. A path that matches `shorts` is appended to `short_url`. `others`
    describes other pages; the first match wins. `whole` matches an id that no further characters can follow, so that it
    is known to be complete before an ellipsis.
    """

    name: str
    platform: VideoPlatform | None = None
    url: str = ""
    nobody: str = ""
    videos: tuple[Pattern[str], ...] = ()
    whole: Pattern[str] | None = None
    in_query: tuple[tuple[Pattern[str], str, str], ...] = ()
    inner: tuple[tuple[Pattern[str], str], ...] = ()
    shorts: Pattern[str] | None = None
    short_url: str = ""
    others: tuple[tuple[Pattern[str], str], ...] = ()

    def read(self, path: str, query: str, fragment: str = "") -> VideoLink | ShortLink | Inner | OtherPage:
        """Parse an address of this site. A fragment counts only if the rest of the address isn't a video."""
        reading = self._read(path, query)
        if fragment and isinstance(reading, OtherPage):
            route, _, routed = fragment.removeprefix("!").partition("?")
            for other in (self._read(_trimmed(unquote(route)), routed), self._read(path, route)):
                if isinstance(other, VideoLink):
                    return other
        return reading

    def _read(self, path: str, query: str) -> VideoLink | ShortLink | Inner | OtherPage:
        path, _, rest = path.partition("?")  # an encoded question mark
        query = query if "=" in query else unquote(query)
        pairs = parse_qsl(f"{rest}&{query}", errors="replace")
        values = {name.lower(): value.strip() for name, value in reversed(pairs)}
        path = _trimmed(path)
        for pattern, parameter, becomes in self.in_query:
            if pattern.fullmatch(path) and parameter in values:
                path = becomes.format(values[parameter])
                break
        for pattern in self.videos:
            if self.platform is not None and (found := pattern.fullmatch(path)):
                parts = found.groupdict()
                user = parts.get("user") or self.nobody
                url = self.url.format(id=parts["id"], user=user)
                return VideoLink(self.platform, parts["id"], url, "" if user == self.nobody else user)
        for pattern, parameter in self.inner:
            if pattern.fullmatch(path) and values.get(parameter):
                return Inner(values[parameter])
        if self.shorts is not None and (short := self.shorts.fullmatch(path)):
            return ShortLink(self.short_url + short["code"])
        words = next((words for pattern, words in self.others if pattern.fullmatch(path)), f"a page of {self.name}")
        return OtherPage(words)


def _trimmed(path: str) -> str:
    """Remove empty parts of a path."""
    return "/".join(piece for piece in re.split(r"/+", path) if piece)


def path_pattern(pattern: str) -> Pattern[str]:
    """Compile a pattern for a whole path."""
    return re.compile(pattern, re.ASCII | re.IGNORECASE | re.DOTALL)
