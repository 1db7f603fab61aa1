"""Command line: parses the arguments, runs a subcommand and returns its exit code."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from adapters import subcommands
from bot.domain.errors import BotError

Subcommand: TypeAlias = Callable[[argparse.Namespace], Awaitable[int]]

EPILOG = "New here? `contentstats-bot demo` needs no account and no settings. Settings: docs/settings.md."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns its exit code.

    0: success. 1: a problem, which was printed. 2: wrong arguments. 128 plus the signal's number if a signal ended it,
    such as 130 after Ctrl-C.
    """
    try:
        parser = _parser()
        args = parser.parse_args(argv)
        if args.subcommand is None:
            parser.print_help(sys.stderr)
            return 2
        return asyncio.run(_until_signal(args.subcommand(args)))
    except BotError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except OSError as error:  # a closed pipe or terminal, or a full disk
        if not isinstance(error, BrokenPipeError):
            print(f"contentstats-bot can't continue: {error.strerror or error}.", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that Python's final flush can't fail
        return 1


async def _until_signal(work: Awaitable[int]) -> int:
    """Run until done, or until SIGTERM, SIGINT or SIGHUP cancels it; returns the exit code."""
    task = asyncio.ensure_future(work)
    received: list[int] = []

    def end(number: int) -> None:
        received.append(number)
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP
            asyncio.get_running_loop().add_signal_handler(number, end, number)
    await asyncio.wait((task,))
    return 128 + received[0] if task.cancelled() else task.result()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="contentstats-bot", description="Track social videos with ContentStats.io from your chat.", epilog=EPILOG
    )
    parser.set_defaults(subcommand=None)
    parser.add_argument("--version", action="version", version=version("contentstats-bot"))
    commands = parser.add_subparsers(title="subcommands", metavar="subcommand")
    demo = _add(commands, "demo", subcommands.demo, "talk to the bot now: no account, no settings, play money")
    _add_charts(demo)
    demo.add_argument("--page-only", action="store_true", help="only the page in the browser, without a prompt here")
    sandbox = _add(
        commands, "sandbox", subcommands.sandbox, "serve the ContentStats API on this machine, with play money"
    )
    sandbox.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    sandbox.add_argument("--port", type=_port, default=8787, help="the port, 0 for any free one (%(default)s)")
    sandbox.add_argument("--speed", type=_speed, default=1, help="how fast its time runs: 3600 is one hour per second")
    console = _add(
        commands, "console", subcommands.console, "talk to the bot at this terminal, with the API key from the settings"
    )
    console.add_argument("-c", dest="line", metavar="LINE", help='answer one line, such as "/usage", and exit')
    console.add_argument("--json", action="store_true", help="print each reply as a line of JSON")
    console.add_argument("--yes", action="store_true", help="with -c: press the reply's confirm button")
    console.add_argument("--user", default="you", metavar="NAME", help="who is asking (%(default)s)")
    console.add_argument("--admin", action="store_true", help="as someone who manages the workspace, and may spend")
    _add_charts(console)
    run = _add(
        commands,
        "run",
        subcommands.run,
        "run everything that has credentials: Slack (Socket Mode or HTTP), Discord, the scheduler",
    )
    run.add_argument(
        "--only", type=_parts, default=(), metavar="PARTS", help="only these parts: slack,discord,web,scheduler"
    )
    manifest = _add(
        commands,
        "manifest",
        subcommands.manifest,
        "print the app's manifest or commands for a chat, and the link that creates or invites it",
    )
    manifest.add_argument("chat", choices=("slack", "discord"), help="whose manifest")
    manifest.add_argument("--url", metavar="URL", help="for HTTP: this program's public address")
    manifest.add_argument("--oauth", action="store_true", help="for many workspaces that install it themselves")
    _add(commands, "migrate", subcommands.migrate, "bring the database up to date")
    saved = _add(commands, "backup", subcommands.backup, "copy the SQLite database to a file, also while the bot runs")
    saved.add_argument("file", type=Path, help="the new file; an existing one is kept")
    restored = _add(commands, "restore", subcommands.restore, "make a backup the database, where there is none yet")
    restored.add_argument("file", type=Path, help="what `backup` wrote")
    _add(commands, "rotate-keys", subcommands.rotate_keys, "encrypt everything stored with the first of SECRET_KEYS")
    checked = _add(
        commands,
        "doctor",
        subcommands.doctor,
        "show what is in force; check the settings, the database, the API key, the charts and the chats",
    )
    checked.add_argument("--json", action="store_true", help="print all of it as one JSON object")
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Subcommand, summary: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    parser.set_defaults(subcommand=run)
    return parser


def _add_charts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--charts", type=Path, default=Path("charts"), metavar="DIR", help="where pictures and files go (%(default)s/)"
    )


def _parts(text: str) -> tuple[str, ...]:
    from adapters.run import PARTS  # noqa: PLC0415 - keeps --help fast

    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    if not parts or not set(parts) <= set(PARTS):
        msg = f"{text!r} isn't a list of parts: use one or more of {','.join(PARTS)}"
        raise argparse.ArgumentTypeError(msg)
    return parts


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= 65_535):
        msg = f"{text!r} isn't a port: use a whole number from 0 to 65535"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if not 0 < speed <= 100_000:
        msg = f"{text!r} isn't a speed: use a number above 0, 100000 at most"
        raise argparse.ArgumentTypeError(msg)
    return speed


if __name__ == "__main__":
    sys.exit(main())
