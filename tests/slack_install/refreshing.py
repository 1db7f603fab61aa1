"""One process of a race: waits for the start, looks up a workspace whose token is about to end, prints what it got."""

import asyncio
import json
import sys

from adapters.slack.calls import new_session
from adapters.slack.installed import InstalledTeams
from adapters.slack.oauth import OAuth
from bot.domain.clock import utc_now
from bot.store import Store


async def race(url, keys, api_url, client_id, client_secret):
    async def forget(_):
        raise AssertionError

    async with Store.opened(url, tuple(keys)) as store, new_session() as session:
        oauth = OAuth(session, api_url, client_id, client_secret, utc_now)
        teams = InstalledTeams(store.installations, oauth, session, api_url, forget, utc_now)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        team = await teams.find("T1", None)
        await teams.aclose()
        sys.stdout.write(team.client.token)


if __name__ == "__main__":
    asyncio.run(race(*json.loads(sys.argv[1])))
