"""Validate application commands: against Discord's description, and against documented rules that it lacks.

The bot registers global slash commands without subcommands, and message commands.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from tests.standins.discord_server.api_spec import body_problems

Json: TypeAlias = dict[str, Any]

PUT_COMMANDS = "PUT /applications/{app}/commands"
CHAT_INPUT, MESSAGE = 1, 3
STRING, INTEGER, CHANNEL, MENTIONABLE = 3, 4, 7, 9
MAX_COMMANDS = {CHAT_INPUT: 100, MESSAGE: 15}
MAX_CHARACTERS = 8000
MAX_CHOICE = 100


def validate_commands(commands: Any) -> list[str]:
    """The problems that make Discord refuse a bulk overwrite, each starting with its JSON path."""
    found = body_problems(PUT_COMMANDS, _described(commands))
    return found or list(_rules(commands))


def choices_problems(choices: Iterable[Json], kind: int, where: str) -> Iterator[str]:
    """The undescribed rules that an option's choices break, whether declared or autocompleted."""
    for index, each in enumerate(choices):
        value = each["value"]
        if isinstance(value, str) is not (kind == STRING):
            yield f"{where}/{index}/value is not of the option's type"
        elif isinstance(value, str) and len(value) > MAX_CHOICE:
            yield f"{where}/{index}/value must have at most {MAX_CHOICE} characters"


def _described(commands: Any) -> Any:
    """The commands with permissions as integers, as in the description; the documentation has strings."""
    if not isinstance(commands, list):
        return commands
    key = "default_member_permissions"
    given = [each if isinstance(each, dict) else {"": each} for each in commands]
    return [{**each, key: int(each[key])} if str(each.get(key)).isdecimal() else each for each in given]


def _rules(commands: list[Json]) -> Iterator[str]:
    for index, command in enumerate(commands):
        yield from _command(command, command.get("type") or CHAT_INPUT, f"/{index}")
    for kind, most in MAX_COMMANDS.items():
        names = [each["name"] for each in commands if (each.get("type") or CHAT_INPUT) == kind]
        if len(names) > most:
            yield f"there are {len(names)} commands of type {kind}, more than {most}"
        if len(set(names)) < len(names):
            yield f"two commands of type {kind} have one name"


def _command(command: Json, kind: int, where: str) -> Iterator[str]:
    options = command.get("options") or []
    if kind not in MAX_COMMANDS:
        yield f"{where}/type is one that the bot does not register: {kind}"
    elif kind == MESSAGE and (options or command.get("description")):
        yield f"{where} is a message command, which has neither a description nor options"
    elif kind == CHAT_INPUT:
        yield from _name(command["name"], where)
        if not command.get("description"):
            yield f"{where}/description is missing"
    if len({each["name"] for each in options}) < len(options):
        yield f"{where}/options has a name twice"
    is_required = [bool(each.get("required")) for each in options]
    if is_required != sorted(is_required, reverse=True):
        yield f"{where}/options must have the required ones first"
    for index, option in enumerate(options):
        yield from _option(option, f"{where}/options/{index}")
    if _length(command) > MAX_CHARACTERS:
        yield f"{where} has {_length(command)} characters in all, more than {MAX_CHARACTERS}"


def _option(option: Json, where: str) -> Iterator[str]:
    yield from _name(option["name"], where)
    if option["type"] not in (STRING, INTEGER, CHANNEL, MENTIONABLE):
        yield f"{where}/type is one that the bot does not ask for: {option['type']}"
    if option.get("choices") and option.get("autocomplete"):
        yield f"{where} cannot have both choices and autocomplete"
    yield from choices_problems(option.get("choices") or (), option["type"], f"{where}/choices")
    least, most = option.get("min_value"), option.get("max_value")
    if least is not None and most is not None and least > most:
        yield f"{where}/min_value must not be more than max_value"


def _name(name: str, where: str) -> Iterator[str]:
    if name != name.lower() or not all(each in "-_'" or unicodedata.category(each)[0] in "LN" for each in name):
        yield f"{where}/name must be of lower-case letters, digits, - and _: {name}"


def _length(value: Json) -> int:
    """The length that counts towards a command's limit: names, descriptions and values in their longest language."""
    total = len(value["value"]) if isinstance(value.get("value"), str) else 0
    for key in ("name", "description"):
        total += max(len(each) for each in [value.get(key) or "", *(value.get(f"{key}_localizations") or {}).values()])
    return total + sum(map(_length, [*(value.get("options") or ()), *(value.get("choices") or ())]))
