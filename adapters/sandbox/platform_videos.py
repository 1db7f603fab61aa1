"""Videos on their platforms: parses links, and invents titles, creators and hourly counts. All accounts share them.

Doesn't use the bot's own link parser, because the sandbox represents a different server.
"""

import math
import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
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


_FORMS = {
    "tiktok": r"(?:www\.|m\.)?tiktok\.com/@(?P<user>[^/?#]*)/(?:video|photo)/(?P<id>\d+)",
    "youtube": r"(?:(?:www\.|m\.|music\.)?youtube\.com/(?:watch\?(?:[^#]*&)?v=|shorts/|live/|embed/)|youtu\.be/)"
    r"(?P<id>[\w-]{11})",
    "instagram": r"(?:www\.)?instagram\.com/(?:(?P<user>[\w.]+)/)?(?:p|reel|reels|tv)/(?P<id>[\w-]+)",
    "twitter": r"(?:www\.|mobile\.)?(?:twitter|x)\.com/(?P<user>\w+)/status/(?P<id>\d+)",
}
_PATTERNS = {platform: re.compile(rf"https?://{form}(?:[/?#&].*)?", re.ASCII) for platform, form in _FORMS.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """A parsed link to a video. `user` is empty if the link doesn't have it."""

    platform: str
    id: str
    user: str

    @property
    def key(self) -> str:
        """The canonical id of the video, however its link is spelt."""
        return f"{self.platform}:{self.id}"


def parse_link(text: str) -> Link | None:
    """Parse a link; returns None if it isn't supported.

    Supports the forms on the Track video page and their common spellings. Refusing short links (vm.tiktok.com, t.co),
    which the sandbox can't follow, is its own choice.
    """
    for platform, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(text):
            return Link(platform, found["id"], found.groupdict().get("user") or "")
    return None


TITLES = {
    "plain": "How we fixed our kitchen sink in ten minutes",
    "recipe": "One-pan pasta that my grandmother would not approve of",
    "emoji": "Street food in Osaka 🍜🔥 you HAVE to try this 😭",
    "cyrillic": "Закат над Ладогой: снято на телефон",
    "arabic": "أفضل قهوة في القاهرة القديمة",
    "chinese": "三分钟学会做宫保鸡丁",
    "accents": "Ça déménage à Łódź – naïve café, señor!",
    "piano": "My cat plays the piano better than I do",
    "garden": "Balcony tomatoes from seed to salad, week by week",
    "hostile": "<!channel> *bold* @everyone <@U0000001> `code` [free](https://example.com) & <b>markup</b>",
}
"""Titles by the word in a user name or video id that selects them; otherwise, the canonical id decides."""
_NEVER_RANDOM = ("piano", "hostile")
"""Titles that have to be selected: that of the demo's suggested link, and one for tests."""

_CREATORS = ("ana.moves", "studio_nord", "kitchen-lab", "mikael", "dao.travels")


@dataclass(frozen=True, slots=True)
class PlatformVideo:
    """A video on its platform.

    It is born when it is first tracked, so that all its trackings have the same counts at the same hour.
    """

    platform: str
    title: str
    creator: str
    growth: Growth
    born_at: datetime

    def age_in_hours(self, moment: datetime) -> int:
        """Whole hours since the video's birth."""
        return (moment - self.born_at) // timedelta(hours=1)

    @property
    def is_private(self) -> bool:
        """Whether the video is private, so that it has no title either."""
        return self.growth.curve is Curve.ERROR


def make_video(link: Link, born_at: datetime) -> PlatformVideo:
    """Create the video of a link. The same link always gives the same title and growth."""
    name = f"{link.user} {link.id}"
    dice = random.Random(f"film {link.key}")
    drawn = tuple(word for word in TITLES if word not in _NEVER_RANDOM)
    asked = next((word for word in TITLES if word in name.lower()), None)
    return PlatformVideo(
        platform=link.platform,
        title=TITLES[asked or dice.choice(drawn)],
        creator=link.user or dice.choice(_CREATORS),
        growth=Growth(curve_for(link.key, name), link.platform, link.key),
        born_at=born_at,
    )
