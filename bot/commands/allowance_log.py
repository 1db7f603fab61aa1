"""/allowance log: who started, stopped, approved and changed what, when and at what cost; paged or as a file."""

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.commands.command import Command, Kind, argument
from bot.commands.context import Context
from bot.domain.caller import Caller, Permission
from bot.domain.errors import UsageError
from bot.messages.ledger import LogPage, log_card, log_file, log_rows
from bot.reply.call import SHARE
from bot.reply.model import LargeFile, Reply
from bot.reply.spool import Spool
from bot.store import Store
from bot.store.audit import Action, Entry
from bot.wallet.accounts import Accounts
from bot.wallet.exports import on_disk

LOG, ALL, CSV = "log", "all", "csv"
KINDS: Mapping[str, tuple[Action, ...]] = {
    ALL: tuple(Action),
    "starts": (Action.TRACK, Action.OUTSIDE),
    "stops": (Action.STOP,),
    "approvals": (Action.APPROVAL,),
    "refusals": (Action.REFUSED,),
    "settings": (Action.SETTING, Action.ALLOWANCE, Action.CAMPAIGN, Action.PAYOUT),
}
LOG_CHOICES = (*KINDS, CSV)
LOG_EXAMPLE = "For example: /allowance log, log starts, log stops, log settings, log @anna, or log csv for the file."
PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class AllowanceLog:
    """Which entries to show, whose (by id), and which page."""

    only: str = argument(Kind.CHOICE, "which entries", default=ALL, choices=LOG_CHOICES, listed=False)
    who: str = argument(Kind.WORD, "the person's id", default="", listed=False)
    page: int = argument(Kind.NUMBER, "the page", default=1, minimum=1, maximum=1_000_000, listed=False)


def read_log_words(words: Sequence[str]) -> Mapping[str, str]:
    """Parse the words after `/allowance log`. Raises UsageError for an unknown one."""
    given: dict[str, str] = {}
    for word in words:
        kind = word.casefold()
        name = "show" if kind in LOG_CHOICES else "who" if kind == "me" or word.startswith(("@", "<@")) else ""
        if not name or name in given:
            msg = f"I can't use “{word[:40]}” here. {LOG_EXAMPLE}"
            raise UsageError(msg, "show")
        given[name] = kind if name == "show" else word
    return {"action": LOG, **given}


async def note_refusal(
    accounts: Accounts,
    store: Store,
    command: Command[Any],
    caller: Caller,
    granted: AbstractSet[Permission],
    now: datetime,
) -> None:
    """Record in the audit log that a member tried something they may not do, once an hour per person and command.

    Look-ups aren't recorded. Raises BotError if it can't be written.
    """
    is_look = command.need is Permission.LOOK and (command.shows_money or command.name == SHARE)
    if Permission.LOOK not in granted or (is_look and not command.is_setting):
        return
    name = command.name.partition(".")[0]
    workspace = (await accounts.get(caller.workspace)).workspace
    once = f"{workspace.id}:{caller.person.id}:{name}:{now:%Y-%m-%d-%H}"
    if await store.inbox.is_new("refused", once, now):
        outcome = f"not allowed: /{name}"
        entry = Entry(now, caller.person, caller.channel_id, Action.REFUSED, outcome)
        await store.audit.write(workspace.id, entry)


async def show_log(context: Context, args: AllowanceLog) -> Reply:
    """Show one page of the entries, or the file of all."""
    log, now = context.store.audit.log, context.clock()
    if args.only == CSV:
        written = await _written(context, args.who)
        return log_file(LargeFile(f"log-{now:%Y-%m-%d-%H%M}.csv", written, "text/csv", "one row per entry"))
    first = (args.page - 1) * PAGE_SIZE
    found = await log(context.workspace, KINDS[args.only], args.who, first, PAGE_SIZE + 1)
    shown, has_more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    return log_card(LogPage(shown, args.only, args.who, args.page, first + 1, now, has_more=has_more), tuple(KINDS))


async def _written(context: Context, who: str) -> Spool:
    """Write every entry to disk page by page, so that the log's size costs no memory."""
    with on_disk():
        spool = Spool()
        spool.file.write(log_rows())
    async for entries in context.store.audit.pages(context.workspace, who):
        with on_disk():
            await asyncio.to_thread(spool.file.write, log_rows(entries))
    return spool
