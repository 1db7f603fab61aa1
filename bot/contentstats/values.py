"""Parses single JSON values (counts, dollars, times, text) in any spelling.

Nonsense becomes None (or empty text): a missing number is never made up.
"""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any

LARGEST_COUNT = 2**63 - 1
"""Range of a database's big integer."""

LARGEST_AMOUNT = 10**12
"""Dollars. No account holds more, and millionths of it fit a database's big integer."""

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""A time outside these years is meaningless, and arithmetic with it may leave the calendar."""
_LONGEST_NUMBER = 50
"""Maximum characters of a number or a time."""
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([,\s'’])\d{3})(?:\1\d{3})*(?:\.\d*)?|[1-9]\d{0,2}(?:\.\d{3}){2,}")
"""Digits in groups of three: 1,298,000, 1 298 000, 1'298'000; and 1.298.000, which isn't a decimal fraction."""
_COMMA_FRACTION = re.compile(r"-?(?:0,\d+|\d+,\d{1,2}|[1-9]\d{0,2}(?:[.\s]\d{3})+,\d{1,2})")
"""A fraction behind a comma, which can't be a group of three: 0,015, 98,50, 1.234,56."""
_ABBREVIATED = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s?(k|m|mn|mio|b|bn|thousand|million|billion)\+?", re.IGNORECASE)
_SCALES = {"k": 10**3, "t": 10**3, "m": 10**6, "b": 10**9}
_ZONE = re.compile(r"[\s(\[]*(?:UTC|GMT)[)\]]?$")
_YEAR_FIRST = re.compile(r"^(\d{4})[/.](\d\d)[/.](?=\d\d)")
_KEY_LIKE = re.compile(r"cs_(?:live|test)_\w+", re.ASCII)


class ForeignBody(Exception):
    """A body that isn't the API's: HTML, truncated, broken, or without a required field.

    The text completes "ContentStats …".
    """

    def __init__(self, problem: str = "sent a response that isn't from its API") -> None:
        super().__init__(problem)


def read_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object with the standard library's tolerant decoder. Raises ForeignBody."""
    try:
        value = json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        raise ForeignBody from None
    if not isinstance(value, dict):
        raise ForeignBody
    return value


def read_number(value: object) -> Decimal | None:
    """A finite number, given as one or as text: 1298000, "1298000", "1,298,000", "1.298e6", "$4.25", "0,015"."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).strip().removeprefix("$")
    if len(text) > _LONGEST_NUMBER:
        return None
    if grouped := _GROUPED.fullmatch(text):
        text = text.replace(grouped[1] or ".", "")
    elif _COMMA_FRACTION.fullmatch(text):
        text = re.sub(r"[.\s]", "", text).replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= 30 else None


def read_count(value: object) -> int | None:
    """A count: a whole number from 0 that fits a database."""
    number = read_number(value)
    if number is None or not 0 <= number <= LARGEST_COUNT or number != number.to_integral_value():
        return None
    return int(number)


def read_rounded_count(value: object) -> int | None:
    """Parse a count that is rounded to a unit, such as "12.3K" or "1,2 million"."""
    match = _ABBREVIATED.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    return read_count(str(Decimal(match[1].replace(",", ".")) * _SCALES[match[2][0].casefold()]))


def read_dollars(value: object) -> Decimal | None:
    """A plausible amount of money that an account can hold or owe."""
    amount = read_number(value)
    return None if amount is None or abs(amount) > LARGEST_AMOUNT else amount


def read_time(value: object) -> datetime | None:
    """A time in UTC: ISO 8601 or RFC 5322 with any zone or none (UTC), or Unix seconds or a fraction of them.

    None outside the years 2000 to 2199.
    """
    try:
        number = read_number(value)
        moment = _unix_time(number) if number is not None and abs(number) >= 10**8 else _written_time(value)
        moment = in_utc(moment)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return moment if _EARLIEST <= moment < _LATEST else None


def _unix_time(number: Decimal) -> datetime:
    """Convert Unix seconds, or milliseconds, microseconds or nanoseconds, which are too large to be seconds."""
    while abs(number) >= 10**11:
        number /= 1000
    return datetime.fromtimestamp(float(number), UTC)


def _written_time(value: object) -> datetime:
    """Parse a written time. Raises ValueError and TypeError."""
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
        raise ValueError("not a time")
    text = _YEAR_FIRST.sub(r"\1-\2-", _ZONE.sub("", value.strip().upper()))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


def in_utc(moment: datetime) -> datetime:
    """Convert to UTC; a naive time is UTC already. Raises OverflowError at the edges of the calendar."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def read_flag(value: object) -> bool:
    """True for a yes in any spelling."""
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in {"true", "1", "yes"})


def read_text(value: object, most: int = 500) -> str:
    """Text, or a number as text, without characters that databases refuse (NUL, lone surrogates); else empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)[: 2 * most].replace("\0", "").encode("utf-8", "replace").decode()[:most].strip()


def read_words(value: object, secret: str = "", most: int = 200) -> str:
    """The server's words for one line of an error: no control characters, no API key, clipped."""
    text = read_text(value, most=4_000)
    if secret:
        text = text.replace(secret, "…")
    line = " ".join("".join(c if c.isprintable() else " " for c in _KEY_LIKE.sub("…", text)).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
