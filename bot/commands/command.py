"""Command definition: a frozen dataclass of arguments, a handler, and everything that surfaces derive from them.

Slack's manifest, Discord's application commands, `/help`, the console's completion and the README's table are generated
from here; this module knows none of them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar

from bot.commands.context import Context
from bot.domain.caller import Permission
from bot.messages.help import Group
from bot.reply.call import SHARE
from bot.reply.model import Reply

A = TypeVar("A")

MAX_TYPED = 4_000
"""Maximum characters of a typed command; a longer one is an accident or an attack."""


class Kind(StrEnum):
    """The type of an argument's text."""

    LINK = "link"
    VIDEO = "video"
    CAMPAIGN = "campaign"
    CREATOR = "creator"
    NUMBER = "number"
    CHOICE = "choice"
    WORD = "word"
    TIME = "time"
    ZONE = "zone"
    SPAN = "span"
    MONEY = "money"
    COUNT = "count"
    WHO = "who"
    CHANNEL = "channel"
    SECRET = "secret"  # noqa: S105 - a kind of argument, not a secret


class Answer(StrEnum):
    """How a command replies. Static, because Discord must know it when the reply is deferred."""

    PRIVATE = "private"
    REPLACES = "replaces"


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument. `many` is its maximum number of values; `aliases` maps other spellings to a choice.

    `vague` choices give way to any other: in "weekly monday" only Monday counts.

    An argument that isn't `listed` comes from buttons only: no surface offers it and free text never fills it, unless
    it is `typed`. `refused` maps patterns of words for something that the command can't do to an error sentence. With
    `beside`, a typed line is read for this argument only if it contains that choice, and then before any other.

    A form shows the argument under its `label`, each choice under its entry in `labels`, and a known value as `begins`
    writes it; with `is_long`, in a field of several lines.
    """

    name: str
    kind: Kind
    help: str
    required: bool
    many: int = 1
    fewest: int = 1
    choices: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    vague: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    listed: bool = True
    suggested: bool = False
    typed: bool = False
    refused: tuple[tuple[str, str], ...] = ()
    label: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    beside: str = ""
    begins: Callable[[str], str] = str
    is_long: bool = False

    @property
    def placeholder(self) -> str:
        """The argument in a usage line: `<video>`, `[days]`, `<link> [link …]`."""
        shown = " ".join([f"<{self.name}>"] * self.fewest) if self.required else f"[{self.name}]"
        return f"{shown} [{self.name} …]" if self.many > self.fewest else shown


def argument(
    kind: Kind,
    help: str,  # noqa: A002 - named as in Argument; the built-in isn't needed here
    *,
    default: Any = MISSING,  # noqa: ANN401 - any field's type
    many: int = 1,
    fewest: int = 1,
    choices: tuple[str, ...] = (),
    aliases: tuple[tuple[str, str], ...] = (),
    vague: tuple[str, ...] = (),
    minimum: int | None = None,
    maximum: int | None = None,
    listed: bool = True,
    suggested: bool = False,
    typed: bool = False,
    refused: tuple[tuple[str, str], ...] = (),
    labels: tuple[tuple[str, str], ...] = (),
    beside: str = "",
) -> Any:  # noqa: ANN401 - as dataclasses.field
    """Declare a field of an arguments dataclass; without a default the argument is required."""
    described = locals()  # each is a field of `Argument`
    return field(default=described.pop("default"), metadata={"argument": described})


@dataclass(frozen=True, slots=True)
class NoArguments:
    """The arguments of a command that takes none."""


def nothing_wrong(args: object, now: datetime) -> None:
    """Default `check` of a command: accept any arguments."""


def lacks_nothing(args: object) -> bool:  # noqa: ARG001 - the signature of `lacks`
    """Default `lacks` of a command: no form is needed."""
    return False


@dataclass(frozen=True, slots=True)
class Ask:
    """A field of a form: the argument it fills in, its label, and its help text if that differs from the argument's.

    `unless_known`: leave it out if the button already carries its value. `begins` writes out the value that the button
    carries. `is_long`: the text may take several lines.
    """

    name: str
    label: str
    help: str = ""
    unless_known: bool = False
    begins: Callable[[str], str] = str
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A form for some of the arguments, used if the `given` arguments match: `dollars` if `what` is `balance`.

    `asks` are its fields in order, the first one required unless `needs_first` is False; `title` has at most 24
    characters (Slack's limit) and `send` labels the button.
    """

    given: Mapping[str, str]
    title: str
    asks: tuple[Ask, ...]
    send: str
    needs_first: bool = True


@dataclass(frozen=True, slots=True)
class Command(Generic[A]):
    """A command. `summary` has at most 100 characters (Discord's limit); `example` is a complete line that works.

    /help lists the command in its `group` with the few words of `brief`. Its own help page starts with the `examples`,
    if any, and adds `about`, one rule per line, with commands in backticks.

    `is_setting`: everybody may look at it, but only admins of this workspace may change it.

    `lacks` decides whether valid arguments still open a form for more: the first of its `questions` that matches, else
    one for all arguments. `check` raises UsageError for errors that the arguments alone reveal, so that a form can stay
    open. `reader` parses its typed words, up to `longest` characters, if their order matters.

    `shareable`: its private reply may be posted to the channel, by people who may spend if it `shows_money`.
    """

    name: str
    summary: str
    takes: type[A]
    handler: Callable[[Context, A], Awaitable[Reply]]
    example: str
    need: Permission = Permission.LOOK
    answer: Answer = Answer.PRIVATE
    listed: bool = True
    lacks: Callable[[A], bool] = lacks_nothing
    questions: tuple[Question, ...] = ()
    is_setting: bool = False
    check: Callable[[A, datetime], None] = nothing_wrong
    group: Group = Group.SETTINGS
    brief: str = ""
    about: str = ""
    examples: tuple[tuple[str, str], ...] = ()
    shareable: bool = False
    shows_money: bool = False
    reader: Callable[[str], Mapping[str, str]] | None = None
    longest: int = MAX_TYPED

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The arguments in field order, required ones first (Discord's rule)."""
        return _arguments_of(self.takes)  # type: ignore[arg-type] # every class can be hashed

    @property
    def secret(self) -> Argument | None:
        """The argument that only a private form may ask for, if there is one."""
        return next((each for each in self.arguments if each.kind is Kind.SECRET), None)

    @property
    def spends(self) -> bool:
        """Whether running it may spend money: after a press, or if a typed /track starts at once."""
        return self.need is Permission.SPEND

    @property
    def most_needed(self) -> Permission:
        """The highest permission that running it may need; for some commands that depends on the arguments."""
        may_change = self.is_setting or self.name in {"campaign", SHARE}
        return Permission.CONFIGURE if may_change and self.need is Permission.LOOK else self.need

    @property
    def posts(self) -> bool:
        """Whether it may make the bot post into the channel: a card, digests, alerts, the line after a start."""
        return self.spends or self.is_setting or self.need is Permission.CONFIGURE or self.name == SHARE

    @property
    def reads_roles(self) -> bool:
        """Whether its outcome depends on the caller's roles: limits and approvers may be set for one."""
        return self.need is Permission.SPEND or self.name.partition(".")[0] in {"allowance", "approval"}

    @property
    def usage(self) -> str:
        """The usage line without arguments that are never typed: `/track <link> [link …] [days]`."""
        typed = (each for each in self.arguments if each.listed and each.kind is not Kind.SECRET)
        return " ".join([f"/{self.name}", *(each.placeholder for each in typed)])


@cache
def _arguments_of(takes: type[Any]) -> tuple[Argument, ...]:
    return tuple(
        Argument(name=each.name, required=each.default is MISSING, **each.metadata["argument"])
        for each in fields(takes)
    )
