"""What the bot says about itself: all commands, or one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.reply.call import Call
from bot.reply.model import Button, Code, Field, Fields, Note, Paragraph, Reply, Span, text


class Group(StrEnum):
    """What people come for, in the order in which /help lists it."""

    LOOK = "Look"
    TRACK = "Track"
    MONEY = "Money"
    SETTINGS = "Settings"


@dataclass(frozen=True, slots=True)
class Described:
    """A command as help shows it: its arguments are pairs of a placeholder and what it means.

    `brief` is what it is for in a few words, `about` holds rules for those who ask about it.
    """

    name: str
    group: Group
    brief: str
    usage: str
    summary: str
    example: str
    permission: str
    arguments: tuple[tuple[str, str], ...]
    about: tuple[str, ...] = ()


def all_commands(commands: Sequence[Described]) -> Reply:
    """Every command by what people come for."""
    fields = (Field(group, text(*_listed(each for each in commands if each.group is group))) for group in Group)
    return Reply(
        "Paste a link after /track: you see what it costs before anything is spent.",
        title="What I can do",
        parts=(
            Fields(tuple(field for field in fields if field.value)),
            Note(text("Options of a command: ", Code("/help track"), ". Name a video by title, link or id.")),
        ),
        actions=(
            Button("Track a video", Call("track")),
            Button("My videos", Call("videos")),
            Button("Wallet", Call("usage")),
        ),
    )


def one_command(command: Described) -> Reply:
    """One command: usage, arguments, an example, its rules and who may use it."""
    fields = (
        Field("Usage", text(Code(command.usage))),
        *(Field(placeholder, text(meaning)) for placeholder, meaning in command.arguments),
        Field("Example", text(Code(command.example))),
        Field("Who can use it", text(command.permission)),
    )
    about = (Paragraph(text(" ".join(command.about))),) if command.about else ()
    return Reply(f"{command.summary}.", title=f"/{command.name}", parts=(Fields(fields), *about))


def _listed(commands: Iterator[Described]) -> Iterator[str | Span]:
    """`/videos` your list · `/stats` one video."""
    for place, each in enumerate(commands):
        yield from (" · " if place else "", Code(f"/{each.name}"), f" {each.brief}")
