"""Creator of a video: one identity per platform and handle."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.folding import folded
from bot.domain.links import video_of
from bot.domain.videos import Video


@dataclass(frozen=True, slots=True)
class Creator:
    """An account on a platform. `handle` is folded: `viral.recipe` for @Viral.Recipe."""

    platform: str
    handle: str


def on_several_platforms(creators: Iterable[object]) -> frozenset[str]:
    """Handles that several of these creators share; other ranked things have none."""
    counted = Counter(each.handle for each in creators if isinstance(each, Creator))
    return frozenset(handle for handle, count in counted.items() if count > 1)


def creator_of(video: Video) -> Creator | None:
    """The creator of a video; None if neither its link nor the API has one.

    The same handle on two platforms is two creators. After a rename, videos whose creator the API reports as `@new`
    belong to the new handle whatever their links contain; the others stay with the handle of their link.
    """
    handle = folded(creator_name(video.link, video.creator))
    return Creator(video.platform, handle) if handle else None


def names_of_creator(video: Video) -> frozenset[str]:
    """Every name, folded, that people may type for a video's creator: the API's and the one in the link."""
    found = video_of(video.link)
    return frozenset(filter(None, (folded(video.creator), folded(found.user if found else ""))))


@lru_cache(maxsize=10_000)  # rankings call this for hundreds of videos each time
def creator_name(link: str, stated: str) -> str:
    """A creator's display name: `@Viral.Recipe`; without an @ if only the API reports one.

    `stated` is the API's `creator`. With an @ it is the current handle, which a link may lack or misspell (the sites
    ignore the handle in a link); without one it may be a display name, which several accounts can share.
    """
    if stated.startswith("@") and stated.strip("@ "):
        return stated
    found = video_of(link)
    return f"@{found.user}" if found and found.user else stated
