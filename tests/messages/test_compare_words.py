"""The finding of a comparison: who leads at the last hour that all have, ties as ties, none where no hour is shared."""

from datetime import timedelta

import pytest

from bot.domain.videos import Metric, Snapshot, Video, VideoReading
from bot.messages.compare import Compared, comparison
from tests.gallery import NOW


def compared(*videos: tuple[str, dict[float, int]]) -> list[Compared]:
    found = []
    for label, (title, counts) in zip("ABCDE", videos, strict=False):
        began = NOW - timedelta(days=2)
        taken = tuple(Snapshot(began + timedelta(hours=hour), {Metric.VIEWS: count}) for hour, count in counts.items())
        video = Video(label, "", "tiktok", "monitoring", title=title, started_at=began)
        found.append(Compared(label, VideoReading(video, taken), NOW, ""))
    return found


@pytest.mark.parametrize(
    ("videos", "finding"),
    [
        (
            [("Cat", {1: 5, 2: 40}), ("Dog", {1: 5})],
            "At hour 1 since tracking began, Cat and Dog are tied at 5 views.",
        ),
        (
            [("Cat", {1: 5}), ("Dog", {1: 9}), ("Fox", {1: 9})],
            "At hour 1 since tracking began, Dog and Fox are tied for the lead at 9 views.",
        ),
        ([("Cat", {1: 5}), ("Cat", {1: 9})], "At hour 1 since tracking began, Cat (B) leads with 9 views."),
        ([("Cat", {1.4: 5}), ("Dog", {0.8: 9, 3: 10})], "At hour 1 since tracking began, Dog leads with 9 views."),
        ([("Cat", {3: 5}), ("Dog", {})], "Only Cat has readings: 5 views at hour 3 since tracking began."),
        (
            [("Cat", {1: 5, 2: 6}), ("Dog", {4: 9})],
            "There's no hour since tracking began at which all of these videos have a reading, so none leads.",
        ),
    ],
)
def test_the_finding(videos, finding):
    assert comparison(compared(*videos), Metric.VIEWS, None, NOW).summary == finding
