"""/help, generated from the registry, so it can't drift."""

from dataclasses import dataclass
from difflib import get_close_matches

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.words import POLITE, TOPICS
from bot.domain.errors import UsageError
from bot.messages.help import DETAILS, all_commands, command_details, one_command
from bot.reply.model import Reply

_EVERY = POLITE | {"all", "everything", "command", "commands"}


@dataclass(frozen=True, slots=True)
class Help:
    """The name of a command, or nothing for all."""

    command: str = argument(Kind.WORD, "a command's name", default="")
    show: str = argument(Kind.CHOICE, "how much", default="", choices=(DETAILS,), listed=False)


async def show_help(context: Context, args: Help) -> Reply:
    """List all commands, or explain one."""
    words = args.command.removeprefix("/").casefold().split()
    if _EVERY.issuperset(words):
        return all_commands(context.commands)
    named = [each for each in context.commands if any(word.startswith(each.name) for word in words)]
    topics = {topic.split()[0] for topic, keys in TOPICS.items() if not set(words).isdisjoint(keys.split())}
    found = next(iter(named), None) or next((each for each in context.commands if each.name in topics), None)
    if found is None:
        names = [each.name for each in context.commands]
        near = next((near for word in words for near in get_close_matches(word, names, n=1, cutoff=0.7)), "")
        raise UsageError(f"There's no command /{args.command[:30]}.", "command", near)
    return command_details(found) if args.show else one_command(found)
