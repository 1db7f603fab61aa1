"""The notice to a person whose command waits in line for the API."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from bot.messages.problems import in_line
from bot.reply.model import Reply
from bot.wallet.wallet import Wallet

Meanwhile: TypeAlias = Callable[[Reply], Awaitable[None]]
"""Shows a person something while their reply is not there yet. Never raises for what a chat does."""

NOTICE_AFTER = 3.0
"""Seconds of waiting before a person is notified."""


@asynccontextmanager
async def noticing_the_line(wallet: Wallet | None, meanwhile: Meanwhile | None) -> AsyncIterator[None]:
    """Notify a person once if they wait in line during the block. Nothing happens without a wallet or `meanwhile`."""
    if wallet is None or meanwhile is None:
        yield
        return
    notice = asyncio.create_task(_notify(wallet, meanwhile))
    try:
        yield
    finally:
        notice.cancel()
        await asyncio.wait({notice})


async def _notify(wallet: Wallet, meanwhile: Meanwhile) -> None:
    while True:
        await asyncio.sleep(NOTICE_AFTER)
        line = wallet.line
        if line is not None:
            await meanwhile(in_line(line))
            return
