"""One value of a JSON body at a time, read as generously as its meaning allows. It knows no body's shape.

What makes no sense comes back as None (or as no text): a number that was not said is never made up.
"""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

LARGEST_COUNT = 2**63 - 1
"""What a database's big integer holds."""

_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_KEY_LIKE = re.compile(r"cs_(?:live|test)_\w+", re.ASCII)


class ForeignBody(Exception):
    """A body that is not the API's: HTML, cut off, broken, or without what its meaning hangs on."""

    def __init__(self) -> None:
        super().__init__("answered with something that is not its API's")


def read_object(body: bytes) -> dict[str, Any]:
    """A JSON object, by the standard library's decoder, which forgives more than others. Raises ForeignBody."""
    try:
        value = json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        raise ForeignBody from None
    if not isinstance(value, dict):
        raise ForeignBody
    return value


def read_number(value: object) -> Decimal | None:
    """A finite number that came as one or as text: 1298000, "1298000", "1,298,000", "1.298e6", "$4.25"."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).strip().removeprefix("$")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= 30 else None


def read_count(value: object) -> int | None:
    """How many of something: a whole number from 0 that a database can hold."""
    number = read_number(value)
    if number is None or not 0 <= number <= LARGEST_COUNT or number != number.to_integral_value():
        return None
    return int(number)


def read_time(value: object) -> datetime | None:
    """A moment in UTC: ISO 8601 with `Z`, an offset or none at all (then it is UTC), or Unix seconds."""
    try:
        if isinstance(value, str):
            return in_utc(datetime.fromisoformat(value.strip()))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; a naive one was UTC already. OverflowError at the edges of the calendar."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def read_flag(value: object) -> bool:
    """A yes, however it is spelled."""
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in {"true", "1", "yes"})


def read_text(value: object, most: int = 500) -> str:
    """A text, or a number as text, without what no database takes (NUL, half a surrogate pair); empty for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()[:most].strip()


def read_words(value: object, secret: str = "", most: int = 200) -> str:
    """The server's own words, fit for one line of an error: no control characters, no API key, clipped."""
    text = read_text(value, most=4_000)
    if secret:
        text = text.replace(secret, "…")
    line = " ".join("".join(c if c.isprintable() else " " for c in _KEY_LIKE.sub("…", text)).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
