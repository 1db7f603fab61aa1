"""Videos on their platforms: parses links, and invents titles, creators and growth. All accounts share them.

Links are deliberately not parsed by the bot's own code, because the sandbox stands in for another server.
"""

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.sandbox.curves import Curve, Growth, curve_for

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
