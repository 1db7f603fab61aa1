"""Checks links that somebody wants to track: the video of each, whether it is tracked already, or why it is invalid."""

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
"""Maximum age of the account's list for an offer. The account is listed again before any money is spent."""


@dataclass(frozen=True, slots=True)
class CheckedLink:
    """A checked link: its video, or the `problem` with what was `typed`; and whether this wallet tracks the video.

    `running` is the tracked video and `in_flight` an open track request. `is_hidden` is true if it belongs to another
    workspace that shares the key. `may_run` is true if no tracking is known, but the API may omit one from its lists.
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
        """Whether the link is valid and not tracked yet."""
        return self.link is not None and self.running is None and self.in_flight is None


async def check_links(wallet: Wallet, workspace: Workspace, typed: Sequence[str]) -> tuple[CheckedLink, ...]:
    """Check links in the order typed; equal ones are checked once.

    Requires a list of the account not older than `OFFER_LIST_AGE`, so that tracking started elsewhere is seen. Raises
    ContentStatsError if there is none: nothing may be offered without it.
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
    """Parse a link, following a short one; raises LinkError with the problem."""
    link = parse_link(typed)
    if isinstance(link, VideoLink):
        return link
    full = parse_link(await wallet.follow(link))
    if isinstance(full, ShortLink):
        raise LinkError("That short link leads to another short link. Paste the video's full link.")
    return full


async def _read(wallet: Wallet, typed: str) -> tuple[str, VideoLink | LinkError]:
    """Resolve a link; returns the video or the problem, preceded by a key that equal links share."""
    try:
        link = await resolve(wallet, typed)
    except LinkError as error:
        return typed, error
    return link.key, link


async def _known(wallet: Wallet, workspace: Workspace, link: VideoLink, listed: Listed) -> CheckedLink:
    """Look up whether a link is tracked. An open request comes first: its video may not be known yet."""
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
    """Check a running video by its page if the list is newer; None if it has ended, which a full list may not show."""
    if stored.seen_at < listed.at:
        await wallet.mirror.page(stored)
        stored = await wallet.mirror.current(stored)
    return stored if stored.video.is_running else None
