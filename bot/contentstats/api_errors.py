"""Error responses of the API as domain errors, each with a sentence for people."""

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
"""Statuses of a request that took too long or came too early: the server may not know its outcome."""


class Refused(Exception):
    """A non-success response. `not_before` is the Unix second before which not to retry, if stated."""

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

        A 5xx proves nothing, nor does a time-out in any form, nor a page of another server.
        """
        if isinstance(self.error, UnexpectedAnswer):
            return self._is_explained
        return not isinstance(self.error, ServiceUnavailable)


def refusal(status: int, problem: Problem, asked: Asked = "video") -> ContentStatsError:
    """The error for a response that is neither a success nor a 429 (see `rate_limit.rate_limited`).

    `asked` is what the request was about. A 404 for the account means that the address has no API, and a 403 for a
    start is about the key and its plan: no other organisation's video is involved.
    """
    said = f" (“{problem.words}”)" if problem.words else ""
    error: ContentStatsError
    match status:
        case 400:
            error = _invalid(problem)
        case 401:
            error = KeyRejected(
                f"ContentStats doesn't accept the API key{said}: it's missing, mistyped, deleted or expired. "
                "Ask an admin to check it: /connect, or the setting CONTENTSTATS_API_KEY."
            )
        case 402:
            error = _too_expensive(problem)
        case 403 if asked == "start" or _IS_LIMIT.search(problem.words):
            error = AccessDenied(
                f"ContentStats denies this API key access{said}. Nothing was changed. /stop a video if too many are "
                "running, or ask an admin to check the key and its plan."
            )
        case 403 if asked == "account":
            error = AccessDenied(f"ContentStats denies this API key access{said}. Ask an admin to check the key.")
        case 403:
            error = AccessDenied(
                f"ContentStats denies this API key access{said}; the video may belong to another organisation. "
                "Pick one from /videos, or ask an admin to check the key."
            )
        case 404 if asked == "account":
            error = UnexpectedAnswer(
                "There's no ContentStats API at this bot's address for it (404). Ask an admin to check the setting "
                "CONTENTSTATS_BASE_URL, which usually ends with /api/v1.",
                status,
            )
        case 404:
            error = VideoNotFound(
                f"ContentStats doesn't have that video{said}; it may have been removed. /videos lists your videos."
            )
        case _ if 400 <= status < 500 and status not in _INTERRUPTED:
            reason = f": “{reason}”" if (reason := _reason(problem)) else " without a reason"
            sentence = (
                f"ContentStats refused this ({status}){reason}. Nothing was changed; /videos shows what is running."
            )
            error = UnexpectedAnswer(sentence, status)
        case _:
            error = ServiceUnavailable(f"ContentStats {failure(status)}. Try again in a minute.")
    return error


def failure(status: int) -> str:
    """What a meaningless response reveals about its sender; completes "ContentStats …"."""
    what = "has a problem on its end" if status >= 500 else "sent a response that isn't from its API"
    what = "cut the request off" if status in _INTERRUPTED else what
    return f"{what} (status {status})"


def _invalid(problem: Problem) -> InvalidRequest:
    reason = _reason(problem)
    advice = "Fix that and try again." if problem.details else "/videos shows what is running."
    return InvalidRequest(
        f"ContentStats refused this request{f': “{reason}”' if reason else ''}. Nothing was changed. {advice}",
        problem.details,
    )


def _reason(problem: Problem) -> str:
    """The server's words with the fields that it names; empty if it gives none."""
    fields = "; ".join(f"{field}: {message}" if field else message for field, message in problem.details)
    return ": ".join(part.rstrip(". ") for part in (problem.words, fields) if part)


def _too_expensive(problem: Problem) -> NotEnoughBalance:
    balance, required = problem.balance, problem.required
    amounts = problem.words.rstrip(". ") or "ContentStats gave no amounts"
    if required is not None:
        amounts = f"this needs {dollars(required)}"
    if required is not None and balance is not None:
        amounts += f", you have {dollars(balance, down=True)}"
        if required > balance:  # otherwise the rest is reserved, which the server doesn't quantify
            amounts += f" ({dollars(-left_after(balance, required))} short)"
    return NotEnoughBalance(
        f"Your balance is too low: {amounts}. Nothing was started. "
        "Track for fewer days, /stop a video, or add credit at contentstats.io ($10 or more).",
        balance=balance,
        required=required,
    )
