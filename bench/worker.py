"""Worker process of rows 6 and 6b: posts the outbox of a database and prints the CPU time that it took.

Arguments are the platform, its URL and the database URL. It prints "ready", and starts posting at a line on stdin.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.discord.limits import Limits as DiscordLimits
from adapters.discord.post import DiscordPoster
from adapters.discord.rest import Rest
from adapters.slack.api import Calls, new_client, new_session
from adapters.slack.api import Limits as SlackLimits
from adapters.slack.pictures import Pictures
from adapters.slack.post import SlackPoster
from adapters.slack.workspaces import MultiWorkspace, SingleWorkspace
from bot.delivery.deliver import Deliverer
from bot.delivery.poster import ChannelPoster
from bot.domain.caller import WorkspaceRef
from bot.domain.clock import utc_now
from bot.store import Store

WORKSPACES = 20


async def main(chat: str, url: str, database: str) -> None:
    opened = _slack if chat == "slack" else _discord
    async with Store.opened(database) as store, opened(store, url) as poster:
        deliverer = Deliverer(store, {chat: poster}, utc_now)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        began, posted = time.process_time(), 0
        # An empty claim doesn't mean done: the other process may still be posting what it claimed.
        while (done := await deliverer.deliver_due()) or await _waiting(store):
            posted += done
            await asyncio.sleep(0.05)
        print(json.dumps({"seconds": time.process_time() - began, "posted": posted}), flush=True)


async def _waiting(store: Store) -> bool:
    return any([(await store.outbox_status.queue(number, utc_now())).waiting for number in range(1, WORKSPACES + 1)])


@asynccontextmanager
async def _slack(store: Store, url: str) -> AsyncIterator[ChannelPoster]:
    async with new_session() as session:
        calls = Calls(session)
        workspaces = MultiWorkspace(
            *(
                SingleWorkspace(
                    calls, new_client(session, f"{url}/api/", f"xoxb-{n}"), _forget_nothing, {"team_id": f"T{n}"}
                )
                for n in range(WORKSPACES)
            )
        )
        yield SlackPoster(workspaces, calls, Pictures(calls), SlackLimits(slots=store.rates))


@asynccontextmanager
async def _discord(store: Store, url: str) -> AsyncIterator[ChannelPoster]:
    async with Rest("bench", f"{url}/api/v10") as rest:
        yield DiscordPoster(rest, DiscordLimits(store.rates, time.time))


async def _forget_nothing(_: WorkspaceRef) -> None:
    """Do nothing: no workspace uninstalls the app here."""


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
