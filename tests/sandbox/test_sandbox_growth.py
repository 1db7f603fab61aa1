"""Curves, titles and links: a video always grows the same way, as its platform would allow."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sandbox.platform_videos import (
    CORRECTED_AT,
    LIFETIME,
    METRICS,
    TITLES,
    Curve,
    Growth,
    curve_for,
    make_video,
    parse_link,
)

HOURS = range(24 * 30)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("platform", METRICS)
@pytest.mark.parametrize("curve", [curve for curve in Curve if curve is not Curve.CORRECTED])
@given(seed=st.integers(0, 10**18))
def test_no_count_ever_falls(curve, platform, seed):
    growth = Growth(curve, platform, f"{platform}:{seed}")
    for earlier, later in pairwise(range(120)):
        before, after = growth.counts(earlier), growth.counts(later)
        assert all(0 <= before[metric] <= after[metric] for metric in METRICS[platform])


@pytest.mark.parametrize("platform", METRICS)
def test_a_video_grows_the_same_whenever_it_is_read(platform):
    asked_in_order = Growth(Curve.VIRAL, platform, "video:1")
    asked_late_first = Growth(Curve.VIRAL, platform, "video:1")
    last = asked_late_first.counts(200)
    assert [asked_in_order.counts(hour) for hour in range(201)] == [
        asked_late_first.counts(hour) for hour in range(201)
    ]
    assert asked_in_order.counts(200) == last
    assert Growth(Curve.VIRAL, platform, "video:2").counts(200) != last


def test_each_platform_has_its_own_metrics_led_by_views():
    for platform, metrics in METRICS.items():
        counts = Growth(Curve.STEADY, platform, "video:1").counts(48)
        assert tuple(counts) == metrics
        assert max(counts, key=counts.__getitem__) == metrics[0]


@given(seed=st.integers(0, 10**18))
def test_a_viral_video_peaks_and_a_flat_one_stops(seed):
    viral = Growth(Curve.VIRAL, "tiktok", str(seed))
    flat = Growth(Curve.FLAT, "tiktok", str(seed))
    steady = Growth(Curve.STEADY, "tiktok", str(seed))
    assert viral.counts(48)["views"] > 10 * steady.counts(48)["views"]
    assert viral.counts(48)["views"] - viral.counts(0)["views"] > viral.counts(96)["views"] - viral.counts(48)["views"]
    assert flat.counts(48) == flat.counts(720)
    assert steady.counts(96)["views"] > 1.5 * steady.counts(48)["views"]


def test_only_a_video_with_gaps_misses_three_hours_per_day():
    gaps = Growth(Curve.GAPS, "tiktok", "video:1")
    assert [hour for hour in range(1, 25) if gaps.misses(hour)] == [5, 7, 8, 9, 16]
    steady = Growth(Curve.STEADY, "tiktok", "video:1")
    assert not any(steady.misses(hour) for hour in HOURS)


def test_a_corrected_video_falls_once_and_keeps_growing():
    growth = Growth(Curve.CORRECTED, "tiktok", "video:1")
    views = [growth.counts(hour)["views"] for hour in range(100)]
    assert [hour for hour in range(1, 100) if views[hour] < views[hour - 1]] == [CORRECTED_AT]
    assert views[-1] > max(views[:CORRECTED_AT])


def test_only_deleted_and_private_videos_end():
    for curve in Curve:
        growth = Growth(curve, "tiktok", "video:1")
        lifetime = LIFETIME.get(curve)
        assert [hour for hour in HOURS if growth.has_ended(hour)] == (
            [] if lifetime is None else list(range(lifetime + 1, HOURS.stop))
        )


@pytest.mark.parametrize("curve", Curve)
@pytest.mark.parametrize(
    "link",
    [
        "https://www.tiktok.com/@{}/video/7301",
        "https://www.tiktok.com/@my.{}.one/video/7301",
        "https://twitter.com/{}/status/1901",
        "https://www.instagram.com/p/{}01/",
        "https://youtu.be/{:x<11.11}",
    ],
)
def test_a_word_in_the_user_name_or_id_selects_a_curve(curve, link):
    video = parse_link(link.format(curve.value))
    assert make_video(video, NOW).growth.curve is curve


def test_without_a_word_the_curve_is_random():
    chosen = {curve_for(f"tiktok:{number}", f"somebody {number}") for number in range(200)}
    assert chosen == {Curve.VIRAL, Curve.STEADY, Curve.FLAT, Curve.GAPS}


@pytest.mark.parametrize("word", TITLES)
def test_a_word_selects_a_title_too(word):
    film = make_video(parse_link(f"https://www.tiktok.com/@{word}/video/1"), NOW)
    assert (film.title, film.creator) == (TITLES[word], word)


def test_titles_come_in_many_scripts_and_one_is_hostile():
    assert any("\u0400" <= letter <= "\u04ff" for letter in TITLES["cyrillic"])
    assert any("\u0600" <= letter <= "\u06ff" for letter in TITLES["arabic"])
    assert any("\u4e00" <= letter <= "\u9fff" for letter in TITLES["chinese"])
    assert any(letter > "\U0001f000" for letter in TITLES["emoji"])
    assert all(trap in TITLES["hostile"] for trap in ("<!channel>", "@everyone", "*bold*", "`", "]("))


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ("https://www.tiktok.com/@user/video/7301", "tiktok:7301"),
        ("https://tiktok.com/@user/video/7301?_r=1&is_from_webapp=1", "tiktok:7301"),
        ("https://www.tiktok.com/@/video/7301", "tiktok:7301"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "youtube:dQw4w9WgXcQ"),
        ("https://m.youtube.com/watch?feature=share&v=dQw4w9WgXcQ&t=3", "youtube:dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "youtube:dQw4w9WgXcQ"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "youtube:dQw4w9WgXcQ"),
        ("https://www.instagram.com/p/C0de_-x/", "instagram:C0de_-x"),
        ("https://www.instagram.com/reel/C0de/?igsh=1", "instagram:C0de"),
        ("https://www.instagram.com/some.body/reel/C0de/", "instagram:C0de"),
        ("https://twitter.com/user/status/1901", "twitter:1901"),
        ("https://x.com/user/status/1901?s=20", "twitter:1901"),
        ("https://x.com/i/status/1901", "twitter:1901"),
    ],
)
def test_documented_links_and_their_spellings_identify_one_video(link, key):
    assert parse_link(link).key == key


@pytest.mark.parametrize(
    "link",
    [
        "", "tiktok", "javascript:alert(1)", "https://vimeo.com/1", "https://www.tiktok.com/@user",
        "https://vm.tiktok.com/ZM123/", "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQQ", "https://www.youtube.com/playlist?list=dQw4w9WgXcQ",
        "https://www.youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://user@www.youtube.com/watch?v=dQw4w9WgXcQ", "https://twitter.com/user/status/abc",
        " https://twitter.com/user/status/1901", "ftp://twitter.com/user/status/1901",
    ],
)  # fmt: skip
def test_other_links_are_not_supported(link):
    assert parse_link(link) is None
