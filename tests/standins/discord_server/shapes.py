"""What Discord's JSON has that the shared words for shapes lack: null for nothing, types by number, ids of digits."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from tests.standins.slack.shapes import Check, string

SNOWFLAKE = string(20, like=r"[0-9]+")


def words(most: int) -> Check:
    """A string of which something remains when the space around it goes, for it does go."""
    length = string(most)

    def check(value: object, where: str) -> Iterator[str]:
        yield from length(value, where)
        if isinstance(value, str) and value and not value.strip():
            yield f"{where} must be more than space (BASE_TYPE_REQUIRED)"

    return check


def maybe(of: Check) -> Check:
    """What is described, or null."""

    def check(value: object, where: str) -> Iterator[str]:
        if value is not None:
            yield from of(value, where)

    return check


def by_type(shapes: Mapping[int, Check], kind: str) -> Check:
    """An object that is described by the shape of its numeric `type`; `kind` says what such an object is called."""

    def check(value: object, where: str) -> Iterator[str]:
        number = value.get("type") if isinstance(value, Mapping) else None
        if not isinstance(number, int) or number not in shapes:
            yield f"{where} has a type that is no {kind}: {number}"
        else:
            yield from shapes[number](value, where)

    return check


def snowflake(value: object, where: str) -> Iterator[str]:
    """An id: digits in a string, or a number."""
    if not isinstance(value, int) or isinstance(value, bool):
        yield from SNOWFLAKE(value, where)


def bits(most: int) -> Check:
    """Flags as a number, or as a number in a string."""

    def check(value: object, where: str) -> Iterator[str]:
        number = int(value) if isinstance(value, str) and value.isdecimal() else value
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= most:
            yield f"{where} must be a set of bits"

    return check


def address(most: int, *schemes: str) -> Check:
    """A URL with one of these schemes."""
    length = string(most)

    def check(value: object, where: str) -> Iterator[str]:
        yield from length(value, where)
        try:
            parts = urlsplit(str(value))
        except ValueError:
            yield f"{where} is not a well formed URL"
            return
        if parts.scheme not in schemes or not parts.netloc or any(each.isspace() for each in str(value)):
            yield f"{where} is not a well formed URL with the scheme {' or '.join(schemes)}"

    return check


def no_repeats(value: object, where: str) -> Iterator[str]:
    """A list in which nothing stands twice."""
    if isinstance(value, list) and len({str(each) for each in value}) < len(value):
        yield f"{where} has something twice"
