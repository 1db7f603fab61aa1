"""Floor of row 10 for `run`: only imports the libraries that a bot in both chats needs."""

import signal
import sys

import apscheduler.schedulers.asyncio  # type: ignore[import-untyped] # noqa: F401
import discord  # noqa: F401
import httpx  # noqa: F401
import slack_bolt.async_app  # noqa: F401
import sqlalchemy.ext.asyncio  # noqa: F401

print("ready", file=sys.stderr, flush=True)
signal.pause()
