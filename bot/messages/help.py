"""What the bot says about itself: all commands, or one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.reply.call import Call
from bot.reply.model import Bold, Button, Code, Field, Fields, Note, Paragraph, Reply, text

DETAILS = "details"


class Group(StrEnum):
    """What people come for, in the order in which /help lists it."""

    LOOK = "Look"
    TRACK = "Track"
    MONEY = "Money"
    SETTINGS = "Settings"


@dataclass(frozen=True, slots=True)
class Described:
    """A command as help shows it: its arguments are pairs of a placeholder and what it means.

    `brief` is what it is for in a few words, `about` holds rules for those who ask about it, a line each; `examples`
    are lines with what they do, and `permission` is empty if everyone may use it.
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
    """Every other command by what people come for."""
    others = [each for each in commands if each.name != "help"]
    groups = (_listed(group, [each for each in others if each.group is group]) for group in Group)
    return Reply(
        "Paste a link after /track: you see the price before you spend.",
        title="What I can do",
        parts=(*groups, Note(text(Code("/help track"), " explains one of them."))),
        actions=(Button("Track a video", Call("track")), Button("My videos", Call("videos"))),
    )


def one_command(command: Described) -> Reply:
    """One command by its examples, the rest in details; without them its arguments, its rules and who may use it."""
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
    about = (Note(text(line)) for line in command.about.splitlines())
    return Reply(f"{command.summary}.", title=f"/{command.name}", parts=(Fields(fields), *about))


def _listed(group: Group, commands: Sequence[Described]) -> Paragraph:
    """**Look:** `/videos` your list · `/stats` one video."""
    between = (": ", *(" · " for _ in commands))
    spans = (
        span
        for start, each in zip(between, commands, strict=False)
        for span in (start, Code(f"/{each.name}"), f" {each.brief}" if each.brief else "")
    )
    return Paragraph(text(Bold(group), *spans))
