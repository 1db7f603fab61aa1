"""The registry of commands, from which manifests, help and completion are built."""

import re

import pytest

from bot.commands.command import Kind
from bot.commands.registry import COMMANDS
from bot.domain.caller import Permission
from bot.domain.schedule import ordinal

LISTED = [command for command in COMMANDS if command.listed]

each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)


@each_command
def test_a_name_fits_a_button_with_room_for_two_ids_and_required_arguments_come_first(command):
    assert re.fullmatch(r"[a-z]+(\.[a-z]+)?", command.name)
    assert len(command.name) <= 20
    required = [each.required for each in command.arguments]
    assert required == sorted(required, reverse=True)


@each_command
def test_each_word_is_lower_case_and_means_one_argument(command):
    words = []
    for each in command.arguments:
        spellings = [*each.choices, *(alias for alias, _ in each.aliases)]
        assert [spelling.casefold() for spelling in spellings] == spellings
        assert {choice for _, choice in each.aliases} <= {*each.choices, *map(ordinal, range(2, 32))}
        words += spellings
    assert len(set(words)) == len(words)
    takes_any_words = sum(each.kind in {Kind.VIDEO, Kind.WORD} for each in command.arguments if each.listed)
    assert takes_any_words <= 1 or command.reader is not None


def test_usage_lines_show_what_is_required_and_what_repeats():
    usages = {command.name: command.usage for command in LISTED}
    assert usages["track"] == "/track <link> [link …] [days] [campaign]"
    assert usages["videos"] == "/videos [platform] [status] [sort] [by] [campaign]"
    assert usages["stats"] == "/stats <video>"
    assert usages["compare"] == "/compare <video> <video> [video …]"
    assert usages["export"] == "/export [video] [campaign] [rows]"
    assert usages["usage"] == "/usage [campaign]"


def test_commands_that_spend_stop_or_configure_declare_it():
    needs = {command.name: command.need for command in COMMANDS}
    spending = {"track", "track.on", "track.start", "track.again", "track.cancel"}
    spending |= {"approval.ask", "approval.decide", "approval.show"}
    assert {name for name, need in needs.items() if need is Permission.SPEND} == spending
    assert {name for name, need in needs.items() if need is Permission.STOP} == {"stop", "stop.confirm"}
    assert all(
        needs[name] is Permission.LOOK for name in ("videos", "stats", "compare", "usage", "export", "status", "help")
    )
