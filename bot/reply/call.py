"""A call: a command and its arguments, small enough to ride in a button."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, urlencode

MAX_ENCODED = 100
"""Discord's limit for a custom_id, the smaller of the two platforms' (Slack's button value takes 2,000)."""

SHARE = "share"
"""The command that posts the card of another call: `card`, encoded, as it was `made` at a moment."""

FORM = "form"
"""The call of a button that opens the form of a `command`, begun with the other arguments; no command of its own."""

_IN_PLACE, _SHARED = "!", "~"

_ALIASES = {"letters.retry": "outbox.retry"}
"""Commands as buttons that were posted before name them. A posted button is never changed, so an alias stays."""


@dataclass(frozen=True, slots=True)
class Call:
    """One invocation of a command by name, with its arguments as text: what a button is.

    `in_place` says that the answer is the same card again, such as its next page or newer numbers, so that it may take
    the place of the card where nobody else sees that.
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    in_place: bool = False

    def encode(self) -> str:
        """The call as `command?name=value`, or `command!?name=value` in place. It may be longer than a button takes.

        To share a card is `command~made?name=value`, which leaves the most room for its names.
        """
        if self.command == SHARE and {"card", "made"} == self.arguments.keys():
            command, mark, query = self.arguments["card"].partition("?")
            return f"{command}{_SHARED}{self.arguments['made']}{mark}{query}"
        query = urlencode(self.arguments, errors="replace")  # half a surrogate pair is no character
        command = f"{self.command}{_IN_PLACE}" if self.in_place else self.command
        return f"{command}?{query}" if query else command

    @property
    def fits(self) -> bool:
        """Whether a button takes it. Most calls are short, but nothing bounds the ids that the API gives its videos."""
        return len(self.encode()) <= MAX_ENCODED

    @classmethod
    def decode(cls, encoded: str) -> Self:
        """The call that `encode` wrote. Whether its command exists is the registry's question."""
        command, mark, query = encoded.partition("?")
        command, shared, made = command.partition(_SHARED)
        if shared:
            return cls(SHARE, {"card": f"{command}{mark}{query}", "made": made})
        arguments = dict(parse_qsl(query, keep_blank_values=True))
        name = command.removesuffix(_IN_PLACE)
        return cls(_ALIASES.get(name, name), arguments, in_place=command.endswith(_IN_PLACE))
