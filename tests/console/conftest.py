from collections.abc import Mapping
from typing import Any

import pytest

from bot.commands.command import Kind
from bot.commands.registry import COMMANDS, by_name
from bot.reply.call import Call
from bot.reply.model import Button, LinkButton, Mention, Option, Picture, Reply, Select, Tone, Weight, text
from tests.examples import every_part

EVIL = "[bold red]x[/] :smile: \x1b[2J\x1b]8;;https://evil.example\x07\u202etxt\nrow\ud800"
SEEN = "[bold red]x[/] :smile: [2J]8;;https://evil.exampletxt row"


class FixedBot:
    """Answers every command with a fixed reply, and remembers the calls."""

    commands = COMMANDS

    def __init__(self, replies: Mapping[str, Reply]):
        self.replies = replies
        self.calls: list[Any] = []
        self.callers: list[Any] = []
        self.typed: list[str] = []
        self.arrived_replies: list[Any] = []
        self.titles: dict[str, Any] = {}

    async def run(self, command, arguments, caller, meanwhile, *, is_typed):
        self.calls.append((command, arguments))
        self.typed += [command] if is_typed else []
        self.callers.append(caller)
        if command == "busy":
            await meanwhile(Reply("You're in line."))
        return self.replies.get(command, Reply(f"No command {command}.", tone=Tone.PROBLEM))

    def may_fill_in(self, command, caller):  # noqa: ARG002 - the bot's signature
        return True

    async def confirm_delivery(self, reply, *, shown, announced):
        """Remembers what was shown, as the bot does."""
        self.arrived_replies.append((reply, shown, announced))

    async def suggest(self, command, argument, typed, caller):  # noqa: ARG002 - the bot's signature
        """Suggests choices by prefix and videos by any part of their title, as the bot does."""
        described = next(each for each in by_name()[command].arguments if each.name == argument)
        if described.kind is Kind.VIDEO:
            return tuple(Option(title, id_) for id_, title in self.titles.items() if typed in title)
        return tuple(Option(choice, choice) for choice in described.choices if choice.startswith(typed.casefold()))


@pytest.fixture
def bot():
    offer = Reply(
        "Tracking costs $2.52.",
        title="Track?",
        actions=(
            Button("Details", Call("stats", {"video": "v1"})),
            LinkButton("Add credit", "https://contentstats.io/billing"),
            Button("Track 7 days", Call("track.start", {"batch": "b"}), Weight.CONFIRM),
            Select(
                "Other length",
                Call("track.start", {"batch": "b"}),
                "days",
                (Option("1 day", "1"), Option("3 days", "3")),
            ),
        ),
    )
    started = Reply("Started.", tone=Tone.SUCCESS, public_line=text(Mention("U1", "Ana"), " started tracking cats."))
    chart = Reply("Views doubled.", parts=(Picture("growth.png", b"PNG", "Views doubled in a day"),))
    return FixedBot({"track": offer, "track.start": started, "stats": chart, "videos": Reply("2 videos.")})


@pytest.fixture
def hostile():
    """A reply whose every text is hostile, and what a reader should see of each."""
    return every_part(EVIL, EVIL), SEEN
