"""What is stored of an installation, and how: bodies of `bot.store.installations`, which locks them."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from adapters.slack.manifest import UNFURL_SCOPES


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in one workspace, or in a whole organisation. `id` is the workspace's or the organisation's.

    `refresh_token` and `expires_at` are None where the app's tokens do not rotate. Neither token is in the repr.
    `scopes` are those granted, by commas.
    """

    id: str
    enterprise_id: str | None
    name: str
    bot_user_id: str
    token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    scopes: str = ""

    @property
    def can_preview(self) -> bool:
        """Whether the workspace has granted what previews of links need."""
        return {scope for scope, _ in UNFURL_SCOPES} <= set(self.scopes.split(","))

    @property
    def body(self) -> str:
        """The installation as it is stored, tokens and all."""
        return json.dumps(asdict(self) | {"expires_at": self.expires_at and self.expires_at.isoformat()})


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
    expires_at = known["expires_at"]
    return Installation(**{**known, "expires_at": expires_at and datetime.fromisoformat(expires_at)})
