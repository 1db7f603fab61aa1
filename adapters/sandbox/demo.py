"""A past for the demo account, so that a newcomer finds videos of every platform, shape and state."""

from datetime import timedelta
from decimal import Decimal

from adapters.sandbox.world import World

TOP_UP = Decimal("10.00")
HISTORY = (
    (216, "https://www.youtube.com/watch?v=exBhvZLH2dU", 7),
    (120, "https://www.instagram.com/p/CFsTJTxjzay/", 3),
    (96, "https://www.tiktok.com/@deleted/video/7395408556734169085", 7),
    (70, "https://www.tiktok.com/@sandbox.osaka/video/7392030920993190389", 7),
    (50, "https://www.instagram.com/p/Cz044ao6uRF/", 7),
    (30, "https://twitter.com/sandbox_ladoga/status/1988637243979237148", 3),
    (26, "https://www.youtube.com/watch?v=rtU9U257mSp", 7),
    (5, "https://www.tiktok.com/@sandbox.garden/video/7392696192782783998", 1),
)
"""Hours ago, link, days; oldest first, as an account's time only moves forward. The ids choose shape and title."""

CAMPAIGN_LINKS = tuple(HISTORY[number][1] for number in (0, 3, 6, 7))
"""The links of the demo's campaign: videos of three creators, one of whom posted two."""


def live_through(world: World, key: str) -> None:
    """Let the account of `key` have tracked eight videos up to now, after one top-up that paid for them."""
    now = world.clock()
    world.add_credit(key, TOP_UP, now - timedelta(hours=HISTORY[0][0]))
    for hours, link, days in HISTORY:
        world.track(key, link, days, now - timedelta(hours=hours))
