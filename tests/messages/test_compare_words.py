"""The finding of a comparison: the leader at the last common hour, ties as ties, none without a common hour."""

from datetime import timedelta

import pytest

from bot.domain.curves import joined
from bot.domain.videos import Metric, Snapshot, Video, VideoReading
from bot.messages.compare import Compared, comparison
from tests.gallery import NOW
from tests.standins.environment import rows


def compared(*videos: tuple[str, dict[float, int]], statuses: str = "") -> list[Compared]:
    found = []
    for label, (title, counts) in zip("12345", videos, strict=False):
        began = NOW - timedelta(days=2)
        taken = tuple(Snapshot(began + timedelta(hours=hour), {Metric.VIEWS: count}) for hour, count in counts.items())
        status = "completed" if label in statuses else "monitoring"
        video = Video(label, "", "tiktok", status, title=title, started_at=began)
        found.append(Compared(label, joined([VideoReading(video, taken)]), NOW, ""))
    return found


START = "At hour 1 since tracking began"


@pytest.mark.parametrize(
    ("videos", "finding"),
    [
        ([("Cat", {1: 5, 2: 40}), ("Dog", {1: 5})], f"{START}, Cat and Dog are tied at 5 views."),
        (
            [("Cat", {1: 5}), ("Dog", {1: 9}), ("Fox", {1: 9})],
            f"{START}, Dog and Fox are tied for the lead at 9 views.",
        ),
        ([("Cat", {1: 5}), ("Cat", {1: 9})], f"{START}, Cat (2) leads with 9 views."),
        ([("Cat", {1.4: 5}), ("Dog", {0.8: 9, 3: 10})], f"{START}, Dog leads with 9 views."),
        ([("Cat", {3: 5}), ("Dog", {})], "Only Cat has readings: 5 views at hour 3 since tracking began."),
        (
            [("Cat", {1: 5, 2: 6}), ("Dog", {4: 9})],
            "There's no hour since tracking began at which all of these videos have a reading, so none leads.",
        ),
    ],
)
def test_the_finding(videos, finding):
    assert comparison(compared(*videos), Metric.VIEWS, None, NOW).summary == finding


@pytest.mark.parametrize(("finished", "counts"), [("12", ["6 (final)", "9 (final)"]), ("1", ["6 (final)", "9"])])
def test_the_last_count_of_a_finished_video_is_final(finished, counts):
    videos = (("Cat", {1: 5, 2: 6}), ("Dog", {1: 9}))
    reply = comparison(compared(*videos, statuses=finished), Metric.VIEWS, None, NOW)
    assert [row[2] for row in rows(reply)] == counts
