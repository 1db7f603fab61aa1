"""The command line and the composition root: it reads the settings, joins the parts and runs one of them."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from adapters.console.app import ConsoleOptions, converse, run_line
from bot.app import VERSION, Bot
from bot.checks import checks
from bot.domain.errors import BotError, NotConfigured
from bot.logs import configure
from bot.settings import Settings, state_dir

NO_KEY = (
    "CONTENTSTATS_API_KEY is not set. Put it into the environment or a .env file, or try the bot without an account: "
    "contentstats-bot demo"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 a problem that was told, 2 wrong words on the command line."""
    args = _parser().parse_args(argv)
    try:
        settings = Settings.load()
        configure(settings.log_level, settings.log_format, settings.secrets)
        return asyncio.run(_run(args, settings))
    except BotError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


async def _run(args: argparse.Namespace, settings: Settings) -> int:
    match args.command:
        case "demo":
            from adapters.demo import demo  # noqa: PLC0415 - the demo's server is not loaded into a bot that serves

            return await demo(Path(args.charts))
        case "sandbox":
            from adapters.sandbox.serve import serve  # noqa: PLC0415 - as above

            await serve(host=args.host, port=args.port, speed=args.speed, say=_say)
            return 0
        case "console":
            return await _console(args, settings)
        case "migrate":
            await Bot.migrate(settings)
            print("The database is up to date.")
            return 0
        case _:
            return await _doctor(settings)


async def _console(args: argparse.Namespace, settings: Settings) -> int:
    if settings.contentstats_api_key is None:
        raise NotConfigured(NO_KEY)
    state = state_dir()
    options = ConsoleOptions(
        user=args.user,
        admin=args.admin,
        json=args.json,
        yes=args.yes,
        picture_dir=Path(args.charts),
        history=state / "contentstats-bot" / "history" if state else None,
    )
    async with Bot(settings) as bot:
        if args.line is not None:
            return await run_line(bot, args.line, options, sys.stdout)
        return await converse(bot, options)


async def _doctor(settings: Settings) -> int:
    found = await checks(settings)
    for check in found:
        print(f"{'ok     ' if check.ok else 'PROBLEM'}  {check.name}: {check.detail}")
    return int(not all(check.ok for check in found))


def _say(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="contentstats-bot", description="ContentStats.io in your chat.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="talk to the bot now, without an account: its own API, play money")
    demo.add_argument("--charts", default="charts", metavar="DIR", help="where pictures and files go")
    sandbox = commands.add_parser("sandbox", help="serve the ContentStats API on this machine")
    sandbox.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    sandbox.add_argument("--port", type=int, default=8787, help="the port, 0 for any that is free")
    sandbox.add_argument("--speed", type=float, default=1, help="how fast its time runs: 3600 is an hour a second")
    console = commands.add_parser("console", help="talk to the bot at this terminal, with the API key of the settings")
    console.add_argument("-c", dest="line", metavar="LINE", help='answer one line, such as "/usage", and leave')
    console.add_argument("--json", action="store_true", help="print the neutral reply as JSON")
    console.add_argument("--yes", action="store_true", help="press the reply's confirm button")
    console.add_argument("--user", default="you", help="who is asking")
    console.add_argument("--admin", action="store_true", help="as someone who manages the workspace, and may spend")
    console.add_argument("--charts", default="charts", metavar="DIR", help="where pictures and files go")
    commands.add_parser("migrate", help="bring the database up to date")
    commands.add_parser("doctor", help="check the settings, the database, the API key and the charts")
    return parser


if __name__ == "__main__":
    sys.exit(main())
