"""Logging to stderr, as text for people or JSON for machines, with every secret left out.

Modules log through the standard library; this one alone knows how a line looks and what may not stand in it.
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
"""What stands in a line where a secret stood."""

_SHAPES = (r"cs_(?:live|test)_[\w-]+", r"xox[a-z](?:\.xox[a-z])?-[\w-]+", r"xapp-[\w-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_RECORDS_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_NARRATORS = ("aiosqlite", "alembic", "apscheduler", "asyncio", "httpcore", "httpx", "matplotlib")


def configure(level: str, fmt: Literal["text", "json"], secrets: Iterable[str]) -> None:
    """Send every logger's lines to stderr, without those secrets and without anything shaped like a key or token.

    An exception that ends the program is logged too, since Python's own report would show its secrets. Safe to repeat:
    the last call counts. Libraries that narrate their every step are heard from WARNING on; at DEBUG everybody is
    heard.
    """
    redactor = Redactor(secrets)
    handler = _ToStderr()
    handler.setFormatter(JsonLines(redactor) if fmt == "json" else TextLines(redactor))
    root = logging.getLogger()
    for former in [each for each in root.handlers if isinstance(each, _ToStderr)]:
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _NARRATORS:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "DEBUG" else logging.WARNING)
    sys.excepthook = _uncaught


class Redactor:
    """Puts `MARK` in the place of known secrets and of whatever is shaped like a ContentStats key or a Slack token.

    Secrets are known as they are, percent-encoded and as Python prints them.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted(
            {form for secret in secrets if secret for form in _forms(secret)}, key=len, reverse=True
        )  # a part must not hide its whole
        self._pattern = re.compile("|".join([*map(re.escape, known), *_SHAPES]))

    def text(self, text: str) -> str:
        """The text without secrets."""
        return self._pattern.sub(MARK, text)

    def value(self, value: object) -> object:
        """The value as JSON can say it, without secrets at any depth."""
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
    """`2026-11-23 14:00:00.123 UTC WARNING bot.app: message (name=value)`, whatever follows a line break indented.

    So neither a title with a line break in it nor an exception's text can pass for a line of the log.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        extras = ", ".join(f"{name}={value}" for name, value in _extras(record).items())
        message = f"{_message(record)} ({extras})" if extras else _message(record)
        moment = f"{_moment(record):%Y-%m-%d %H:%M:%S.%f}"[:-3]
        whole = f"{moment} UTC {record.levelname} {record.name}: {message}\n{_trace(self, record)}".rstrip("\n")
        safe = _CONTROL.sub(lambda found: ascii(found[0])[1:-1], self._redactor.text(whole))
        return safe.replace("\n", "\n    ")


class JsonLines(logging.Formatter):
    """One object a line: `time`, `level`, `logger`, `message`, then the record's extra fields, then `trace`."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of ASCII JSON."""
        line: dict[str, object] = {
            "time": _moment(record).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        trace = _trace(self, record)
        line = line | ({"trace": trace} if trace else {})
        return json.dumps(self._redactor.value(line | {k: v for k, v in _extras(record).items() if k not in line}))


class _ToStderr(logging.StreamHandler):  # type: ignore[type-arg] # its stream is whatever sys.stderr is when a line comes
    """Writes to the present stderr, so that a prompt which takes it over stays in order."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Say that a line is lost; the standard report would print its arguments, secrets and all."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"A log line of {record.name} could not be written.\n")


def _forms(secret: str) -> Iterable[str]:
    as_bytes = secret.encode(errors="surrogateescape")
    return secret, quote(as_bytes, safe=""), quote_plus(as_bytes), repr(secret)[1:-1], repr(as_bytes)[2:-1]


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger(__name__).critical("the program ends with an error", exc_info=(kind, error, trace))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # a wrong format string loses its form, not its content
        return f"{record.msg} {record.args}"


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    trace = formatter.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""
    stack = formatter.formatStack(record.stack_info) if record.stack_info else ""
    return "\n".join(filter(None, (trace, stack)))


def _extras(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _RECORDS_OWN}


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)
