"""What every form and typed option needs: examples to show in an empty field, and several values as one text."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.commands.command import Command, Kind
from bot.commands.parse import parse


def joined(values: Iterable[str]) -> str:
    """Several values of one argument in quotes, so that `bind` takes each of them for one."""
    return " ".join(map(_quoted, values))


def examples(command: Command[Any]) -> Mapping[str, str]:
    """What the command's example gives each argument; none where it may not be typed at all."""
    if any(each.kind is Kind.SECRET for each in command.arguments):
        return {}
    shown = parse(command, command.example.partition(" ")[2])
    found = ((each.name, getattr(shown, each.name)) for each in command.arguments)
    return {
        name: ", ".join(map(str, value)) if isinstance(value, tuple) else str(value) for name, value in found if value
    }


def _quoted(value: str) -> str:
    if '"' not in value:
        return f'"{value}"'
    inner = value.replace("”", '"')  # which would end the quotation
    return f"“{inner}”"
