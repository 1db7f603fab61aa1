"""A video's page with its snapshots, as documented and as a server may send it anyway."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contentstats.wire import read_page
from bot.domain.videos import Metric, Snapshot, Video, VideoPlatform, VideoStatus

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def encoded(value):
    return json.dumps(value).encode()


def page(*snapshots, **fields):
    return encoded({"id": "v1", "platform": "tiktok", "status": "monitoring", "snapshots": snapshots} | fields)


def snapshots_of(*snapshots):
    return read_page(page(*snapshots)).snapshots


def counts_of(**fields):
    (snapshot,) = snapshots_of({"snapshot_time": "2026-03-02T12:00:00Z", **fields})
    return dict(snapshot.counts)


def test_a_page_as_documented_becomes_a_video_and_its_snapshots():
    counts = {"views": "1298000", "likes": "5", "comments": "4", "shares": "3", "saves": "0"}
    documented = page(
        counts | {"id": "s1", "snapshot_id": "snap_1", "snapshot_time": "2026-03-02T12:00:00.000Z", "provider": "p"},
        job_id="j1",
        video_link="https://www.tiktok.com/@a/video/1",
        monitoring_started="2026-03-02T11:00:00.000Z",
        monitoring_duration_days=7,
        days_remaining=6.96,
        current_metadata={"title": "Dance 💃", "creator": "a"},
        created_at="2026-03-02T10:59:59.000Z",
        is_deleted=False,
        last_updated="2026-03-02T12:00:00.000Z",
    )
    reading = read_page(documented)
    assert reading.video == Video(
        id="v1",
        link="https://www.tiktok.com/@a/video/1",
        platform=VideoPlatform.TIKTOK,
        status=VideoStatus.MONITORING,
        title="Dance 💃",
        creator="a",
        started_at=datetime(2026, 3, 2, 11, tzinfo=UTC),
        days=7,
        days_remaining=Decimal("6.96"),
    )
    assert reading.snapshots == (Snapshot(NOON, {Metric(name): int(count) for name, count in counts.items()}),)


@pytest.mark.parametrize(
    "value",
    [
        *(1298000, "1298000", 1.298e6, "1.298e6", " 1298000 ", "1298000.0", "001298000"),
        *("1,298,000", "1 298 000", "1\u202f298\u202f000", "1'298'000", "1.298.000"),
    ],
)
def test_a_count_may_come_in_any_spelling_of_a_number(value):
    assert counts_of(views=value) == {Metric.VIEWS: 1298000}


@pytest.mark.parametrize(
    "value",
    [
        None, "", "null", "N/A", "-5", -5, 1.5, "1.5", "1,2", "12,34,567", True, [], {}, "NaN", "Infinity",
        "1e400", 2**63, "1.3Q",
    ],
)  # fmt: skip
def test_an_invalid_count_is_missing_and_affects_no_other(value):
    assert counts_of(views=value, likes="7") == {Metric.LIKES: 7}


@pytest.mark.parametrize(
    ("stated", "shares", "comments"),
    [({"shares": None, "comments": ""}, 3, 2), ({"shares": "30", "comments": "20"}, 30, 20), ({"views": "?"}, 3, 2)],
)
def test_retweets_and_replies_replace_missing_shares_and_comments(stated, shares, comments):
    assert counts_of(retweets="3", replies=2, **stated) == {Metric.SHARES: shares, Metric.COMMENTS: comments}


@pytest.mark.parametrize(
    "time",
    [
        "2026-03-02T12:00:00Z", "2026-03-02T12:00:00.000Z", "2026-03-02T12:00:00.000000+00:00",
        "2026-03-02T14:00:00+02:00", "2026-03-02T06:30:00-0530", "2026-03-02T12:00:00", "2026-03-02 12:00:00",
        "2026-03-02T12:00", "20260302T120000Z", "2026-03-02 12:00:00 UTC", "2026-03-02T12:00:00 GMT",
        "Mon, 02 Mar 2026 12:00:00 GMT", 1772452800, "1772452800", 1772452800000, "1772452800000", 1772452800.0,
        1772452800000000, "2026-03-02t12:00:00z", "2026/03/02 12:00:00", "2026.03.02 12:00:00",
        "2026-03-02T12:00:00[UTC]", "2026-03-02 12:00:00 (UTC)", "2026-03-02 12:00:00 utc",
    ],
)  # fmt: skip
def test_a_time_in_any_format_is_the_same_moment_in_utc(time):
    (snapshot,) = snapshots_of({"snapshot_time": time, "views": "1"})
    assert snapshot.taken_at == NOON
    assert snapshot.taken_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "broken",
    [
        *(None, "row", [], {}, {"views": "5"}, {"snapshot_time": "soon", "views": "5"}),
        *({"snapshot_time": time} for time in (None, 1e300, 0, "1970-01-01T00:00:00Z", "\ud83d")),
        *({"snapshot_time": time} for time in ("0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59Z")),
    ],
)
def test_a_broken_snapshot_affects_no_other_and_is_counted(broken, caplog):
    good = {"snapshot_time": "2026-03-02T12:00:00Z", "views": "1"}
    reading = read_page(page(broken, good))
    assert (reading.snapshots, reading.unread) == ((Snapshot(NOON, {Metric.VIEWS: 1}),), 1)
    assert "dropped 1 rows" in caplog.text


def test_the_rows_read_from_a_page_are_limited():
    row = {"snapshot_time": "2026-03-02T12:00:00Z"}
    assert read_page(page(*[row] * 9_000)).unread == 6_000
    assert read_page(page(*[row] * 9_000, {"snapshot_time": None})).unread == 6_002


@pytest.mark.parametrize(
    ("likes", "shown"),
    [
        ([1_460, 3, 3, 1_470], [1_460, None, None, 1_470]),
        ([100, 0], [100, None]),
        ([1_460, -1, None, 1_461], [1_460, None, None, 1_461]),
        ([1_460, 4], [1_460, 4]),
        ([99, 3], [99, 3]),
        ([0, 3, 200], [0, 3, 200]),
    ],
)
def test_likes_that_fall_to_almost_none_count_as_hidden(likes, shown):
    rows = [
        {"snapshot_time": (NOON + timedelta(hours=hour)).isoformat(), "views": "5", "likes": count}
        for hour, count in enumerate(likes)
    ]
    taken = read_page(page(*rows)).snapshots
    assert [each.counts.get(Metric.LIKES) for each in taken] == shown
    assert all(each.counts[Metric.VIEWS] == 5 for each in taken)


def test_an_absurd_or_missing_start_and_platform_leave_the_rest_readable():
    link = "https://x.com/a/status/1988637243979237148"
    absurd = page(monitoring_started="9999-12-31T23:59:59Z", created_at="2026-03-02T12:00:00Z", platform=None)
    assert read_page(absurd).video.started_at == NOON
    assert read_page(page(created_at="2026-03-02T12:00:00")).video.started_at == NOON
    assert read_page(page(platform=None, video_link=link)).video.platform == "twitter"
    assert read_page(page(monitoring_started="0001-01-01T00:00:00Z", platform=None)).video.platform == ""


def test_a_video_keeps_some_undocumented_fields():
    assert len(read_page(page(**{f"field_{number}": number for number in range(5_000)})).video.extra) == 20


@pytest.mark.parametrize("body", [page(), encoded({"id": "v1"}), encoded({"id": "v1", "snapshots": None})])
def test_a_page_without_snapshots_is_a_video_with_none(body):
    reading = read_page(body)
    assert (reading.video.id, reading.snapshots) == ("v1", ())


@pytest.mark.parametrize("metadata", [None, "x", [], {"title": None, "creator": 5, "thumbnail": "u"}])
def test_metadata_of_any_shape_leaves_the_video_readable(metadata):
    video = read_page(page(current_metadata=metadata)).video
    assert (video.id, video.title) == ("v1", "")


def test_unknown_values_and_fields_are_kept():
    fields = {"region": "EU", "priority": 3, "hd": True, "score": 1.5, "tags": ["a"], "owner": {"n": 1}}
    video = read_page(page(platform="Threads", status="archived", **fields)).video
    assert (video.platform, video.status) == ("threads", "archived")
    assert video.extra == {"region": "EU", "priority": "3", "hd": "true", "score": "1.5"}
    assert video.is_running


@pytest.mark.parametrize(
    ("sent", "read"),
    [(2.5, "2.5"), ("2.50", "2.50"), (0, "0"), (None, None), ("", None), ("soon", None), (-1, None), (1e9, None)],
)
def test_days_remaining_may_be_a_fraction_a_text_or_nothing(sent, read):
    assert read_page(page(days_remaining=sent)).video.days_remaining == (None if read is None else Decimal(read))


@pytest.mark.parametrize(("sent", "read"), [(7, 7), ("7", 7), (7.0, 7), (None, None), ("x", None), (10**9, None)])
def test_the_duration_is_a_number_of_days_or_unknown(sent, read):
    assert read_page(page(monitoring_duration_days=sent)).video.days == read


@pytest.mark.parametrize(("sent", "read"), [(True, True), ("true", True), (1, True), (False, False), (None, False)])
def test_deletion_is_read_in_any_spelling(sent, read):
    assert read_page(page(is_deleted=sent)).video.is_deleted is read


def test_half_an_emoji_and_a_nul_become_valid_text():
    body = rb'{"id": "v1", "current_metadata": {"title": "clipped \ud83d", "creator": "a\u0000b"}, "snapshots": []}'
    video = read_page(body).video
    assert (video.title, video.creator) == ("clipped ?", "ab")
    assert video.title.encode()


def test_a_byte_order_mark_and_a_numeric_id_are_accepted():
    assert read_page(b'\xef\xbb\xbf{"id": 17, "snapshots": []}').video.id == "17"


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 2**63 - 1)), max_size=30))
def test_snapshots_are_ordered_and_unique_whatever_the_servers_order(rows):
    sent = [{"snapshot_time": (NOON + timedelta(hours=hour)).isoformat(), "views": str(views)} for hour, views in rows]
    read = snapshots_of(*sent)
    assert {s.taken_at: s.counts[Metric.VIEWS] for s in read} == {NOON + timedelta(hours=hour): v for hour, v in rows}
    assert [s.taken_at for s in read] == sorted({s.taken_at for s in read})
