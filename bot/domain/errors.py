"""Errors that can be explained to a person.

    BotError                    a sentence for the person, with what to do next
    ├── UsageError              the words typed cannot be understood: usage and an example follow
    │   └── LinkError           a link that is not a video of a supported platform
    ├── NotAllowed              the caller may not do this here
    ├── NotFound                no such video, request or command in this workspace
    │   └── NoSuchCampaign      no such campaign: the nearest name
    ├── SpendingRefused         our own rules say no before anything was sent: cap reached, button used or expired
    ├── NotConfigured           no API key, no token: the operator must act
    │   └── TokenRefused        a chat refuses the bot's token: nothing can be read or posted there
    ├── DatabaseUnavailable     the bot's own database is away, locked or full
    └── ContentStatsError       what the ContentStats API answered, or failed to
        ├── InvalidRequest      400
        ├── KeyRejected         401
        ├── NotEnoughBalance    402
        ├── AccessDenied        403
        ├── VideoNotFound       404
        ├── RateLimited         429, or our own limiter's refusal to wait longer
        ├── UnexpectedAnswer    another 4xx, the server's own words kept
        ├── ServiceUnavailable  5xx, no answer, or an answer that is not the API's (HTML, cut off, broken)
        └── OutcomeUnclear      a POST that may or may not have taken effect: look before deciding

Errors are translated where they enter (the ContentStats client, the posters). They are caught broadly only at
boundaries: a command (`Bot.run`, `adapters.chat.conversation`, Slack's handlers and Home tab), a background task, a
periodic job and its metrics, one digest of a batch, one delivery or post, one gateway event, a connection's
supervisor, one chart.
"""

from datetime import datetime
from decimal import Decimal


class BotError(Exception):
    """An error to show to a person: `str(error)` is the whole sentence, with the next step."""


class UsageError(BotError):
    """Words that can't be understood. The error boundary adds the command's usage and an example.

    `argument` is the wrong one, so that a form can show the sentence beside it; None if it isn't a single one.
    `instead` is a valid version of the words, offered as a guess; None if there is none. `loses`: that version omits
    some of the words.
    """

    def __init__(
        self, sentence: str, argument: str | None = None, instead: str | None = None, *, loses: bool = False
    ) -> None:
        super().__init__(sentence)
        self.argument = argument
        self.instead = instead
        self.loses = loses


class LinkError(UsageError):
    """A link that isn't a video of a supported platform."""


class NotAllowed(BotError):
    """The caller may not do this in this workspace."""


class NotFound(BotError):
    """No such video or request in this workspace. `instead` is a line that was probably meant, or empty."""

    def __init__(self, sentence: str, instead: str = "") -> None:
        super().__init__(sentence)
        self.instead = instead


class NoSuchCampaign(NotFound):
    """No campaign of this workspace is called `named`. `meant` is the closest name, or empty."""

    def __init__(self, sentence: str, named: str, meant: str) -> None:
        super().__init__(sentence)
        self.named = named
        self.meant = meant


class SpendingRefused(BotError):
    """The bot's own rules refused to spend; nothing was sent."""


class NotConfigured(BotError):
    """A credential is missing or wrong, so the operator must act."""


class TokenRefused(NotConfigured):
    """A chat refuses the bot's token, so nothing can be read or posted there until the operator replaces it."""


class DatabaseUnavailable(BotError):
    """The bot's own database didn't respond. A write may or may not have been stored: look before repeating it."""


class ContentStatsError(BotError):
    """The ContentStats API refused, failed or couldn't be reached."""


class InvalidRequest(ContentStatsError):
    """400: `problems` has the documented `(field, message)` pairs, in the server's words."""

    def __init__(self, sentence: str, problems: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(sentence)
        self.problems = problems


class KeyRejected(ContentStatsError):
    """401: the API key is missing, malformed, deleted or expired."""


class NotEnoughBalance(ContentStatsError):
    """402: the balance doesn't cover the estimate. Amounts are dollars, None if the server didn't state them."""

    def __init__(self, sentence: str, *, balance: Decimal | None, required: Decimal | None) -> None:
        super().__init__(sentence)
        self.balance = balance
        self.required = required


class AccessDenied(ContentStatsError):
    """403: the key is valid, but the resource belongs to another organisation."""


class VideoNotFound(ContentStatsError):
    """404: no such video, or another organisation's."""


class RateLimited(ContentStatsError):
    """429, or a wait longer than the caller may spend. `retry_at` is when a call may be tried again (UTC).

    `is_from_server` is False if no request was sent: our own rate limiter postponed it.
    """

    def __init__(self, sentence: str, retry_at: datetime, *, is_from_server: bool = True) -> None:
        super().__init__(sentence)
        self.retry_at = retry_at
        self.is_from_server = is_from_server


class UnexpectedAnswer(ContentStatsError):
    """A 4xx outside the documentation, such as the concurrent-video limit; the sentence quotes the server."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class ServiceUnavailable(ContentStatsError):
    """5xx, no response, or one that isn't the API's. For a call that spends: it certainly had no effect."""


class OutcomeUnclear(ContentStatsError):
    """A POST whose effect is unknown (time-out, broken connection, 5xx, foreign body). Never repeat it; look first."""
