"""Column types that behave the same on SQLite and PostgreSQL, and conversion between dataclasses and rows."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from sqlalchemy import BigInteger, DateTime, Dialect, Row, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.domain.caller import Person

T = TypeVar("T")


class Converted(TypeDecorator[Any]):
    """A value stored as another type: `write` converts it for `impl`, `read` converts it back.

    None isn't converted, but stored as `null`.
    """

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = String  # required on the class; each column sets its own
    cache_ok = True

    def __init__(
        self, impl: TypeEngine[Any], write: Callable[[Any], Any], read: Callable[[Any], Any], null: object = None
    ) -> None:
        super().__init__()
        self.impl, self.write, self.read, self.null = impl, write, read, null

    def process_bind_param(self, value: object, dialect: Dialect) -> object:  # noqa: ARG002 (SQLAlchemy calls it so)
        """Convert a value for storage."""
        return self.null if value is None else self.write(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Build the converter from column to value; called once per value, since a list reads thousands."""
        stored, read, null = self.impl_instance.result_processor(dialect, coltype), self.read, self.null

        def value_of(column: Any) -> Any:  # noqa: ANN401 - any value of a column
            if column is None or (null is not None and column == null):
                return None
            return read(column if stored is None else stored(column))

        return value_of


class _Moment(Converted):
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """As for any converted value; SQLite's text is parsed in one step, as rows hold a dozen times."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        return lambda stored: None if stored is None else datetime.fromisoformat(f"{stored}+00:00")


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a stored moment must be aware")
    return moment.astimezone(UTC)


def _aware(stored: datetime) -> datetime:
    return stored.replace(tzinfo=UTC)


def _millionths(amount: Decimal) -> int:
    return int(amount.scaleb(6).to_integral_value(ROUND_HALF_EVEN))


def _dollars(millionths: int | Decimal) -> Decimal:
    return Decimal(millionths).scaleb(-6)  # PostgreSQL returns sums as Decimal, SQLite as int


class SafeText(TypeDecorator[str]):
    """Text from people and platforms, without what a database refuses: NUL and lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (as above)
        """Drop what can't be stored; one bad title must not fail a whole list."""
        return None if value is None else value.replace("\0", "").encode(errors="replace").decode()


UtcDateTime = _Moment(DateTime(timezone=True), _in_utc, _aware)
"""An aware time, stored and read in UTC, since SQLite drops the zone. Naive times are refused."""
Dollars = Converted(BigInteger(), _millionths, _dollars)
"""Money in millionths of a dollar, so that SQL sums are exact. Smaller fractions are rounded half to even."""
ExactDecimal = Converted(String(), str, Decimal)
"""A decimal number stored digit by digit, which SQL never sums or compares."""
CountOrNone = Converted(BigInteger(), int, int, null=-(2**63))
"""A count that may be unknown; unknown is stored below every count, so that it sorts last in descending order."""


def read(kind: Callable[..., T], row: Row[Any], /, **given: object) -> T:
    """Create a dataclass from a row: each field from the column of its name, unless it is `given`.

    A field that is a person is read from the columns `<field>_id` and `<field>_name`, and is None without an id.
    """
    plain, people = columns_of(kind, *given)
    for name in plain:
        given[name] = getattr(row, name)
    for name in people:
        id_ = getattr(row, f"{name}_id")
        given[name] = None if id_ is None else Person(id_, getattr(row, f"{name}_name"))
    return kind(**given)


def values(stored: Any, *omitted: str) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """The column values of a dataclass, as `read` takes them, without the omitted fields."""
    plain, people = columns_of(stored.__class__, *omitted)
    found = {name: getattr(stored, name) for name in plain}
    for name in people:
        person: Person | None = getattr(stored, name)
        found[f"{name}_id"] = None if person is None else person.id
        found[f"{name}_name"] = None if person is None else person.name
    return found


@cache
def columns_of(kind: Any, *omitted: str) -> tuple[tuple[str, ...], tuple[str, ...]]:  # noqa: ANN401 - any dataclass
    """The names of a dataclass's fields: those with one column each, and those that are people."""
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind) if each.name not in omitted]
    people = tuple(name for name in names if Person in (hints[name], *get_args(hints[name])))
    return tuple(name for name in names if name not in people), people
