"""Links as the sites' apps, pages, mirrors and people write them, and addresses that only look like a video."""

from base64 import b64encode

import pytest

from bot.domain.errors import LinkError
from bot.domain.links import FORMS, canonical_key, find_links, looks_like_link, parse_link

YT, TT, IG, TW = "dQw4w9WgXcQ", "7212345678901234567", "CuXyZ_1-aBc", "1789012345678901234"


def base64(link):
    return b64encode(link.encode()).decode()


SPELLINGS = {
    f"youtube:{YT}": [
        *f"""
            youtube.com/watch?v={YT}?si=abc https://www.youtube.com/watch?v={YT}/ youtu.be/{YT}&t=30 youtube.com/?v={YT}
            youtube.com/vi/{YT} youtu.be/shorts/{YT}
            https://www.youtube.com/attribution_link?u=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{YT}
            https://studio.youtube.com/video/{YT}/edit
            https://studio.youtube.com/video/{YT}/analytics/tab-overview/period-default https:/youtu.be/{YT}
            👉https://youtu.be/{YT} Check:https://youtu.be/{YT} https://youtu.be/{YT}。 _https://youtu.be/{YT}_
            https//youtu.be/{YT} htps://youtu.be/{YT} hhttps://youtu.be/{YT} ttps://youtu.be/{YT} https:youtu.be/{YT}
            https://https://youtu.be/{YT} http://https://youtu.be/{YT} https;//youtu.be/{YT} https:///youtu.be/{YT}
            https：//youtu.be/{YT} https://youtu.be/{YT}很好看 看这个https://youtu.be/{YT} **https://youtu.be/{YT}**
            ~~https://youtu.be/{YT}~~ ||https://youtu.be/{YT}|| →https://youtu.be/{YT} Check:youtu.be/{YT}
            👉youtu.be/{YT} vnd.youtube:{YT} vnd.youtube://{YT} youtube://watch?v={YT}
            youtube://www.youtube.com/watch?v={YT}
            intent://www.youtube.com/watch?v={YT}#Intent;package=com.google.android.youtube;end
            https://www.youtube.com/watch#!v={YT} https://www.youtube.com/tv#/watch?v={YT}
            https://www.youtube.com/watch_popup?v={YT} https://www.youtube.com/live_chat?is_popout=1&v={YT}
            https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{YT}%26cbrd%3D1&gl=DE
            https://accounts.google.com/ServiceLogin?service=youtube&continue=https%3A%2F%2Fwww.youtube.com%2Fsignin%3Faction_handle_signin%3Dtrue%26next%3D%252Fwatch%253Fv%253D{YT}
            https://www.google.com/url?sa=t&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{YT}&usg=AOv
            https://www.google.co.uk/url?q=https://youtu.be/{YT}&sa=D
            https://www.youtube.com/redirect?event=video_description&q=https%3A%2F%2Fyoutu.be%2F{YT}
            https://www.youtube.com/oembed?url=https://www.youtube.com/watch?v={YT}&format=json
            https://www.youtube.com/signin?next=%2Fwatch%3Fv%3D{YT}
            https://www.youtube.com/verify_age?next_url=/watch%3Fv%3D{YT}
            https://l.facebook.com/l.php?u=https%3A%2F%2Fyoutu.be%2F{YT}&h=AT0
            https://slack-redir.net/link?url=https%3A%2F%2Fyoutu.be%2F{YT} https://www.youtubekids.com/watch?v={YT}
            https://de.youtube.com/watch?v={YT} https://img.youtube.com/vi/{YT}/maxresdefault.jpg
            https://i.ytimg.com/vi/{YT}/hqdefault.jpg https://www.youtubeeducation.com/embed/{YT}
            https://youtube.googleapis.com/v/{YT}&hl=en y2u.be/{YT} https://koutube.com/watch?v={YT}
            https://yewtu.be/watch?v={YT} https://youtu.be/watch?v={YT} https://youtu.be/live/{YT}?si=x
            https://www.youtube.com/shorts/{YT}/?feature=share https://www.youtube.com/watch%3Fv%3D{YT}
            https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{YT} https://www.youtube.com/watch?v={YT}%26t=3
            https://www.youtube.com/watch?feature=player_embedded&amp;amp;v={YT}
            [https://youtu.be/{YT}](https://youtu.be/{YT}) https://www.youtube.com/watch?app=desktop&v={YT}…
            https://youtu.be/{YT}... youtu.be/{YT}** https://www.youtube.com/embed/{YT}?list=PL1
            https://wwww.youtube.com/watch?v={YT} https://www.youtube.com/Watch?v={YT}
            https://www.youtube.com/v/{YT}&feature=youtu.be https://www.youtube.com/watch?v={YT}&list=PLabc&index=2
            (https://youtu.be/{YT}), https://m.youtube.com/shorts/{YT}
            https://music.youtube.com/watch?v={YT}&list=RDAMVM https://www.youtube.com/watch?v%3D{YT}
            https://youtube.com/shorts?v={YT} https://www.youtube.com/WATCH?V={YT}
            https://www.youtube.com/watch?v=%20{YT} https.//youtu.be/{YT} https//:youtu.be/{YT} https://.youtu.be/{YT}
            https://www,youtube,com/watch?v={YT} see=https://youtu.be/{YT} w/https://youtu.be/{YT}
            https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fyoutu.be%2F{YT}&data=05
            https://www.linkedin.com/safety/go?url=https%3A%2F%2Fyoutu.be%2F{YT}&trk=x
            https://www.facebook.com/flx/warn/?u=https%3A%2F%2Fyoutu.be%2F{YT}
            https://steamcommunity.com/linkfilter/?u=https%3A%2F%2Fyoutu.be%2F{YT}
            https://duckduckgo.com/l/?uddg=https%3A%2F%2Fyoutu.be%2F{YT}
            https://translate.google.com/translate?tl=de&u=https%3A%2F%2Fyoutu.be%2F{YT} https://youtu.be/{YT[:-1]}R
            https://youtu.be/{YT[:-1]}S?si=x https://www.youtube.com/shorts/{YT[:-1]}T
        """.split(),
        f'https://www.youtube.com/watch?v={YT}"',
        *f"""
            https://urldefense.proofpoint.com/v2/url?u=https-3A__www.youtube.com_watch-3Fv-3D{YT}&d=DwMFaQ&c=abc
            https://urldefense.proofpoint.com/v1/url?u=https://youtu.be/{YT}&k=x
            https://urldefense.com/v3/__https://youtu.be/{YT}__;!!NEt6yMaO-gk!abc$
            https://urldefense.us/v3/__https://www.youtube.com/watch?v={YT}&t=1s__;!!NEt6yMaO!a$
            https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fyoutu.be%2f{YT}&c=E,1,x&typo=1
            https://secure-web.cisco.com/1abcDEF/https%3A%2F%2Fyoutu.be%2F{YT}
            https://clicktime.symantec.com/3abc?u=https%3A%2F%2Fyoutu.be%2F{YT}
            https://protect2.fireeye.com/v1/url?k=1&q=1&e=2&u=https%3A%2F%2Fyoutu.be%2F{YT}
            https://eu-west-1.protection.sophos.com/?d=youtu.be&u={base64(f"https://youtu.be/{YT}")}&p=m
            https://www.bing.com/ck/a?!&&p=1&u=a1{base64(f"https://youtu.be/{YT}").rstrip("=")}&ntb=1
            https://www.google.com/amp/s/www.youtube.com/watch?v={YT} https://href.li/?https://youtu.be/{YT}
            https://www-youtube-com.translate.goog/watch?v={YT}&_x_tr_sl=auto https://anon.to/?https://youtu.be/{YT}
            https://getpocket.com/redirect?url=https%3A%2F%2Fyoutu.be%2F{YT} https://l.wl.co/l?u=https://youtu.be/{YT}
            https://gate.sc/?url=https%3A%2F%2Fyoutu.be%2F{YT} https://t.me/share/url?url=https%3A%2F%2Fyoutu.be%2F{YT}
            https://disq.us/url?url=https%3A%2F%2Fyoutu.be%2F{YT}%3Aabc
            https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fyoutu.be%2F{YT}
            https://twitter.com/intent/tweet?url=https%3A%2F%2Fyoutu.be%2F{YT}&text=x
            https://cdn.embedly.com/widgets/media.html?src=x&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{YT}
            https://www.youtube.com/user/Scobleizer#p/u/1/{YT} https://www.youtube.com/x#p/c/54B8C800269D7C1B/0/{YT}
            https://www.youtube.com/embed/watch?feature=player_embedded&v={YT} https://i3.ytimg.com/vi/{YT}/0.jpg
            https://www.youtube.com/apiplayer?video_id={YT} https://i.ytimg.com/vi_webp/{YT}/maxresdefault.webp
            https://www.youtube.com/video/{YT} https://invidious.example.org/watch?v={YT}
            https://piped.kavin.rocks/watch?v={YT} ｈｔｔｐｓ：／／ｙｏｕｔｕ．ｂｅ／{YT} hxxps://youtu.be/{YT}
            https[:]//youtu[.]be/{YT} hxxps[:]//www[.]youtube[.]com/watch?v={YT} https://youtu(.)be/{YT}
        """.split(),
    ],
    f"tiktok:{TT}": [
        *f"""
            tiktok.com/foryou?item_id={TT}#/@u/video/{TT} https://www.tiktok.com/foryou#/@u/video/{TT}
            https://www.tiktok.com/i18n/share/video/{TT} https://t.tiktok.com/i18n/share/video/{TT}/
            https://m.tiktok.com/h5/share/video/{TT}.html https://www.tiktok.com/trending?shareId={TT}
            https://www.tiktok.com/@u/Video/{TT} HTTPS://WWW.TIKTOK.COM/@U/VIDEO/{TT}
            https://www.tiktok.com/embed/v3/{TT} https://www.tiktok.com/tiktokstudio/analytics/{TT}/overview
            https://www.tiktokv.us/share/video/{TT}/ https://www.vxtiktok.com/@u/video/{TT}
            https://a.tnktok.com/@u/video/{TT} https://tnktok.com/@u/photo/{TT} https://d.tnktok.com/@u/video/{TT}
            https://tfxktok.com/@u/video/{TT}
            https://www.tiktok.com/login?redirect_url=https%3A%2F%2Fwww.tiktok.com%2F%40u%2Fvideo%2F{TT}
            https://www.tiktok.com/oembed?url=https://www.tiktok.com/@u/video/{TT}
            https://www.tiktok.com/@u/video/{TT}&lang=en https://www.tiktok.com/@u/video/{TT}_
            *https://www.tiktok.com/@u/video/{TT}* https://www.tiktok.com/@user…/video/{TT}
            snssdk1233://aweme/detail/{TT}?refer=web https://us.tiktok.com/@u/video/{TT}
            https://www.tiktok.com/en/@u/video/{TT} https://www.tiktok.com/@u/video/{TT}|x
            https://vm.tiktok.com/v/{TT}.html https://www.tiktok.com/share/item/{TT}
            www.tiktok.com/@u/video/{TT}/?is_copy_url=1 https://www.tiktok.com/@u/video/{TT}#comments
            https://www.google.com/amp/s/www.tiktok.com/amp/@u/video/{TT} https://www.tiktok.com/amp/@u/video/{TT}
            https://www.tiktok.com/zh-Hant-TW/@u/video/{TT} https://www.tiktok.com/view/video/{TT}
            https://offtiktok.com/@u/video/{TT} https://proxitok.example.org/@u/video/{TT}
            https://urldefense.com/v3/__https://www.tiktok.com/*u/video/{TT}__;QA!!NEt6yMaO!a$
            https://urldefense.com/v3/__https://www.tiktok.com/*u/video/{TT}?x=**C__;QDEyMzQ!!a$
            https://tiktok.onelink.me/BAuo?af_dp=snssdk1233%3A%2F%2Faweme%2Fdetail%2F{TT}
        """.split()
    ],
    f"instagram:{IG}": [
        *f"""
            instagram.com/reel/{IG}/c/17890123456789012/ https://www.instagram.com/accounts/login/?next=/reel/{IG}/
            https://www.instagram.com/accounts/login/?next=https%3A%2F%2Fwww.instagram.com%2Freel%2F{IG}%2F%3Figsh%3Dx
            https://www.instagram.com/accounts/signup/email/?next=%2Fp%2F{IG}%2F
            https://l.instagram.com/?u=https%3A%2F%2Fwww.instagram.com%2Freel%2F{IG}%2F&e=AT
            https://ddinstagram.com/reel/{IG} https://www.ddinstagram.com/reel/{IG}/ https://d.ddinstagram.com/p/{IG}
            https://kkinstagram.com/reel/{IG} https://www.instagramez.com/reel/{IG} https://g.ddinstagram.com/reels/{IG}
            https://www.instagram.com/p/{IG}/media/?size=l https://www.instagram.com/p/{IG}/comments/
            https://www.instagram.com/api/v1/oembed/?url=https://www.instagram.com/p/{IG}
            https://www-instagram-com.translate.goog/reel/{IG}/ https://www.instagram.com/p/{IG}/liked_by/ https://www.instagram.com/p/{IG}&igsh=x
            https://www.instagram.com/p/{IG}?igsh https://www.instagram.com/p/{IG}abcdefghijklmnopqrstuvwxyzAB
            https://www.instagram.com/Reel/{IG} https://www.instagram.com/reels/videos/{IG}/
            https://api.instagram.com/oembed/?url=https://www.instagram.com/p/{IG}/
            _https://www.instagram.com/reel/{IG}_ https://www.instagram.com/reel/{IG}/?igsh=MzRl…
            https://www.instagram.com/reel/{IG}/%F0%9F%98%8D https://www.instagram.com/user.name/reel/{IG}/?hl=en
            https://www.instagram.com/reel/{IG}/embed/?cr=1
            https://www.instagram.com/consent/?flow=user_cookie_choice_v2&next=%2Freel%2F{IG}%2F
            https://www.instagram.com/challenge/?next=/reel/{IG}/
            https://l.threads.com/?u=https%3A%2F%2Fwww.instagram.com%2Freel%2F{IG}%2F https://uuinstagram.com/reel/{IG}
        """.split()
    ],
    "instagram:C5_A1TQNPrY": [
        "instagram.com/p/C5_A1TQNPrYw4c2g9KAUTPUl8RVHqiAdAcOOSY0",
        "https://www.instagram.com/p/C5_A1TQNPrY/",
    ],
    "instagram:CdUjNE8jpKB": [
        "instagram://media?id=2834044895814914689",
        "instagram://media?id=2834044895814914689_1234567",
        "https://www.instagram.com/p/CdUjNE8jpKB/",
    ],
    "instagram:aye83DjauH": ["https://instagram.com/p/aye83DjauH/?foo=bar#abc"],
    f"twitter:{TW}": [
        *f"""
            x.com/u/status/{TW}&s=20 x.com/i/bookmarks?post_id={TW} x.com/i/bookmarks/all?post_id={TW}
            twitter.com/statuses/{TW} https://d.fxtwitter.com/u/status/{TW} https://g.fxtwitter.com/u/status/{TW}
            https://api.fxtwitter.com/status/{TW} https://c.vxtwitter.com/u/status/{TW} x.com/X/Status/{TW}
            HTTPS://X.COM/X/STATUS/{TW} https://twitter.com/#!/u/status/{TW} https://twitter.com/i/videos/tweet/{TW}
            https://twitter.com/i/videos/{TW} https://twitter.com/i/cards/tfw/v1/{TW}
            https://x.com/i/flow/login?redirect_after_login=%2Fu%2Fstatus%2F{TW}
            https://twitter.com/login?redirect_after_login=%2Fu%2Fstatus%2F{TW}
            https://platform.twitter.com/embed/Tweet.html?dnt=true&id={TW}
            https://publish.twitter.com/?url=https://twitter.com/u/status/{TW}
            https://publish.twitter.com/?query=https%3A%2F%2Ftwitter.com%2Fu%2Fstatus%2F{TW}&widget=Tweet
            https://x.com/u/status/{TW}/mediaViewer?currentTweet=1 https://x.com/u/status/{TW}/analytics
            https://xcancel.com/u/status/{TW}#m https://nitter.net/u/status/{TW}#m https://twittpr.com/u/status/{TW}
            https://x.com/intent/like?tweet_id={TW} https://x.com/intent/post?in_reply_to={TW}
            https://pro.x.com/u/status/{TW} https://x.com/u/status/{TW}_ https://x.com/u/status/{TW}—wow
            twitter://status?id={TW} https://x.com/u/status/{TW}?s=46… x.com/u/status/{TW}…
            https://x.com/i/web/status/{TW}?ref_src=twsrc%5Etfw https://twitter.com/u/status/{TW}%3Fs%3D20
            http://x.com/u/status/{TW}/video/1?s=20 https://nitter.poast.org/u/status/{TW}#m
            https://cdn.ampproject.org/c/s/twitter.com/u/status/{TW}
        """.split(),
        f"https://x.com/u/status/{TW}، look",
    ],
}

SHORT = {
    "lite.tiktok.com/t/ZTabc123": "https://www.tiktok.com/t/ZTabc123",
    "https://vm.tnktok.com/ZMabc123/": "https://vm.tiktok.com/ZMabc123",
    "vm.vxtiktok.com/ZMabc123": "https://vm.tiktok.com/ZMabc123",
    "https://www.tnktok.com/t/ZTabc123/": "https://www.tiktok.com/t/ZTabc123",
    "👉https://vm.tiktok.com/ZMabc123/": "https://vm.tiktok.com/ZMabc123",
    "https://vm.tiktok.com/ZMabc123/?k=1&u=2": "https://vm.tiktok.com/ZMabc123",
    "https://vm.tiktok.com/ZMabc123。": "https://vm.tiktok.com/ZMabc123",
    "https://www.instagram.com/share/reel/BAabc_12-3/?igsh=x": "https://www.instagram.com/share/reel/BAabc_12-3",
    "https://www.instagram.com/share/v/BAabc_12-3": "https://www.instagram.com/share/v/BAabc_12-3",
    "https://t.co/AbCdEf1234…": "https://t.co/AbCdEf1234",
    "https://www.instagram.com/accounts/login/?next=%2Fshare%2Freel%2FBAabc_12-3": "https://www.instagram.com/share/reel/BAabc_12-3",
    "https://ddinstagram.com/share/reel/BAabc_12-3": "https://www.instagram.com/share/reel/BAabc_12-3",
}

REFUSED = {
    "That link is cut off. Paste the whole link.": """
        https://x.com/X/status/16973046227490… https://x.com/X/status/169730462274908577…
        https://www.instagram.com/reel/DFQe2… https://www.instagram.com/reel/DFQe2%E2%80%A6
        https://www.tiktok.com/@asd/video/72123456… https://www.tiktok.com/@asd/video/721234567890123456...
        https://youtu.be/dQw4w9… https://www.youtube.com/watch?v=dQw4… https://vm.tiktok.com/ZMabc… https://t.co/AbCd…
        https://www.youtube.com/wat… https://www.tiktok.com/@as… https://www.instagram.com/reel/DFQe2‥
        https://x.com/X/status/169730462274908577⋯ https://www.tiktok.com/@u/video/721234567890123456…more
        https://x.com/X/status/169730462274908577&hellip; https://x.com/X/status/169730462274908577[...]
        https://www.tiktok.com/@u/video/721234567890123456(…)
    """,
    "a page of Instagram": """
        instagram.com/reels/saved/ instagram.com/tv/upload/ instagram.com/reels/suggestions/
        instagram.com/reels/trending instagram.com/p/create instagram.com/reels instagram.com/explore/tags/lolcats
        instagram.com/explore/reels instagram.com/direct/t/123 instagram.com/accounts/login/
        instagram.com/accounts/login/?next=/ instagram.com/ar/123 instagram.com/explore/
    """,
    "an Instagram sound": """
        instagram.com/reel/audio/1234567890 instagram.com/reels/audio instagram.com/reels/audio/123/
    """,
    "an Instagram profile": """
        instagram.com/user/reels/ instagram.com/user/tagged/ instagram.com/accounts/login/?next=/someuser/
        instagram.com/somebody/
    """,
    "an Instagram link with a broken video id": """
        instagram.com/reel/CuXyZ_1-aBcd instagram.com/reel/CuXy instagram.com/p/CuXyZ_1-aBcCuXyZ_1-aBcCuXyZ
        instagram.com/share/reel/
    """,
    "a TikTok link with a broken video id": """
        tiktok.com/@asd/video/123 tiktok.com/@asd/video/72123456789012345678
        tiktok.com/@asd/video/7212345678901234567abc tiktok.com/@asd/video/ tiktok.com/@somebody/video/12a
        tiktok.com/@somebody/video/١٢٣
    """,
    "a TikTok profile": "tiktok.com/@asd tiktok.com/@somebody",
    "a page of TikTok": """
        tiktok.com/foryou tiktok.com/upload m.tiktok.com/share/user/7212345678901234567
        tiktok.com/sticker/x-7212345678901234567 tiktok.com/effect/x-721234 tiktok.com/view/product/7212345678901234567
        vm.tiktok.com/
    """,
    "a TikTok search": "tiktok.com/tag/x tiktok.com/discover/cat tiktok.com/search/video?q=cat",
    "a TikTok live room": """
        tiktok.com/live tiktok.com/@a/live/7212345678901234567 m.tiktok.com/share/live/7212345678901234567
        tiktok.com/@somebody/live
    """,
    "a TikTok sound": "tiktok.com/music/x-7212345678901234567 tiktok.com/music/Song-123",
    "a TikTok playlist": "tiktok.com/@a/playlist/x-7212345678901234567 tiktok.com/@somebody/playlist/Best-123",
    "a YouTube playlist": """
        youtube.com/playlist?list=PL123 youtube.com/watch?list=PL123 youtube.com/embed/videoseries?list=PL1
        youtube.com/playlist?list=PL1 youtube.com/watch?list=PL1
    """,
    "a YouTube link with a broken video id": """
        youtube.com/shorts youtube.com/shorts/ youtube.com/watch?v=dQw4w9WgXc youtube.com/watch?v=dQw4w9WgXcQx
        youtu.be/dQw4w9WgXcQdQw4w9WgXcQ youtube.com/watch?v=tooShort youtube.com/watch youtu.be/tooShort
    """,
    "a YouTube channel": """
        youtube.com/@a/shorts youtube.com/@abcdefghijk youtube.com/c/abcdefghijk studio.youtube.com/channel/UC1/videos
        youtube.com/@somebody youtube.com/@somebody/shorts youtube.com/channel/UCabc
    """,
    "a page of YouTube": """
        youtube.com/abcdefghijk youtube.com/feed/history youtube.com/feed/library youtube.com/source/dQw4w9WgXcQ/shorts
        studio.youtube.com/playlist/PL1/videos youtube.com/premium youtube.com/account youtube.com/t/terms
        youtube.com/feed/trending youtube.com/attribution_link?a=x youtube.com
    """,
    "a YouTube search": "youtube.com/hashtag/abcdefghijk youtube.com/results?search_query=cat",
    "a YouTube post": "youtube.com/post/Ugkxabcdefghijk",
    "a YouTube clip": "youtube.com/clip/Ugkxabcdefghijk youtube.com/clip/UgkxAbc",
    "a YouTube live room": "youtube.com/embed/live_stream?channel=UC1 youtube.com/@somebody/live",
    "That link is all capitals, but video ids are case-sensitive. Copy the link again.": "HTTPS://YOUTU.BE/DQW4W9WGXCQ HTTPS://WWW.INSTAGRAM.COM/REEL/DQW4W9WGXCQ",
    "isn't a supported site": """
        youtube.com/redirect?q=https://vimeo.com/1 help.x.com/en amp.twimg.com/v/0ba0c3c7 pbs.twimg.com/media/abc.jpg
        video.twimg.com/amplify_video/1789012345678901234/vid/x.mp4 google.com/url?q=https://vimeo.com/1
        facebook.com/watch?v=1234567890123 l.facebook.com/ google.com/search?q=youtube tv.youtube.com/watch/dQw4w9WgXcQ
        l.facebook.com/l.php?u=https%3A%2F%2Fvimeo.com vimeo.com/12345 twitch.tv/videos/1
        evil.example/https://youtu.be/dQw4w9WgXcQ web.archive.org/web/2020/https://www.youtube.com/watch?v=dQw4w9WgXcQ
        douyin.com/video/6961737553342991651 threads.net/@u/post/CuXyZ_1-aBc onlyfans.com/1
        https://href.li/?https://vimeo.com/1 https://urldefense.com/v3/__https://vimeo.com/1__;!!a$
        https://vimeo-com.translate.goog/1 https://www.bing.com/search?q=youtube https://evil[.]example/youtu.be/x
        https://notpiped.example/watch?v=dQw4w9WgXcQ notyoutube.com/watch?v=dQw4w9WgXcQ
        youtube.com.evil.example/watch?v=dQw4w9WgXcQ xyoutube.com/watch?v=dQw4w9WgXcQ
    """,
    "a profile on X": "x.com/u x.com/somebody",
    "a page of X": """
        x.com/home x.com/i/grok x.com/i/communities/1789012345678901234 x.com/i/topics/1789012345678901234
        x.com/i/moments/1789012345678901234 x.com/i/user/1789012345678901234 x.com/u/article/1789012345678901234
        x.com/u/likes x.com/u/media x.com/hashtag/x x.com/search?q=x x.com/intent/post?text=x x.com/i/bookmarks
        x.com/i/flow/login t.co
    """,
    "a list on X": "x.com/i/lists/1789012345678901234 x.com/i/lists/1",
    "a live room on X": """
        x.com/i/spaces/1vAxRAVQWONJl x.com/i/broadcasts/1yNGaQLWpejGj x.com/i/events/1910629646300762112
        x.com/i/spaces/1abc
    """,
    "a link to X with a broken post id": """
        x.com/u/status/0178901234567890123 x.com/u/status/ x.com/u/status/17890 x.com/u/status/17890123456789012345
        x.com/u/status/1789012345678901234abc x.com/somebody/status/abc
    """,
    "That link has a user name before its host, which look-alike links use.": "https://www.youtube.com@evil.example/watch?v=dQw4w9WgXcQ",
    "an Instagram story": """
        instagram.com/stories/u/3570766765028588805/ instagram.com/s/aGlnaGxpZ2h0?story_media_id=1_2
        instagram.com/stories/somebody/123/ instagram.com/stories/p/123/
    """,
    "an Instagram live room": "instagram.com/u/live instagram.com/somebody/live",
    "a TikTok story": "tiktok.com/@somebody/story/123",
}


@pytest.mark.parametrize(("key", "link"), [(key, link) for key, links in SPELLINGS.items() for link in links])
def test_a_spelling_identifies_its_video_and_is_found_in_a_message(key, link):
    assert canonical_key(link) == key
    assert looks_like_link(link)
    assert find_links(f"look {link} now") == (parse_link(link).url,)


@pytest.mark.parametrize(("link", "url"), SHORT.items())
def test_a_mirrors_or_log_in_pages_short_link_becomes_its_sites_own(link, url):
    assert parse_link(link).url == url


@pytest.mark.parametrize(
    ("reason", "link"), [(reason, link) for reason, links in REFUSED.items() for link in links.split()]
)
def test_an_uncertain_video_is_refused_with_the_reason(reason, link):
    with pytest.raises(LinkError) as refusal:
        parse_link(link)
    assert reason in str(refusal.value)
    assert str(refusal.value).endswith(FORMS) or reason.startswith("That link is")
    assert len(str(refusal.value)) < 400
    assert canonical_key(link) is None
    assert not find_links(f"look {link} now")


@pytest.mark.parametrize(
    "between", ["/", "+", "&", "→", "·", "|", ",", ";", "、", "\n", " and ", ")(", "🔥", "\u200b "]
)
@pytest.mark.parametrize("scheme", ["https://", "https://www.", "www.", ""])
def test_two_links_that_touch_are_two(between, scheme):
    one, other = f"{scheme}youtube.com/shorts/{YT}", f"{scheme}tiktok.com/@u/video/{TT}"
    assert len(find_links(f"{one}{between}{other}")) == 2
