"""The table of video sites: their hosts and paths, and pages of others that lead on to them."""

import re
from dataclasses import replace

from bot.domain.sites import Site, path_pattern
from bot.domain.videos import VideoPlatform

_END = r"(?:_{1,3}$|[^\w-].*)?"
"""What may follow an id: nothing, underscores of italics, or anything that doesn't start with an id character."""
_BROWSING = path_pattern(r"(?:[^/]*/)*(?:login|signin|signup|challenge|consent|onetap)(?:/[^/]*)*")
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
        path_pattern(
            rf"(?:amp/|[a-z]{{2}}(?:-[a-z]+){{0,2}}/)?@(?:(?P<user>[\w.-]{{1,64}})|[^/]*)/(?:video|photo)/{_TIKTOK_ID}"
        ),
        path_pattern(
            rf"(?:embed/(?:v[0-9]/)?|player/v1/|(?:[a-z0-9]+/)?share/(?:video|item|photo)/|v/|(?:view/)?video/){_TIKTOK_ID}"
        ),
        path_pattern(rf"(?:tiktokstudio|creator-center)/(?:analytics|comment|upload-post)/{_TIKTOK_ID}"),
    ),
    whole=re.compile(r"[0-9]{19}"),
    in_query=tuple(
        (path_pattern(r"(?:[a-z]{2}/)?(?:foryou|trending|following|explore|)"), name, "v/{}")
        for name in ("item_id", "share_item_id", "shareid")
    ),
    inner=(
        (_BROWSING, "redirect_url"),
        (path_pattern(r"oembed|redirect|link/v2"), "url"),
        (path_pattern(r"link/v2|redirect"), "target"),
    ),
    shorts=path_pattern(r"(?P<code>t/\w{1,64})(?:\W.*)?"),
    short_url="https://www.tiktok.com/",
    others=(
        (path_pattern(r"@[^/]*/live(?:/.*)?|live/.*|live|share/live(?:/.*)?"), "a TikTok live room"),
        (path_pattern(r"@[^/]*/story.*"), "a TikTok story"),
        (path_pattern(r"@[^/]*/(?:playlist|collection)/.*"), "a TikTok playlist"),
        (path_pattern(r"@[^/]*|embed/@.*"), "a TikTok profile"),
        (path_pattern(r"music/.*"), "a TikTok sound"),
        (path_pattern(r"tag/.*|(?:discover|search)(?:/.*)?"), "a TikTok search"),
        (path_pattern(r"share/(?!video|item|photo).*"), "a page of TikTok"),
        (path_pattern(r"(?:.*/)?(?:video|photo|v|embed|player|share)(?:/.*)?"), "a TikTok link with a broken video id"),
    ),
)


def _tiktok_codes(url: str) -> Site:
    """A host of short links; it also serves the app's long links."""
    shorts = path_pattern(r"(?P<code>\w{1,64})(?:\W.*)?")
    return replace(_TIKTOK, in_query=(), inner=(), shorts=shorts, short_url=url, others=())


_VM, _VT = _tiktok_codes("https://vm.tiktok.com/"), _tiktok_codes("https://vt.tiktok.com/")

# --- YouTube

_YOUTUBE_ID = rf"(?P<id>(?!(?:videoseries|live_stream)(?![\w-]))[\w-]{{11}}){_END}"
"""Eleven characters; the two excluded words are embedded players of a playlist and of a channel, not ids."""
_YOUTUBE_OTHERS = (
    (path_pattern(r"playlist|embed/videoseries.*"), "a YouTube playlist"),
    (path_pattern(r"clip/.*"), "a YouTube clip"),
    (path_pattern(r"(?:@[^/]+|(?:channel|c|user)/[^/]+)/live|live|embed/live_stream.*"), "a YouTube live room"),
    (path_pattern(r"(?:@|(?:channel|c|user)/).*"), "a YouTube channel"),
    (path_pattern(r"post/.*"), "a YouTube post"),
    (path_pattern(r"results|hashtag/.*|search"), "a YouTube search"),
    (
        path_pattern(r"(?:watch|watch_popup|shorts|live|live_chat|embed|vi?|e)(?:/.*)?"),
        "a YouTube link with a broken video id",
    ),
)
_YOUTUBE = Site(
    name="YouTube",
    platform=VideoPlatform.YOUTUBE,
    url="https://www.youtube.com/watch?v={id}",
    videos=(
        path_pattern(rf"(?:watch|shorts|live|embed|vi?|vi_webp|an_webp|video|e)/{_YOUTUBE_ID}"),
        path_pattern(rf"p/[a-z]/(?:\w+/)?[0-9]+/{_YOUTUBE_ID}"),
    ),
    whole=re.compile(r"[\w-]{11}", re.ASCII),
    in_query=(
        *(
            (
                path_pattern(
                    r"(?:watch|watch_popup|tv|tv_embedded|live_chat|ytscreeningroom|movie|details|embed|embed/watch"
                    r"|apiplayer|shorts|live|)"
                ),
                name,
                "watch/{}",
            )
            for name in ("v", "vi", "video_id")
        ),
        (path_pattern(r"watch"), "list", "playlist"),
    ),
    inner=(
        (path_pattern(r"attribution_link"), "u"),
        (path_pattern(r"redirect"), "q"),
        (path_pattern(r"oembed"), "url"),
        (path_pattern(r"signin|servicelogin|logout|account|login"), "next"),
        (path_pattern(r"verify_age|verify_controversy|das_captcha|supported_browsers"), "next_url"),
        (path_pattern(r"m|ml|d|save"), "continue"),
        (path_pattern(r"servicelogin|signin"), "continue"),
    ),
    others=_YOUTUBE_OTHERS,
)
_YOUTU_BE = replace(
    _YOUTUBE,
    videos=(*_YOUTUBE.videos, path_pattern(_YOUTUBE_ID)),
    others=(*_YOUTUBE_OTHERS, (path_pattern(r".+"), "a YouTube link with a broken video id")),
)
_YOUTUBE_STUDIO = replace(_YOUTUBE, videos=(path_pattern(rf"video/{_YOUTUBE_ID}"),), in_query=())

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
        path_pattern(rf"(?:(?!(?:share|stories)/)[^/]+/)?(?:p|reels?|tv)/{_INSTAGRAM_ID}"),
        path_pattern(rf"reels?/videos/{_INSTAGRAM_ID}"),
    ),
    whole=re.compile(r"[\w-]{11}", re.ASCII),
    inner=(
        (path_pattern(r".*"), "next"),
        (path_pattern(r"(?:api/v1/)?oembed|linkshim|"), "url"),
        (path_pattern(r"linkshim|l\.php|"), "u"),
    ),
    shorts=path_pattern(r"(?P<code>share/(?:(?:p|reels?|tv|v)/)?(?!(?:p|reels?|tv|v)(?:/|$))[\w-]{6,64})(?:[^\w-].*)?"),
    short_url="https://www.instagram.com/",
    others=(
        (path_pattern(r"(?:stories|s)/.*"), "an Instagram story"),
        (path_pattern(r"reels?/audio(?:/.*)?"), "an Instagram sound"),
        (path_pattern(r"[^/]+/live(?:/.*)?"), "an Instagram live room"),
        (path_pattern(r"(?!(?:p|reels?|tv|share|explore)/)[\w.]+/(?:reels|tagged)"), "an Instagram profile"),
        (
            path_pattern(r"(?:reels?|p|tv)(?:/(?-i:[a-z]+))?|explore(?:/.*)?|accounts/.*|direct/.*"),
            "a page of Instagram",
        ),
        (path_pattern(r"(?:.*/)?(?:p|reels?|tv|share)(?:/.*)?"), "an Instagram link with a broken video id"),
        (path_pattern(r"[\w.]+"), "an Instagram profile"),
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
        path_pattern(rf"i/(?:web/)?status(?:es)?/{_POST_ID}"),
        path_pattern(rf"i/(?:cards/tfw/v1|videos(?:/tweet)?)/{_POST_ID}"),
        path_pattern(rf"(?:(?P<user>\w{{1,20}})|[^/]+)/status(?:es)?/{_POST_ID}"),
        path_pattern(rf"status(?:es)?/{_POST_ID}"),
    ),
    whole=re.compile(r"[0-9]{19}"),
    in_query=(
        (path_pattern(r"i/bookmarks(?:/.*)?"), "post_id", "i/status/{}"),
        (path_pattern(r"intent/(?:like|favorite|retweet|repost|bookmark)"), "tweet_id", "i/status/{}"),
        (path_pattern(r"embed/tweet\.html"), "id", "i/status/{}"),
        (path_pattern(r"intent/(?:tweet|post)"), "in_reply_to", "i/status/{}"),
    ),
    inner=(
        (path_pattern(r"(?:i/flow/)?(?:login|signup)(?:/.*)?|account/access"), "redirect_after_login"),
        (path_pattern(r"i/safety/unsafe_link_warning"), "unsafe_link"),
        (path_pattern(r"i/redirect|oembed|share|intent/(?:tweet|post)|"), "url"),
        (path_pattern(r""), "query"),
    ),
    others=(
        (path_pattern(r"i/(?:spaces|broadcasts|events)/.*"), "a live room on X"),
        (path_pattern(r"i/lists/.*"), "a list on X"),
        (path_pattern(r"(?:.+/)?status(?:es)?(?:/.*)?"), "a link to X with a broken post id"),
        (path_pattern(r"(?!(?:i|home|explore|search|hashtag|login|notifications|messages)$)\w+"), "a profile on X"),
    ),
)

# --- Pages that lead on to any site


def _onward(name: str, path: str, *parameters: str) -> Site:
    return Site(name=name, inner=tuple((path_pattern(path), parameter) for parameter in parameters))


_CODE = path_pattern(r"(?P<code>[a-z0-9]{1,64})(?:\W.*)?")
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
_SUBDOMAIN = re.compile(r"(?:w{2,4}|mobile|music|gaming|web|touch|lite|pro|api|dl|hq|[a-z]{1,2}[0-9]?)\.")
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
    subdomain = _SUBDOMAIN.match(host)
    inside = host[subdomain.end() :] if subdomain else host
    named = _FRONT_END.fullmatch(inside)
    site = _GOOGLE if _GOOGLE_HOST.fullmatch(inside) else _HOSTS.get(named[1] if named else inside)
    return _CODES.get(subdomain[0], site) if subdomain and site is _TIKTOK else site
