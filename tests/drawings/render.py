"""Every reply as both chats show it, with its pictures inside the document."""

import base64

from adapters.page import document
from adapters.page.document import CHATS
from adapters.page.elements import Card
from bot.reply.model import Reply
from bot.reply.spool import Content
from tests.examples import png

__all__ = ["CHATS", "cards"]


def cards(chat: str, reply: Reply) -> tuple[Card, ...]:
    """The messages of a reply."""
    return document.cards(chat, reply, _address)


def _address(_: str, content: Content) -> str:
    """The picture as a data address; none for the one white pixel of the examples."""
    if not isinstance(content, bytes) or content == png():
        return ""
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"
