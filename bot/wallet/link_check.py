"""From the links that someone wants to track to what is known of them: what tracks them, or why they are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.errors import LinkError
from bot.domain.links import ShortLink, VideoLink, parse_link
from bot.domain.tracking import TrackRequest
from bot.store.videos import StoredVideo
from bot.store.wallets import Listed
from bot.store.workspaces import Workspace
from bot.wallet.wallet import Wallet

OFFER_LIST_AGE = timedelta(minutes=1)
"""How old the account's list may be for an offer. The account is listed anew before anything is spent."""


@dataclass(frozen=True, slots=True)
class CheckedLink:
    """One link: the video it names or the `problem` with what was `typed`, and what tracks that video in this wallet.

    `is_hidden` is true where the tracking or the request under way belongs to another workspace that shares the key.
    `may_run` is true where nothing known tracks the video, and the API may leave the tracking out of its lists.
    """

    link: VideoLink | None
    problem: str = ""
    typed: str = ""
    running: StoredVideo | None = None
    in_flight: TrackRequest | None = None
    is_hidden: bool = False
    may_run: bool = False

    @property
    def is_new(self) -> bool:
        """Whether starting this one would start something that does not run yet."""
        return self.link is not None and self.running is None and self.in_flight is None


async def check_links(wallet: Wallet, workspace: Workspace, typed: Sequence[str]) -> tuple[CheckedLink, ...]:
    """What each link names, equal ones once, in the order typed.

    A list of the account not older than `OFFER_LIST_AGE` comes first, so that what was started elsewhere is seen.
    Raises ContentStatsError if there is none: without it nothing may be proposed.
    """
    read = dict([await _read(wallet, each) for each in typed])
    if not any(isinstance(each, VideoLink) for each in read.values()):
        return tuple(CheckedLink(None, str(each), typed) for typed, each in read.items())
    listed = await wallet.mirror.lists.ensure(OFFER_LIST_AGE)
    return tuple(
        [
            await _known(wallet, workspace, each, listed)
            if isinstance(each, VideoLink)
            else CheckedLink(None, str(each), typed)
            for typed, each in read.items()
        ]
    )


async def resolve(wallet: Wallet, typed: str) -> VideoLink:
    """The video that a link names, a short one followed; LinkError says what is wrong with it."""
    link = parse_link(typed)
    if isinstance(link, VideoLink):
        return link
    full = parse_link(await wallet.follow(link))
    if isinstance(full, ShortLink):
        raise LinkError("That short link leads to another short link. Paste the video's full link.")
    return full


async def _read(wallet: Wallet, typed: str) -> tuple[str, VideoLink | LinkError]:
    """What a link names or what is wrong with it, under a name that equal links share."""
    try:
        link = await resolve(wallet, typed)
    except LinkError as error:
        return typed, error
    return link.key, link


async def _known(wallet: Wallet, workspace: Workspace, link: VideoLink, listed: Listed) -> CheckedLink:
    """What tracks a link; an open request before its video, which may not be known to be its."""
    request = await wallet.store.tracking.in_flight(wallet.id, link.key)
    if request is not None:
        return CheckedLink(link, in_flight=request, is_hidden=request.workspace_id != workspace.id)
    stored = await wallet.store.videos.by_key(wallet.id, link.key)
    running = None
    for each in stored:
        if running is None and each.video.is_running:
            running = await _still_running(wallet, each, listed)
    hidden = running is not None and not running.is_visible_to(workspace.id)
    may_run = running is None and link.platform in listed.hidden_platforms
    return CheckedLink(link, running=running, is_hidden=hidden, may_run=may_run)


async def _still_running(wallet: Wallet, stored: StoredVideo, listed: Listed) -> StoredVideo | None:
    """A video that runs as far as is known; None if its page says that it has ended, which a full list may not show."""
    if stored.seen_at < listed.at:
        await wallet.mirror.page(stored)
        stored = await wallet.mirror.current(stored)
    return stored if stored.video.is_running else None
