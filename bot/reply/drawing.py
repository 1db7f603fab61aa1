"""Pictures that join a reply later: the numbers are shown first, and a message to store waits for its picture."""

from dataclasses import replace

from bot.reply.model import Drawing, Part, Picture, Reply


def has_pictures(reply: Reply) -> bool:
    """Whether the reply has a picture, drawn or not."""
    return any(isinstance(part, Picture | Drawing) for part in reply.parts)


def without_pictures(reply: Reply) -> Reply:
    """The reply to show until its pictures are drawn."""
    return replace(reply, parts=tuple(part for part in reply.parts if not isinstance(part, Picture | Drawing)))


def pictures_alone(reply: Reply) -> Reply:
    """The reply's pictures, for a message of their own."""
    return Reply("", parts=tuple(part for part in reply.parts if isinstance(part, Picture)))


async def picture_of(part: Picture | Drawing | None) -> Picture | None:
    """The picture, drawn now if it isn't yet; None if there is none, or it can't be drawn."""
    return await part.draw() if isinstance(part, Drawing) else part


async def drawn(reply: Reply) -> Reply:
    """The reply with its pictures drawn, without those that can't be."""
    parts: list[Part] = []
    for part in reply.parts:
        shown = await picture_of(part) if isinstance(part, Drawing) else part
        if shown is not None:
            parts.append(shown)
    return replace(reply, parts=tuple(parts))
