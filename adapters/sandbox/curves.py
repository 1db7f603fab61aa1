"""Growth curves: plausible hourly counts, always the same for the same video."""

import math
import random
from enum import StrEnum

HIDDEN_REACH = "views"
"""What every other count follows, also on a platform that does not state it."""

METRICS = {
    "tiktok": ("views", "likes", "comments", "shares", "saves"),
    "youtube": ("views", "likes", "comments"),
    "instagram": ("likes", "comments", "saves"),
    "twitter": ("views", "likes", "retweets", "replies"),
}
"""What each platform states, by the names on the wire (hourly-tracking guide).

Twitter's retweets and replies have no documented place in a snapshot; their own names are the sandbox's choice.
"""

_PER_VIEW = {"likes": 0.06, "comments": 0.004, "shares": 0.008, "saves": 0.011, "retweets": 0.006, "replies": 0.002}


class Curve(StrEnum):
    """The shapes of growth. A user name or id that contains one of these words asks for it."""

    VIRAL = "viral"
    STEADY = "steady"
    FLAT = "flat"
    GAPS = "gaps"
    CORRECTED = "corrected"
    DELETED = "deleted"
    ERROR = "error"


LIFETIME = {Curve.DELETED: 20, Curve.ERROR: 6}
"""After how many hours a video is taken down (deleted) or turns private (error)."""

CORRECTED_AT = 12
"""The hour at which the platform takes bought views away from a corrected video."""

_BY_CHANCE = (Curve.VIRAL, Curve.STEADY, Curve.STEADY, Curve.FLAT, Curve.GAPS)


def curve_for(key: str, name: str) -> Curve:
    """The shape that `name` (user name and id of the link) asks for, else one that the canonical `key` decides.

    What breaks (corrected, deleted, error) comes only to those who ask for it.
    """
    asked = next((curve for curve in Curve if curve.value in name.lower()), None)
    return asked or random.Random(f"curve {key}").choice(_BY_CHANCE)


class Growth:
    """The counts of one video at each whole hour of its life; `key` (its canonical id) decides every number."""

    def __init__(self, curve: Curve, platform: str, key: str) -> None:
        self.curve = curve
        self._dice = random.Random(f"growth {key}")
        self._size = self._dice.uniform(0.6, 1.8)
        self._peak = self._dice.uniform(10, 22)
        self._rates = {
            metric: _PER_VIEW[metric] * self._dice.uniform(0.6, 1.4)
            for metric in METRICS[platform]
            if metric != HIDDEN_REACH
        }
        self._metrics = METRICS[platform]
        self._reach = [8_000.0 * self._size]

    def counts(self, hour: int) -> dict[str, int]:
        """What the platform states at that hour; only a corrected video's counts ever fall."""
        while len(self._reach) <= hour:
            self._reach.append(self._next_reach(len(self._reach)))
        reach = self._reach[hour]
        return {metric: int(reach * self._rates.get(metric, 1)) for metric in self._metrics}

    def misses(self, hour: int) -> bool:
        """Whether the platform cannot be read at that hour: three hours of each day and another now and then."""
        return self.curve is Curve.GAPS and (hour % 24 in {7, 8, 9} or hour % 11 == 5)

    def has_ended(self, hour: int) -> bool:
        """Whether the video is gone by that hour."""
        lifetime = LIFETIME.get(self.curve)
        return lifetime is not None and hour > lifetime

    def _next_reach(self, hour: int) -> float:
        if self.curve is Curve.CORRECTED and hour == CORRECTED_AT:
            return self._reach[-1] * 0.92
        day_and_night = 1 + 0.4 * math.sin(2 * math.pi * (hour + self._peak) / 24)
        gain = self._gain(hour) * self._size * day_and_night * self._dice.uniform(0.75, 1.25)
        return self._reach[-1] + max(gain, 0)

    def _gain(self, hour: int) -> float:
        """New views in that hour, before the video's own size, the time of day and chance."""
        match self.curve:
            case Curve.VIRAL:
                wave = 1 / (1 + math.exp(-(hour - self._peak) / 4))
                return 1_400_000 * wave * (1 - wave) / 4 + 900
            case Curve.FLAT:
                early = 3_000 * math.exp(-hour / 4)
                return early if early > 1 else 0
            case _:
                return 420
