"""Forms and typed options: whether a form is needed, its fields and prefilled values, and multi-value encoding.

Fields are the same on every platform: one per argument, prefilled with the values already given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from bot.commands.command import Argument, Command, Kind, lacks_nothing
from bot.commands.parse import bind, parse
from bot.domain.errors import UsageError
from bot.domain.schedule import time_words
from bot.reply.call import FORM, MAX_ENCODED, Call
from bot.reply.model import Button, Reply, Tone
from bot.reply.text import length

MOST_FIELDS = 5
"""Maximum number of fields in a Discord modal."""
_AGAIN = "again"
"""Marks a button that reopens a form: everything is asked again, as any value may have been wrong."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form for the `arguments` that complete `call`. `intro` may be empty; `send` labels its button."""

    call: Call
    title: str
    arguments: tuple[Argument, ...]
    intro: str = ""
    send: str = "Continue"


def form_of(command: Command[Any], given: Mapping[str, str]) -> Form:
    """The form of a command, given the arguments that are known already."""
    question = next((each for each in command.questions if each.given.items() <= given.items()), None)
    if question is None:
        always = tuple(each for each in command.arguments if each.listed and not each.beside)[:MOST_FIELDS]
        return Form(Call(command.name), command.name.capitalize(), always, f"{command.summary}.")
    known = {each.name for each in question.asks if each.unless_known and given.get(each.name) and _AGAIN not in given}
    kept = known if command.listed else given.keys() - {_AGAIN, *(each.name for each in question.asks)} | known
    call = Call(command.name, {**{name: given[name] for name in given if name in kept}, **question.given})
    if not call.fits:
        known, call = set(), Call(command.name, question.given)
    arguments = {each.name: each for each in command.arguments}
    asked = tuple(
        replace(
            arguments[ask.name],
            label=ask.label,
            help=ask.help or arguments[ask.name].help,
            begins=ask.begins,
            is_long=ask.is_long,
            required=ask is question.asks[0] and question.needs_first,
        )
        for ask in question.asks
        if ask.name not in known
    )
    return Form(call, question.title, asked, send=question.send)


def filled_in(form_id: str, values: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """The command and arguments of a submitted form, from the encoded call that it completes and its values."""
    call = Call.decode(form_id)
    return call.command, {**call.arguments, **values}


def form_for(command: Command[Any], given: str | Mapping[str, str]) -> Mapping[str, str] | None:
    """The values that a form starts with, if the command needs a form; None if it doesn't.

    A form is needed if something required is missing, or must not be typed into a command. `given` is the typed text,
    or the arguments of a button or of options.
    """
    if not command.listed and not command.questions:
        return None
    if command.secret is not None:
        return {}
    if not (given.strip() if isinstance(given, str) else given) and any(each.required for each in command.arguments):
        return {}
    if command.lacks is lacks_nothing:
        return None
    try:
        args = parse(command, given) if isinstance(given, str) else bind(command, given)
    except UsageError:
        return None  # running the command explains the error
    return {**_stated(command, args), **_carried(command, args)} if command.lacks(args) else None


def call_of(command: Command[Any], words: str, now: datetime | None = None) -> Call | None:
    """The call that runs a command with these words, for a button; None if they are invalid or don't fit a button."""
    try:
        args = parse(command, words, now)
    except UsageError:
        return None
    usual = {each.name for each in fields(command.takes) if getattr(args, each.name) == each.default}
    call = Call(command.name, {name: value for name, value in _stated(command, args).items() if name not in usual})
    return call if call.fits else None


def with_form_again(command: Command[Any], given: Mapping[str, str], reply: Reply, room: int = MAX_ENCODED) -> Reply:
    """Add a button that reopens the form if something was wrong, so that nothing has to be typed twice.

    The button keeps as much of `given` as fits into `room` characters, and never a secret.
    """
    if reply.tone is not Tone.PROBLEM or not given:
        return reply
    call = Call(FORM, {"command": command.name, _AGAIN: ""})
    for name, each in given.items():
        if command.secret is None or name != command.secret.name:
            more = Call(FORM, {**call.arguments, name: each})
            call = more if len(more.encode()) <= room else call
    return replace(reply, actions=(*reply.actions, Button("Open the form again", call)))


def reopened(call: Call) -> tuple[str, Mapping[str, str], bool]:
    """The command and arguments behind a button, and whether the button reopens its form."""
    if call.command != FORM:
        return call.command, call.arguments, False
    given = dict(call.arguments)
    return given.pop("command", ""), given, True


def joined(values: Iterable[str]) -> str:
    """Encode several values of one argument in quotes, so that `bind` keeps them apart."""
    return " ".join(map(_quoted, values))


def examples(command: Command[Any]) -> Mapping[str, str]:
    """The value of each argument in the command's example; empty if the command can't be typed."""
    if not command.example or any(each.kind is Kind.SECRET for each in command.arguments):
        return {}
    shown = parse(command, command.example.partition(" ")[2])
    found = ((each, getattr(shown, each.name)) for each in command.arguments)
    return {
        each.name: ", ".join(map(str, value)) if isinstance(value, tuple) else _written(each, value)
        for each, value in found
        if value
    }


def _carried(command: Command[Any], args: object) -> Mapping[str, str]:
    """The argument that only a button gives, if it chooses the form."""
    hidden = {each.name for each in command.arguments if not each.listed}
    chosen = (pair for each in command.questions for pair in each.given.items())
    return {name: value for name, value in chosen if name in hidden and getattr(args, name) == value}


def _stated(command: Command[Any], args: object) -> Mapping[str, str]:
    """The given arguments in the form that `bind` takes."""
    found = ((each, getattr(args, each.name)) for each in command.arguments if each.listed or not command.listed)
    return {
        each.name: joined(_written(each, one) for one in value) if isinstance(value, tuple) else _written(each, value)
        for each, value in found
        if value not in {None, "", ()}
    }


def _written(argument: Argument, value: Any) -> str:  # noqa: ANN401 - the type depends on the argument's kind
    return time_words(value) if argument.kind is Kind.TIME else str(value)


def _quoted(value: str) -> str:
    if '"' not in value:
        return f'"{value}"'
    inner = value.replace("”", '"')  # would end the quotation
    return f"“{inner}”"


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


def form_fields(command: Command[Any], given: Mapping[str, str]) -> list[Field]:
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
