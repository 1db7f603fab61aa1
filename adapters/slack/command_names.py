"""Commands as this Slack app names them: SLACK_COMMAND_PREFIX before each name, in all that people read."""

import re
from collections.abc import Iterable

_READ = frozenset({"text", "alt_text"})
"""The keys of Slack's objects under which people read words. Values, ids and addresses stay as they are."""


class CommandNames:
    """Renames the commands of `names` in what is sent to Slack. Without a prefix nothing changes.

    The labels of links stay: they are titles. Any other foreign text that holds a command's name gets the prefix too.
    """

    def __init__(self, prefix: str, names: Iterable[str]) -> None:
        self._prefix = prefix
        self._command = re.compile(rf"(?<![\w/.:-])/(?=(?:{'|'.join(map(re.escape, names))})(?![\w/-]))")

    def plain(self, command: str) -> str:
        """The name without the prefix, from the command that was typed."""
        return command.removeprefix("/").casefold().removeprefix(self._prefix.casefold())

    def text(self, text: str) -> str:
        """The text with each command's own name in this app."""
        return self._command.sub(f"/{self._prefix}", text) if self._prefix else text

    def shown(self, value: object) -> object:
        """An object of Slack's, or several, with the commands renamed in all its words."""
        match value:
            case _ if not self._prefix:
                return value
            case {"type": "link"}:
                return value
            case dict():
                return {key: self._under(key, item) for key, item in value.items()}
            case list() | tuple():
                return [self.shown(item) for item in value]
            case _:
                return value

    def _under(self, key: str, item: object) -> object:
        return self.text(item) if key in _READ and isinstance(item, str) else self.shown(item)


AS_THEY_ARE = CommandNames("", ())
