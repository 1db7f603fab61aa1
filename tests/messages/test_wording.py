from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.clock import moment_text
from bot.domain.links import video_of
from bot.domain.money import Runway
from bot.messages.wording import (
    freshness,
    linked,
    name_of,
    named_on_platform,
    option_label,
    platform_name,
    plural,
    runway_text,
    shortened,
    status_word,
    video_actions,
    video_options,
)
from bot.reply.model import Plain
from bot.reply.plain import plain_spans
from tests.examples import NOW, REASON, video, wallet_state


def test_a_video_is_called_by_its_title_if_it_has_one():
    assert name_of(video(title="Cats", creator="ana")) == "Cats"
    assert named_on_platform(video(title="Cats")) == "Cats on TikTok"


@pytest.mark.parametrize(
    ("link", "creator", "name"),
    [
        ("https://www.tiktok.com/@viral.me/video/7301234567890123456", "", "TikTok video by @viral.me (…123456)"),
        ("https://m.tiktok.com/v/7301234567890123456.html", "Ana", "TikTok video by Ana (…123456)"),
        ("https://www.tiktok.com/@_/video/7301234567890123456", "", "TikTok video (…123456)"),
        ("https://www.tiktok.com/@Ana/video/7301234567890123456", "Ana Sky", "TikTok video by @Ana (…123456)"),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "", "YouTube video (dQw4w9WgXcQ)"),
        ("https://www.instagram.com/reel/Cx1_2-3abcd/", "ana", "Instagram video by ana (Cx1_2-3abcd)"),
        ("https://x.com/i/status/1801234567890123456", "", "X video (…123456)"),
        ("https://x.com/ana/status/1801234567890123456", "", "X video by @ana (…123456)"),
        ("https://later.example/42", "", "myspace video b77e9e3f-c2a0-532a-aa57-000000000000"),
    ],
)
def test_an_untitled_video_is_called_by_its_platform_its_creator_and_the_end_of_its_id(link, creator, name):
    found = video_of(link)
    untitled = video(title="", creator=creator, link=link, platform=found.platform if found else "myspace")
    assert (name_of(untitled), named_on_platform(untitled)) == (name, name)
    assert platform_name(untitled.platform) not in option_label(untitled).removeprefix(name)


@given(st.text(), st.text(max_size=90), st.text(max_size=200))
def test_a_name_is_one_short_line(title, creator, link):
    named = name_of(video(title=title, creator=creator, link=link))
    assert len(named) <= 60
    assert "\n" not in named


def test_undocumented_values_are_shown_as_received_and_deletion_is_marked():
    assert platform_name("myspace") == "myspace"
    assert status_word(video(status="resting")) == "resting"
    assert status_word(video(status="error", is_deleted=True)) == "error (deleted)"


@pytest.mark.parametrize("link", ["http://example.com/1", "javascript:alert(1)", "", "ftp://x/y", "HTTPS://x"])
def test_only_an_https_address_becomes_a_link(link):
    assert linked(video(title="Cats", link=link)) == Plain("Cats")


@given(st.text(max_size=200), st.integers(2, 100))
def test_shortened_text_fits_on_one_line(words, length):
    short = shortened(words, length)
    assert len(short) <= length
    assert "\n" not in short
    assert short in words or short.endswith("…") or " ".join(words.split()) == short


@given(st.text(), st.text(max_size=600), st.booleans())
def test_a_choice_fits_a_select(title, creator, apart):
    assert 1 <= len(option_label(video(title=title, creator=creator, status="x" * 40), apart=apart)) <= 75


def test_a_long_title_leaves_the_status_readable_and_a_count_agrees_with_its_noun():
    label = option_label(video(title="How we fixed our kitchen sink " * 3))
    assert label == "How we fixed our kitchen sink How we fixed our kitchen… · TikTok, running"
    assert [plural(1, "video"), plural(0, "video"), plural(1_298, "video")] == ["1 video", "0 videos", "1,298 videos"]
    assert plural(2, "more", "more") == "2 more"


def test_videos_of_the_same_name_are_distinguished_in_a_choice():
    later = NOW - timedelta(hours=3)
    titled = [video(1, title="Twins"), video(2, title="Twins"), video(1, title="Twins", started_at=later)]
    untitled = [video(1, title=""), video(1, title="", started_at=None)]
    assert [option.label for option in video_options([*titled, *untitled])] == [
        "Twins · YouTube …123401, running, began Sat 28 Feb, 10:30 UTC",
        "Twins · Instagram, running",
        "Twins · YouTube …123401, running, began Mon 2 Mar, 07:30 UTC",
        "YouTube video by @user (…123401), running, began Sat 28 Feb, 10:30 UTC",
        "YouTube video by @user (…123401), running",
    ]


def test_freshness_shows_time_age_and_why_there_is_nothing_newer():
    note = freshness(NOW - timedelta(hours=3), NOW, REASON)
    assert plain_spans(note.text) == f"As of Mon 2 Mar, 07:30 UTC (3 h ago). Couldn't refresh: {REASON}"


def test_only_running_videos_can_be_stopped():
    running, over = video_actions(video()), video_actions(video(status="completed"))
    assert [action.label for action in running] == ["Stats", "Compare", "Stop"]
    assert [action.label for action in over] == ["Stats", "Compare"]


ENOUGH = Runway(Decimal(1), None, Decimal(1), 0, NOW + timedelta(days=3))
DRY = Runway(Decimal(9), NOW + timedelta(hours=5), Decimal(-2), 0, NOW + timedelta(days=3))


@pytest.mark.parametrize(
    ("runway", "open_ended", "shown"),
    [
        (ENOUGH, 0, f"covers all running videos; the last one ends {moment_text(ENOUGH.last_end)}"),
        (ENOUGH, 1, f"covers all videos with a known end; the last one ends {moment_text(ENOUGH.last_end)}"),
        (replace(ENOUGH, last_end=None), 0, "nothing is being spent"),
        (replace(ENOUGH, last_end=None), 1, "not known"),
        (replace(ENOUGH, left_after=Decimal(-1), paused=2), 0, "not enough for the paused videos"),
        (replace(ENOUGH, left_after=Decimal(-1)), 0, "used up"),
        (DRY, 0, f"{moment_text(DRY.empty_at)}"),
        (DRY, 1, f"{moment_text(DRY.empty_at)} at the latest"),
    ],
)
def test_the_runway_is_shown_as_far_as_known(runway, open_ended, shown):
    state = wallet_state("9.00", runway=runway, open_ended=open_ended, complete=True)
    assert plain_spans(runway_text(state)).startswith(shown)
