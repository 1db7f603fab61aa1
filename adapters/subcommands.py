"""Subcommands of the command line. Each imports only what it needs, so that it starts quickly."""
# ruff: noqa: PLC0415 - see above

import argparse
import gc
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.domain.errors import NotConfigured

if TYPE_CHECKING:
    from bot.settings import Settings

logger = logging.getLogger(__name__)

NO_KEY = (
    "CONTENTSTATS_API_KEY isn't set. Set it in the environment or a .env file, or try the bot without an account: "
    "contentstats-bot demo"
)


async def demo(args: argparse.Namespace) -> int:
    """Run the demo: sandbox, bot, console and page in one process."""
    from adapters import demo as play
    from bot.logs import configure

    configure("WARNING", "text", ())
    return await play.demo(args.charts, page_only=args.page_only)


async def sandbox(args: argparse.Namespace) -> int:
    """Serve the ContentStats sandbox."""
    from adapters.sandbox.serve import serve
    from bot.logs import configure

    configure("WARNING", "text", ())
    await serve(host=args.host, port=args.port, speed=args.speed, output=_print)
    return 0


async def console(args: argparse.Namespace) -> int:
    """Answer one line or run the console, with the API key from the settings."""
    with _without_gc():
        from adapters.console.app import ConsoleOptions, converse, run_line
        from bot.app import Bot
        from bot.settings import state_dir

        settings = _settings()
    if settings.contentstats_api_key is None:
        raise NotConfigured(NO_KEY)
    state = state_dir()
    options = ConsoleOptions(
        user=args.user,
        admin=args.admin,
        json=args.json,
        yes=args.yes,
        picture_dir=args.charts,
        history=state / "contentstats-bot" / "history" if state else None,
    )
    async with Bot(settings) as bot:
        if args.line is not None:
            return await run_line(bot, args.line, options, sys.stdout)
        return await converse(bot, options)


async def run(args: argparse.Namespace) -> int:
    """Serve every part that has credentials, until the process is stopped."""
    with _without_gc():
        from adapters import run as serving
        from bot.settings import misspelled_settings

        settings = _settings()
        serving.preload(settings)
    if unknown := misspelled_settings():
        logger.warning(" ".join(unknown))
    return await serving.run(settings, args.only)


async def manifest(args: argparse.Namespace) -> int:
    """Print a platform's app manifest or commands to stdout, and the link to create or add the app to stderr."""
    return await (_discord_manifest() if args.chat == "discord" else _slack_manifest(args))


async def _discord_manifest() -> int:
    from adapters.discord.commands import payload
    from adapters.discord.manifest import PERMISSIONS, application_id, invite_link

    settings = _settings()
    token = settings.discord_token
    id_ = await application_id(token.get_secret_value(), settings.discord_api_url) if token else None
    _print(json.dumps(payload(), indent=2, ensure_ascii=False))
    reasons = "\n".join(f"  {permission}: {reason}" for permission, reason in PERMISSIONS)
    hint = "" if id_ else "\n(Add the application's id to it, or set DISCORD_TOKEN and it is filled in.)"
    link = invite_link(id_ or "APPLICATION_ID")
    print(
        f"\nThe commands above are registered by `run`. This link adds the bot to a server:\n{link}{hint}",
        file=sys.stderr,
    )
    print(f"\nIt asks the server for:\n{reasons}", file=sys.stderr)
    return 0


async def _slack_manifest(args: argparse.Namespace) -> int:
    from adapters.slack.manifest import create_link
    from adapters.slack.manifest import manifest as slack_manifest
    from bot.commands.registry import COMMANDS

    settings = _settings()
    made = slack_manifest(
        COMMANDS,
        prefix=settings.slack_command_prefix,
        socket_mode=args.url is None,
        base_url=args.url,
        oauth=args.oauth,
        unfurl_domains=settings.slack_preview_domain_list,
    )
    _print(json.dumps(made, indent=2, ensure_ascii=False))
    print(f"\nThis link creates the app from it:\n{create_link(made)}", file=sys.stderr)
    return 0


async def rotate_keys(_: argparse.Namespace) -> int:
    """Encrypt all stored secrets with the first key."""
    from bot.store import Store

    settings = _settings()
    if not settings.encryption_keys:
        raise NotConfigured(
            "SECRET_KEYS isn't set, so there's no key to encrypt with. Make one with: openssl rand -hex 32"
        )
    async with Store.opened(settings.database_url, settings.encryption_keys) as store:
        count = await store.credentials.rotate()
    _print(f"{count} stored secrets are now encrypted with the first of SECRET_KEYS. You can remove the other keys.")
    return 0


async def migrate(_: argparse.Namespace) -> int:
    """Migrate the database, which opening it also does."""
    from bot.store import Store

    settings = _settings()
    async with Store.opened(settings.database_url, settings.encryption_keys):
        _print("The database is up to date.")
    return 0


async def backup(args: argparse.Namespace) -> int:
    """Copy the SQLite database to a file, even while the bot is running."""
    from bot.store.backup import backup as copy

    copy(_settings().database_url, args.file)
    _print(
        f"The database is in {args.file}. Keep SECRET_KEYS with it: without them, stored keys and tokens stay locked."
    )
    return 0


async def restore(args: argparse.Namespace) -> int:
    """Restore a backup, if there is no database yet."""
    from bot.store.backup import restore as put_back

    await put_back(_settings().database_url, args.file)
    _print("The database is restored and up to date. Check SECRET_KEYS with it: contentstats-bot doctor")
    return 0


async def doctor(args: argparse.Namespace) -> int:
    """Print the settings in force and run all checks; returns 1 if any fails.

    A malformed secret isn't sent anywhere.
    """
    from adapters.discord.doctor import discord_checks
    from adapters.slack.doctor import slack_checks
    from bot.doctor import checks, configuration, malformed_secrets

    settings = _settings()
    wrong = malformed_secrets(settings)
    found = [*configuration(settings), *wrong.values(), *await checks(settings)]
    if not any(name.startswith("slack_") for name in wrong):
        found += await slack_checks(settings)
    if "discord_token" not in wrong:
        found += await discord_checks(settings)
    is_well = all(check.ok for check in found)
    if args.json:
        _print(json.dumps({"ok": is_well, "checks": [asdict(check) for check in found]}, ensure_ascii=False))
    else:
        for check in found:
            _print(f"{'ok     ' if check.ok else 'PROBLEM'}  {check.name}: {check.detail}")
    return int(not is_well)


@contextmanager
def _without_gc() -> Iterator[None]:
    """Turn garbage collection off during imports, where it takes a sixth of the start-up time; freeze the modules."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _settings() -> "Settings":
    """Load the settings, and configure logging by them."""
    from bot.logs import configure
    from bot.settings import Settings

    settings = Settings.load()
    configure(settings.log_level, settings.log_format, settings.secrets)
    return settings


def _print(line: str) -> None:
    print(line, flush=True)
