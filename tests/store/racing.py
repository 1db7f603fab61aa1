"""A process of a race: waits for the start, submits its requests at once, and prints the results."""

import asyncio
import json
import sys
from decimal import Decimal

from bot.domain.tracking import StartTerms
from bot.store import Store
from tests.store.samples import ADA, NOW


async def race(url: str, cap: str, request_ids: list[int]) -> None:
    async with Store.opened(url) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        cost = Decimal("0.36")
        told = await asyncio.gather(
            *(store.tracking.submit(each, StartTerms(ADA, 1, cost, Decimal(cap)), NOW) for each in request_ids)
        )
    sys.stdout.write(json.dumps({each: type(result).__name__ for each, result in zip(request_ids, told, strict=True)}))


if __name__ == "__main__":
    asyncio.run(race(sys.argv[1], sys.argv[2], [int(each) for each in sys.argv[3:]]))
