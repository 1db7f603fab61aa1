"""A message in the form in which discord.py sends it: as an answer, an edit or a channel's message.

discord.py builds components from classes of its own; these here are built already, so the view only carries them.
"""

from collections.abc import Sequence
from typing import Any

from discord import File
from discord.ui import LayoutView, Modal

from adapters.discord.files import Attachment
from adapters.discord.render import Message
from adapters.discord.text import Component
from bot.reply.spool import opened


class Card(LayoutView):
    """The `view` of a message. It listens to nothing: presses are told apart by their custom_id, after any restart."""

    def __init__(self, components: Sequence[Component]) -> None:
        super().__init__(timeout=None)
        self._made = list(components)
        self.stop()  # else discord.py would keep every card for good

    def to_components(self) -> list[dict[str, Any]]:
        """The components as they are."""
        return self._made

    def has_components_v2(self) -> bool:
        """That they need Discord's flag for them, which discord.py then sets."""
        return True


class Form(Modal):
    """A modal that is built already. It listens to nothing either."""

    def __init__(self, made: Component) -> None:
        super().__init__(title=made["title"], timeout=None, custom_id=made["custom_id"])
        self._made = made
        self.stop()

    def to_dict(self) -> dict[str, Any]:
        """The modal as it is."""
        return self._made


def card(message: Message) -> Card:
    """The message's `view`; needs a running event loop."""
    return Card(message.components)


def files(message: Message) -> list[File]:
    """The message's `files`, or an edit's `attachments`: for one request, since sending uses them up."""
    return [_file(each) for each in message.files]


def _file(attachment: Attachment) -> File:
    return File(opened(attachment.content), attachment.name, description=attachment.description or None)
