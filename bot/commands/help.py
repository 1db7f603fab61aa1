"""/help: from the same registry as everything else, so it cannot drift."""

from dataclasses import dataclass

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.domain.errors import UsageError
from bot.messages.help import all_commands, one_command
from bot.reply.model import Reply


@dataclass(frozen=True, slots=True)
class Help:
    """Nothing for all commands, or the name of one."""

    command: str = argument(Kind.WORD, "a command's name", default="")


async def show_help(context: Context, args: Help) -> Reply:
    """All listed commands, or one of them."""
    name = args.command.removeprefix("/").casefold()
    if not name:
        return all_commands(context.commands)
    found = next((each for each in context.commands if each.name == name), None)
    if found is None:
        msg = f"There's no command /{name[:30]} to explain. /help lists all commands."
        raise UsageError(msg)
    return one_command(found)
