"""Floor of row 10 for `run`: only imports the libraries that a bot in Slack needs."""

import signal
import sys

import httpx  # noqa: F401
import slack_bolt.async_app  # noqa: F401
import sqlalchemy.ext.asyncio  # noqa: F401

print("ready", file=sys.stderr, flush=True)
signal.pause()
