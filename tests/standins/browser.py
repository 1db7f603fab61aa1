"""Headless Chromium, driven by Playwright, for tests of the page, drawings and the README's pictures."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str | None:
    """Path of the installed browser, or None if the browser or Playwright is missing."""
    found = filter(None, map(shutil.which, NAMES))
    return next(found, None) if find_spec("playwright") else None


@asynccontextmanager
async def browser() -> AsyncIterator["Browser"]:
    from playwright.async_api import async_playwright  # here, so that machines without Playwright run the other tests

    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=executable())
        yield opened
        await opened.close()
