"""A call: a command and its arguments, small enough for a button."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self
from urllib.parse import parse_qsl, urlencode

MAX_ENCODED = 100
"""Discord's limit for a custom_id, the smaller of both platforms' (Slack's button value takes 2,000)."""

SHARE = "share"
"""The command that posts the card of another call: `card` is that call, encoded, and `made` when the button was
made."""

FORM = "form"
"""The call of a button that opens the form of `command`, prefilled with the other arguments; not a command itself."""

_IN_PLACE, _SHARED = "!", "~"

_ALIASES = {"letters.retry": "outbox.retry"}
"""Old command names in buttons that are already posted. Those never change, so an alias stays."""


@dataclass(frozen=True, slots=True)
class Call:
    """One invocation of a command by name, with its arguments as text; every button holds one.

    `in_place`: the reply is the same card again, such as its next page or newer numbers, so it may replace the card if
    nobody else sees it.
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    in_place: bool = False

    def encode(self) -> str:
        """Encode as `command?name=value`, or `command!?name=value` in place. The result may be too long for a button.

        A share is `command~made?name=value`, which leaves the most room for the arguments.
        """
        if self.command == SHARE and {"card", "made"} == self.arguments.keys():
            command, mark, query = self.arguments["card"].partition("?")
            return f"{command}{_SHARED}{self.arguments['made']}{mark}{query}"
        query = _query(tuple(self.arguments.items()))
        command = f"{self.command}{_IN_PLACE}" if self.in_place else self.command
        return f"{command}?{query}" if query else command

    @property
    def fits(self) -> bool:
        """Whether the call fits a button. Most calls are short, but the API's video ids have no known limit."""
        return len(self.encode()) <= MAX_ENCODED

    @classmethod
    def decode(cls, encoded: str) -> Self:
        """Decode what `encode` wrote. The registry checks whether the command exists."""
        command, mark, query = encoded.partition("?")
        command, shared, made = command.partition(_SHARED)
        if shared:
            return cls(SHARE, {"card": f"{command}{mark}{query}", "made": made})
        arguments = dict(parse_qsl(query, keep_blank_values=True))
        name = command.removesuffix(_IN_PLACE)
        return cls(_ALIASES.get(name, name), arguments, in_place=command.endswith(_IN_PLACE))


@lru_cache(maxsize=1_024)
def _query(arguments: tuple[tuple[str, str], ...]) -> str:
    """The arguments as a query: the same for all buttons of a card, mostly. Replaces lone surrogates."""
    return urlencode(arguments, errors="replace")
