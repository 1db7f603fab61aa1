"""Every response body except a video's page: lists, tracked, stopped, usage and errors, documented or not."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contentstats.values import ForeignBody, read_count, read_number, read_time
from bot.contentstats.wire import (
    DOCUMENTED_PRICE,
    read_list,
    read_page,
    read_problem,
    read_stopped,
    read_tracked,
    read_usage,
)
from bot.domain.videos import Stopped, Video

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def encoded(value):
    return json.dumps(value).encode()


def test_a_list_keeps_every_row_that_has_an_id(caplog):
    rows = [
        {"id": "v1", "video_link": "l1"},
        {"video_link": "l2"},
        None,
        "row",
        {"id": ""},
        {"id": "v3", "days_remaining": []},
    ]
    videos = read_list(encoded({"videos": rows, "total": 6, "limit": 100}), 100).videos
    assert [video.id for video in videos] == ["v1", "v3"]
    assert "4 of 6" in caplog.text


def test_the_long_and_the_short_track_response_give_the_same_video():
    short = {"id": "v1", "video_link": "l", "platform": "tiktok", "status": "monitoring", "estimated_cost": 2.52}
    long = short | {
        "job_id": "j",
        "monitoring_duration_days": 7,
        "days_remaining": 7,
        "created_at": "2026-03-02T12:00:00Z",
    }
    known = Video("v1", "l", "tiktok", "monitoring", estimated_cost=Decimal("2.52"))
    assert read_tracked(encoded(short), "asked") == known
    whole = replace(known, started_at=NOON, days=7, days_remaining=Decimal(7))
    assert read_tracked(encoded(long), "asked") == whole


def test_a_track_response_for_another_video_is_refused():
    asked, other = "https://x.com/a/status/1789012345678901234", "https://twitter.com/i/status/1789012345678901235"
    with pytest.raises(ForeignBody):
        read_tracked(encoded({"id": "v1", "video_link": other}), asked)
    same = {"id": "v1", "video_link": "https://twitter.com/i/status/1789012345678901234"}
    assert read_tracked(encoded(same), asked).id == "v1"


@pytest.mark.parametrize(
    ("rows", "stated", "is_complete"),
    [(1, 100, True), (99, 100, True), (100, 100, False), (50, 50, False), (50, None, True), (0, 0, True)],
)
def test_a_list_as_long_as_its_stated_limit_or_with_an_unreadable_row_may_hide_rows(rows, stated, is_complete):
    listed = [{"id": str(number)} for number in range(rows)]
    assert read_list(encoded({"videos": listed, "limit": stated}), 100).is_complete is is_complete
    assert not read_list(encoded({"videos": [*listed, {"video_link": "l"}]}), 100).is_complete


def test_a_track_response_without_a_link_is_for_the_requested_link():
    asked = "https://x.com/a/status/1789012345678901234"
    for stated in ({}, {"video_link": None, "platform": None}, {"video_link": ["odd"]}):
        video = read_tracked(encoded({"id": "v1"} | stated), asked)
        assert (video.link, video.platform) == (asked, "twitter")


def test_usage_is_read_from_numbers_and_from_text():
    numbers = {
        "balance_usd": 4.985,
        "total_snapshots": 12,
        "active_videos": 2,
        "uncharged_usage_usd": 0.18,
        "total_charged_usd": 1.5,
        "estimated_snapshots_remaining": 320,
        "cost_per_snapshot": 0.015,
    }
    usage = read_usage(encoded(numbers))
    assert usage == read_usage(encoded({name: str(value) for name, value in numbers.items()}))
    assert (usage.balance, usage.uncharged, usage.available) == (Decimal("4.985"), Decimal("0.18"), Decimal("4.805"))
    assert (usage.total_snapshots, usage.total_charged) == (12, Decimal("1.5"))
    assert usage.cost_per_snapshot == Decimal("0.015")


def test_usage_accepts_dollar_signs_and_debts_and_defaults_to_the_documented_price():
    usage = read_usage(encoded({"balance_usd": "$1,004.20", "uncharged_usage_usd": None, "cost_per_snapshot": "free"}))
    assert (usage.balance, usage.uncharged, usage.cost_per_snapshot) == (Decimal("1004.20"), None, DOCUMENTED_PRICE)
    assert (usage.total_charged, usage.total_snapshots) == (None, None)
    assert read_usage(b'{"balance_usd": -0.03}').balance == Decimal("-0.03")


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ({"balance_usd": 9007199254740991}, "returned an impossible balance"),
        ({"balance_usd": "-1e21"}, "returned an impossible balance"),
        ({"balance_usd": 5, "cost_per_snapshot": 1e21}, "returned an impossible price"),
        ({"balance_usd": "1e400"}, "isn't from its API"),
    ],
)
def test_an_impossible_amount_is_named(stated, problem):
    with pytest.raises(ForeignBody, match=problem):
        read_usage(encoded(stated))


def test_an_impossible_amount_other_than_the_balance_is_unknown():
    usage = read_usage(encoded({"balance_usd": 5, "uncharged_usage_usd": 1e21, "total_charged_usd": -1e15}))
    assert (usage.available, usage.uncharged, usage.total_charged) == (5, None, None)
    assert read_problem(encoded({"error": "no", "required": 1e21, "balance": "1e29"}), "k").required is None


@pytest.mark.parametrize(
    ("stated", "stopped"),
    [
        ({"previous_status": "paused", "new_status": "completed"}, Stopped("paused", "completed")),
        ({"previous_status": "Monitoring", "new_status": "COMPLETED"}, Stopped("monitoring", "completed")),
        ({"status": "cancelled"}, Stopped("", "cancelled")),
    ],
)
def test_stopping_returns_the_status_before_and_after_in_lower_case(stated, stopped):
    assert read_stopped(encoded({"success": True, "id": "v1"} | stated)) == stopped


@pytest.mark.parametrize("answer", [{"success": False, "new_status": "monitoring"}, {"success": True}, {}])
def test_a_stop_response_without_a_stopped_status_is_refused(answer):
    with pytest.raises(ForeignBody):
        read_stopped(encoded(answer))


READERS = [read_page, lambda body: read_list(body, 100), lambda body: read_tracked(body, "l"), read_stopped, read_usage]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"42", b"{}", b'{"id": "v1"', b'{"id": "\xff\xfe"}',
        b"<!doctype html><html></html>", b'{"error": "down"}', b"[" * 100_000, b'{"id":' * 100_000,
        b'{"n": ' + b"9" * 10_000 + b"}",
    ],
)  # fmt: skip
def test_foreign_bodies_are_refused(read, body):
    with pytest.raises(ForeignBody):
        read(body)


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (
            {"error": "E", "details": [{"field": "days", "message": "1 to 30"}, "odd"]},
            (("days", "1 to 30"), ("", "odd")),
        ),
        ({"error": "E", "details": {"days": "1 to 30", "n": None}}, (("days", "1 to 30"),)),
        ({"error": "E", "details": "just text"}, (("", "just text"),)),
        ({"errors": {"days": ["1 to 30", "odd"]}}, (("days", "1 to 30"),)),
    ],
)
def test_an_errors_details_may_be_of_any_shape(body, details):
    assert read_problem(encoded(body), "").details == details


def test_an_errors_words_may_be_anywhere():
    assert read_problem(b"<html>", "").words == ""
    assert read_problem(encoded({"error": {"code": 3, "message": "Too many"}}), "").words == "Too many"
    assert read_problem(encoded({"message": "Nope"}), "").words == "Nope"


def test_an_errors_amounts_may_be_inside_its_details():
    problem = read_problem(encoded({"error": "E", "details": {"balance": "1.20", "estimated_cost": 2.52}}), "")
    assert (problem.balance, problem.required) == (Decimal("1.20"), Decimal("2.52"))


def test_the_servers_message_is_one_clean_clipped_line_without_any_key():
    words = read_problem(
        encoded({"error": "bad\n\x1b[31m key\u202e cs_live_abc123 or s3cret " + "x" * 500}), "s3cret"
    ).words
    assert words.startswith("bad [31m key … or … xxx")
    assert len(words) == 200
    assert words.isprintable()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    [
        "id", "videos", "snapshots", "snapshot_time", "views", "shares", "status", "days_remaining",
        "current_metadata", "x",
    ]
)  # fmt: skip


@given(st.dictionaries(names, json_values | st.lists(st.dictionaries(names, json_values, max_size=5), max_size=3)))
def test_any_json_object_is_either_read_or_refused(value):
    for read in READERS:
        try:
            result = read(encoded(value))
        except ForeignBody:
            continue
        assert result is not None


@given(st.integers(0, 2**63 - 1))
def test_every_count_is_read_in_every_format(count):
    assert read_count(count) == read_count(str(count)) == read_count(f"{count:,}") == count


@given(json_values)
def test_reading_one_value_never_raises(value):
    assert read_number(value) is None or read_number(value).is_finite()
    assert read_time(value) is None or read_time(value).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("written", "number", "count"),
    [
        ("0,015", "0.015", None), ("-0,5", "-0.5", None), ("98,50", "98.50", None), ("1.234,56", "1234.56", None),
        ("0,15", "0.15", None), ("1 234,5", "1234.5", None), ("1,234", "1234", 1234), ("1,234.5", "1234.5", None),
        ("$0,015", "0.015", None),
    ],
)  # fmt: skip
def test_a_comma_begins_a_fraction_if_it_groups_no_thousands(written, number, count):
    assert read_number(written) == Decimal(number)
    assert read_count(written) == count
