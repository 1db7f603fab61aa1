"""A call: a command and its arguments, small enough to ride in a button."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, urlencode

MAX_ENCODED = 100
"""Discord's limit for a custom_id, the smaller of the two platforms' (Slack's button value takes 2,000)."""


@dataclass(frozen=True, slots=True)
class Call:
    """One invocation of a command by name, with its arguments as text: what a button is."""

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> str:
        """The call as `command?name=value`, 100 characters at most; ValueError beyond, which is a fault of ours."""
        query = urlencode(self.arguments)
        encoded = f"{self.command}?{query}" if query else self.command
        if len(encoded) > MAX_ENCODED:
            msg = f"a call of {len(encoded)} characters does not fit into a button: {self.command}"
            raise ValueError(msg)
        return encoded

    @classmethod
    def decode(cls, encoded: str) -> Self:
        """The call that `encode` wrote. Whether its command exists is the registry's question."""
        command, _, query = encoded.partition("?")
        return cls(command, dict(parse_qsl(query, keep_blank_values=True)))
