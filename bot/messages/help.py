"""What the bot says about itself: all commands, or one."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.reply.call import Call
from bot.reply.model import Button, Code, Column, Field, Fields, Note, Reply, Table, text


@dataclass(frozen=True, slots=True)
class Described:
    """A command as help shows it: its arguments are pairs of a placeholder and what it means."""

    name: str
    usage: str
    summary: str
    example: str
    permission: str
    arguments: tuple[tuple[str, str], ...]


def all_commands(commands: Sequence[Described]) -> Reply:
    """Every command with what it does."""
    rows = tuple((text(Code(f"/{each.name}")), text(each.summary)) for each in commands)
    return Reply(
        "Paste a link after /track. I'll show what it costs before anything is spent.",
        title="What I can do",
        parts=(
            Table("Commands", (Column("Command"), Column("What it does")), rows),
            Note(text("For a command's options: ", Code("/help track"), ". Name a video by its title, link or id.")),
        ),
        actions=(Button("My videos", Call("videos")), Button("Wallet", Call("usage"))),
    )


def one_command(command: Described) -> Reply:
    """One command: usage, arguments, an example and who may use it."""
    fields = (
        Field("Usage", text(Code(command.usage))),
        *(Field(placeholder, text(meaning)) for placeholder, meaning in command.arguments),
        Field("Example", text(Code(command.example))),
        Field("Who can use it", text(command.permission)),
    )
    return Reply(f"{command.summary}.", title=f"/{command.name}", parts=(Fields(fields),))
