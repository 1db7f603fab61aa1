"""Floor of row 10: only imports the third-party libraries that the console needs."""

import aiosqlite  # noqa: F401
import httpx  # noqa: F401
import msgspec  # noqa: F401
import prompt_toolkit  # noqa: F401
import pydantic_settings  # noqa: F401
import rich.console  # noqa: F401
import sqlalchemy.ext.asyncio  # noqa: F401
