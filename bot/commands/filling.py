"""What every form and typed option needs: whether one is wanted, what to fill in, examples, several values as one."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.commands.command import Argument, Command, Kind
from bot.commands.parse import bind, parse
from bot.domain.errors import UsageError
from bot.domain.schedule import time_words


def form_for(command: Command[Any], given: str | Mapping[str, str]) -> Mapping[str, str] | None:
    """What a form of the command begins with, where a form is kinder than an answer; None where it is not.

    It is where something needed is missing, or must not be typed into a command. `given` is what was typed, or what a
    button or the options carried.
    """
    if not command.listed:
        return None
    if command.secret is not None:
        return {}
    if not (given.strip() if isinstance(given, str) else given) and any(each.required for each in command.arguments):
        return {}
    try:
        args = parse(command, given) if isinstance(given, str) else bind(command, given)
    except UsageError:
        return None  # the answer says what is wrong
    return _stated(command, args) if command.lacks(args) else None


def joined(values: Iterable[str]) -> str:
    """Several values of one argument in quotes, so that `bind` takes each of them for one."""
    return " ".join(map(_quoted, values))


def examples(command: Command[Any]) -> Mapping[str, str]:
    """What the command's example gives each argument; none where it may not be typed at all."""
    if any(each.kind is Kind.SECRET for each in command.arguments):
        return {}
    shown = parse(command, command.example.partition(" ")[2])
    found = ((each, getattr(shown, each.name)) for each in command.arguments)
    return {
        each.name: ", ".join(map(str, value)) if isinstance(value, tuple) else _written(each, value)
        for each, value in found
        if value
    }


def _stated(command: Command[Any], args: object) -> Mapping[str, str]:
    """What was given, as `bind` takes it."""
    found = ((each, getattr(args, each.name)) for each in command.arguments if each.listed)
    return {
        each.name: joined(value) if isinstance(value, tuple) else _written(each, value)
        for each, value in found
        if value not in {None, "", ()}
    }


def _written(argument: Argument, value: Any) -> str:  # noqa: ANN401 - whatever the argument's kind makes of a text
    return time_words(value) if argument.kind is Kind.TIME else str(value)


def _quoted(value: str) -> str:
    if '"' not in value:
        return f'"{value}"'
    inner = value.replace("”", '"')  # which would end the quotation
    return f"“{inner}”"
