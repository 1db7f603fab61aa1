"""How each video site spells its links: a table of hosts and paths. It knows nothing of how people type them."""

import re
from dataclasses import dataclass
from re import Pattern
from urllib.parse import parse_qsl

from bot.domain.videos import VideoPlatform


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
        """The canonical `platform:id`, the same for every spelling. Ids are case-sensitive."""
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, slots=True)
class ShortLink:
    """An address that only its site can resolve. `url` is https, its host one of `FOLLOWABLE_HOSTS`."""

    url: str


@dataclass(frozen=True, slots=True)
class Site:
    """The spellings of one host. Patterns match a whole path, percent-decoded, without its outer slashes.

    `videos` name a group `id` and, where there is one, `user`; `nobody` stands in for an unknown user. A path that
    `shorts` matches is appended to `short_url`. `others` says what else a path leads to; the first match counts.
    """

    name: str
    platform: VideoPlatform
    url: str = ""
    nobody: str = ""
    videos: tuple[Pattern[str], ...] = ()
    shorts: Pattern[str] | None = None
    short_url: str = ""
    others: tuple[tuple[Pattern[str], str], ...] = ()

    def read(self, path: str, query: str) -> VideoLink | ShortLink | str:
        """What an address of this site leads to: a video, something to follow, or words for what it is instead."""
        if self.platform is VideoPlatform.YOUTUBE:
            path = _with_video_id(path, query)
        for pattern in self.videos:
            if found := pattern.fullmatch(path):
                parts = found.groupdict()
                user = parts.get("user") or self.nobody
                url = self.url.format(id=parts["id"], user=user)
                return VideoLink(self.platform, parts["id"], url, "" if user == self.nobody else user)
        if self.shorts is not None and self.shorts.fullmatch(path):
            return ShortLink(self.short_url + path)
        return next((what for pattern, what in self.others if pattern.fullmatch(path)), f"a page of {self.name}")


def _with_video_id(path: str, query: str) -> str:
    """YouTube keeps the id in the query: `watch?v=ID` as `watch/ID`, also inside `attribution_link?u=/watch?v=ID`."""
    values = dict(reversed(parse_qsl(query)))
    if path == "attribution_link":
        path, _, query = values.get("u", "").strip("/").partition("?")
        values = dict(reversed(parse_qsl(query)))
    if path == "watch":
        return f"watch/{values['v']}" if "v" in values else "playlist" if "list" in values else path
    return path


def _path(pattern: str) -> Pattern[str]:
    return re.compile(pattern, re.ASCII)


_NUMBER = r"(?P<id>[0-9]{1,25})"
_YOUTUBE_ID = r"(?P<id>(?!videoseries$|live_stream$)[\w-]{11})"
"""Eleven characters; the two words excepted are embedded players of a playlist and of a channel, not ids."""

_TIKTOK = Site(
    name="TikTok",
    platform=VideoPlatform.TIKTOK,
    url="https://www.tiktok.com/@{user}/video/{id}",
    nobody="_",
    videos=(
        _path(rf"@(?:(?P<user>[\w.-]{{1,64}})|[^/]*)/(?:video|photo)/{_NUMBER}"),
        _path(rf"(?:embed/(?:v2/)?|player/v1/|share/video/){_NUMBER}"),
        _path(rf"v/{_NUMBER}(?:\.html)?"),
    ),
    shorts=_path(r"t/\w{1,64}"),
    short_url="https://www.tiktok.com/",
    others=(
        (_path(r"@[^/]*/live|live/.*|live"), "a TikTok live room"),
        (_path(r"@[^/]*/story.*"), "a TikTok story"),
        (_path(r"@[^/]*/(?:playlist|collection)/.*"), "a TikTok playlist"),
        (_path(r"@[^/]*"), "a TikTok profile"),
        (_path(r"music/.*"), "a TikTok sound"),
        (_path(r"(?:@.*/video|@.*/photo|v|embed|player|share)(?:/.*)?"), "a TikTok link with a broken video id"),
    ),
)
_TIKTOK_V = Site(
    name="TikTok", platform=_TIKTOK.platform, url=_TIKTOK.url, nobody=_TIKTOK.nobody, videos=_TIKTOK.videos
)

_YOUTUBE_OTHERS = (
    (_path(r"playlist|embed/videoseries"), "a YouTube playlist"),
    (_path(r"clip/.*"), "a YouTube clip"),
    (_path(r"(?:@[^/]+|channel/[^/]+)/live|live|embed/live_stream"), "a YouTube live room"),
    (_path(r"(?:@|(?:channel|c|user)/).*"), "a YouTube channel"),
    (_path(r"(?:watch|shorts|live|embed|v|e)(?:/.*)?"), "a YouTube link with a broken video id"),
)
_YOUTUBE = Site(
    name="YouTube",
    platform=VideoPlatform.YOUTUBE,
    url="https://www.youtube.com/watch?v={id}",
    videos=(_path(rf"(?:watch|shorts|live|embed|v|e)/{_YOUTUBE_ID}"),),
    others=_YOUTUBE_OTHERS,
)
_YOUTU_BE = Site(
    name="YouTube",
    platform=_YOUTUBE.platform,
    url=_YOUTUBE.url,
    videos=(_path(_YOUTUBE_ID),),
    others=(*_YOUTUBE_OTHERS, (_path(r"[^/]+"), "a YouTube link with a broken video id")),
)

_INSTAGRAM = Site(
    name="Instagram",
    platform=VideoPlatform.INSTAGRAM,
    url="https://www.instagram.com/p/{id}/",
    videos=(
        _path(
            r"(?:(?!(?:share|stories)/)[^/]+/)?(?:p|reels?|tv)/(?!audio(?:/|$))(?P<id>[\w-]{1,64})(?:/embed(?:/captioned)?)?"
        ),
    ),
    shorts=_path(r"share/(?:(?:p|reels?|tv)/)?[\w-]{6,64}"),
    short_url="https://www.instagram.com/",
    others=(
        (_path(r"(?:stories|s)/.*"), "an Instagram story"),
        (_path(r"reels?/audio(?:/.*)?"), "an Instagram sound"),
        (_path(r"[^/]+/live"), "an Instagram live room"),
        (_path(r"(?:.*/)?(?:p|reels?|tv|share)(?:/.*)?"), "an Instagram link with a broken video id"),
        (_path(r"(?!explore$)[\w.]+(?:/(?:reels|tagged))?"), "an Instagram profile"),
    ),
)

_TWITTER = Site(
    name="X",
    platform=VideoPlatform.TWITTER,
    url="https://twitter.com/{user}/status/{id}",
    nobody="i",
    videos=(
        _path(rf"i/web/status/{_NUMBER}(?:/.*)?"),
        _path(rf"(?:(?P<user>\w{{1,20}})|[^/]+)/status(?:es)?/{_NUMBER}(?:/.*)?"),
    ),
    others=(
        (_path(r"i/(?:spaces|broadcasts)/.*"), "a live room on X"),
        (_path(r"i/lists/.*"), "a list on X"),
        (_path(r".+/status(?:es)?(?:/.*)?"), "a link to X with a broken post id"),
        (_path(r"(?!(?:i|home|explore|search|hashtag)$)\w+"), "a profile on X"),
    ),
)

_CODE = _path(r"\w{1,64}")
_HOSTS: dict[str, Site] = {
    "tiktok.com": _TIKTOK,
    "tiktokv.com": _TIKTOK_V,
    "vm.tiktok.com": Site(
        name="TikTok", platform=VideoPlatform.TIKTOK, shorts=_CODE, short_url="https://vm.tiktok.com/"
    ),
    "vt.tiktok.com": Site(
        name="TikTok", platform=VideoPlatform.TIKTOK, shorts=_CODE, short_url="https://vt.tiktok.com/"
    ),
    "youtube.com": _YOUTUBE,
    "youtube-nocookie.com": _YOUTUBE,
    "youtu.be": _YOUTU_BE,
    "instagram.com": _INSTAGRAM,
    "instagr.am": _INSTAGRAM,
    "twitter.com": _TWITTER,
    "x.com": _TWITTER,
    "fxtwitter.com": _TWITTER,
    "vxtwitter.com": _TWITTER,
    "fixupx.com": _TWITTER,
    "fixvx.com": _TWITTER,
    "t.co": Site(name="X", platform=VideoPlatform.TWITTER, shorts=_CODE, short_url="https://t.co/"),
}
_DOOR = re.compile(r"(?:www|m|mobile|music|gaming)\.")

FOLLOWABLE_HOSTS = frozenset({"vm.tiktok.com", "vt.tiktok.com", "www.tiktok.com", "www.instagram.com", "t.co"})
"""The only hosts that following a short link may ever ask."""


def site_of(host: str) -> Site | None:
    """The site behind a host name in lower case, with or without `www.`, `m.` and their like; None for any other."""
    return _HOSTS.get(_DOOR.sub("", host, count=1) if _DOOR.match(host) else host)
