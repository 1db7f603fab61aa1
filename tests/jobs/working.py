"""A worker: a real bot's scheduler with the real Slack poster.

Its clock is the system's, advanced by the seconds in a file, so that a lease can expire at once.
"""

import asyncio
import signal
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

from adapters.slack.api import Calls, Limits, new_client, new_session
from adapters.slack.pictures import Pictures
from adapters.slack.post import SlackPoster
from adapters.slack.workspaces import MultiWorkspace, SingleWorkspace
from bot import periodic_jobs  # noqa: F401 - imported once here and not in each worker
from bot.app import Bot
from bot.domain.clock import utc_now
from bot.settings import Settings


async def main(database_url: str, api_url: str, tokens: list[str], ahead: str) -> None:
    """Deliver until SIGKILL or SIGTERM."""

    def clock() -> datetime:
        return utc_now() + timedelta(seconds=float(Path(ahead).read_text()))

    async def forget_nothing(_: object) -> None:
        pass

    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with AsyncExitStack() as stack:
        settings = Settings(_env_file=None, database_url=database_url)  # type: ignore[call-arg] # pydantic's own argument
        bot = await stack.enter_async_context(Bot(settings, clock=clock))
        session = await stack.enter_async_context(new_session())
        calls = Calls(session)
        clients = [new_client(session, api_url, token) for token in tokens]
        teams = MultiWorkspace(*[SingleWorkspace(calls, client, forget_nothing) for client in clients])
        poster = SlackPoster(teams, calls, Pictures(calls), Limits())
        await bot.scheduler({"slack": poster}).run()
