"""Each status that is no success, as the domain's error with a sentence for people. It sends nothing."""

import re
from typing import Literal, TypeAlias

from bot.contentstats.wire import Problem
from bot.domain.errors import (
    AccessDenied,
    ContentStatsError,
    InvalidRequest,
    KeyRejected,
    NotEnoughBalance,
    ServiceUnavailable,
    UnexpectedAnswer,
    VideoNotFound,
)
from bot.domain.money import dollars, left_after

Asked: TypeAlias = Literal["account", "start", "video"]

_IS_LIMIT = re.compile(r"\b(?:limit|plan|quota|concurrent)\b", re.IGNORECASE)
_INTERRUPTED = frozenset({408, 425, 499})
"""Statuses of a request that took too long or came too early: whoever says so need not know what became of it."""


class Refused(Exception):
    """An answer that is no success. `not_before` is the Unix second before which to stay away, where it was told."""

    def __init__(
        self, status: int, error: ContentStatsError, not_before: float | None = None, *, is_explained: bool = True
    ) -> None:
        super().__init__(str(error))
        self.status = status
        self.error = error
        self.not_before = not_before
        self._is_explained = is_explained

    @property
    def is_definite(self) -> bool:
        """Whether the call certainly had no effect: a documented refusal, or another 4xx in the API's own JSON.

        A 5xx says nothing of it, nor does a time-out in whatever form, nor a stranger's page with a status of its own.
        """
        if isinstance(self.error, UnexpectedAnswer):
            return self._is_explained
        return not isinstance(self.error, ServiceUnavailable)


def refusal(status: int, problem: Problem, asked: Asked = "video") -> ContentStatsError:
    """What an answer means that is neither a success nor a 429, for which there is `limits.rate_limited`.

    `asked` is what the request was about. A 404 for the account comes from an address without an API, and a 403 for a
    start is about the key and its plan: no other organisation's video is in it.
    """
    said = f" (“{problem.words}”)" if problem.words else ""
    error: ContentStatsError
    match status:
        case 400:
            error = _invalid(problem)
        case 401:
            error = KeyRejected(
                f"ContentStats does not accept the API key{said}: it is missing, mistyped, deleted or expired. "
                "Ask an admin to check it: /connect, or the setting CONTENTSTATS_API_KEY."
            )
        case 402:
            error = _too_expensive(problem)
        case 403 if asked == "start" or _IS_LIMIT.search(problem.words):
            error = AccessDenied(
                f"ContentStats denies this API key access{said}. Nothing was changed. /stop a video if too many are "
                "running, or ask an admin whether this is the right key and what its plan allows."
            )
        case 403:
            error = AccessDenied(
                f"ContentStats denies this API key access{said}; the video may belong to another organisation. "
                "Pick one from /videos, or ask an admin whether this is the right key."
            )
        case 404 if asked == "account":
            error = UnexpectedAnswer(
                "ContentStats has no API at the address that this bot asks (404). Ask an admin to check the setting "
                "CONTENTSTATS_BASE_URL, which usually ends with /api/v1.",
                status,
            )
        case 404:
            error = VideoNotFound(
                f"ContentStats does not know that video{said}; it may have been removed. /videos shows what there is."
            )
        case _ if 400 <= status < 500 and status not in _INTERRUPTED:
            reason = f": “{problem.words}”" if problem.words else " and gives no reason"
            sentence = (
                f"ContentStats refuses this ({status}){reason}. Nothing was changed; /videos shows what is running."
            )
            error = UnexpectedAnswer(sentence, status)
        case _:
            error = ServiceUnavailable(f"ContentStats {failure(status)}. Try again in a minute.")
    return error


def failure(status: int) -> str:
    """What an answer without meaning says of its sender; it completes "ContentStats …"."""
    what = "has a problem of its own" if status >= 500 else "answered with something that is not its API's"
    what = "broke the request off" if status in _INTERRUPTED else what
    return f"{what} (status {status})"


def _invalid(problem: Problem) -> InvalidRequest:
    fields = "; ".join(f"{field}: {message}" if field else message for field, message in problem.details)
    reason = ": ".join(part.rstrip(". ") for part in (problem.words, fields) if part)
    advice = "Correct that and try again." if fields else "/videos shows what is running."
    return InvalidRequest(
        f"ContentStats refuses this request{f': “{reason}”' if reason else ''}. Nothing was changed. {advice}",
        problem.details,
    )


def _too_expensive(problem: Problem) -> NotEnoughBalance:
    balance, required = problem.balance, problem.required
    amounts = problem.words.rstrip(". ") or "the amounts were not stated"
    if required is not None:
        amounts = f"this needs {dollars(required)}"
    if required is not None and balance is not None:
        amounts += f", {dollars(balance, down=True)} is there"
        if required > balance:  # else the rest is spoken for, which the server does not put in figures
            amounts += f" and {dollars(-left_after(balance, required))} is missing"
    return NotEnoughBalance(
        f"The balance is too low: {amounts}. Nothing was started. "
        "Track for fewer days, /stop a video, or add credit on the ContentStats web site ($10 or more).",
        balance=balance,
        required=required,
    )
