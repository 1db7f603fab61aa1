"""Video sites: a table of hosts and paths, and what each address can be.

How people type links is handled elsewhere.
"""

import re
from dataclasses import dataclass, replace
from re import Pattern
from urllib.parse import parse_qsl, unquote

from bot.domain.videos import VideoPlatform

_SIX_BITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""The characters of ids, in the order of the six bits that each stands for."""


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
        return f"{self.platform}:{self.id[:-1]}{_SIX_BITS[_SIX_BITS.index(self.id[-1]) & ~3]}"


def instagram_code(number: int) -> str:
    """Convert the number by which Instagram's app identifies a post to the id in its links."""
    code = ""
    while number:
        number, digit = divmod(number, len(_SIX_BITS))
        code = _SIX_BITS[digit] + code
    return code


@dataclass(frozen=True, slots=True)
class ShortLink:
    """An address that only its site can resolve. `url` is https, with a host of `FOLLOWABLE_HOSTS`."""

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


def _path(pattern: str) -> Pattern[str]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE | re.DOTALL)


_END = r"(?:_{1,3}$|[^\w-].*)?"
"""What may follow an id: nothing, underscores of italics, or anything that doesn't start with an id character."""
_BROWSING = _path(r"(?:[^/]*/)*(?:login|signin|signup|challenge|consent|onetap)(?:/[^/]*)*")
"""Pages that sites show before another one."""

# --- TikTok

_TIKTOK_ID = rf"(?P<id>[1-9][0-9]{{14,18}}){_END}"
"""Digits: 19 since 2018, fewer in the musical.ly years. Fewer than 15 are a fragment."""
_TIKTOK = Site(
    name="TikTok",
    platform=VideoPlatform.TIKTOK,
    url="https://www.tiktok.com/@{user}/video/{id}",
    nobody="_",
    videos=(
        _path(
            rf"(?:amp/|[a-z]{{2}}(?:-[a-z]+){{0,2}}/)?@(?:(?P<user>[\w.-]{{1,64}})|[^/]*)/(?:video|photo)/{_TIKTOK_ID}"
        ),
        _path(
            rf"(?:embed/(?:v[0-9]/)?|player/v1/|(?:[a-z0-9]+/)?share/(?:video|item|photo)/|v/|(?:view/)?video/){_TIKTOK_ID}"
        ),
        _path(rf"(?:tiktokstudio|creator-center)/(?:analytics|comment|upload-post)/{_TIKTOK_ID}"),
    ),
    whole=re.compile(r"[0-9]{19}"),
    in_query=tuple(
        (_path(r"(?:[a-z]{2}/)?(?:foryou|trending|following|explore|)"), name, "v/{}")
        for name in ("item_id", "share_item_id", "shareid")
    ),
    inner=(
        (_BROWSING, "redirect_url"),
        (_path(r"oembed|redirect|link/v2"), "url"),
        (_path(r"link/v2|redirect"), "target"),
    ),
    shorts=_path(r"(?P<code>t/\w{1,64})(?:\W.*)?"),
    short_url="https://www.tiktok.com/",
    others=(
        (_path(r"@[^/]*/live(?:/.*)?|live/.*|live|share/live(?:/.*)?"), "a TikTok live room"),
        (_path(r"@[^/]*/story.*"), "a TikTok story"),
        (_path(r"@[^/]*/(?:playlist|collection)/.*"), "a TikTok playlist"),
        (_path(r"@[^/]*|embed/@.*"), "a TikTok profile"),
        (_path(r"music/.*"), "a TikTok sound"),
        (_path(r"tag/.*|(?:discover|search)(?:/.*)?"), "a TikTok search"),
        (_path(r"share/(?!video|item|photo).*"), "a page of TikTok"),
        (_path(r"(?:.*/)?(?:video|photo|v|embed|player|share)(?:/.*)?"), "a TikTok link with a broken video id"),
    ),
)


def _tiktok_codes(url: str) -> Site:
    """A host of short links; it also serves the app's long links."""
    shorts = _path(r"(?P<code>\w{1,64})(?:\W.*)?")
    return replace(_TIKTOK, in_query=(), inner=(), shorts=shorts, short_url=url, others=())


_VM, _VT = _tiktok_codes("https://vm.tiktok.com/"), _tiktok_codes("https://vt.tiktok.com/")

# --- YouTube

_YOUTUBE_ID = rf"(?P<id>(?!(?:videoseries|live_stream)(?![\w-]))[\w-]{{11}}){_END}"
"""Eleven characters; the two excluded words are embedded players of a playlist and of a channel, not ids."""
_YOUTUBE_OTHERS = (
    (_path(r"playlist|embed/videoseries.*"), "a YouTube playlist"),
    (_path(r"clip/.*"), "a YouTube clip"),
    (_path(r"(?:@[^/]+|(?:channel|c|user)/[^/]+)/live|live|embed/live_stream.*"), "a YouTube live room"),
    (_path(r"(?:@|(?:channel|c|user)/).*"), "a YouTube channel"),
    (_path(r"post/.*"), "a YouTube post"),
    (_path(r"results|hashtag/.*|search"), "a YouTube search"),
    (
        _path(r"(?:watch|watch_popup|shorts|live|live_chat|embed|vi?|e)(?:/.*)?"),
        "a YouTube link with a broken video id",
    ),
)
_YOUTUBE = Site(
    name="YouTube",
    platform=VideoPlatform.YOUTUBE,
    url="https://www.youtube.com/watch?v={id}",
    videos=(
        _path(rf"(?:watch|shorts|live|embed|vi?|vi_webp|an_webp|video|e)/{_YOUTUBE_ID}"),
        _path(rf"p/[a-z]/(?:\w+/)?[0-9]+/{_YOUTUBE_ID}"),
    ),
    whole=re.compile(r"[\w-]{11}", re.ASCII),
    in_query=(
        *(
            (
                _path(
                    r"(?:watch|watch_popup|tv|tv_embedded|live_chat|ytscreeningroom|movie|details|embed|embed/watch"
                    r"|apiplayer|shorts|live|)"
                ),
                name,
                "watch/{}",
            )
            for name in ("v", "vi", "video_id")
        ),
        (_path(r"watch"), "list", "playlist"),
    ),
    inner=(
        (_path(r"attribution_link"), "u"),
        (_path(r"redirect"), "q"),
        (_path(r"oembed"), "url"),
        (_path(r"signin|servicelogin|logout|account|login"), "next"),
        (_path(r"verify_age|verify_controversy|das_captcha|supported_browsers"), "next_url"),
        (_path(r"m|ml|d|save"), "continue"),
        (_path(r"servicelogin|signin"), "continue"),
    ),
    others=_YOUTUBE_OTHERS,
)
_YOUTU_BE = replace(
    _YOUTUBE,
    videos=(*_YOUTUBE.videos, _path(_YOUTUBE_ID)),
    others=(*_YOUTUBE_OTHERS, (_path(r".+"), "a YouTube link with a broken video id")),
)
_YOUTUBE_STUDIO = replace(_YOUTUBE, videos=(_path(rf"video/{_YOUTUBE_ID}"),), in_query=())

# --- Instagram

_INSTAGRAM_ID = (
    r"(?!(?-i:[a-z]+)(?![\w-]))(?P<id>[\w-]{11}(?=[\w-]{28}(?![\w-])|_{0,3}$|[^\w-])|[\w-]{10}(?![\w-]))"
    rf"(?:[\w-]{{28}})?{_END}"
)
"""Eleven characters, ten in the first years; a private post has 28 more. A lower-case word is a page's name."""
_INSTAGRAM = Site(
    name="Instagram",
    platform=VideoPlatform.INSTAGRAM,
    url="https://www.instagram.com/p/{id}/",
    videos=(
        _path(rf"(?:(?!(?:share|stories)/)[^/]+/)?(?:p|reels?|tv)/{_INSTAGRAM_ID}"),
        _path(rf"reels?/videos/{_INSTAGRAM_ID}"),
    ),
    whole=re.compile(r"[\w-]{11}", re.ASCII),
    inner=((_path(r".*"), "next"), (_path(r"(?:api/v1/)?oembed|linkshim|"), "url"), (_path(r"linkshim|l\.php|"), "u")),
    shorts=_path(r"(?P<code>share/(?:(?:p|reels?|tv|v)/)?(?!(?:p|reels?|tv|v)(?:/|$))[\w-]{6,64})(?:[^\w-].*)?"),
    short_url="https://www.instagram.com/",
    others=(
        (_path(r"(?:stories|s)/.*"), "an Instagram story"),
        (_path(r"reels?/audio(?:/.*)?"), "an Instagram sound"),
        (_path(r"[^/]+/live(?:/.*)?"), "an Instagram live room"),
        (_path(r"(?!(?:p|reels?|tv|share|explore)/)[\w.]+/(?:reels|tagged)"), "an Instagram profile"),
        (_path(r"(?:reels?|p|tv)(?:/(?-i:[a-z]+))?|explore(?:/.*)?|accounts/.*|direct/.*"), "a page of Instagram"),
        (_path(r"(?:.*/)?(?:p|reels?|tv|share)(?:/.*)?"), "an Instagram link with a broken video id"),
        (_path(r"[\w.]+"), "an Instagram profile"),
    ),
)

# --- X

_POST_ID = rf"(?P<id>[1-9][0-9]{{14,18}}){_END}"
"""Digits: 19 since 2022, 18 when X first accepted videos. Fewer than 15 are a fragment, or older than any video."""
_TWITTER = Site(
    name="X",
    platform=VideoPlatform.TWITTER,
    url="https://twitter.com/{user}/status/{id}",
    nobody="i",
    videos=(
        _path(rf"i/(?:web/)?status(?:es)?/{_POST_ID}"),
        _path(rf"i/(?:cards/tfw/v1|videos(?:/tweet)?)/{_POST_ID}"),
        _path(rf"(?:(?P<user>\w{{1,20}})|[^/]+)/status(?:es)?/{_POST_ID}"),
        _path(rf"status(?:es)?/{_POST_ID}"),
    ),
    whole=re.compile(r"[0-9]{19}"),
    in_query=(
        (_path(r"i/bookmarks(?:/.*)?"), "post_id", "i/status/{}"),
        (_path(r"intent/(?:like|favorite|retweet|repost|bookmark)"), "tweet_id", "i/status/{}"),
        (_path(r"embed/tweet\.html"), "id", "i/status/{}"),
        (_path(r"intent/(?:tweet|post)"), "in_reply_to", "i/status/{}"),
    ),
    inner=(
        (_path(r"(?:i/flow/)?(?:login|signup)(?:/.*)?|account/access"), "redirect_after_login"),
        (_path(r"i/safety/unsafe_link_warning"), "unsafe_link"),
        (_path(r"i/redirect|oembed|share|intent/(?:tweet|post)|"), "url"),
        (_path(r""), "query"),
    ),
    others=(
        (_path(r"i/(?:spaces|broadcasts|events)/.*"), "a live room on X"),
        (_path(r"i/lists/.*"), "a list on X"),
        (_path(r"(?:.+/)?status(?:es)?(?:/.*)?"), "a link to X with a broken post id"),
        (_path(r"(?!(?:i|home|explore|search|hashtag|login|notifications|messages)$)\w+"), "a profile on X"),
    ),
)

# --- Pages that lead on to any site


def _onward(name: str, path: str, *parameters: str) -> Site:
    return Site(name=name, inner=tuple((_path(path), parameter) for parameter in parameters))


_CODE = _path(r"(?P<code>[a-z0-9]{1,64})(?:\W.*)?")
_T_CO = Site(name="X", shorts=_CODE, short_url="https://t.co/", whole=re.compile(r"\w{10}", re.ASCII))
_GOOGLE = _onward("Google", r"url|imgres", "url", "q", "imgrefurl")
_GOOGLE_HOST = re.compile(r"google\.(?:com?\.)?[a-z]{2,3}")

_OF_SITE: tuple[tuple[Site, str], ...] = (
    (_TIKTOK, "tiktok.com tiktokv.com tiktokv.us tiktokv.eu"),
    (_VM, "vm.tiktok.com"),
    (_VT, "vt.tiktok.com"),
    (_YOUTUBE, "youtube.com youtube-nocookie.com youtubekids.com youtubeeducation.com youtube.googleapis.com"),
    (_YOUTUBE, "consent.youtube.com accounts.youtube.com img.youtube.com ytimg.com"),
    (_YOUTUBE_STUDIO, "studio.youtube.com"),
    (Site(name="YouTube TV"), "tv.youtube.com"),
    (_YOUTU_BE, "youtu.be y2u.be"),
    (_INSTAGRAM, "instagram.com instagr.am"),
    (_TWITTER, "twitter.com x.com platform.twitter.com platform.x.com publish.twitter.com publish.x.com"),
    (_T_CO, "t.co"),
    # mirrors that communities paste because chats show them better: the site's own paths
    (_TIKTOK, "vxtiktok.com tnktok.com tiktxk.com tfxktok.com tiktokez.com fxtiktok.com kktiktok.com fixtiktok.com"),
    (_TIKTOK, "offtiktok.com proxitok"),
    (_YOUTU_BE, "koutube.com yout-ube.com invidio.us redirect.invidious.io yewtu.be inv.nadeko.net inv.tux.pizza"),
    (_YOUTU_BE, "vid.puffyan.us hooktube.com invidious piped"),
    (_INSTAGRAM, "ddinstagram.com kkinstagram.com kkkinstagram.com eeinstagram.com vxinstagram.com zzinstagram.com"),
    (
        _INSTAGRAM,
        "instagramez.com instagram7.com toinstagram.com kkclip.com fxig.seria.moe uuinstagram.com rxinstagram.com",
    ),
    (_TWITTER, "fxtwitter.com vxtwitter.com fixupx.com fixvx.com twittpr.com twitterez.com xcancel.com nitter"),
    # pages of others that lead on
    (
        _onward("Facebook", r"l\.php|flx/warn|sharer(?:/sharer\.php)?|sharer\.php", "u"),
        "l.facebook.com lm.facebook.com facebook.com l.messenger.com",
    ),
    (_onward("Threads", r".*", "u"), "l.threads.com l.threads.net"),
    (_onward("Outlook", r".*", "url"), "safelinks.protection.outlook.com statics.teams.cdn.office.net"),
    (_onward("LinkedIn", r"redir/redirect|safety/go", "url"), "linkedin.com"),
    (_onward("DuckDuckGo", r"l", "uddg"), "duckduckgo.com"),
    (_onward("Steam", r"linkfilter", "u", "url"), "steamcommunity.com"),
    (_onward("Tumblr", r"redirect", "z"), "t.umblr.com"),
    (_onward("Google Translate", r"translate", "u"), "translate.google.com"),
    (_onward("Slack", r"link", "url"), "slack-redir.net"),
    (_onward("Google", r".*", "continue"), "consent.google.com accounts.google.com"),
    (_onward("VK", r"away(?:\.php)?", "to"), "vk.com"),
    (_onward("Reddit", r".*", "url"), "out.reddit.com"),
    (_onward("Barracuda", r"url", "a"), "linkprotect.cudasvc.com"),
    (_onward("Proofpoint", r".*", "u"), "urldefense.proofpoint.com"),
    (_onward("Symantec", r".*", "u"), "clicktime.symantec.com"),
    (_onward("Trellix", r".*", "u"), "protect.fireeye.com protect2.fireeye.com protect2.trellix.com"),
    (_onward("Sophos", r".*", "u"), "protection.sophos.com"),
    (_onward("Bing", r"ck/a", "u"), "bing.com"),
    (_onward("Pocket", r"redirect", "url"), "getpocket.com"),
    (_onward("SoundCloud", r".*", "url"), "gate.sc exit.sc"),
    (_onward("WhatsApp", r"l", "u"), "l.wl.co"),
    (_onward("Disqus", r"url", "url"), "disq.us"),
    (_onward("Telegram", r"iv|share/url|share", "url"), "t.me"),
    (_onward("Embedly", r"widgets/media\.html", "url", "src"), "cdn.embedly.com"),
    (_onward("TikTok", r".*", "af_dp", "deep_link_value"), "tiktok.onelink.me"),
)
_HOSTS = {host: site for site, hosts in _OF_SITE for host in hosts.split()}
_DOOR = re.compile(r"(?:w{2,4}|mobile|music|gaming|web|touch|lite|pro|api|dl|hq|[a-z]{1,2}[0-9]?)\.")
"""Subdomains that change nothing: `www.`, `m.`, a country, a mirror's mode."""
_REGION = re.compile(r"[\w-]+\.(?=(?:safelinks\.protection\.outlook|protection\.sophos)\.com$)")
_FRONT_END = re.compile(r"(nitter|invidious|piped|proxitok)\.[a-z0-9.-]+")
"""Self-hosted front ends, usually under their own name."""
_CODES = {"vm.": _VM, "vt.": _VT}
"""TikTok's hosts of short links, which mirrors have too."""

FOLLOWABLE_HOSTS = frozenset({"vm.tiktok.com", "vt.tiktok.com", "www.tiktok.com", "www.instagram.com", "t.co"})
"""The only hosts that may be requested when a short link is followed."""


def site_of(host: str) -> Site | None:
    """The site of a lower-case host name, with or without `www.`, `m.` and the like; None if unknown."""
    if host in _HOSTS:
        return _HOSTS[host]
    host = _REGION.sub("", host)
    door = _DOOR.match(host)
    inside = host[door.end() :] if door else host
    named = _FRONT_END.fullmatch(inside)
    site = _GOOGLE if _GOOGLE_HOST.fullmatch(inside) else _HOSTS.get(named[1] if named else inside)
    return _CODES.get(door[0], site) if door and site is _TIKTOK else site
