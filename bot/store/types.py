"""Column types that mean the same on SQLite and PostgreSQL: UTC moments, exact dollars, text, unknown counts."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from sqlalchemy import BigInteger, DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator

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


class Words(TypeDecorator[str]):
    """Text that people and platforms wrote, less what a database refuses: NUL, and half of a surrogate pair."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (as above)
        """The text without what cannot be stored; one bad title must not stop a whole list."""
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
        """The count, or None where it is unknown."""
        return None if value == UNKNOWN_COUNT else value
