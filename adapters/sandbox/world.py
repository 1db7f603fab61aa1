"""The sandbox's state: every platform's films, and every organisation's account."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from adapters.sandbox.account import Account, Tracking
from adapters.sandbox.films import Film, make_film, parse_link
from bot.domain.clock import Clock


class UnsupportedLink(Exception):
    """The link leads to no video of a supported platform."""


class ForeignVideo(Exception):
    """The video belongs to another organisation."""


class UnknownVideo(Exception):
    """There is no such video."""


class World:
    """Films and accounts under one clock. `keys` maps each API key to its organisation; two keys may share one.

    `list_lag` is how long after its start a tracking is missing from the list of videos. `first_hour` is the hour of a
    tracking in which its first snapshot is taken: 1, or 0 for one at its start. The documentation states neither.
    """

    def __init__(self, clock: Clock, keys: Mapping[str, str], *, balance: Decimal, concurrent_videos: int) -> None:
        self.clock = clock
        self.list_lag = timedelta()
        self.first_hour = 1
        self.keys = dict(keys)
        self._films: dict[str, Film] = {}
        self._accounts = {
            organisation: Account(organisation, balance, concurrent_videos) for organisation in self.keys.values()
        }

    def account(self, key: str) -> Account:
        """The account behind a key, as it is now. Raises KeyError for a key that does not exist."""
        account = self._accounts[self.keys[key]]
        account.settle(self.clock())
        return account

    def track(self, key: str, link: str, days: int, started_at: datetime | None = None) -> Tracking:
        """Start a tracking, also past the API: what the server did but never told, or what somebody started elsewhere.

        `started_at` gives an account a history; it never lies before what the account already knows. Raises
        UnsupportedLink and what `Account.track` raises.
        """
        parsed = parse_link(link)
        if parsed is None:
            raise UnsupportedLink
        now = started_at or self.clock()
        film = self._films.get(parsed.key) or make_film(parsed, now)
        tracking = self._accounts[self.keys[key]].track(link, film, days, now, self.first_hour)
        self._films[parsed.key] = film
        return tracking

    def find(self, key: str, video_id: str) -> Tracking:
        """One tracking of the key's organisation. Raises ForeignVideo (Errors page, 403) and UnknownVideo (404)."""
        own = self.account(key).trackings.get(video_id)
        if own is not None:
            return own
        if any(video_id in account.trackings for account in self._accounts.values()):
            raise ForeignVideo
        raise UnknownVideo

    def add_credit(self, key: str, amount: Decimal, at: datetime | None = None) -> None:
        """Put dollars on the balance of the key's organisation, which the real service does on its web site only.

        A negative amount takes credit away. `at` is as `started_at` of `track`.
        """
        self._accounts[self.keys[key]].add_credit(amount, at or self.clock())
