"""What one host's addresses can name: a video, a short link to follow, another address, or something else."""

import re
from dataclasses import dataclass
from re import Pattern
from urllib.parse import parse_qsl, unquote

from bot.domain.videos import VideoPlatform

_SIX_BITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""The characters of ids, by the six bits that each stands for."""


@dataclass(frozen=True, slots=True)
class VideoLink:
    """One video on its site. `url` is the clean https address in the spelling that the API documents.

    `user` is the name of the account that posted it; empty where the link does not tell.
    """

    platform: VideoPlatform
    id: str
    url: str
    user: str = ""

    @property
    def key(self) -> str:
        """The canonical `platform:id`, the same for every spelling. Ids are case-sensitive.

        A YouTube id is 64 bits in eleven characters of six: the last two bits name nothing.
        """
        if self.platform is not VideoPlatform.YOUTUBE:
            return f"{self.platform}:{self.id}"
        return f"{self.platform}:{self.id[:-1]}{_SIX_BITS[_SIX_BITS.index(self.id[-1]) & ~3]}"


def instagram_code(number: int) -> str:
    """The id in the links to a post of Instagram, from the number by which its app knows the post."""
    code = ""
    while number:
        number, digit = divmod(number, len(_SIX_BITS))
        code = _SIX_BITS[digit] + code
    return code


@dataclass(frozen=True, slots=True)
class ShortLink:
    """An address that only its site can resolve. `url` is https, its host one of `sites.FOLLOWABLE_HOSTS`."""

    url: str


@dataclass(frozen=True, slots=True)
class Inner:
    """The address that a log-in, consent or redirect page carries; without a host it is on the same one."""

    address: str


@dataclass(frozen=True, slots=True)
class OtherPage:
    """Something that is no video, and what it is in words that follow "That is"."""

    words: str


@dataclass(frozen=True, slots=True)
class Site:
    """The spellings of one host. Patterns match a whole path, percent-decoded, without its outer slashes.

    `videos` name a group `id` and, where there is one, `user`; `nobody` stands in for an unknown user.
    `in_query` lists where the id is a parameter: a path, the parameter, and the path that `videos` reads instead.
    `inner` lists the pages that carry another address in a parameter. A path that `shorts` matches is appended to
    `short_url`. `others` says what else a path leads to; the first match counts. `whole` matches an id that no more
    characters can follow, so that it is known to be complete beside an ellipsis.
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
        """What an address of this site leads to. A fragment counts only if the rest of the address names no video."""
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
    """The path without empty parts."""
    return "/".join(piece for piece in re.split(r"/+", path) if piece)
