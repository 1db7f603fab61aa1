"""Column types that mean the same on SQLite and PostgreSQL, and dataclasses read from rows and written as values."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Row, String, Text
from sqlalchemy.types import TypeDecorator

from bot.domain.caller import Person

T = TypeVar("T")

UNKNOWN_COUNT = -(2**63)
"""How an unknown count is stored: below every count, so that both databases put it last in a falling order."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC and read back in UTC. A naive one is refused: it could mean any hour."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy calls it so)
        """The same moment in UTC, because SQLite keeps the digits and drops the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment must be aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (as above)
        """The moment with its zone, which SQLite did not keep."""
        return None if value is None else value.replace(tzinfo=UTC)


class Dollars(TypeDecorator[Decimal]):
    """Money as whole millionths of a dollar, so that sums in SQL are exact. What is finer is rounded, half to even."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002 (as above)
        """Millionths of a dollar."""
        return None if value is None else int(value.scaleb(6).to_integral_value(ROUND_HALF_EVEN))

    def process_result_value(self, value: int | Decimal | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 (as above)
        """Dollars. PostgreSQL's sums arrive as Decimal, SQLite's as int."""
        return None if value is None else Decimal(value).scaleb(-6)


class SafeText(TypeDecorator[str]):
    """Text from people and platforms, without what a database refuses: NUL, and half of a surrogate pair."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (as above)
        """The text without what can't be stored; one bad title must not stop a whole list."""
        return None if value is None else value.replace("\0", "").encode(errors="replace").decode()


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal number kept digit by digit, for what is never summed or compared in SQL."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (as above)
        """The number's digits."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 (as above)
        """The number that went in."""
        return None if value is None else Decimal(value)


class CountOrNone(TypeDecorator[int]):
    """A count that may be unknown, which sorts last when the largest come first (the databases disagree on NULL)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int:  # noqa: ARG002 (as above)
        """The count, or what stands for an unknown one."""
        return UNKNOWN_COUNT if value is None else value

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002 (as above)
        """The count, None if it is unknown."""
        return None if value == UNKNOWN_COUNT else value


class Choice(TypeDecorator[StrEnum]):
    """A member of an enumeration, stored as its value."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002 (as above)
        """The member; ValueError for a value that this version doesn't know."""
        return None if value is None else self.kind(value)


class Converted(TypeDecorator[Any]):
    """A value stored as JSON: `write` returns what JSON can hold, `read` the value again."""

    impl = JSON
    cache_ok = True

    def __init__(self, write: Callable[[Any], Any], read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.write, self.read = write, read

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 (any value; as above)
        """What JSON holds."""
        return self.write(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 (as above)
        """The value that went in."""
        return self.read(value)


def read(kind: Callable[..., T], row: Row[Any], /, **given: object) -> T:
    """A dataclass from a row: each field is the column of its name, unless it is `given`.

    A field that is a person is the columns `<field>_id` and `<field>_name`, and None if there is no id.
    """
    plain, people = _columns(kind, frozenset(given))
    found = {name: getattr(row, name) for name in plain}
    for name in people:
        id_ = getattr(row, f"{name}_id")
        found[name] = None if id_ is None else Person(id_, getattr(row, f"{name}_name"))
    return kind(**found, **given)


def values(stored: Any, *omitted: str) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """The columns that `read` reads a dataclass from, without those of the omitted fields."""
    plain, people = _columns(stored.__class__, frozenset(omitted))
    found = {name: getattr(stored, name) for name in plain}
    for name in people:
        person: Person | None = getattr(stored, name)
        found[f"{name}_id"] = None if person is None else person.id
        found[f"{name}_name"] = None if person is None else person.name
    return found


@cache
def _columns(kind: Any, omitted: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:  # noqa: ANN401 - any dataclass
    """The names of a dataclass's fields: those of one column each, and those that are people."""
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind) if each.name not in omitted]
    people = tuple(name for name in names if Person in (hints[name], *get_args(hints[name])))
    return tuple(name for name in names if name not in people), people
