"""The call budget of each API key, shared by every process: the generic cell rate algorithm in one row a key.

`tat`, the theoretical arrival time, is when the calls reserved so far would be over if they came evenly spaced.
"""

from sqlalchemy import case, select

from bot.store.database import Database, insert_into
from bot.store.tables import rates

FARTHEST = 300.0
"""Seconds that calls can be reserved or held ahead; what lies beyond was written before the clock stepped back."""


class RateRows:
    """The `rates` table. Times are Unix seconds of the caller's clock; processes that share a key share a clock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, key: str, now: float, period: float, tolerance: float, patience: float) -> float:
        """Reserve one call and return the seconds to wait before making it, 0 when it may go at once.

        `period` is the seconds that a call costs, `tolerance` how far ahead of an even pace calls may run (a burst of
        n has `period * (n - 1)`). When the answer is more than `patience`, nothing was reserved.
        """
        ahead = (rates.c.tat > now) & (rates.c.tat <= now + FARTHEST)
        begin = case((ahead, rates.c.tat), else_=now)
        async with self._database.writing() as connection:
            reserved = await connection.scalar(
                insert_into(rates, connection)
                .values(key=key, tat=now + period)
                .on_conflict_do_update(
                    index_elements=[rates.c.key],
                    set_={"tat": begin + period},
                    where=begin <= now + tolerance + patience,
                )
                .returning(rates.c.tat)
            )
            if reserved is None:
                held = (await connection.execute(select(rates.c.tat).where(rates.c.key == key))).scalar_one()
                return float(held - tolerance - now)
        return max(0.0, float(reserved - period - tolerance - now))

    async def hold(self, key: str, until: float) -> None:
        """Let no call go before `until`, but for one with tolerance, which may go that much earlier. Never shortens."""
        async with self._database.writing() as connection:
            new = insert_into(rates, connection).values(key=key, tat=until)
            later = case((rates.c.tat > until, rates.c.tat), else_=until)
            await connection.execute(new.on_conflict_do_update(index_elements=[rates.c.key], set_={"tat": later}))
