"""Events: differences between two states of the mirror, reported once, however many processes read."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.events import EventKind
from bot.domain.videos import HOUR
from tests.store.samples import NOW, keyed, proposed, reading, remember_page, submitted, video

MINUTE = timedelta(minutes=1)


@pytest.fixture
def observe(store, wallet_id):
    async def state(now, *videos):
        await store.videos.remember(wallet_id, keyed(*videos), now)

    return state


@pytest.fixture
def read(store, wallet_id):
    async def page(of, now):
        await remember_page(store, wallet_id, of, now=now)

    return page


@pytest.fixture
def news(store, wallet_id):
    async def events():
        return [each.event for each in await store.events.of(wallet_id, 1_000)]

    return events


async def test_the_first_list_of_an_account_is_no_news(observe, news):
    statuses = ("completed", "monitoring", "error", "paused", "cancelled")
    await observe(NOW, *(video(f"v{n}", status=statuses[n % 5]) for n in range(500)))
    assert await news() == []


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("monitoring", "completed", [EventKind.TRACKING_COMPLETED]),
        ("paused", "completed", [EventKind.TRACKING_COMPLETED]),
        ("queued", "cancelled", [EventKind.TRACKING_COMPLETED]),
        ("monitoring", "error", [EventKind.TRACKING_FAILED]),
        ("monitoring", "paused", [EventKind.TRACKING_PAUSED]),
        ("paused", "monitoring", [EventKind.TRACKING_RESUMED]),
        ("queued", "monitoring", []),
        ("monitoring", "queued", []),
        ("completed", "cancelled", []),
        ("completed", "monitoring", []),
        ("error", "paused", []),
    ],
)
async def test_a_change_of_state_is_reported_once_with_both_words(observe, news, before, after, kinds):
    await observe(NOW, video("v1", status=before), video("v2"))
    for minutes in (1, 2):
        await observe(NOW + minutes * MINUTE, video("v1", status=after), video("v2"))
    found = await news()
    assert [event.kind for event in found] == kinds
    for event in found:
        assert (event.video_id, event.at) == ("v1", NOW + MINUTE)
        assert event.detail == {"before": before, "after": after}


async def test_new_snapshots_of_a_page_are_one_event(observe, read, news):
    await observe(NOW, video("v1"))
    start = NOW + HOUR
    await read(reading(video("v1"), 1, 2, start=start), NOW + 3 * HOUR)
    await read(reading(video("v1"), 1, 2, start=start), NOW + 4 * HOUR)
    await read(reading(video("v1"), 1, 3, 4, 5, 6, start=start), NOW + 6 * HOUR)
    first, second = await news()
    assert {first.kind, second.kind} == {EventKind.SNAPSHOT_CREATED}
    assert first.detail == {"taken_at": (start + HOUR).isoformat()}
    assert second.detail == {"taken_at": (start + 4 * HOUR).isoformat(), "since": (start + HOUR).isoformat()}
    assert (first.at, second.at) == (NOW + 3 * HOUR, NOW + 6 * HOUR)


async def test_snapshots_from_before_a_video_was_known_are_history(observe, read, news):
    await observe(NOW, video("v1"), video("over", status="completed"))
    await read(reading(video("over", status="completed"), *range(20)), NOW)
    await read(reading(video("v1"), *range(24)), NOW)
    assert await news() == []
    await read(reading(video("v1"), *range(26)), NOW + HOUR)
    (event,) = await news()
    assert event.detail == {"taken_at": (NOW + HOUR).isoformat(), "since": NOW.isoformat()}


async def test_an_ending_on_a_page_is_reported_with_its_snapshots(observe, read, news):
    await observe(NOW, video("v1"))
    page = reading(replace(video("v1", status="error"), is_deleted=True), 1, start=NOW + MINUTE)
    for hours in (1, 2):
        await read(page, NOW + hours * HOUR)
    assert [event.kind for event in await news()] == [
        EventKind.SNAPSHOT_CREATED,
        EventKind.TRACKING_FAILED,
        EventKind.VIDEO_DELETED,
    ]


async def test_a_list_that_hides_a_deletion_or_a_video_is_no_news(observe, read, news):
    await observe(NOW, video("v1"), video("v2"))
    await read(reading(replace(video("v1"), is_deleted=True)), NOW)
    await observe(NOW + HOUR, video("v1"))
    await observe(NOW + 2 * HOUR)
    assert [event.kind for event in await news()] == [EventKind.VIDEO_DELETED]


async def test_an_outdated_response_is_no_news(observe, news):
    await observe(NOW, video("v1", days_remaining=Decimal(3)))
    await observe(NOW + MINUTE, video("v1", status="completed", days_remaining=Decimal(0)))
    await observe(NOW, video("v1", days_remaining=Decimal(3)))
    await observe(NOW + 2 * MINUTE, video("v1", status="completed", days_remaining=Decimal(0)))
    assert [event.kind for event in await news()] == [EventKind.TRACKING_COMPLETED]


async def test_a_start_is_no_news_but_its_end_is(store, workspace, observe, news):
    (request,) = await proposed(store, workspace, "tiktok:v1")
    await submitted(store, request, Decimal("2.52"))
    await store.tracking.mark_tracking(request.id, video("v1"), NOW)
    assert await news() == []
    await observe(NOW + HOUR, video("v1", status="completed"))
    (event,) = await news()
    assert event.kind is EventKind.TRACKING_COMPLETED


async def test_simultaneous_readers_report_an_event_once(two_stores, wallet_id, observe, news):
    await observe(NOW, video("v1"))
    over = keyed(video("v1", status="completed"))
    await asyncio.gather(*(two_stores[n % 2].videos.remember(wallet_id, over, NOW + n * MINUTE) for n in range(1, 9)))
    assert [event.kind for event in await news()] == [EventKind.TRACKING_COMPLETED]
