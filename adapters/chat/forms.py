"""What a command's form asks for, in every chat: one field per argument it lacks, filled with what is known already."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.commands.command import Argument, Command, Kind
from bot.commands.forms import examples, form_of
from bot.reply.text import length

SHOWN_WHILE_TYPING = "Only the bot receives it, but it's visible on your screen while you type."


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `placeholder` is empty if the argument has no example; a secret is never filled in."""

    argument: Argument
    placeholder: str
    given: str

    @property
    def label(self) -> str:
        """What the field is called."""
        return self.argument.label or self.argument.name.capitalize()

    def shown(self, choice: str) -> str:
        """A choice as the field shows it."""
        return dict(self.argument.labels).get(choice, choice)

    @property
    def hint(self) -> str:
        """The argument's help as a sentence without its full stop."""
        return f"{self.argument.help[:1].upper()}{self.argument.help[1:]}"


def titled(title: str, channel: str, most: int) -> str:
    """The title with the channel's name in the place of `here`, if that is known and no longer than `most` letters."""
    named = title.replace(" here", f" in #{channel}") if channel else title
    return named if length(named) <= most else title


def fields(command: Command[Any], given: Mapping[str, str]) -> list[Field]:
    """The fields of a command's form."""
    shown = examples(command)
    return [
        Field(
            each,
            f"For example: {shown[each.name]}" if shown.get(each.name) and _needs_example(each) else "",
            given.get(each.name, "").strip(),
        )
        for each in form_of(command, given).arguments
    ]


def _needs_example(argument: Argument) -> bool:
    """Whether it is typed, and its help gives no example yet."""
    return argument.kind not in {Kind.WHO, Kind.CHANNEL} and "such as" not in argument.help
