"""The videos out there on the platforms: title, creator, growth. Shared by every account, as the real ones are."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.sandbox.curves import Curve, Growth, curve_for
from adapters.sandbox.links import Link

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
