"""Histories of the sandbox's account: a few videos, or as many as completion has to choose from."""

from collections.abc import Sequence
from datetime import timedelta

from adapters.sandbox.serve import Sandbox
from bot.domain.clock import utc_now

VIDEOS = 500
BALANCE = 10_000
"""Dollars, enough for all of them."""
_LINKS = (
    "https://www.tiktok.com/@steady/video/73012345678901{:05}",
    "https://www.youtube.com/watch?v=steady{:05}",
    "https://www.instagram.com/p/steady{:05}/",
    "https://x.com/steady/status/19012345678901{:05}",
)


def track_few(sandbox: Sandbox) -> Sequence[str]:
    """Track eight videos for four days; returns their ids."""
    began = utc_now() - timedelta(days=4)
    return [sandbox.world.track(sandbox.key, _LINKS[0].format(number), 7, began).id for number in range(8)]


def track_many(sandbox: Sandbox) -> Sequence[str]:
    """Track `VIDEOS` videos of all platforms, half of which have ended: a list has at most 100 of each kind."""
    now, tracked = utc_now(), []
    for number in range(VIDEOS):
        has_ended = number < VIDEOS // 2
        began = now - timedelta(days=3 if has_ended else 1)
        link, days = _LINKS[number % len(_LINKS)].format(number), 1 if has_ended else 7
        tracked.append(sandbox.world.track(sandbox.key, link, days, began).id)
    return tracked
