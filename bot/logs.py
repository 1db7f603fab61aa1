"""Logging to stderr, as text for people or JSON for machines, with every secret redacted.

Modules log through the standard library; only this one formats and redacts lines.
"""

import contextlib
import json
import logging
import math
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal
from urllib.parse import quote, quote_plus

MARK = "[secret]"
"""Stands in a line in place of a secret."""

_SECRET_PATTERNS = (r"cs_(?:live|test)_[\w-]+", r"xox[a-z](?:\.xox[a-z])?-[\w-]+", r"xapp-[\w-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_CHATTY_LIBRARIES = ("aiosqlite", "alembic", "apscheduler", "asyncio", "httpcore", "httpx", "matplotlib")


def configure(level: str, fmt: Literal["text", "json"], secrets: Iterable[str]) -> None:
    """Send every logger's lines to stderr, without these secrets and anything shaped like a key or token.

    Uncaught exceptions are logged too, since Python's own report would show secrets. Chatty libraries log from WARNING
    on, unless the level is DEBUG. Safe to repeat: the last call counts.
    """
    redactor = Redactor(secrets)
    handler = _ToStderr()
    handler.setFormatter(JsonLines(redactor) if fmt == "json" else TextLines(redactor))
    root = logging.getLogger()
    for former in [each for each in root.handlers if isinstance(each, _ToStderr)]:
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _CHATTY_LIBRARIES:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "DEBUG" else logging.WARNING)
    sys.excepthook = _uncaught


class Redactor:
    """Replaces known secrets, and anything shaped like a ContentStats key or a Slack token, by `MARK`.

    Secrets are matched verbatim, percent-encoded and as Python prints them.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted(
            {form for secret in secrets if secret for form in _forms(secret)}, key=len, reverse=True
        )  # a part must not hide its whole
        self._pattern = re.compile("|".join([*map(re.escape, known), *_SECRET_PATTERNS]))

    def text(self, text: str) -> str:
        """Redact a text."""
        return self._pattern.sub(MARK, text)

    def value(self, value: object) -> object:
        """Convert a value to JSON's types and redact it at any depth."""
        match value:
            case None | bool() | int():
                return value
            case float():
                return value if math.isfinite(value) else str(value)
            case Mapping():
                return {self.text(str(name)): self.value(item) for name, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.value(item) for item in value]
            case _:
                return self.text(str(value))


class TextLines(logging.Formatter):
    """`2026-11-23 14:00:00.123 UTC WARNING bot.app: message (name=value)`, with continuation lines indented.

    So neither a title with a line break nor an exception's text can pass for a log line.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as text."""
        extras = ", ".join(f"{name}={value}" for name, value in _extras(record).items())
        message = f"{_message(record)} ({extras})" if extras else _message(record)
        moment = f"{_moment(record):%Y-%m-%d %H:%M:%S.%f}"[:-3]
        whole = f"{moment} UTC {record.levelname} {record.name}: {message}\n{_trace(self, record)}".rstrip("\n")
        safe = _CONTROL.sub(lambda found: ascii(found[0])[1:-1], self._redactor.text(whole))
        return safe.replace("\n", "\n    ")


class JsonLines(logging.Formatter):
    """One object per line: `time`, `level`, `logger`, `message`, then the record's extra fields, then `trace`."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as one line of ASCII JSON."""
        line: dict[str, object] = {
            "time": _moment(record).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        trace = _trace(self, record)
        line = line | ({"trace": trace} if trace else {})
        return json.dumps(self._redactor.value(line | {k: v for k, v in _extras(record).items() if k not in line}))


class _ToStderr(logging.StreamHandler):  # type: ignore[type-arg] # a stream of text
    """Writes to the current sys.stderr, so that lines stay in order when a prompt replaces it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Report a lost line without its arguments; the standard report would print them, secrets included."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"A log line of {record.name} could not be written.\n")


def _forms(secret: str) -> Iterable[str]:
    as_bytes = secret.encode(errors="surrogateescape")
    return secret, quote(as_bytes, safe=""), quote_plus(as_bytes), repr(secret)[1:-1], repr(as_bytes)[2:-1]


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger(__name__).critical("uncaught exception; exiting", exc_info=(kind, error, trace))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # a wrong format string is logged unformatted
        return f"{record.msg} {record.args}"


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    trace = formatter.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""
    stack = formatter.formatStack(record.stack_info) if record.stack_info else ""
    return "\n".join(filter(None, (trace, stack)))


def _extras(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD_FIELDS}


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)
