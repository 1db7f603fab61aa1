"""Form fields of a command, the same on every platform: one per argument, prefilled with the values already given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.commands.command import Argument, Command, Kind
from bot.commands.forms import examples, form_of
from bot.reply.text import length

SHOWN_WHILE_TYPING = "Only the bot receives it, but it's visible on your screen while you type."


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `placeholder` is empty if the argument has no example."""

    argument: Argument
    placeholder: str
    given: str

    @property
    def label(self) -> str:
        """The field's label."""
        return self.argument.label or self.argument.name.capitalize()

    def shown(self, choice: str) -> str:
        """The label of a choice."""
        return dict(self.argument.labels).get(choice, choice)

    @property
    def hint(self) -> str:
        """The argument's help as a sentence without its full stop."""
        return f"{self.argument.help[:1].upper()}{self.argument.help[1:]}"


def title_with_channel(title: str, channel: str, max_length: int) -> str:
    """The title with `here` replaced by the channel's name, unless that is unknown or makes the title too long."""
    named = title.replace(" here", f" in #{channel}") if channel else title
    return named if length(named) <= max_length else title


def fields(command: Command[Any], given: Mapping[str, str]) -> list[Field]:
    """The fields of a command's form."""
    shown = examples(command)
    return [
        Field(
            each,
            f"For example: {shown[each.name]}" if shown.get(each.name) and _needs_example(each) else "",
            each.begins(given.get(each.name, "").strip()),
        )
        for each in form_of(command, given).arguments
    ]


def _needs_example(argument: Argument) -> bool:
    """Whether the argument is typed, and its help has no example."""
    return argument.kind not in {Kind.WHO, Kind.CHANNEL} and "such as" not in argument.help
