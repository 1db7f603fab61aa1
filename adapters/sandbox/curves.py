"""Growth curves: plausible hourly counts, deterministic for each video."""

import math
import random
from enum import StrEnum

VIEWS = "views"
"""The metric that all others are computed from, even on a platform that doesn't report it."""

METRICS = {
    "tiktok": ("views", "likes", "comments", "shares", "saves"),
    "youtube": ("views", "likes", "comments"),
    "instagram": ("likes", "comments", "saves"),
    "twitter": ("views", "likes", "retweets", "replies"),
}
"""The metrics that each platform reports, by their names in the API (hourly-tracking guide).

Retweets and replies aren't documented as snapshot fields; their names are the sandbox's own choice.
"""

_PER_VIEW = {"likes": 0.06, "comments": 0.004, "shares": 0.008, "saves": 0.011, "retweets": 0.006, "replies": 0.002}


class Curve(StrEnum):
    """Shapes of growth. A user name or video id that contains one of these words selects it."""

    VIRAL = "viral"
    STEADY = "steady"
    FLAT = "flat"
    GAPS = "gaps"
    CORRECTED = "corrected"
    DELETED = "deleted"
    ERROR = "error"


LIFETIME = {Curve.DELETED: 20, Curve.ERROR: 6}
"""Hours after which a video is taken down (deleted) or made private (error)."""

CORRECTED_AT = 12
"""The hour at which the platform removes fake views from a corrected video."""

_RANDOM_CURVES = (Curve.VIRAL, Curve.STEADY, Curve.STEADY, Curve.FLAT, Curve.GAPS)


def curve_for(key: str, name: str) -> Curve:
    """The curve that `name` (the link's user name and id) selects, otherwise one derived from the canonical `key`.

    Corrected, deleted and error are used only if they are selected.
    """
    asked = next((curve for curve in Curve if curve.value in name.lower()), None)
    return asked or random.Random(f"curve {key}").choice(_RANDOM_CURVES)


class Growth:
    """The counts of one video at each hour since its birth, all derived from `key`, its canonical id."""

    def __init__(self, curve: Curve, platform: str, key: str) -> None:
        self.curve = curve
        self._dice = random.Random(f"growth {key}")
        self._size = self._dice.uniform(0.6, 1.8)
        self._peak = self._dice.uniform(10, 22)
        self._rates = {
            metric: _PER_VIEW[metric] * self._dice.uniform(0.6, 1.4) for metric in METRICS[platform] if metric != VIEWS
        }
        self._metrics = METRICS[platform]
        self._reach = [8_000.0 * self._size]

    def counts(self, hour: int) -> dict[str, int]:
        """The counts that the platform reports at an hour. Only a corrected video's counts ever fall."""
        while len(self._reach) <= hour:
            self._reach.append(self._next_reach(len(self._reach)))
        reach = self._reach[hour]
        return {metric: int(reach * self._rates.get(metric, 1)) for metric in self._metrics}

    def misses(self, hour: int) -> bool:
        """Whether the snapshot at an hour fails: for a curve with gaps, three hours a day and some others."""
        return self.curve is Curve.GAPS and (hour % 24 in {7, 8, 9} or hour % 11 == 5)

    def has_ended(self, hour: int) -> bool:
        """Whether the video is unavailable at an hour."""
        lifetime = LIFETIME.get(self.curve)
        return lifetime is not None and hour > lifetime

    def _next_reach(self, hour: int) -> float:
        if self.curve is Curve.CORRECTED and hour == CORRECTED_AT:
            return self._reach[-1] * 0.92
        day_and_night = 1 + 0.4 * math.sin(2 * math.pi * (hour + self._peak) / 24)
        gain = self._gain(hour) * self._size * day_and_night * self._dice.uniform(0.75, 1.25)
        return self._reach[-1] + max(gain, 0)

    def _gain(self, hour: int) -> float:
        """New views in an hour, before scaling by the video's size, the time of day and randomness."""
        match self.curve:
            case Curve.VIRAL:
                wave = 1 / (1 + math.exp(-(hour - self._peak) / 4))
                return 1_400_000 * wave * (1 - wave) / 4 + 900
            case Curve.FLAT:
                early = 3_000 * math.exp(-hour / 4)
                return early if early > 1 else 0
            case _:
                return 420
