"""Listing an account that may hold more videos than `GET /videos` returns: 100, with filters and without a cursor."""

from collections.abc import Set as AbstractSet

from bot.contentstats.client import ContentStatsClient
from bot.domain.videos import VideoList, VideoPlatform, VideoStatus

MOST_IN_ONE_CALL = 100


async def list_account(client: ContentStatsClient, unneeded: AbstractSet[str]) -> VideoList:
    """The account's videos: in one call where they fit into one, else by status, and by platform within.

    Videos of a status that is `unneeded` may be missing from a complete list. Raises ContentStatsError.
    """
    whole = await client.list_videos()
    if whole.is_complete:
        return whole
    statuses = dict.fromkeys((*VideoStatus, *(video.status for video in whole.videos)))
    return _joined(whole, [await _of_status(client, status) for status in statuses if status not in unneeded])


async def _of_status(client: ContentStatsClient, status: str) -> VideoList:
    whole = await client.list_videos(status=status)
    if whole.is_complete:
        return whole
    platforms = dict.fromkeys((*VideoPlatform, *(video.platform for video in whole.videos)))
    return _joined(whole, [await client.list_videos(platform=platform, status=status) for platform in platforms])


def _joined(whole: VideoList, parts: list[VideoList]) -> VideoList:
    """What a list that may hide rows shows together with its parts; complete where each of them is."""
    found = {video.id: video for part in (whole, *parts) for video in part.videos}
    return VideoList(tuple(found.values()), is_complete=all(part.is_complete for part in parts))
