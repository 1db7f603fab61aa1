"""A mirrored video: the API's data, derived values, and its row in the `videos` table."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Row, Table, bindparam

from bot.domain.caller import Person
from bot.domain.commitments import Observation, ends_at
from bot.domain.folding import folded
from bot.domain.links import creator_of
from bot.domain.poll_times import first_read, next_read
from bot.domain.videos import Metric, Video
from bot.store.tables import UNOWNED, videos
from bot.store.types import columns_of, values
from bot.store.workspaces import Workspace

METRICS = tuple(Metric)
"""The counts of a snapshot, in column order."""

T = TypeVar("T")

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)

Owner: TypeAlias = tuple[int, Person]
"""The workspace that started a video, by id, and the person who did."""


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """A video in the mirror.

    `seen_at` is when the API reported `video` (its `days_remaining` counts from there), `read_at` when its page with
    the snapshots was last read. `main_count` and `change_24h` are of `main_metric`, each None if unknown; `main_at` is
    when that count was taken, `change_since` the time from which the change counts: about 24 hours before, or less if
    no reading within them is older.

    `workspace_id` and `started_by` are None for a video started outside the bot. `ended_at` is when the bot noticed
    that a running tracking had ended; None if it had ended before it was first seen. `unread_rows` counts rows of its
    page that are ignored because their times are impossible. `due_at` is when the poller should read its page next;
    None if never.
    """

    video: Video
    key: str
    wallet_id: int
    workspace_id: int | None
    started_by: Person | None
    seen_at: datetime
    first_seen_at: datetime
    read_at: datetime | None
    main_metric: Metric | None
    main_count: int | None
    change_24h: int | None
    snapshot_count: int
    last_snapshot_at: datetime | None
    ended_at: datetime | None = None
    due_at: datetime | None = None
    unread_rows: int = 0
    main_at: datetime | None = None
    change_since: datetime | None = None

    @property
    def owner_id(self) -> int:
        """The workspace that may see it; UNOWNED if all workspaces of the wallet may."""
        return self.workspace_id or UNOWNED

    @property
    def observation(self) -> Observation:
        """The facts that determine what it still owes."""
        return Observation(self.video, self.seen_at, self.snapshot_count, self.last_snapshot_at)

    @property
    def curve_key(self) -> str:
        """Shared by all its trackings: the link's key, or its own id without a link."""
        return self.key or self.video.id

    def is_visible_to(self, workspace_id: int) -> bool:
        """Whether a workspace may see it. In SQL: `visible_to`."""
        return self.owner_id in owners_seen_by(workspace_id)


def owners_seen_by(workspace_id: T) -> tuple[int, T]:
    """The owners whose videos a workspace sees: itself, and nobody (UNOWNED), for videos started outside the bot."""
    return UNOWNED, workspace_id


def visible_to(workspace: Workspace, rows: Table = videos) -> ColumnElement[bool]:
    """Condition for rows that a workspace may see: those it started, and those started outside the bot."""
    return (rows.c.wallet_id == workspace.wallet_id) & rows.c.owner_id.in_(owners_seen_by(workspace.id))


VISIBLE = (videos.c.wallet_id == bindparam("wallet")) & videos.c.owner_id.in_(owners_seen_by(bindparam("workspace")))
"""As `visible_to`, for statements that are built once; their values are those of `values_seen_by`."""


def values_seen_by(workspace: Workspace) -> dict[str, Any]:
    """The values of `VISIBLE` for a workspace."""
    return {"wallet": workspace.wallet_id, "workspace": workspace.id}


def search_text(title: str, creator: str, video_id: str, link: str) -> str:
    """The text that is searched, with the title alone on its first line."""
    return "\n".join(map(folded, (title, creator, video_id, link)))


_PLACES = {column.name: place for place, column in enumerate(videos.c)}
_OF_VIDEO, _ = columns_of(Video, "id", "estimated_cost")
_OF_STORED, _ = columns_of(StoredVideo, "video", "workspace_id", "started_by")
_video_cells = itemgetter(*(_PLACES[name] for name in _OF_VIDEO))
_stored_cells = itemgetter(*(_PLACES[name] for name in _OF_STORED))
_own_cells = itemgetter(*(_PLACES[name] for name in ("video_id", "owner_id", "started_by_id", "started_by_name")))


def from_row(row: Row[Any]) -> StoredVideo:
    """Convert a row that begins with the columns of `videos`. Reads by position, as lists have hundreds of rows."""
    video_id, owner_id, person_id, name = _own_cells(row)
    return StoredVideo(
        video=Video(id=video_id, **dict(zip(_OF_VIDEO, _video_cells(row), strict=True))),
        workspace_id=owner_id or None,
        started_by=None if person_id is None else Person(person_id, name),
        **dict(zip(_OF_STORED, _stored_cells(row), strict=True)),
    )


def to_row(stored: StoredVideo) -> dict[str, Any]:
    """Convert a video to its row, with the columns used only to find and sort it. Leases aren't included."""
    video = stored.video
    creator = creator_of(video)
    return {
        **values(video, "id", "estimated_cost"),
        **values(stored, "video", "workspace_id"),
        "video_id": video.id,
        "owner_id": stored.owner_id,
        "is_running": video.is_running,
        "handle": creator.handle if creator else "",
        "search_text": search_text(video.title, video.creator, video.id, video.link),
        "newest_at": video.started_at or stored.first_seen_at,
        "ends_at": _ends_at(stored),
    }


def first_seen(wallet_id: int, video: Video, key: str, owner: Owner | None, now: datetime) -> StoredVideo:
    """The stored video when the API reports it for the first time."""
    return StoredVideo(
        video=video,
        key=key,
        wallet_id=wallet_id,
        workspace_id=None if owner is None else owner[0],
        started_by=None if owner is None else owner[1],
        seen_at=now,
        first_seen_at=now,
        read_at=None,
        main_metric=None,
        main_count=None,
        change_24h=None,
        snapshot_count=0,
        last_snapshot_at=None,
        due_at=first_read(video, now) if video.is_running else now,
    )


def seen_again(old: StoredVideo, new: Video, key: str, now: datetime) -> StoredVideo:
    """The stored video after the API reported `new` in a list or short response: missing values are kept.

    `now` is when the request was sent. A response overtaken by a newer one changes nothing.
    """
    if now < old.seen_at:
        return old
    video = replace(
        new,
        link=new.link or old.video.link,
        platform=new.platform or old.video.platform,
        status=new.status or old.video.status,
        title=new.title or old.video.title,
        creator=new.creator or old.video.creator,
        started_at=new.started_at or old.video.started_at,
        days=old.video.days if new.days is None else new.days,
        is_deleted=new.is_deleted or old.video.is_deleted,
        extra=new.extra or old.video.extra,
    )
    key = key if new.link else old.key
    if old.video.is_running and not video.is_running:
        old = replace(old, due_at=now)  # read its last snapshots now, for the final report
    elif not old.video.collects and video.collects:
        old = replace(old, due_at=next_read(video, old.read_at or now, old.last_snapshot_at, old.first_seen_at))
    if new.days_remaining is None and old.video.days_remaining is not None:
        # The remaining days count from when they were reported, so that time is kept with them.
        video = replace(video, days_remaining=old.video.days_remaining)
        return replace(old, video=video, key=key, ended_at=_ended_at(old, video, now))
    return replace(old, video=video, key=key, seen_at=now, ended_at=_ended_at(old, video, now))


def _ended_at(old: StoredVideo, new: Video, now: datetime) -> datetime | None:
    if new.is_running:
        return None
    return now if old.video.is_running else old.ended_at


def _ends_at(stored: StoredVideo) -> datetime:
    """When the video stops by itself, if known; the far future if it has ended or that is unknown."""
    video = stored.video
    if not video.is_running:
        return _NEVER
    return ends_at(video, stored.seen_at) or _NEVER
