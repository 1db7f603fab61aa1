"""Spellings that the sites' own apps and pages, the mirrors and people make, and what only looks like a video."""

import pytest

from bot.domain.errors import LinkError
from bot.domain.links import canonical_key, find_links, looks_like_link, parse_link

YT, TT, IG, TW = "dQw4w9WgXcQ", "7212345678901234567", "CuXyZ_1-aBc", "1789012345678901234"

SPELLINGS = {
    f"youtube:{YT}": [
        f"youtube.com/watch?v={YT}?si=abc",
        f"https://www.youtube.com/watch?v={YT}/",
        f"youtu.be/{YT}&t=30",
        f"youtube.com/?v={YT}",
        f"youtube.com/vi/{YT}",
        f"youtu.be/shorts/{YT}",
        f"https://www.youtube.com/attribution_link?u=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{YT}",
        f"https://studio.youtube.com/video/{YT}/edit",
        f"https://studio.youtube.com/video/{YT}/analytics/tab-overview/period-default",
        f"https:/youtu.be/{YT}",
        f"👉https://youtu.be/{YT}",
        f"Check:https://youtu.be/{YT}",
        f"https://youtu.be/{YT}。",
        f"_https://youtu.be/{YT}_",
        f"https//youtu.be/{YT}",
        f"htps://youtu.be/{YT}",
        f"hhttps://youtu.be/{YT}",
        f"ttps://youtu.be/{YT}",
        f"https:youtu.be/{YT}",
        f"https://https://youtu.be/{YT}",
        f"http://https://youtu.be/{YT}",
        f"https;//youtu.be/{YT}",
        f"https:///youtu.be/{YT}",
        f"https：//youtu.be/{YT}",
        f"https://youtu.be/{YT}很好看",
        f"看这个https://youtu.be/{YT}",
        f"**https://youtu.be/{YT}**",
        f"~~https://youtu.be/{YT}~~",
        f"||https://youtu.be/{YT}||",
        f"→https://youtu.be/{YT}",
        f"Check:youtu.be/{YT}",
        f"👉youtu.be/{YT}",
        f"vnd.youtube:{YT}",
        f"vnd.youtube://{YT}",
        f"youtube://watch?v={YT}",
        f"youtube://www.youtube.com/watch?v={YT}",
        f"intent://www.youtube.com/watch?v={YT}#Intent;package=com.google.android.youtube;end",
        f"https://www.youtube.com/watch#!v={YT}",
        f"https://www.youtube.com/tv#/watch?v={YT}",
        f"https://www.youtube.com/watch_popup?v={YT}",
        f"https://www.youtube.com/live_chat?is_popout=1&v={YT}",
        f"https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{YT}%26cbrd%3D1&gl=DE",
        f"https://accounts.google.com/ServiceLogin?service=youtube&continue=https%3A%2F%2Fwww.youtube.com%2Fsignin%3Faction_handle_signin%3Dtrue%26next%3D%252Fwatch%253Fv%253D{YT}",
        f"https://www.google.com/url?sa=t&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{YT}&usg=AOv",
        f"https://www.google.co.uk/url?q=https://youtu.be/{YT}&sa=D",
        f"https://www.youtube.com/redirect?event=video_description&q=https%3A%2F%2Fyoutu.be%2F{YT}",
        f"https://www.youtube.com/oembed?url=https://www.youtube.com/watch?v={YT}&format=json",
        f"https://www.youtube.com/signin?next=%2Fwatch%3Fv%3D{YT}",
        f"https://www.youtube.com/verify_age?next_url=/watch%3Fv%3D{YT}",
        f"https://l.facebook.com/l.php?u=https%3A%2F%2Fyoutu.be%2F{YT}&h=AT0",
        f"https://slack-redir.net/link?url=https%3A%2F%2Fyoutu.be%2F{YT}",
        f"https://www.youtubekids.com/watch?v={YT}",
        f"https://de.youtube.com/watch?v={YT}",
        f"https://img.youtube.com/vi/{YT}/maxresdefault.jpg",
        f"https://i.ytimg.com/vi/{YT}/hqdefault.jpg",
        f"https://www.youtubeeducation.com/embed/{YT}",
        f"https://youtube.googleapis.com/v/{YT}&hl=en",
        f"y2u.be/{YT}",
        f"https://koutube.com/watch?v={YT}",
        f"https://yewtu.be/watch?v={YT}",
        f"https://youtu.be/watch?v={YT}",
        f"https://youtu.be/live/{YT}?si=x",
        f"https://www.youtube.com/shorts/{YT}/?feature=share",
        f"https://www.youtube.com/watch%3Fv%3D{YT}",
        f"https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{YT}",
        f"https://www.youtube.com/watch?v={YT}%26t=3",
        f"https://www.youtube.com/watch?feature=player_embedded&amp;amp;v={YT}",
        f"[https://youtu.be/{YT}](https://youtu.be/{YT})",
        f"https://www.youtube.com/watch?app=desktop&v={YT}…",
        f"https://youtu.be/{YT}...",
        f"youtu.be/{YT}**",
        f'https://www.youtube.com/watch?v={YT}"',
        f"https://www.youtube.com/embed/{YT}?list=PL1",
        f"https://wwww.youtube.com/watch?v={YT}",
        f"https://www.youtube.com/Watch?v={YT}",
        f"https://www.youtube.com/v/{YT}&feature=youtu.be",
        f"https://www.youtube.com/watch?v={YT}&list=PLabc&index=2",
        f"(https://youtu.be/{YT}),",
        f"https://m.youtube.com/shorts/{YT}",
        f"https://music.youtube.com/watch?v={YT}&list=RDAMVM",
        f"https://www.youtube.com/watch?v%3D{YT}",
        f"https://youtube.com/shorts?v={YT}",
        f"https://www.youtube.com/WATCH?V={YT}",
        f"https://www.youtube.com/watch?v=%20{YT}",
        f"https.//youtu.be/{YT}",
        f"https//:youtu.be/{YT}",
        f"https://.youtu.be/{YT}",
        f"https://www,youtube,com/watch?v={YT}",
        f"see=https://youtu.be/{YT}",
        f"w/https://youtu.be/{YT}",
        f"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fyoutu.be%2F{YT}&data=05",
        f"https://www.linkedin.com/safety/go?url=https%3A%2F%2Fyoutu.be%2F{YT}&trk=x",
        f"https://www.facebook.com/flx/warn/?u=https%3A%2F%2Fyoutu.be%2F{YT}",
        f"https://steamcommunity.com/linkfilter/?u=https%3A%2F%2Fyoutu.be%2F{YT}",
        f"https://duckduckgo.com/l/?uddg=https%3A%2F%2Fyoutu.be%2F{YT}",
        f"https://translate.google.com/translate?tl=de&u=https%3A%2F%2Fyoutu.be%2F{YT}",
        f"https://youtu.be/{YT[:-1]}R",  # the last two of its 66 bits name nothing
        f"https://youtu.be/{YT[:-1]}S?si=x",
        f"https://www.youtube.com/shorts/{YT[:-1]}T",
    ],
    f"tiktok:{TT}": [
        f"tiktok.com/foryou?item_id={TT}#/@u/video/{TT}",
        f"https://www.tiktok.com/foryou#/@u/video/{TT}",
        f"https://www.tiktok.com/i18n/share/video/{TT}",
        f"https://t.tiktok.com/i18n/share/video/{TT}/",
        f"https://m.tiktok.com/h5/share/video/{TT}.html",
        f"https://www.tiktok.com/trending?shareId={TT}",
        f"https://www.tiktok.com/@u/Video/{TT}",
        f"HTTPS://WWW.TIKTOK.COM/@U/VIDEO/{TT}",
        f"https://www.tiktok.com/embed/v3/{TT}",
        f"https://www.tiktok.com/tiktokstudio/analytics/{TT}/overview",
        f"https://www.tiktokv.us/share/video/{TT}/",
        f"https://www.vxtiktok.com/@u/video/{TT}",
        f"https://a.tnktok.com/@u/video/{TT}",
        f"https://tnktok.com/@u/photo/{TT}",
        f"https://d.tnktok.com/@u/video/{TT}",
        f"https://tfxktok.com/@u/video/{TT}",
        f"https://www.tiktok.com/login?redirect_url=https%3A%2F%2Fwww.tiktok.com%2F%40u%2Fvideo%2F{TT}",
        f"https://www.tiktok.com/oembed?url=https://www.tiktok.com/@u/video/{TT}",
        f"https://www.tiktok.com/@u/video/{TT}&lang=en",
        f"https://www.tiktok.com/@u/video/{TT}_",
        f"*https://www.tiktok.com/@u/video/{TT}*",
        f"https://www.tiktok.com/@user…/video/{TT}",
        f"snssdk1233://aweme/detail/{TT}?refer=web",
        f"https://us.tiktok.com/@u/video/{TT}",
        f"https://www.tiktok.com/en/@u/video/{TT}",
        f"https://www.tiktok.com/@u/video/{TT}|x",
        f"https://vm.tiktok.com/v/{TT}.html",
        f"https://www.tiktok.com/share/item/{TT}",
        f"www.tiktok.com/@u/video/{TT}/?is_copy_url=1",
        f"https://www.tiktok.com/@u/video/{TT}#comments",
    ],
    f"instagram:{IG}": [
        f"instagram.com/reel/{IG}/c/17890123456789012/",
        f"https://www.instagram.com/accounts/login/?next=/reel/{IG}/",
        f"https://www.instagram.com/accounts/login/?next=https%3A%2F%2Fwww.instagram.com%2Freel%2F{IG}%2F%3Figsh%3Dx",
        f"https://www.instagram.com/accounts/signup/email/?next=%2Fp%2F{IG}%2F",
        f"https://l.instagram.com/?u=https%3A%2F%2Fwww.instagram.com%2Freel%2F{IG}%2F&e=AT",
        f"https://ddinstagram.com/reel/{IG}",
        f"https://www.ddinstagram.com/reel/{IG}/",
        f"https://d.ddinstagram.com/p/{IG}",
        f"https://kkinstagram.com/reel/{IG}",
        f"https://www.instagramez.com/reel/{IG}",
        f"https://g.ddinstagram.com/reels/{IG}",
        f"https://www.instagram.com/p/{IG}/media/?size=l",
        f"https://www.instagram.com/p/{IG}/comments/",
        f"https://www.instagram.com/p/{IG}/liked_by/",
        f"https://www.instagram.com/p/{IG}&igsh=x",
        f"https://www.instagram.com/p/{IG}?igsh",
        f"https://www.instagram.com/p/{IG}abcdefghijklmnopqrstuvwxyzAB",
        f"https://www.instagram.com/Reel/{IG}",
        f"https://www.instagram.com/reels/videos/{IG}/",
        f"https://api.instagram.com/oembed/?url=https://www.instagram.com/p/{IG}/",
        f"_https://www.instagram.com/reel/{IG}_",
        f"https://www.instagram.com/reel/{IG}/?igsh=MzRl…",
        f"https://www.instagram.com/reel/{IG}/%F0%9F%98%8D",
        f"https://www.instagram.com/user.name/reel/{IG}/?hl=en",
        f"https://www.instagram.com/reel/{IG}/embed/?cr=1",
        f"https://www.instagram.com/consent/?flow=user_cookie_choice_v2&next=%2Freel%2F{IG}%2F",
        f"https://www.instagram.com/challenge/?next=/reel/{IG}/",
        f"https://l.threads.com/?u=https%3A%2F%2Fwww.instagram.com%2Freel%2F{IG}%2F",
        f"https://uuinstagram.com/reel/{IG}",
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
    "instagram:aye83DjauH": [
        "https://instagram.com/p/aye83DjauH/?foo=bar#abc",
    ],
    f"twitter:{TW}": [
        f"x.com/u/status/{TW}&s=20",
        f"x.com/i/bookmarks?post_id={TW}",
        f"x.com/i/bookmarks/all?post_id={TW}",
        f"twitter.com/statuses/{TW}",
        f"https://d.fxtwitter.com/u/status/{TW}",
        f"https://g.fxtwitter.com/u/status/{TW}",
        f"https://api.fxtwitter.com/status/{TW}",
        f"https://c.vxtwitter.com/u/status/{TW}",
        f"x.com/X/Status/{TW}",
        f"HTTPS://X.COM/X/STATUS/{TW}",
        f"https://twitter.com/#!/u/status/{TW}",
        f"https://twitter.com/i/videos/tweet/{TW}",
        f"https://twitter.com/i/videos/{TW}",
        f"https://twitter.com/i/cards/tfw/v1/{TW}",
        f"https://x.com/i/flow/login?redirect_after_login=%2Fu%2Fstatus%2F{TW}",
        f"https://twitter.com/login?redirect_after_login=%2Fu%2Fstatus%2F{TW}",
        f"https://platform.twitter.com/embed/Tweet.html?dnt=true&id={TW}",
        f"https://publish.twitter.com/?url=https://twitter.com/u/status/{TW}",
        f"https://publish.twitter.com/?query=https%3A%2F%2Ftwitter.com%2Fu%2Fstatus%2F{TW}&widget=Tweet",
        f"https://x.com/u/status/{TW}/mediaViewer?currentTweet=1",
        f"https://x.com/u/status/{TW}/analytics",
        f"https://xcancel.com/u/status/{TW}#m",
        f"https://nitter.net/u/status/{TW}#m",
        f"https://twittpr.com/u/status/{TW}",
        f"https://x.com/intent/like?tweet_id={TW}",
        f"https://x.com/intent/post?in_reply_to={TW}",
        f"https://pro.x.com/u/status/{TW}",
        f"https://x.com/u/status/{TW}_",
        f"https://x.com/u/status/{TW}، look",
        f"https://x.com/u/status/{TW}—wow",
        f"twitter://status?id={TW}",
        f"https://x.com/u/status/{TW}?s=46…",
        f"x.com/u/status/{TW}…",
        f"https://x.com/i/web/status/{TW}?ref_src=twsrc%5Etfw",
        f"https://twitter.com/u/status/{TW}%3Fs%3D20",
        f"http://x.com/u/status/{TW}/video/1?s=20",
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
        https://youtu.be/dQw4w9… https://www.youtube.com/watch?v=dQw4… https://vm.tiktok.com/ZMabc…
        https://t.co/AbCd… https://www.youtube.com/wat… https://www.tiktok.com/@as…
        https://www.instagram.com/reel/DFQe2‥ https://x.com/X/status/169730462274908577⋯
        https://www.tiktok.com/@u/video/721234567890123456…more https://x.com/X/status/169730462274908577&hellip;
        https://x.com/X/status/169730462274908577[...] https://www.tiktok.com/@u/video/721234567890123456(…)
    """,
    "a page of Instagram": """
        instagram.com/reels/saved/ instagram.com/tv/upload/ instagram.com/reels/suggestions/
        instagram.com/reels/trending instagram.com/p/create instagram.com/reels
        instagram.com/explore/tags/lolcats instagram.com/explore/reels instagram.com/direct/t/123
        instagram.com/accounts/login/ instagram.com/accounts/login/?next=/ instagram.com/ar/123
    """,
    "an Instagram sound": """
        instagram.com/reel/audio/1234567890 instagram.com/reels/audio
    """,
    "an Instagram profile": """
        instagram.com/user/reels/ instagram.com/user/tagged/ instagram.com/accounts/login/?next=/someuser/
    """,
    "an Instagram link with a broken video id": """
        instagram.com/reel/CuXyZ_1-aBcd instagram.com/reel/CuXy instagram.com/p/CuXyZ_1-aBcCuXyZ_1-aBcCuXyZ
    """,
    "a TikTok link with a broken video id": """
        tiktok.com/@asd/video/123 tiktok.com/@asd/video/72123456789012345678
        tiktok.com/@asd/video/7212345678901234567abc tiktok.com/@asd/video/
    """,
    "a TikTok profile": """
        tiktok.com/@asd
    """,
    "a page of TikTok": """
        tiktok.com/foryou tiktok.com/upload m.tiktok.com/share/user/7212345678901234567
        tiktok.com/sticker/x-7212345678901234567 tiktok.com/effect/x-721234
        tiktok.com/view/product/7212345678901234567
    """,
    "a TikTok search": """
        tiktok.com/tag/x tiktok.com/discover/cat tiktok.com/search/video?q=cat
    """,
    "a TikTok live room": """
        tiktok.com/live tiktok.com/@a/live/7212345678901234567 m.tiktok.com/share/live/7212345678901234567
    """,
    "a TikTok sound": """
        tiktok.com/music/x-7212345678901234567
    """,
    "a TikTok playlist": """
        tiktok.com/@a/playlist/x-7212345678901234567
    """,
    "a YouTube playlist": """
        youtube.com/playlist?list=PL123 youtube.com/watch?list=PL123 youtube.com/embed/videoseries?list=PL1
    """,
    "a YouTube link with a broken video id": """
        youtube.com/shorts youtube.com/shorts/ youtube.com/watch?v=dQw4w9WgXc youtube.com/watch?v=dQw4w9WgXcQx
        youtu.be/dQw4w9WgXcQdQw4w9WgXcQ
    """,
    "a YouTube channel": """
        youtube.com/@a/shorts youtube.com/@abcdefghijk youtube.com/c/abcdefghijk
        studio.youtube.com/channel/UC1/videos
    """,
    "a page of YouTube": """
        youtube.com/abcdefghijk youtube.com/feed/history youtube.com/feed/library
        youtube.com/source/dQw4w9WgXcQ/shorts studio.youtube.com/playlist/PL1/videos youtube.com/premium
        youtube.com/account youtube.com/t/terms
    """,
    "a YouTube search": """
        youtube.com/hashtag/abcdefghijk youtube.com/results?search_query=cat
    """,
    "a YouTube post": """
        youtube.com/post/Ugkxabcdefghijk
    """,
    "a YouTube clip": """
        youtube.com/clip/Ugkxabcdefghijk
    """,
    "a YouTube live room": """
        youtube.com/embed/live_stream?channel=UC1
    """,
    "That link is all capitals, but video ids are case-sensitive. Copy the link again.": """
        HTTPS://YOUTU.BE/DQW4W9WGXCQ HTTPS://WWW.INSTAGRAM.COM/REEL/DQW4W9WGXCQ
    """,
    "a page of YouTube TV": """
        tv.youtube.com/watch/dQw4w9WgXcQ
    """,
    "is not a site whose videos": """
        youtube.com/redirect?q=https://vimeo.com/1 help.x.com/en amp.twimg.com/v/0ba0c3c7
        pbs.twimg.com/media/abc.jpg video.twimg.com/amplify_video/1789012345678901234/vid/x.mp4
        google.com/url?q=https://vimeo.com/1 l.facebook.com/l.php?u=https%3A%2F%2Fvimeo.com
        vimeo.com/12345 twitch.tv/videos/1
        evil.example/https://youtu.be/dQw4w9WgXcQ
        web.archive.org/web/2020/https://www.youtube.com/watch?v=dQw4w9WgXcQ
        douyin.com/video/6961737553342991651 threads.net/@u/post/CuXyZ_1-aBc onlyfans.com/1
        notyoutube.com/watch?v=dQw4w9WgXcQ youtube.com.evil.example/watch?v=dQw4w9WgXcQ
        xyoutube.com/watch?v=dQw4w9WgXcQ
    """,
    "a profile on X": """
        x.com/u
    """,
    "a page of X": """
        x.com/home x.com/i/grok x.com/i/communities/1789012345678901234 x.com/i/topics/1789012345678901234
        x.com/i/moments/1789012345678901234 x.com/i/user/1789012345678901234 x.com/u/article/1789012345678901234
        x.com/u/likes x.com/u/media x.com/hashtag/x x.com/search?q=x x.com/intent/post?text=x x.com/i/bookmarks
        x.com/i/flow/login
    """,
    "a list on X": """
        x.com/i/lists/1789012345678901234
    """,
    "a live room on X": """
        x.com/i/spaces/1vAxRAVQWONJl x.com/i/broadcasts/1yNGaQLWpejGj x.com/i/events/1910629646300762112
    """,
    "a link to X with a broken post id": """
        x.com/u/status/0178901234567890123 x.com/u/status/ x.com/u/status/17890 x.com/u/status/17890123456789012345
        x.com/u/status/1789012345678901234abc
    """,
    "a page of Facebook": """
        facebook.com/watch?v=1234567890123 l.facebook.com/
    """,
    "a page of Google": """
        google.com/search?q=youtube
    """,
    "That link has a user name before its host, which look-alike links use.": """
        https://www.youtube.com@evil.example/watch?v=dQw4w9WgXcQ
    """,
    "an Instagram story": """
        instagram.com/stories/u/3570766765028588805/ instagram.com/s/aGlnaGxpZ2h0?story_media_id=1_2
    """,
    "an Instagram live room": """
        instagram.com/u/live
    """,
}


@pytest.mark.parametrize(("key", "link"), [(key, link) for key, links in SPELLINGS.items() for link in links])
def test_a_spelling_names_its_video_and_is_found_in_a_message(key, link):
    assert canonical_key(link) == key
    assert looks_like_link(link)
    assert find_links(f"look {link} now") == (parse_link(link).url,)


@pytest.mark.parametrize(("link", "url"), SHORT.items())
def test_a_short_link_of_a_mirror_or_behind_a_log_in_is_its_sites_own(link, url):
    assert parse_link(link).url == url


@pytest.mark.parametrize(
    ("reason", "link"), [(reason, link) for reason, links in REFUSED.items() for link in links.split()]
)
def test_what_is_no_certain_video_is_refused_with_the_reason(reason, link):
    with pytest.raises(LinkError) as refusal:
        parse_link(link)
    assert reason in str(refusal.value)
    assert not find_links(f"look {link} now")


@pytest.mark.parametrize(
    "between", ["/", "+", "&", "→", "·", "|", ",", ";", "、", "\n", " and ", ")(", "🔥", "\u200b "]
)
@pytest.mark.parametrize("scheme", ["https://", "https://www.", "www.", ""])
def test_two_links_that_touch_are_two(between, scheme):
    one, other = f"{scheme}youtube.com/shorts/{YT}", f"{scheme}tiktok.com/@u/video/{TT}"
    assert len(find_links(f"{one}{between}{other}")) == 2
