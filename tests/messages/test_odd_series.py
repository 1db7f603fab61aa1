"""Cards of old, odd or incomplete series: each figure has the time of its reading."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.alerts.final_report import FinalFacts, final_report
from bot.digests.card import digest
from bot.digests.details_card import digest_details
from bot.domain.curves import joined
from bot.domain.digest import Total
from bot.domain.videos import HOUR, Metric, Snapshot, VideoReading, VideoStatus
from bot.messages.stats import VideoFacts, video_details, video_stats
from bot.messages.video_count import VideoCount, preview
from bot.messages.videos import video_list
from bot.messages.wording import option_label
from bot.reply.call import Call
from bot.reply.model import Button
from bot.reply.plain import plain_text
from tests import digest_examples
from tests.alert_examples import growing_again
from tests.examples import ANA, NOW, PRICE, listed, video
from tests.standins.environment import rows


def series(*counts, end=NOW, metric=Metric.VIEWS):
    """Hourly snapshots, the last one at `end`; None has no metric."""
    first = end - (len(counts) - 1) * HOUR
    return tuple(
        Snapshot(first + hour * HOUR, {} if count is None else {metric: count}) for hour, count in enumerate(counts)
    )


def both(views, likes):
    """Snapshots with views and likes."""
    pairs = zip(series(*views), series(*likes, metric=Metric.LIKES), strict=True)
    return tuple(Snapshot(one.taken_at, {**one.counts, **two.counts}) for one, two in pairs)


def facts_of(snapshots, unread=0, **changes):
    shown = video(title="Clip", started_at=snapshots[0].taken_at, **changes)
    reading = VideoReading(shown, snapshots, unread)
    return VideoFacts(
        curve=joined([reading]),
        started_by=ANA,
        started_here=True,
        cost_per_snapshot=PRICE,
        as_of=NOW,
        seen_at=NOW,
        problem="",
        now=NOW,
    )


def card(snapshots, **changes):
    return video_stats(facts_of(snapshots, **changes), None)


def details(snapshots, unread=0, **changes):
    return video_details(facts_of(snapshots, unread, **changes))


def test_numbers_that_ended_hours_ago_are_not_shown_as_now():
    old = series(*range(100, 130), end=NOW - 10 * HOUR)
    reply = card(old)
    assert reply.summary == "129 views 10 h ago · +24 in the 24 h before."
    said = plain_text(reply)
    assert "30 of 40 snapshots." in said
    assert "No newer snapshot since Mon 2 Mar, 00:30 UTC (checked under 1 min ago)." in said
    assert "Last" in plain_text(details(old))
    assert "Now" not in plain_text(details(old))


def test_fresh_numbers_are_shown_as_now():
    fresh = series(*range(100, 130), end=NOW - HOUR)
    assert card(fresh).summary == "129 views · +24 in 24 h · +1 last hour."
    assert "snapshots" not in plain_text(card(fresh))
    assert details(fresh).summary.endswith(" · 30 of 30 snapshots.")
    assert "Now" in plain_text(details(fresh))


def test_a_metric_that_disappeared_has_its_last_value_and_age():
    snapshots = both([*range(100, 120), *[None] * 5], range(25))
    assert rows(details(snapshots)) == [["views", "119 (5 h ago)", "–", "–"], ["likes", "24", "+1", "+24"]]
    assert card(snapshots).summary == "119 views 5 h ago · +19 in the 19 h before."


def test_final_numbers_do_not_age():
    reply = card(series(*range(100, 130), end=NOW - 48 * HOUR), status=VideoStatus.COMPLETED)
    said = plain_text(reply)
    assert "Final numbers from Sat 28 Feb, 10:30 UTC." in said
    assert " ago" not in said


def test_rows_at_odd_times_are_counted():
    twice = (*series(1, 2, 3), Snapshot(NOW + HOUR / 500, {Metric.VIEWS: 4}))
    said = plain_text(details(twice, unread=2))
    assert "3 of 3 snapshots." in said
    assert "1 snapshot comes within half an hour of another one; /usage shows what was billed." in said
    assert "2 rows state times that can't be and are left out." in said


@pytest.mark.parametrize("unstated", [{"status": ""}, {"platform": ""}, {"status": "", "platform": ""}])
@pytest.mark.parametrize("title", ["Clip", ""])
def test_a_missing_platform_or_status_is_left_out(unstated, title):
    shown = video(title=title, creator="", **unstated)
    known = VideoCount(shown, Metric.VIEWS, 5, None, NOW)
    said = [
        plain_text(card(series(1, 2), **unstated)),
        plain_text(preview(known)),
        option_label(shown),
        option_label(shown, apart=True),
        plain_text(video_list(listed(videos=(known,)))),
    ]
    for text in said:
        assert not [gap for gap in (" on ,", ", :", ", ,", "on  ") if gap in text]
        assert not text.startswith((",", " "))
        assert not text.endswith(", ")


def test_a_list_shows_the_age_of_a_stale_count():
    stale = VideoCount(video(title="Old"), Metric.VIEWS, 5, 1, NOW - 10 * HOUR)
    over = replace(stale, video=video(1, title="Over", status="completed"))
    fresh = replace(stale, counted_at=NOW - HOUR)
    cells = [row[2] for row in rows(video_list(listed(videos=(stale, over, fresh))))]
    assert cells == ["5 views (10 h ago)", "5 views", "5 views"]


def test_a_digest_shows_the_age_of_a_stale_count_and_compares_the_same_videos():
    stale, fresh = digest_examples.moved(), digest_examples.moved(3)
    stale = replace(stale, counted_at=NOW - 10 * HOUR)
    movers = ((stale, stale.change), (fresh, fresh.change))
    alike = Total(Metric.VIEWS, 4, 39_624, 4, 1_000, 2_000)
    some = replace(alike, alike=1)
    facts = [digest_examples.facts(2, movers=movers, totals=(total,)) for total in (alike, some)]
    details = digest_details(facts[0], "")
    assert [row[2] for row in rows(details, "Top movers: 2 videos")] == [
        "1,298,000 views (10 h ago)",
        "1,297,997 views",
    ]
    assert "Views: +39,624 from 4 videos (4 of them −50.0% on the 24 h before)" in plain_text(details)
    said = [digest(each, digest_examples.DELIVERY).summary for each in facts]
    assert "The 4 videos that also ran the day before gained 50% less; 2 are new." in said[0]
    assert "The video that also ran the day before gained 50% less; 2 are new." in said[1]


def final(snapshots, ended_at=NOW, **changes):
    shown = video(title="Clip", started_at=snapshots[0].taken_at, status="completed", **changes)
    facts = FinalFacts(
        reading=VideoReading(shown, snapshots),
        curve=joined([VideoReading(shown, snapshots)]),
        ended_at=ended_at,
        is_stopped=False,
        stopped_by=None,
        cost_per_snapshot=Decimal("0.015"),
        picture=None,
        file=None,
        problem="",
        now=NOW,
    )
    return plain_text(final_report(facts))


def test_a_final_report_counts_the_hours_up_to_the_end():
    assert "30 of 40 snapshots · $0.45" in final(series(*range(30), end=NOW - 10 * HOUR))
    assert "30 of 30 snapshots · $0.45" in final(series(*range(30)))
    assert "30 of 30 snapshots · $0.45" in final(series(*range(30), end=NOW - 10 * HOUR), is_deleted=True)


def test_a_final_report_without_the_metric_explains_it():
    said = final(series(*[None] * 24))
    assert "24 snapshots collected, none of which states views." in said
    assert "24 of 24 snapshots · $0.36." in said


def test_a_repeat_trackings_final_report_marks_totals_and_offers_to_track_on():
    report = final_report(growing_again())
    assert report.summary == "Completed: 270,000 views, +261,000 in 29 hours; +269,900 since 20 Feb."
    assert isinstance(report.actions[0], Button)
    assert report.actions[0].call == Call("track.on", {"video": report.actions[1].call.arguments["video"]})
    stopped = final_report(replace(growing_again(), is_stopped=True))
    assert "Track on" not in plain_text(stopped)
