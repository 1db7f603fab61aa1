"""The audit log: a page of entries, and the file of all."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.money import dollars
from bot.messages.csv_format import encoded, inert
from bot.messages.wording import name_of_link, shortened
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Button,
    Channel,
    Column,
    File,
    Item,
    LargeFile,
    Link,
    Listing,
    Mention,
    Menu,
    MenuOption,
    Reply,
    Text,
    Time,
    text,
)
from bot.store.audit import Action, Entry

HEADER = ("time", "action", "person", "person_id", "channel_id", "link", "video_id", "cost_usd", "outcome")
OUTSIDE = "Outside the bot"
_OUTCOME_LENGTH = 80
_ACTIONS = {
    Action.TRACK: "Start",
    Action.STOP: "Stop",
    Action.CAMPAIGN: "Campaign",
    Action.PAYOUT: "Payout",
    Action.ALLOWANCE: "Allowance",
    Action.APPROVAL: "Approval",
    Action.SETTING: "Setting",
    Action.REFUSED: "Refused",
    Action.OUTSIDE: "Start",
}


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some entries, newest first, filtered by kind or by a person's id. The first has number `first`."""

    entries: tuple[Entry, ...]
    only: str
    who: str
    page: int
    first: int
    now: datetime
    has_more: bool


def log_card(page: LogPage, kinds: Sequence[str]) -> Reply:
    """A page, with buttons to the others and the file, and a menu of the `kinds` of entries."""
    columns = (Column("What"), Column("Who, where"), Column("Cost", Align.RIGHT), Column("Outcome"), Column("When"))
    items = tuple(_item(each, page.now) for each in page.entries)
    last = page.first + len(items) - 1
    shown = f"Entry {last}" if last == page.first else f"Entries {page.first} to {last}"
    order = ", newest first" if len(items) > 1 else ""
    words = f"{shown}{order}." if items else "Nothing of that kind is recorded yet."
    return Reply(
        words,
        title="Activity log",
        parts=(Listing("Entries", columns, items),) if items else (),
        actions=(
            *((Button("Previous", _call(page, page.page - 1)),) if page.page > 1 else ()),
            *((Button("Next", _call(page, page.page + 1)),) if page.has_more else ()),
            Button("CSV", _csv(page)),
            Menu("Show only…", tuple(MenuOption(each.capitalize(), _only(page, each)) for each in kinds)),
        ),
    )


def log_rows(entries: Sequence[Entry] | None = None) -> bytes:
    """Entries encoded as CSV; the header if `entries` is None."""
    return codecs.BOM_UTF8 + encoded([HEADER]) if entries is None else encoded(map(_row, entries))


def log_file(file: File | LargeFile) -> Reply:
    """The file of every entry."""
    return Reply("The whole log, newest first.", title="Activity log", files=(file,))


def _item(entry: Entry, now: datetime) -> Item:
    who, what, outcome = _who(entry), _what(entry), text(shortened(entry.outcome, _OUTCOME_LENGTH))
    cost = "" if entry.cost is None else dollars(entry.cost)
    when = Time(entry.at, now)
    line = text(*who, f" · {cost}" if cost else "", " · " if outcome else "", *outcome, " · ", when)
    return Item(what, (who, text(cost or "–"), outcome, text(when)), line)


def _who(entry: Entry) -> Text:
    """Who it was, and in which channel if it was in one."""
    if entry.action is Action.OUTSIDE:
        return text(OUTSIDE)
    where = (" in ", Channel(entry.channel_id)) if entry.channel_id else ()
    return text(Mention(entry.person.id, entry.person.name), *where)


def _what(entry: Entry) -> Text:
    if not entry.link.startswith("https://"):
        return text(_ACTIONS[entry.action])
    return text(f"{_ACTIONS[entry.action]}: ", Link(name_of_link(entry.link, ""), entry.link))


def _row(entry: Entry) -> tuple[str, ...]:
    is_outside = entry.action is Action.OUTSIDE
    person = OUTSIDE if is_outside else entry.person.name
    words = (person, entry.person.id, entry.channel_id, entry.link, entry.video_id or "")
    cost = "" if entry.cost is None else f"{entry.cost:f}"
    action = Action.TRACK if is_outside else entry.action
    return (entry.at.isoformat(), action, *map(inert, words), cost, inert(entry.outcome))


def _call(page: LogPage, number: int) -> Call:
    given = {"only": page.only, "who": page.who, "page": str(number)}
    return Call("allowance.log", {name: value for name, value in given.items() if value}, in_place=True)


def _only(page: LogPage, kind: str) -> Call:
    return Call("allowance.log", {"only": kind} | ({"who": page.who} if page.who else {}), in_place=True)


def _csv(page: LogPage) -> Call:
    return Call("allowance.log", {"only": "csv"} | ({"who": page.who} if page.who else {}))
