"""The sandbox's state: the videos on all platforms, and the organisations' accounts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from adapters.sandbox.account import Account, Tracking
from adapters.sandbox.platform_videos import PlatformVideo, make_video, parse_link
from bot.domain.clock import Clock


class UnsupportedLink(Exception):
    """The link isn't a video on a supported platform."""


class ForeignVideo(Exception):
    """The video belongs to another organisation."""


class UnknownVideo(Exception):
    """No video has this id."""


class World:
    """Videos and accounts with one clock. `keys` maps API keys to organisations; several keys may share one.

    `list_lag` is the time until a new tracking appears in the list of videos. `first_hour` is the hour of a tracking's
    first snapshot: 1, or 0 for one at the start. Neither is documented.
    """

    def __init__(self, clock: Clock, keys: Mapping[str, str], *, balance: Decimal, concurrent_videos: int) -> None:
        self.clock = clock
        self.list_lag = timedelta()
        self.first_hour = 1
        self.keys = dict(keys)
        self._videos: dict[str, PlatformVideo] = {}
        self._accounts = {
            organisation: Account(organisation, balance, concurrent_videos) for organisation in self.keys.values()
        }

    def account(self, key: str) -> Account:
        """The account of a key, up to date. Raises KeyError for an unknown key."""
        account = self._accounts[self.keys[key]]
        account.settle(self.clock())
        return account

    def track(self, key: str, link: str, days: int, started_at: datetime | None = None) -> Tracking:
        """Start a tracking. Can be called directly too, for trackings that were started outside the bot.

        `started_at` is for an account's history, and must not be before its latest event. Raises UnsupportedLink and
        what `Account.track` raises.
        """
        parsed = parse_link(link)
        if parsed is None:
            raise UnsupportedLink
        now = started_at or self.clock()
        video = self._videos.get(parsed.key) or make_video(parsed, now)
        tracking = self._accounts[self.keys[key]].track(link, video, days, now, self.first_hour)
        self._videos[parsed.key] = video
        return tracking

    def find(self, key: str, video_id: str) -> Tracking:
        """Find a tracking of the key's organisation. Raises ForeignVideo (403) and UnknownVideo (404; Errors page)."""
        own = self.account(key).trackings.get(video_id)
        if own is not None:
            return own
        if any(video_id in account.trackings for account in self._accounts.values()):
            raise ForeignVideo
        raise UnknownVideo

    def add_credit(self, key: str, amount: Decimal, at: datetime | None = None) -> None:
        """Add dollars to an organisation's balance, which the real service only allows on its website.

        A negative amount removes credit. For `at`, see `started_at` of `track`.
        """
        self._accounts[self.keys[key]].add_credit(amount, at or self.clock())
