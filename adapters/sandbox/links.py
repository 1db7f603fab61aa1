"""Which links the server accepts. On purpose not the bot's own code: the sandbox stands for somebody else's server."""

import re
from dataclasses import dataclass

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
