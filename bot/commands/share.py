"""Post here: post a private card to the channel, once, with who shared it and how fresh it is."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.commands.command import Command, Kind, argument
from bot.commands.context import Context
from bot.domain.caller import Caller, Permission, Person
from bot.domain.errors import NotAllowed
from bot.reply.call import SHARE, Call
from bot.reply.model import Button, Item, Listing, Mention, Note, Part, Plain, Reply, Time, Tone, drawn, text
from bot.store.outbox import Message

LASTS = timedelta(hours=1)
"""How long a card that couldn't be posted is kept for another attempt."""
_MONEY = frozenset({Permission.SPEND, Permission.CONFIGURE})
MONEY_UNSEEN = (
    "Not everyone may see money in this channel, so I don't post it. If everyone may, an admin can send "
    "/alerts amounts on."
)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Share:
    """The card to post, encoded as the call that shows it, and the minute in which its button was made."""

    card: str = argument(Kind.WORD, "the card", listed=False)
    made: str = argument(Kind.WORD, "when the button was made", listed=False)


def cannot_share_reason(command: Command[Any], caller: Caller, granted: AbstractSet[Permission]) -> str:
    """Why a command's card can't be posted where the caller is; empty if it can."""
    if not command.shareable:
        return "That card can't be posted to a channel."
    if caller.is_direct or not caller.channel_id:
        return "There's nobody else here to post it for. Use the command in a channel."
    if command.shows_money and not granted & _MONEY:
        return "Only people who can spend here can post money to the channel."
    if command.shows_money and caller.is_shared:
        return "People from other companies read this channel, so I don't post money here."
    return ""


async def with_share_button(reply: Reply, context: Context, commands: Mapping[str, Command[Any]]) -> Reply:
    """Add **Post here** after a private card's other buttons, if its reader may post it here."""
    card = reply.shared_as
    if card is None or cannot_share_reason(commands[card.command], context.caller, context.permissions):
        return reply
    if commands[card.command].shows_money and not context.may_name_amounts(await context.channel()):
        return reply
    made = _digits(int(context.clock().timestamp()) // 60)
    post = Button("Post here", Call(SHARE, {"card": card.encode(), "made": made}))
    at = sum(isinstance(action, Button) for action in reply.actions)
    return replace(reply, actions=(*reply.actions[:at], post, *reply.actions[at:]))


async def share(context: Context, args: Share) -> Reply:
    """Post the card of a call with current numbers. Pressing the same button again posts nothing more."""
    caller = context.caller
    if caller.cannot_post_reason:
        raise NotAllowed(caller.cannot_post_reason)
    card = await context.look_up(Call.decode(args.card))
    if card.shared_as is None:
        return card
    place = f"{caller.channel_id}:{caller.thread_id or ''}"
    message = Message(
        key=f"{SHARE}:{context.workspace.id}:{place}:{caller.person.id}:{args.card}:{args.made}",
        workspace_id=context.workspace.id,
        channel_id=caller.channel_id,
        thread_id=caller.thread_id,
        reply=_public(await drawn(card), card.shared_as, caller.person, context.clock()),
        owner_id=caller.person.id,
        expires_at=context.clock() + LASTS,
    )
    where = "this thread" if caller.thread_id else "this channel"
    if not await context.store.outbox.add(message, context.clock()):
        return Reply(f"This card was already posted in {where}.")
    return Reply(f"I'm posting this card in {where}.", tone=Tone.SUCCESS)


def _public(card: Reply, again: Call, person: Person, now: datetime) -> Reply:
    """The card for everyone: it says who shared it, and one button opens it privately."""
    shared = (Plain("Shared by "), Mention(person.id, person.name), Plain(". "))
    parts = tuple(map(_without_buttons, card.parts))
    match parts:
        case (*others, Note(small)):
            parts = (*others, Note((*shared, *small)))
        case _:
            parts = (*parts, Note((*shared, *text("As of ", Time(now), "."))))
    return replace(card, parts=parts, actions=(Button("Open", again),), shared_as=None)


def _without_buttons(part: Part) -> Part:
    if not isinstance(part, Listing):
        return part
    return replace(part, items=tuple(Item(each.name, each.cells, each.line) for each in part.items))


def _digits(number: int) -> str:
    """The number in base 36."""
    head, last = divmod(number, len(_DIGITS))
    return f"{_digits(head) if head else ''}{_DIGITS[last]}"
