"""From the links that someone wants to track to what is known of them: what tracks them, or why they are none."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.domain.errors import LinkError
from bot.domain.links import ShortLink, VideoLink, parse_link
from bot.domain.tracking import TrackRequest
from bot.store.videos import StoredVideo
from bot.store.workspaces import Workspace
from bot.wallet.wallet import Wallet


@dataclass(frozen=True, slots=True)
class Candidate:
    """One link: the video it names or the `problem` with it, and what already tracks that video in this wallet.

    `is_hidden` is true where the tracking or the request under way belongs to another workspace that shares the key.
    """

    link: VideoLink | None
    problem: str = ""
    running: StoredVideo | None = None
    in_flight: TrackRequest | None = None
    is_hidden: bool = False

    @property
    def is_new(self) -> bool:
        """Whether starting this one would start something that does not run yet."""
        return self.link is not None and self.running is None and self.in_flight is None


async def candidates(wallet: Wallet, workspace: Workspace, typed: Sequence[str]) -> tuple[Candidate, ...]:
    """What each link names, equal ones once, in the order typed.

    The account is listed first, so that what was started elsewhere is seen. Raises ContentStatsError where it cannot
    be: without that look nothing may be proposed.
    """
    read = dict([await _read(wallet, each) for each in typed])
    links = [each for each in read.values() if isinstance(each, VideoLink)]
    listed = {video.id for video in (await wallet.mirror.list_running()).videos} if links else set()
    return tuple(
        [
            await _known(wallet, workspace, each, listed) if isinstance(each, VideoLink) else Candidate(None, str(each))
            for each in read.values()
        ]
    )


async def resolve(wallet: Wallet, typed: str) -> VideoLink:
    """The video that a link names, a short one followed; LinkError says what is wrong with it."""
    link = parse_link(typed)
    if isinstance(link, VideoLink):
        return link
    full = parse_link(await wallet.follow(link))
    if isinstance(full, ShortLink):
        raise LinkError("That short link leads to another short one. Please paste the video's full link.")
    return full


async def _read(wallet: Wallet, typed: str) -> tuple[str, VideoLink | LinkError]:
    """What a link names or what is wrong with it, under a name that equal links share."""
    try:
        link = await resolve(wallet, typed)
    except LinkError as error:
        return typed, error
    return link.key, link


async def _known(wallet: Wallet, workspace: Workspace, link: VideoLink, listed: AbstractSet[str]) -> Candidate:
    """What tracks a link; an open request before its video, which may not be known to be its."""
    request = await wallet.store.tracking.in_flight(wallet.id, link.key)
    if request is not None:
        return Candidate(link, in_flight=request, is_hidden=request.workspace_id != workspace.id)
    stored = await wallet.store.videos.by_key(wallet.id, link.key)
    running = next((each for each in stored if each.video.is_running), None)
    if running is not None and running.video.id not in listed:
        await wallet.mirror.page(running)  # its list is full of newer ones: only its page says whether it has ended
        current = await wallet.mirror.current(running)
        running = current if current.video.is_running else None
    hidden = running is not None and running.workspace_id not in {None, workspace.id}
    return Candidate(link, running=running, is_hidden=hidden)
