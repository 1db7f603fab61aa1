"""Videos, people and moments for the tests of the store."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.caller import Person, WorkspaceRef
from bot.domain.tracking import StartTerms, TrackRequest
from bot.domain.videos import HOUR, Metric, Snapshot, Video, VideoReading
from bot.store import Store
from bot.store.workspaces import Workspace

PRICE = Decimal("0.015")
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MONTH = datetime(2026, 3, 1, tzinfo=UTC)
ADA = Person("U1", "Ada")
BEN = Person("U2", "Ben")
HERE = WorkspaceRef("slack", "T1", "Here")
THERE = WorkspaceRef("discord", "G1", "There")


def video(video_id: str, **facts: Any) -> Video:
    """A running TikTok; `facts` override its fields."""
    usual = {"link": f"https://www.tiktok.com/@ada/video/{video_id}", "platform": "tiktok", "status": "monitoring"}
    return Video(id=video_id, **(usual | facts))


def keyed(*videos: Video) -> list[tuple[Video, str]]:
    """The videos with their canonical keys."""
    return [(each, f"tiktok:{each.id}") for each in videos]


def reading(of: Video, *views: int, start: datetime = NOW - timedelta(days=1)) -> VideoReading:
    """A page with one snapshot per hour."""
    return VideoReading(of, tuple(Snapshot(start + HOUR * hour, {Metric.VIEWS: n}) for hour, n in enumerate(views)))


async def proposed(
    store: Store,
    workspace: Workspace,
    *keys: str,
    person: Person = ADA,
    batch: str = "batch",
    now: datetime = NOW,
    campaign_id: int | None = None,
    channel: tuple[str, str] = ("C1", ""),
) -> tuple[TrackRequest, ...]:
    """Requests of one batch, valid for ten minutes, typed in a channel or a thread (with its parent)."""
    items = [(key, f"https://example.com/{key}", "tiktok") for key in keys]
    expires_at = now + timedelta(minutes=10)
    id_, parent = channel
    return await store.tracking.propose(
        workspace, id_, person, batch, items, PRICE, now, expires_at, campaign_id, parent
    )


async def submitted(
    store: Store, request: TrackRequest, cost: Any, *, cap: Any = 1_000, now: datetime = NOW, days: int = 7, **more: Any
) -> Any:
    """The result of submitting a request as its asker; `more` are further terms."""
    return await store.tracking.submit(request.id, StartTerms(request.person, days, cost, cap, **more), now)


async def started(
    store: Store, workspace: Workspace, of: Video, *, person: Person = ADA, key: str = "", cost: Decimal = PRICE
) -> TrackRequest:
    """The request of a start that is recorded as tracking this video."""
    (request,) = await proposed(store, workspace, key or f"tiktok:{of.id}", person=person, batch=of.id)
    await submitted(store, request, cost)
    await store.tracking.mark_tracking(request.id, of, NOW)
    return request


async def remember_page(
    store: Store,
    wallet_id: int,
    page: VideoReading,
    *,
    key: str = "",
    count: int | None = None,
    day: int | None = None,
    now: datetime = NOW,
) -> None:
    """Store a page that was read, with the video's main count and its change in a day."""
    key = key or f"tiktok:{page.video.id}"
    await store.videos.remember_reading(wallet_id, page, key, main_count=count, change_24h=day, now=now)
