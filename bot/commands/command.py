"""What a command is: a frozen dataclass of arguments, a handler, and what every surface derives from the two.

Slack's manifest, Discord's application commands, `/help`, the console's completion and the README's table are read from
here; nothing in here knows any of them.
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
"""Characters that a typed command may have; a longer one is an accident or an attack."""


class Kind(StrEnum):
    """What an argument's text means."""

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
    SECRET = "secret"  # noqa: S105 - the kind of an argument, not one


class Answer(StrEnum):
    """How a command answers, known before it runs because Discord must know it when it defers."""

    PRIVATE = "private"
    REPLACES = "replaces"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. `many` is how many values it takes at most; `aliases` maps other spellings to a choice.

    A `vague` word is a choice that gives way to any other one: in "weekly monday" it is Monday that counts.

    An unlisted argument is sent by buttons only: no surface offers it and free text never fills it, unless it is
    `typed`. `refused` are patterns of words that mean something which the command cannot do, each with the answer.

    In a typed line it is only read `beside` that choice, if one is named, and then before any other.

    A form shows it under its `label`, and a choice by what `labels` call it.
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

    @property
    def placeholder(self) -> str:
        """The argument as a usage line shows it: `<video>`, `[days]`, `<link> [link …]`."""
        shown = " ".join([f"<{self.name}>"] * self.fewest) if self.required else f"[{self.name}]"
        return f"{shown} [{self.name} …]" if self.many > self.fewest else shown


def argument(
    kind: Kind,
    help: str,  # noqa: A002 - the field's own word, and nothing here needs the built-in
    *,
    default: Any = MISSING,  # noqa: ANN401 - it takes the type of the field it stands for
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
) -> Any:  # noqa: ANN401 - as dataclasses.field, whose place it takes
    """A field of an arguments dataclass; without a default the argument is required."""
    described = locals()  # each is a field of `Argument`
    return field(default=described.pop("default"), metadata={"argument": described})


def nothing_wrong(args: object, now: datetime) -> None:
    """The check of most commands: whatever can be bound is right as far as the words alone can tell."""


def nothing_lacks(args: object) -> bool:  # noqa: ARG001 - it answers for any arguments
    """What most commands say: whatever can be bound is all that they need."""
    return False


@dataclass(frozen=True, slots=True)
class Ask:
    """A field of a form: the argument that it fills in, its label, and its help if it isn't the argument's own.

    `unless_known`: it is left out if the button has named its value already.
    """

    name: str
    label: str
    help: str = ""
    unless_known: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A form that asks for a few arguments alone, if others have these values: `dollars` if `what` is `balance`.

    It `asks` in this order, and needs the first; `title` has 24 characters at most (Slack's limit) and `send` labels
    the button.
    """

    given: Mapping[str, str]
    title: str
    asks: tuple[Ask, ...]
    send: str


@dataclass(frozen=True, slots=True)
class Command(Generic[A]):
    """One command: `summary` is 100 characters at most (Discord's limit), `example` is a whole line that works.

    /help lists it in its `group` with the few words of `brief`. /help on the command adds `about`, a rule in each
    line, and leads with the `examples`, lines with what they do, if there are any.
    `is_setting` says that everybody may look at what only admins of this workspace change.
    `lacks` decides whether arguments that can be bound still open a form that asks for more: the first of its
    `questions` that fits, else one for all arguments. `check`
    raises UsageError for what the arguments alone show to be wrong, so that a form can stay open.
    `reader` reads its typed words, `longest` characters at most, into arguments by name if their order matters.
    `shareable`: its private reply may be posted to the channel, by those who may spend if it `shows_money`.
    """

    name: str
    summary: str
    takes: type[A]
    handler: Callable[[Context, A], Awaitable[Reply]]
    example: str
    need: Permission = Permission.LOOK
    answer: Answer = Answer.PRIVATE
    listed: bool = True
    lacks: Callable[[A], bool] = nothing_lacks
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
        """The arguments in the order of their fields, the required ones first (Discord's rule)."""
        return _arguments_of(self.takes)  # type: ignore[arg-type] # every class can be hashed

    @property
    def secret(self) -> Argument | None:
        """The argument that only a private form may ask for, where there is one."""
        return next((each for each in self.arguments if each.kind is Kind.SECRET), None)

    @property
    def spends(self) -> bool:
        """Whether money may be on its way once it runs: after a press, or if a typed /track starts at once."""
        return self.need is Permission.SPEND

    @property
    def most_needed(self) -> Permission:
        """The most that handling it may need: some only look or change something, by their arguments."""
        may_change = self.is_setting or self.name in {"campaign", SHARE}
        return Permission.CONFIGURE if may_change and self.need is Permission.LOOK else self.need

    @property
    def posts(self) -> bool:
        """Whether the bot may post into the channel because of it: a card, digests, alerts, the line after a start."""
        return self.spends or self.is_setting or self.need is Permission.CONFIGURE or self.name == SHARE

    @property
    def reads_roles(self) -> bool:
        """Whether the caller's roles decide what it does: limits and approvers may be set for one."""
        return self.need is Permission.SPEND or self.name.partition(".")[0] in {"allowance", "approval"}

    @property
    def usage(self) -> str:
        """The command as a usage line, without what is never typed: `/track <link> [link …] [days]`."""
        typed = (each for each in self.arguments if each.listed and each.kind is not Kind.SECRET)
        return " ".join([f"/{self.name}", *(each.placeholder for each in typed)])


@cache
def _arguments_of(takes: type[Any]) -> tuple[Argument, ...]:
    return tuple(
        Argument(name=each.name, required=each.default is MISSING, **each.metadata["argument"])
        for each in fields(takes)
    )
