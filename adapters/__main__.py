"""The command line and the composition root: it reads the settings, joins the parts and runs one of them.

A subcommand imports what it needs and nothing more, so that help comes at once and one line soon.
"""
# ruff: noqa: PLC0415 - see above

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.errors import BotError, NotConfigured

if TYPE_CHECKING:
    from bot.settings import Settings

Subcommand: TypeAlias = Callable[[argparse.Namespace], Awaitable[int]]

NO_KEY = (
    "CONTENTSTATS_API_KEY is not set. Put it into the environment or a .env file, or try the bot without an account: "
    "contentstats-bot demo"
)
EPILOG = "New here? `contentstats-bot demo` needs no account and no settings. The settings are described in README.md."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and give its exit code.

    0 done, 1 a problem that was told, 2 wrong words on the command line; 128 and a signal's number where one ended it,
    so 130 after Ctrl-C.
    """
    try:
        parser = _parser()
        args = parser.parse_args(argv)
        if args.subcommand is None:
            parser.print_help(sys.stderr)
            return 2
        return asyncio.run(_until_told(args.subcommand(args)))
    except BotError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except OSError as error:  # the reader of a pipe, the terminal or the room on a disk has gone
        if not isinstance(error, BrokenPipeError):
            print(f"contentstats-bot cannot go on: {error.strerror or error}.", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where Python's own last flush may go
        return 1


async def _until_told(work: Awaitable[int]) -> int:
    """Work until it is done, or until SIGTERM or the end of the terminal; either way everything is closed in order."""
    task = asyncio.ensure_future(work)
    told: list[int] = []

    def end(number: int) -> None:
        told.append(number)
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # which is what nohup asks for
            asyncio.get_running_loop().add_signal_handler(number, end, number)
    await asyncio.wait((task,))  # Ctrl-C ends this wait, and then the task with the loop
    return 128 + told[0] if task.cancelled() else task.result()


async def _demo(args: argparse.Namespace) -> int:
    from adapters.demo import demo
    from bot.logs import configure

    configure("WARNING", "text", ())
    return await demo(args.charts)


async def _sandbox(args: argparse.Namespace) -> int:
    from adapters.sandbox.serve import serve
    from bot.logs import configure

    configure("WARNING", "text", ())
    await serve(host=args.host, port=args.port, speed=args.speed, say=_say)
    return 0


async def _console(args: argparse.Namespace) -> int:
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


async def _migrate(_: argparse.Namespace) -> int:
    from bot.app import Bot

    await Bot.migrate(_settings())
    _say("The database is up to date.")
    return 0


async def _doctor(_: argparse.Namespace) -> int:
    from bot.checks import checks

    found = await checks(_settings())
    for check in found:
        _say(f"{'ok     ' if check.ok else 'PROBLEM'}  {check.name}: {check.detail}")
    return int(not all(check.ok for check in found))


def _settings() -> "Settings":
    """The settings of this process, with the log as they want it."""
    from bot.logs import configure
    from bot.settings import Settings

    settings = Settings.load()
    configure(settings.log_level, settings.log_format, settings.secrets)
    return settings


def _say(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="contentstats-bot", description="Track social videos with ContentStats.io from your chat.", epilog=EPILOG
    )
    parser.set_defaults(subcommand=None)
    parser.add_argument("--version", action="version", version=version("contentstats-bot"))
    commands = parser.add_subparsers(title="subcommands", metavar="subcommand")
    demo = _add(commands, "demo", _demo, "talk to the bot now: no account, no settings, play money")
    _add_charts(demo)
    sandbox = _add(commands, "sandbox", _sandbox, "serve the ContentStats API on this machine, with play money")
    sandbox.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    sandbox.add_argument("--port", type=_port, default=8787, help="the port, 0 for any that is free (%(default)s)")
    sandbox.add_argument("--speed", type=_speed, default=1, help="how fast its time runs: 3600 is an hour a second")
    console = _add(commands, "console", _console, "talk to the bot at this terminal, with the API key of the settings")
    console.add_argument("-c", dest="line", metavar="LINE", help='answer one line, such as "/usage", and leave')
    console.add_argument("--json", action="store_true", help="print each reply as a line of JSON")
    console.add_argument("--yes", action="store_true", help="with -c: press the reply's confirm button")
    console.add_argument("--user", default="you", metavar="NAME", help="who is asking (%(default)s)")
    console.add_argument("--admin", action="store_true", help="as someone who manages the workspace, and may spend")
    _add_charts(console)
    _add(commands, "migrate", _migrate, "bring the database up to date")
    _add(commands, "doctor", _doctor, "check the settings, the database, the API key and the charts")
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


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= 65_535):
        msg = f"{text!r} is no port: write a whole number from 0 to 65535"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if not 0 < speed <= 100_000:
        msg = f"{text!r} is no speed: write a number above 0, 100000 at most"
        raise argparse.ArgumentTypeError(msg)
    return speed


if __name__ == "__main__":
    sys.exit(main())
