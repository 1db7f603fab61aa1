"""The generated parts of the documents: tables, the settings file, a conversation and its chart.

`make docs` writes them, `test_readme.py` compares them.
"""

import asyncio
import io
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from adapters.console.app import ConsoleOptions, play
from adapters.discord.manifest import PERMISSIONS
from adapters.sandbox.serve import Sandbox
from adapters.slack.manifest import SCOPES, UNFURL_SCOPES
from bot.app import Bot
from bot.commands.registry import COMMANDS, described
from bot.messages.help import Described
from bot.settings import Settings, settings_table

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
ENV_EXAMPLE = ROOT / ".env.example"
PICTURE = DOCS / "pictures" / "growth.png"

LINK = "https://www.tiktok.com/@viral.recipe/video/7301234567890123456"
BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = timedelta(hours=36, minutes=5)


def commands() -> str:
    """The registry as a table."""
    rows = (
        f"| `{command.usage}` | {command.summary} | `{command.example}` |" for command in COMMANDS if command.listed
    )
    return "\n".join(("| command | what it does | for example |", "| --- | --- | --- |", *rows))


def reference() -> str:
    """Each command as /help explains it."""
    return "\n\n".join(_explained(described(each)) for each in COMMANDS if each.listed)


def _explained(command: Described) -> str:
    is_shown = not command.examples and command.example != f"/{command.name}"
    example = f" For example: `{command.example}`." if is_shown else ""
    lines = "\n".join(f"- `{line}`: {meaning}" for line, meaning in command.examples)
    meanings = "\n".join(f"- `{placeholder}`: {meaning}" for placeholder, meaning in command.arguments)
    rules = " ".join(filter(None, (*command.about.splitlines(), command.permission)))
    return "\n\n".join(
        filter(
            None,
            (
                f"### /{command.name}",
                f"{command.summary}.{example}",
                lines,
                f"Its arguments:\n\n{meanings}" if lines else meanings,
                rules,
            ),
        )
    )


def settings() -> str:
    """Every setting as a table."""
    rows = (
        f"| `{each.name}` | {f'`{each.default}`' if each.default else ''} | {each.description} |"
        for each in settings_table()
    )
    return "\n".join(("| variable | default | what it is |", "| --- | --- | --- |", *rows))


def scopes() -> str:
    """The Slack app's scopes with their reasons."""
    rows = (f"| `{scope}` | {reason} |" for scope, reason in (*SCOPES, *UNFURL_SCOPES))
    return "\n".join(("| scope | why |", "| --- | --- |", *rows))


def permissions() -> str:
    """The Discord bot's permissions with their reasons."""
    rows = (f"| {permission} | {reason} |" for permission, reason in PERMISSIONS)
    return "\n".join(("| permission | why |", "| --- | --- |", *rows))


def env_example() -> str:
    """Every setting as a line to uncomment."""
    head = "# Copy this to .env and uncomment what you need. The environment counts before this file.\n"
    rows = (f"\n# {each.description}\n# {each.name}={each.default}\n" for each in settings_table())
    return "".join((head, *rows))


def conversation() -> tuple[str, bytes]:
    """The output of a terminal with 80 columns, and the chart that is saved, at fixed times."""
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
    """The document with this part between its two marks. Raises ValueError without such marks."""
    begin, end = f"<!-- {name}: written by `make docs` -->\n", f"<!-- end of {name} -->"
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        msg = f"the document has no place for {name}"
        raise ValueError(msg)
    return f"{before}{begin}\n{part}\n\n{end}{after}"


def documents() -> tuple[Mapping[Path, str], bytes]:
    """Each document with generated parts as it should be, and the conversation's picture."""
    spoken, picture = conversation()
    parts = (
        (README, "commands", commands()),
        (DOCS / "commands.md", "reference", reference()),
        (DOCS / "commands.md", "conversation", f"```text\n{spoken}\n```"),
        (DOCS / "settings.md", "settings", settings()),
        (DOCS / "slack.md", "scopes", scopes()),
        (DOCS / "discord.md", "permissions", permissions()),
    )
    found = {path: path.read_text(encoding="utf-8") for path, _, _ in parts}
    for path, name, part in parts:
        found[path] = with_part(found[path], name, part)
    return found, picture


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
