"""What is stored of an installation, and how: bodies of `bot.store.installations`, which locks them."""

import json
from dataclasses import asdict, dataclass, field

from adapters.slack.manifest import UNFURL_SCOPES

_DROPPED = frozenset({"refresh_token", "expires_at"})
"""Fields of stored installations that are no longer read."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in one workspace, or in a whole organisation. `id` is the workspace's or the organisation's.

    The token is not in the repr. `scopes` are those granted, separated by commas.
    """

    id: str
    enterprise_id: str | None
    name: str
    bot_user_id: str
    token: str = field(repr=False)
    scopes: str = ""

    @property
    def can_preview(self) -> bool:
        """Whether the workspace has granted what previews of links need."""
        return {scope for scope, _ in UNFURL_SCOPES} <= set(self.scopes.split(","))

    @property
    def body(self) -> str:
        """The installation as it is stored, tokens and all."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Member:
    """A workspace that has the app through its organisation."""

    organisation_id: str

    @property
    def body(self) -> str:
        """The reference as it is stored."""
        return json.dumps(asdict(self))


def stored(body: str) -> Installation | Member:
    """What a body holds."""
    known = json.loads(body)
    if "organisation_id" in known:
        return Member(**known)
    return Installation(**{name: each for name, each in known.items() if name not in _DROPPED})
