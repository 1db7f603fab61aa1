"""The videos on the platforms: which links lead to them, their titles, creators and growth. Every account shares them.

Links are read by code of the sandbox's own on purpose: it stands for somebody else's server.
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
    """A link to one video; `user` is empty where the link does not tell."""

    platform: str
    id: str
    user: str

    @property
    def key(self) -> str:
        """One name for the video, however its link is spelt."""
        return f"{self.platform}:{self.id}"


def parse_link(text: str) -> Link | None:
    """The video that a link leads to, or None where the server does not support it.

    The forms are those of the Track video page and their common spellings. Short links (vm.tiktok.com, t.co) are
    refused, which is the sandbox's own choice: it cannot follow them.
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
"""A user name or id that contains one of these words gets that title; otherwise the video's id decides."""
_ASKED_ONLY = ("piano", "hostile")
"""Titles that no id decides for: the one of the demo's suggested link, and one that only tests ask for."""

_CREATORS = ("ana.moves", "studio_nord", "kitchen-lab", "mikael", "dao.travels")


@dataclass(frozen=True, slots=True)
class Film:
    """One video on its platform.

    It lives from the moment anybody first tracked it, so that two trackings state the same counts at the same hour.
    """

    platform: str
    title: str
    creator: str
    growth: Growth
    born_at: datetime

    def age_in_hours(self, moment: datetime) -> int:
        """Whole hours of the video's life at that moment."""
        return (moment - self.born_at) // timedelta(hours=1)

    @property
    def is_private(self) -> bool:
        """Whether its page cannot be read, so that it has no title either."""
        return self.growth.curve is Curve.ERROR


def make_film(link: Link, born_at: datetime) -> Film:
    """The video behind a link: the same link always gives the same title and growth."""
    name = f"{link.user} {link.id}"
    dice = random.Random(f"film {link.key}")
    drawn = tuple(word for word in TITLES if word not in _ASKED_ONLY)
    asked = next((word for word in TITLES if word in name.lower()), None)
    return Film(
        platform=link.platform,
        title=TITLES[asked or dice.choice(drawn)],
        creator=link.user or dice.choice(_CREATORS),
        growth=Growth(curve_for(link.key, name), link.platform, link.key),
        born_at=born_at,
    )
