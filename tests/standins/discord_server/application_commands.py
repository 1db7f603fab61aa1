"""What Discord would refuse in application commands. Pure; the daily limit of creations is the server's matter."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from tests.standins.discord_server.shapes import bits, by_type, maybe, no_repeats
from tests.standins.slack.shapes import Check, among, array, flag, integer, number, shape, string

Json: TypeAlias = dict[str, Any]

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUB_COMMAND, SUB_COMMAND_GROUP, STRING, INTEGER, BOOLEAN, _USER, CHANNEL, _ROLE, _MENTIONABLE, NUMBER, _FILE = range(
    1, 12
)
MOST: Mapping[int, int] = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
MOST_CHARACTERS = 8000
_EUROPEAN = (
    "da",
    "de",
    "en-GB",
    "es-ES",
    "fr",
    "hr",
    "it",
    "lt",
    "hu",
    "nl",
    "no",
    "pl",
    "ro",
    "fi",
    "sv-SE",
    "cs",
    "el",
)
_FURTHER = (
    "id",
    "en-US",
    "es-419",
    "pt-BR",
    "vi",
    "tr",
    "bg",
    "ru",
    "uk",
    "hi",
    "th",
    "zh-CN",
    "ja",
    "zh-TW",
    "ko",
    "ar",
)
LOCALES = frozenset({*_EUROPEAN, *_FURTHER, "he"})
_MAX_SAFE = 2**53


def _name(value: object, where: str) -> Iterator[str]:
    yield from string(32)(value, where)
    text = str(value)
    if not all(_is_of_a_name(each) for each in text) or text != text.lower():
        yield f"{where} must be of lower-case letters, digits, - and _: {text}"


def _is_of_a_name(character: str) -> bool:
    script = unicodedata.name(character, "").partition(" ")[0]
    return character in "-_'" or unicodedata.category(character)[0] in "LN" or script in ("DEVANAGARI", "THAI")


def _localized(of: Check) -> Check:
    def check(value: object, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{where} must be an object"
            return
        for locale, text in value.items():
            if locale not in LOCALES:
                yield f"{where}/{locale} is no locale"
            yield from of(text, f"{where}/{locale}")

    return maybe(check)


_LOCALIZED = {"name_localizations": _localized(_name), "description_localizations": _localized(string(100))}
_VALUES: Mapping[int, Check] = {STRING: string(100), INTEGER: integer(-_MAX_SAFE, _MAX_SAFE), NUMBER: number()}


def choices(kind: int) -> Check:
    """The choices of an option of a type, up to 25, declared or answered to autocomplete."""
    choice = shape({"name": string(100), "value": _VALUES[kind]}, {"name_localizations": _localized(string(100))})
    return maybe(array(choice, 25, least=0))


def _option_rules(value: Any, where: str) -> Iterator[str]:
    if value.get("choices") and value.get("autocomplete"):
        yield f"{where} cannot have both choices and autocomplete"
    if value.get("choices"):
        yield from no_repeats([each["name"] for each in value["choices"]], f"{where}/choices")
    for least, most in (("min_value", "max_value"), ("min_length", "max_length")):
        if value.get(least) is not None and value.get(most) is not None and value[least] > value[most]:
            yield f"{where}/{least} must not be more than {most}"


def _option(kind: int) -> Check:
    more: dict[str, Check] = {"required": maybe(flag())}
    if kind in _VALUES:
        more |= {"choices": choices(kind), "autocomplete": maybe(flag())}
    if kind == STRING:
        more |= {"min_length": maybe(integer(0, 6000)), "max_length": maybe(integer(1, 6000))}
    if kind in (INTEGER, NUMBER):
        more |= dict.fromkeys(("min_value", "max_value"), maybe(_VALUES[kind]))
    if kind == CHANNEL:
        more["channel_types"] = maybe(array(integer(0, 16), least=0))
    return _described(kind, more, _option_rules)


def _described(kind: int, more: dict[str, Check], also: Check) -> Check:
    required = {"type": among(kind), "name": _name, "description": string(100)}
    return shape(required, {**_LOCALIZED, **more}, also=also)


def _options_rules(value: Any, where: str) -> Iterator[str]:
    options = value.get("options") or []
    names = [each["name"] for each in options]
    yield from no_repeats(names, f"{where}/options")
    for locale in sorted({locale for each in options for locale in each.get("name_localizations") or ()}):
        shown = [(each.get("name_localizations") or {}).get(locale, each["name"]) for each in options]
        yield from no_repeats(shown, f"{where}/options in {locale}")
    is_required = [bool(each.get("required")) for each in options]
    if is_required != sorted(is_required, reverse=True):
        yield f"{where}/options must have the required ones first"
    kinds = {each["type"] for each in options}
    if kinds & {SUB_COMMAND, SUB_COMMAND_GROUP} and kinds - {SUB_COMMAND, SUB_COMMAND_GROUP}:
        yield f"{where}/options cannot mix subcommands with options"


def _options(of: Mapping[int, Check]) -> dict[str, Check]:
    return {"options": maybe(array(by_type(of, "option that may stand here"), 25, least=0))}


_PLAIN = {kind: _option(kind) for kind in range(STRING, _FILE + 1)}
_SUB_COMMAND = {SUB_COMMAND: _described(SUB_COMMAND, _options(_PLAIN), _options_rules)}
_GROUP = {SUB_COMMAND_GROUP: _described(SUB_COMMAND_GROUP, _options(_SUB_COMMAND), _options_rules)}
_KEYS: dict[str, Check] = {
    "default_member_permissions": maybe(bits(2**54)),
    **dict.fromkeys(("nsfw", "dm_permission"), maybe(flag())),
    **dict.fromkeys(("contexts", "integration_types"), maybe(array(integer(0, 2)))),
}
_MENU_NAMES = {"name_localizations": _localized(string(32))}
_COMMANDS: dict[int, Check] = {
    CHAT_INPUT: shape(
        {"name": _name, "description": string(100)},
        {"type": among(CHAT_INPUT), **_KEYS, **_LOCALIZED, **_options({**_PLAIN, **_SUB_COMMAND, **_GROUP})},
        also=_options_rules,
    ),
    **{
        kind: shape({"name": string(32), "type": among(kind)}, {"description": among("", None), **_KEYS, **_MENU_NAMES})
        for kind in (USER, MESSAGE)
    },
}


def validate_commands(commands: object, *, in_guild: bool = False) -> list[str]:
    """What Discord would refuse in a bulk overwrite, a sentence each with its place; nothing when all is right."""
    if not isinstance(commands, Sequence) or isinstance(commands, str):
        return ["the commands must be an array"]
    problems: list[str] = []
    for index, command in enumerate(commands):
        kind = command.get("type", CHAT_INPUT) if isinstance(command, Mapping) else CHAT_INPUT
        known = _COMMANDS.get(kind, _COMMANDS[CHAT_INPUT]) if isinstance(kind, int) else _COMMANDS[CHAT_INPUT]
        wrong = list(known(command, f"/{index}"))
        problems += wrong or _whole(command, f"/{index}", in_guild=in_guild)
    found = [each for each in commands if isinstance(each, Mapping)]
    for kind, most in MOST.items():
        names = [str(each.get("name")) for each in found if each.get("type", CHAT_INPUT) == kind]
        if len(names) > most:
            problems.append(f"there are {len(names)} commands of type {kind}, more than {most}")
        problems += no_repeats(names, f"the names of commands of type {kind}")
    return problems


def _whole(command: Mapping[str, Any], where: str, *, in_guild: bool) -> Iterator[str]:
    if in_guild:
        for key in ("contexts", "integration_types"):
            if command.get(key) is not None:
                yield f"{where}/{key} applies to global commands only"
    length = _length(command)
    if length > MOST_CHARACTERS:
        yield f"{where} has {length} characters in all, more than {MOST_CHARACTERS}"


def _length(value: Mapping[str, Any]) -> int:
    """What counts towards the limit of a command: names, descriptions and values, each in its longest language."""
    total = len(value["value"]) if isinstance(value.get("value"), str) else 0
    for key in ("name", "description"):
        languages = value.get(f"{key}_localizations") or {}
        total += max((len(str(each)) for each in [value.get(key) or "", *languages.values()]), default=0)
    inner = [*(value.get("options") or ()), *(value.get("choices") or ())]
    return total + sum(_length(each) for each in inner if isinstance(each, Mapping))
