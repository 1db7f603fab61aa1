"""What a reply lets one do next, as numbered lines: a console has no buttons, but it has digits."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import assert_never

from bot.reply.call import Call
from bot.reply.clean import shown
from bot.reply.model import Action, Button, LinkButton, Reply, Select, Weight


@dataclass(frozen=True, slots=True)
class Choice:
    """One line under a reply: numbered if typing the number makes `call`, else only something to read."""

    label: str
    call: Call | None = None
    weight: Weight = Weight.NORMAL
    number: int | None = None


def choices(reply: Reply) -> tuple[Choice, ...]:
    """The reply's actions in their order, every option of a select on a line of its own, numbered from 1."""
    numbers = count(1)
    return tuple(
        Choice(line.label, line.call, line.weight, next(numbers)) if line.call else line
        for action in reply.actions
        for line in _lines(action)
    )


def chosen(offered: tuple[Choice, ...], number: int) -> Call | None:
    """The call behind a number, None if there is none."""
    return next((choice.call for choice in offered if choice.number == number), None)


def yes(reply: Reply) -> Call | None:
    """What `--yes` presses: the first button that says yes to spending or to ending something."""
    weighty = (each for each in reply.actions if isinstance(each, Button) and each.weight is not Weight.NORMAL)
    return next((button.call for button in weighty), None)


def _lines(action: Action) -> Iterator[Choice]:
    match action:
        case Button(label, call, weight):
            yield Choice(shown(label), call, weight)
        case LinkButton(label, url):
            yield Choice(f"{shown(label)}: {shown(url)}")
        case Select(placeholder, call, argument, options):
            yield Choice(f"{shown(placeholder)}:")
            for option in options:
                yield Choice(shown(option.label), Call(call.command, {**call.arguments, argument: option.value}))
        case _:
            assert_never(action)
