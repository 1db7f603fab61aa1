"""What of the documents is derived from the code: tables, the settings file, a conversation and its chart.

`make docs` writes it, `test_readme.py` compares it.
"""

import asyncio
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from adapters.console.app import ConsoleOptions, play
from adapters.discord.manifest import PERMISSIONS
from adapters.sandbox.serve import Sandbox
from adapters.slack.manifest import SCOPES, UNFURL_SCOPES
from bot.app import Bot
from bot.commands.registry import COMMANDS
from bot.settings import Settings, settings_table

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
ENV_EXAMPLE = ROOT / ".env.example"
PICTURE = Path(__file__).with_name("growth.png")

LINK = "https://www.tiktok.com/@viral.recipe/video/7301234567890123456"
BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = timedelta(hours=36, minutes=5)


def commands() -> str:
    """The registry as a table."""
    rows = (
        f"| `{command.usage}` | {command.summary} | `{command.example}` |" for command in COMMANDS if command.listed
    )
    return "\n".join(("| command | what it does | for example |", "| --- | --- | --- |", *rows))


def settings() -> str:
    """Every setting as a table."""
    rows = (
        f"| `{each.name}` | {f'`{each.default}`' if each.default else ''} | {each.description} |"
        for each in settings_table()
    )
    return "\n".join(("| variable | default | what it is |", "| --- | --- | --- |", *rows))


def scopes() -> str:
    """What the Slack app asks for, and why."""
    rows = (f"| `{scope}` | {reason} |" for scope, reason in (*SCOPES, *UNFURL_SCOPES))
    return "\n".join(("| scope | why |", "| --- | --- |", *rows))


def permissions() -> str:
    """What the Discord bot asks a server for, and why."""
    rows = (f"| {permission} | {reason} |" for permission, reason in PERMISSIONS)
    return "\n".join(("| permission | why |", "| --- | --- |", *rows))


def env_example() -> str:
    """Every setting as a line to uncomment."""
    head = "# Copy this to .env and uncomment what you need. The environment counts before this file.\n"
    rows = (f"\n# {each.description}\n# {each.name}={each.default}\n" for each in settings_table())
    return "".join((head, *rows))


def conversation() -> tuple[str, bytes]:
    """What one sees at a terminal of 80 columns, and the chart that it leaves, all at hours that are fixed."""
    out = _Terminal()
    with tempfile.TemporaryDirectory() as folder, chdir(folder), _plain_terminal():
        asyncio.run(_talk(out))
        (chart,) = Path("charts").glob("*.png")
        picture = chart.read_bytes()
    return re.sub(r" +$", "", out.getvalue(), flags=re.MULTILINE).strip(), picture


async def _talk(out: "_Terminal") -> None:
    now = BEGIN
    async with Sandbox(lambda: now, seed_demo=True) as sandbox:
        chosen = Settings.model_construct(
            contentstats_api_key=SecretStr(sandbox.key),
            contentstats_base_url=sandbox.url,
            database_url="sqlite:///bot.db",
        )
        async with Bot(chosen, clock=lambda: now) as bot:
            options = ConsoleOptions(admin=True)
            await play(bot, (f"/track {LINK} 3", "1"), options, out)
            now += LATER
            out.write("\n(a day and a half later)\n\n")
            await play(bot, ("/stats viral.recipe",), options, out)


def with_part(document: str, name: str, part: str) -> str:
    """The document with this part between its two marks; ValueError where it has no such marks."""
    begin, end = f"<!-- {name}: written by `make docs` -->\n", f"<!-- end of {name} -->"
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        msg = f"the document has no place for {name}"
        raise ValueError(msg)
    return f"{before}{begin}\n{part}\n\n{end}{after}"


def readme(document: str) -> tuple[str, bytes]:
    """The document with every part as it has to be, and its picture."""
    spoken, picture = conversation()
    document = with_part(document, "conversation", f"```text\n{spoken}\n```")
    document = with_part(document, "commands", commands())
    document = with_part(document, "scopes", scopes())
    document = with_part(document, "permissions", permissions())
    return with_part(document, "settings", settings()), picture


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def _plain_terminal() -> Iterator[None]:
    """A terminal without colours, 80 columns wide."""
    before = dict(os.environ)
    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"):
        os.environ.pop(name, None)
    os.environ["TERM"] = "dumb"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
