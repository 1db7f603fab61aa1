"""Help: all commands, or one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.reply.call import Call
from bot.reply.model import Bold, Button, Code, Field, Fields, Note, Paragraph, Reply, Text, text

DETAILS = "details"


class Group(StrEnum):
    """Groups of commands, in the order in which /help lists them."""

    LOOK = "Look"
    TRACK = "Track"
    MONEY = "Money"
    SETTINGS = "Settings"


@dataclass(frozen=True, slots=True)
class Described:
    """A command for /help. `arguments` are pairs of a placeholder and its meaning.

    `brief` is its purpose in a few words, `about` has further rules, one per line, with commands in backticks;
    `examples` are pairs of a line and what it does, and `permission` is empty if everyone may use it.
    """

    name: str
    group: Group
    brief: str
    usage: str
    summary: str
    example: str
    permission: str
    arguments: tuple[tuple[str, str], ...]
    about: str = ""
    examples: tuple[tuple[str, str], ...] = ()


def all_commands(commands: Sequence[Described]) -> Reply:
    """Every other command, by group."""
    others = [each for each in commands if each.name != "help"]
    groups = (_listed(group, [each for each in others if each.group is group]) for group in Group)
    return Reply(
        "Paste a link after /track: you see the price before you spend.",
        title="What I can do",
        parts=(*groups, Note(text(Code("/help track"), " explains one of them."))),
        actions=(Button("Track a video", Call("track")), Button("My videos", Call("videos"))),
    )


def one_command(command: Described) -> Reply:
    """One command with its examples, or with its details if it has none."""
    if not command.examples:
        return command_details(command)
    lines = (Paragraph(text(Code(line), f" {meaning}")) for line, meaning in command.examples)
    return Reply(
        f"{command.summary}.",
        title=f"/{command.name}",
        parts=(*lines, *((Note(text(command.permission)),) if command.permission else ())),
        actions=(Button("Details", Call("help", {"command": command.name, "show": DETAILS})),),
    )


def command_details(command: Described) -> Reply:
    """One command: its arguments, an example, its rules and who may use it."""
    fields = (
        *(() if command.arguments else (Field("Usage", text(Code(command.usage))),)),
        *(Field(placeholder, text(meaning)) for placeholder, meaning in command.arguments),
        *((Field("Example", text(Code(command.example))),) if command.example != command.usage else ()),
        *((Field("Who can use it", text(command.permission)),) if command.permission else ()),
    )
    about = (Note(_with_code(line)) for line in command.about.splitlines())
    return Reply(f"{command.summary}.", title=f"/{command.name}", parts=(Fields(fields), *about))


def _with_code(line: str) -> Text:
    """A line in which commands are marked by backticks."""
    return text(*(Code(piece) if at % 2 else piece for at, piece in enumerate(line.split("`"))))


def _listed(group: Group, commands: Sequence[Described]) -> Paragraph:
    """One group on a line: **Look:** `/videos` your list · `/stats` one video."""
    between = (": ", *(" · " for _ in commands))
    spans = (
        span
        for start, each in zip(between, commands, strict=False)
        for span in (start, Code(f"/{each.name}"), f" {each.brief}" if each.brief else "")
    )
    return Paragraph(text(Bold(group), *spans))
