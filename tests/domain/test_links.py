import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import LinkError
from bot.domain.links import (
    FOLLOWABLE_HOSTS,
    ShortLink,
    VideoLink,
    canonical_key,
    find_links,
    looks_like_link,
    parse_link,
)

YT = "dQw4w9WgXcQ"
TT = "7212345678901234567"
IG = "CuXyZ_1-aBc"
TW = "1789012345678901234"

SPELLINGS = {
    f"youtube:{YT}": f"""
        https://www.youtube.com/watch?v={YT} youtube.com/watch?v={YT}
        http://youtube.com/watch/?app=desktop&v={YT}&t=42s&list=PL1&index=3&pp=x#t=1
        https://m.youtube.com/watch?feature=share&v={YT} https://music.youtube.com/watch?v={YT}&si=abc
        https://gaming.youtube.com/watch?v={YT} HTTPS://WWW.YOUTUBE.COM/watch?v={YT} https://youtu.be/{YT}?si=AbC
        youtu.be/{YT}/ https://www.youtube.com/shorts/{YT}?feature=share https://youtube.com/live/{YT}
        https://www.youtube.com/embed/{YT}?start=3 https://www.youtube-nocookie.com/embed/{YT}
        https://www.youtube.com/v/{YT} https://www.youtube.com/e/{YT} https://www.youtube.com/watch?v={YT}&v=other
        https://www.youtube.com:443/watch?v={YT} http://www.youtube.com.:80/watch?v={YT}
        https://www.youtube.com/watch?app=desktop&amp;v={YT}&amp;t=1
        https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3D{YT}%26feature%3Dshare
    """.split(),
    f"tiktok:{TT}": f"""
        https://www.tiktok.com/@some.user_1/video/{TT} tiktok.com/@some.user_1/video/{TT}?_r=1&is_from_webapp=1
        https://www.tiktok.com/%40some.user_1/video/{TT} https://www.tiktok.com/@some.user_1/photo/{TT}
        https://www.tiktok.com/@/video/{TT} https://www.tiktok.com/@jos%C3%A9/video/{TT}
        https://m.tiktok.com/v/{TT}.html?u_code=1 https://m.tiktok.com/v/{TT} https://www.tiktok.com/embed/v2/{TT}
        https://www.tiktok.com/embed/{TT} https://www.tiktok.com/player/v1/{TT}
        https://www.tiktokv.com/share/video/{TT}/ https://m.tiktokv.com/share/video/{TT}
        //www.tiktok.com//@some.user_1/video/{TT}// https:\\\\www.tiktok.com\\@some.user_1\\video\\{TT}
    """.split(),
    f"instagram:{IG}": f"""
        https://www.instagram.com/p/{IG}/ https://instagram.com/reel/{IG}?igsh=MzRlODBiNWFlZA==
        https://www.instagram.com/reels/{IG}/?igshid=1&utm_source=ig https://www.instagram.com/tv/{IG}
        https://www.instagram.com/some.user/p/{IG}/?img_index=1 https://www.instagram.com/some.user/reel/{IG}/
        https://www.instagram.com/p/{IG}/embed/ https://www.instagram.com/reel/{IG}/embed/captioned/
        https://instagr.am/p/{IG} https://m.instagram.com/p/{IG}
    """.split(),
    f"twitter:{TW}": f"""
        https://twitter.com/user_1/status/{TW} https://x.com/user_1/status/{TW}?s=20&t=abc
        https://mobile.twitter.com/user_1/status/{TW} https://m.twitter.com/user_1/statuses/{TW}
        https://x.com/i/status/{TW} https://x.com/i/web/status/{TW} https://x.com/us%C3%A9r/status/{TW}
        https://x.com/user_1/status/{TW}/video/1 https://x.com/user_1/status/{TW}/photo/1
        https://fxtwitter.com/user_1/status/{TW}/en https://vxtwitter.com/user_1/status/{TW}
        https://fixupx.com/user_1/status/{TW} https://fixvx.com/user_1/status/{TW}
    """.split(),
}
ALL_SPELLINGS = [(key, link) for key, links in SPELLINGS.items() for link in links]

SHORT = {
    "https://vm.tiktok.com/ZMabc123/?k=1": "https://vm.tiktok.com/ZMabc123",
    "vt.tiktok.com/ZSabc123": "https://vt.tiktok.com/ZSabc123",
    "http://tiktok.com/t/ZTabc123/": "https://www.tiktok.com/t/ZTabc123",
    "https://www.instagram.com/share/reel/BAabc_12-3": "https://www.instagram.com/share/reel/BAabc_12-3",
    "https://instagram.com/share/p/BAabc_12-3/?x=1": "https://www.instagram.com/share/p/BAabc_12-3",
    "https://instagram.com/share/BAabc_12-3": "https://www.instagram.com/share/BAabc_12-3",
    "http://t.co/AbCdEf": "https://t.co/AbCdEf",
}

REFUSED = {
    "https://vimeo.com/1234": "vimeo.com isn't a supported site",
    "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ": "youtube.com.evil.example isn't a supported site",
    "https://evil.example\\@www.tiktok.com/@u/video/1": "evil.example isn't a supported site",
    f"https://{'a' * 80}.com/x": "That site isn't a supported site",
    "javascript:alert(1)//tiktok.com": "start with https://",
    "data:text/html,hello": "start with https://",
    "ftp://www.youtube.com/watch?v=dQw4w9WgXcQ": "start with https://",
    "https://www.youtube.com@evil.example/watch?v=dQw4w9WgXcQ": "has a user name",
    "https://me:secret@www.youtube.com/watch?v=dQw4w9WgXcQ": "has a user name",
    "https://www.youtube.com:8443/watch?v=dQw4w9WgXcQ": "has a port number",
    "https://127.0.0.1/watch?v=dQw4w9WgXcQ": "an IP address",
    "http://[::1]:80/watch?v=dQw4w9WgXcQ": "an IP address",
    "https://www.youtubе.com/watch?v=dQw4w9WgXcQ": "letters other than a to z",
    "https://xn--youtub-9wf.com/watch": "letters other than a to z",
    "http://2130706433/": "no video link there",
    "hello": "no video link there",
    "@viral": "no video link there",
    "🍜": "no video link there",
    "7": "no video link there",
    "": "no video link there",
    "https://": "no video link there",
    "https://www.youtube.com/watch?v=" + "a" * 10_000: "longer than 2,000 characters",
}


@pytest.mark.parametrize(("key", "link"), ALL_SPELLINGS)
def test_every_spelling_of_a_video_has_one_key(key, link):
    reading = parse_link(link)
    assert isinstance(reading, VideoLink)
    assert reading.key == key == canonical_key(link)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (f"youtu.be/{YT}", f"https://www.youtube.com/watch?v={YT}"),
        (f"tiktok.com/@some.user_1/photo/{TT}?a=1", f"https://www.tiktok.com/@some.user_1/video/{TT}"),
        (f"https://m.tiktok.com/v/{TT}.html", f"https://www.tiktok.com/@_/video/{TT}"),
        (f"instagram.com/u/reel/{IG}", f"https://www.instagram.com/p/{IG}/"),
        (f"x.com/User_1/status/{TW}", f"https://twitter.com/User_1/status/{TW}"),
        (f"x.com/i/web/status/{TW}", f"https://twitter.com/i/status/{TW}"),
    ],
)
def test_the_api_gets_the_documented_spelling(link, url):
    reading = parse_link(link)
    assert reading.url == url


def test_ids_that_differ_only_in_case_are_different_videos_and_plain_text_has_no_link():
    assert canonical_key("youtu.be/dQw4w9WgXcQ") != canonical_key("youtu.be/DQw4w9WgXcQ")
    assert find_links("Nothing to see here. Really.") == ()


@pytest.mark.parametrize(("link", "url"), SHORT.items())
def test_a_short_link_is_distinguished_from_a_video_and_cleaned(link, url):
    assert parse_link(link) == ShortLink(url)
    assert parse_link(url) == ShortLink(url)
    assert urlsplit(url).hostname in FOLLOWABLE_HOSTS
    assert canonical_key(link) is None


@pytest.mark.parametrize(("link", "reason"), REFUSED.items())
def test_anything_else_is_refused_with_its_kind_and_a_valid_example(link, reason):
    with pytest.raises(LinkError, match=re.escape(reason)) as refusal:
        parse_link(link)
    assert str(refusal.value).endswith("from TikTok, YouTube, Instagram or X.")
    assert len(str(refusal.value)) < 400
    assert canonical_key(link) is None


def test_a_refusal_shows_no_path_or_secret_of_the_link():
    with pytest.raises(LinkError) as refusal:
        parse_link("https://me:hunter2@vimeo.com/private-title?token=abc")
    assert not any(secret in str(refusal.value) for secret in ("hunter2", "private-title", "abc"))


@pytest.mark.parametrize(
    "wrapping",
    [
        "<{}>", "<{}|click here>", "“{}”", '"{}"', "({}).", "{}!?", "`{}`", "||{}||", "\u200b{}\ufeff", "\u202e{}",
        " {}\n", "{}…",
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", SPELLINGS)
def test_wrapping_and_punctuation_around_a_link_change_nothing(wrapping, key):
    assert canonical_key(wrapping.format(SPELLINGS[key][0])) == key


@pytest.mark.parametrize("invisible", ["\u200b", "\u200f", "\u2066", "\u00ad", "\ufe0f", "\x00"])
def test_invisible_characters_inside_a_link_change_nothing(invisible):
    assert canonical_key(f"https://www.you{invisible}tube.com/watch?v=dQw4{invisible}w9WgXcQ") == f"youtube:{YT}"


@pytest.mark.parametrize(
    "token",
    [
        *(link for _, link in ALL_SPELLINGS), *SHORT, "https://vimeo.com/1", "vimeo.com/1",
        "<https://vimeo.com|vimeo>", "javascript:alert(1)", "ftp://x", "data:text/html,x", "www.vimeo.com",
        "tiktok.com", "me:pw@tiktok.com/x", "127.0.0.1/x", "https://" + "a" * 10_000, "\u202ehttps://x.com/a",
        "tiktоk.com/@u/video/1",
    ],
)  # fmt: skip
def test_intended_links_look_like_links(token):
    assert looks_like_link(token)


@pytest.mark.parametrize(
    "token",
    [
        *("", "7", "1.5", "-3", "31", "abc", "09:00", "22:00-07:00", "Europe/Berlin", "tiktok", "node.js", "Recap:"),
        *("data:", "What?", "1/2", "www.", "vol.1/2", "@someone", "vid_01HX", "a" * 10_000, "видео", "S.H.I.E.L.D/x"),
    ],
)
def test_titles_numbers_times_and_zones_do_not_look_like_links(token):
    assert not looks_like_link(token)


def test_links_in_a_message_are_found_once_in_order():
    message = (
        f"Look: <https://youtu.be/{YT}?si=1|a video> and <https://x.com/a/status/{TW}>, "
        f"also [this](https://www.tiktok.com/@u/video/{TT}), https://vimeo.com/1, https://t.co/abcDEF1234... "
        f"and again https://www.youtube.com/watch?v={YT} <@U123> <mailto:a@b.example|a@b.example> instagram.com/p/{IG}!"
    )
    assert find_links(message) == (
        f"https://www.youtube.com/watch?v={YT}",
        f"https://twitter.com/a/status/{TW}",
        f"https://www.tiktok.com/@u/video/{TT}",
        "https://t.co/abcDEF1234",
        f"https://www.instagram.com/p/{IG}/",
    )


PIECES = st.sampled_from(
    [
        *(
            "https:", "http://", "//", "/", "\\", "@", ":", "www.", "tiktok.com", "youtube.com", "x.com",
            "instagram.com",
        ),
        *("t.co", "evil.example", "watch", "?v=", "&", "=", YT, TT, IG, "video", "status", "p", "reel", "share", "t"),
        *("v", "<", "|", "%2F", "%40", "%00", "#", ".", "..", "[", "]", "\u202e", "é", "user", "attribution_link"),
        *("?u=", "javascript:"),
    ]
)  # fmt: skip
HOSTILE = st.text() | st.lists(PIECES, max_size=14).map("".join)
CANONICAL = re.compile(
    r"https://(www\.tiktok\.com/@[\w.-]+/video/\d+|www\.youtube\.com/watch\?v=[\w-]{11}"
    r"|www\.instagram\.com/p/[\w-]+/|twitter\.com/\w+/status/\d+)",
    re.ASCII,
)


@given(HOSTILE)
def test_hostile_text_gives_a_clean_address_of_a_known_site_or_a_link_error(typed):
    looks_like_link(typed)
    for url in find_links(typed):
        assert parse_link(url).url == url
    try:
        reading = parse_link(typed)
    except LinkError:
        return
    if isinstance(reading, VideoLink):
        assert CANONICAL.fullmatch(reading.url)
    else:
        assert re.fullmatch(r"https://[a-z.]+/[\w/-]+", reading.url, re.ASCII)
        assert urlsplit(reading.url).netloc in FOLLOWABLE_HOSTS
    assert parse_link(reading.url) == reading


ID = {
    "youtube": (st.from_regex(r"[0-9A-Za-z_-]{10}[AEIMQUYcgkosw048]", fullmatch=True), YT),
    "tiktok": (st.from_regex(r"[1-9][0-9]{14,18}", fullmatch=True), TT),
    "instagram": (st.from_regex(r"[A-H][0-9A-Za-z_-]{10}", fullmatch=True), IG),
    "twitter": (st.from_regex(r"[1-9][0-9]{14,18}", fullmatch=True), TW),
}


@pytest.mark.parametrize("platform", ID)
@given(data=st.data())
def test_all_spellings_of_an_id_share_one_key(platform, data):
    ids, example = ID[platform]
    video_id = data.draw(ids)
    spellings = SPELLINGS[f"{platform}:{example}"]
    assert {canonical_key(link.replace(example, video_id)) for link in spellings} == {f"{platform}:{video_id}"}


@pytest.mark.parametrize("unit", ["<", "<a|", "a.", "a@", "%25", "/@", "https://", "(", "\u200b", "&amp;", "watch/"])
def test_long_repetitive_text_is_read_in_linear_time(unit):
    text = unit * 20_000
    assert find_links(text) == ()
    assert looks_like_link("x" + text) in {True, False}
    with pytest.raises(LinkError):
        parse_link(text[:2_000])
