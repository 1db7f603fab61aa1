"""Whole lines: the command that a line of free text means, or the nearest one if it means none."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from itertools import dropwhile
from typing import Any

from bot.commands.command import MAX_TYPED, Command, Kind
from bot.commands.find_video import ROW
from bot.commands.forms import call_of
from bot.commands.registry import COMMANDS
from bot.commands.tokens import tokens_of
from bot.commands.words import MINE, NEGATIONS, OPENERS, OPPOSITES, PAST, PHRASES, POLITE, TOPICS
from bot.domain.caller import Permission
from bot.domain.errors import BotError, NoSuchCampaign, NotFound, UsageError
from bot.domain.leaderboard import Period
from bot.domain.links import looks_like_link
from bot.domain.videos import VideoPlatform
from bot.reply.call import Call

UMBRELLA = "contentstats"
"""Slack's command names collide between apps, so every command is also a word behind this one."""
_LISTED: Mapping[str, Command[Any]] = {command.name: command for command in COMMANDS if command.listed}
_CHOICES = frozenset(word for each in _LISTED["videos"].arguments for word in (*each.choices, *dict(each.aliases)))
"""Words for the filters and sort orders of a list of videos."""
_KEYS: Mapping[str, frozenset[str]] = {line: frozenset(words.split()) for line, words in TOPICS.items()}
_NEVER_GUESSED = frozenset({"stop", "disconnect"})
_ABOUT_A_LINK = (
    _KEYS["stats"] | (_KEYS["stop"] - {"end"}) | _KEYS["videos change_24h"] | {"how", "how's", "hows", "still"}
)
"""Words beside a link that ask for its numbers, or to stop it, which its card offers."""
_ABOUT_STARTING = frozenset(
    (
        "much",
        "cost",
        "costs",
        "price",
        "prices",
        "expensive",
        "track",
        "tracking",
        "start",
        "add",
        "put",
        "monitor",
        "follow",
    )
)
"""Words beside a link that only ask what tracking it costs."""
_EVERY_VIDEO = frozenset({"all", "everything", "videos"})
_SORTED = frozenset({"sorted", "ordered", "sort", "order"})
_SUM = re.compile(r"[$€£]?\d[\d.,]*\d|[$€£]?\d")
_UNTIL = re.compile(r"\bquiet (?=for\b|until\b|till\b)")
_COURTESY = POLITE - NEGATIONS - {"who", "which", "what", "am", "may", "is", "are"}
"""Words that a phrase may begin with."""
_NO_CAMPAIGN = _KEYS["usage"] | _KEYS["allowance"] | _KEYS["alerts"] | _KEYS["digest"]
"""Words of a line that puts something elsewhere than into a campaign."""
_RANKED = frozenset({"creators", "people", *VideoPlatform})
_NOT_WELL = NEGATIONS | {"well", "good", "great", "that", "very"}
_HAPPENED = frozenset({"happened", "happen", "going", "changed", "new"})
_TITLED = frozenset({"stats", "export", "stop"})
_LEADING = POLITE - {"now"}
_NOUNS = frozenset(
    {
        *("alert", "alerts", "notifications", "report", "reports", "summary", "digest", "digests", "recap"),
        *("compare", "comparison", "difference", "better", "worse", "between", "owe", "owes", "owed", "owing"),
        *("limit", "limits", "permission", "permissions", "rights", "allowed"),
    }
)
"""Words that lead to a command but aren't arguments of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A command's name and its arguments as typed."""

    name: str
    words: str = ""

    def __str__(self) -> str:
        return f"/{self.name} {self.words}".strip()


def read_line(typed: str) -> Line:
    """Parse a line into a command and its words; if it means no command, the first word is taken as the name.

    A line with a link but no command is about that link. A question only ever leads to a look-up: commands that spend,
    stop or change settings have to be named.
    """
    first, *rest = typed.split(maxsplit=1) if typed.strip(" ?") else ["help"]
    if first == "/" and rest:
        return read_line(rest[0])
    name, words = first.removeprefix("/").casefold(), "".join(rest).strip()
    if name == UMBRELLA:
        return read_line(words)
    if name in _LISTED or first.startswith("/"):
        return _line(name, words)
    if len(typed) > MAX_TYPED:
        return Line("help", typed)  # the reply explains that the line is too long
    return _named(typed) or about_link(typed) or _asked(typed) or Line(name, words)


def names(typed: str, command: str) -> bool:
    """Whether a line starts with the command's name, rather than implying the command."""
    first, *_ = typed.split(maxsplit=1) or [""]
    return first.removeprefix("/").casefold() == command


def title_in(typed: str) -> str:
    """The words of a line that may be a title."""
    return _title(typed, frozenset())


def nearest_line(typed: str, *, is_title: bool) -> tuple[str, Call] | None:
    """Suggest the nearest line for one that means no command, with the call that runs it.

    Never suggests a line that spends, stops or deletes something. `is_title`: some videos match the line as a title.
    """
    first, *_ = typed.split(maxsplit=1) or [""]
    name = nearest(first.removeprefix("/").casefold())
    line = (
        _phrase(typed)
        or _in_the_past(typed)
        or _topic(typed)
        or (Line(name, typed.partition(" ")[2].strip()) if name else None)
    )
    if is_title and line is None:
        line = Line("stats", title_in(typed))
    if line is None:
        return None
    if line.name in _NEVER_GUESSED:
        line = Line("stats", line.words)
    return _offered(line, None) or (str(Line(line.name)), Call(line.name))


def suggested_line(
    command: Command[Any] | None, arguments: str | Mapping[str, str], error: BotError, now: datetime
) -> tuple[str, Call] | None:
    """Suggest the nearest working line for a refused call, with the call that runs it; None if there is none."""
    if isinstance(error, NoSuchCampaign) and command is not None and command.need is Permission.LOOK:
        return _with_campaign(command, arguments, error, now)
    if isinstance(error, NotFound) and error.instead:
        return _offered(read_line(error.instead), now)
    if not isinstance(error, UsageError) or command is None or not command.listed:
        return None
    takes_links = any(each.kind in {Kind.LINK, Kind.VIDEO} for each in command.arguments)
    if isinstance(arguments, str) and not takes_links and (line := about_link(arguments)) is not None:
        return _offered(line, now)
    if error.instead is None or command.need is not Permission.LOOK:
        return None
    words = "" if command.is_setting and error.loses else error.instead  # the remaining words may mean the opposite
    return _offered(Line(command.name, words), now)


def _with_campaign(
    command: Command[Any], arguments: str | Mapping[str, str], error: NoSuchCampaign, now: datetime
) -> tuple[str, Call] | None:
    """The same call with the campaign that was probably meant; else the command alone."""
    if not error.meant:
        return None if command.is_setting or not arguments else (f"/{command.name}", Call(command.name))
    if isinstance(arguments, str):
        words = arguments.replace(error.named, error.meant, 1)
        return _offered(Line(command.name, words), now) if words != arguments else None
    call = Call(command.name, {**arguments, "campaign": error.meant})
    return (str(Line(command.name, error.meant)), call) if call.fits else None


def _offered(line: Line, now: datetime | None) -> tuple[str, Call] | None:
    call = call_of(_LISTED[line.name], line.words, now)
    return None if call is None else (str(line), call)


def nearest(name: str) -> str | None:
    """The listed command closest to a mistyped name; never one that stops a video or deletes something."""
    matches = get_close_matches(name, _LISTED, n=1, cutoff=0.7)
    return matches[0] if matches and matches[0] not in _NEVER_GUESSED else None


def _named(typed: str) -> Line | None:
    """The command that a polite line names after its opening words: `please show me the stats of …`."""
    words = typed.split()
    for place, word in enumerate(_bare(typed)):
        if word in OPENERS:
            continue
        return _line(word, " ".join(words[place + 1 :])) if word in _LISTED else None
    return None


def about_link(typed: str) -> Line | None:
    """The command for a line with a link: its numbers if they are asked for, else the price of tracking it."""
    links = [token.text for token in tokens_of(typed) if looks_like_link(token.text)]
    if not links:
        return None
    words = set(_bare(typed))
    if words & _ABOUT_A_LINK and not words & (_KEYS["usage"] | _ABOUT_STARTING):
        return Line("stats", links[0]) if len(links) == 1 else Line("compare", " ".join(links))
    first, *others = _words(typed)
    rest = others if nearest(first[1]) == "track" else (first, *others)
    return Line(
        "track", " ".join("in" if bare == "into" else word for word, bare in rest if bare not in _ABOUT_STARTING)
    )


def _asked(typed: str) -> Line | None:
    """The look-up that a question means, or a creator's videos; help for a greeting."""
    row = " ".join(each for each in _bare(typed) if each not in {"the", "one", "video"})
    if typed.lstrip().startswith("@") or ROW.fullmatch(row):
        return Line("stats", row if ROW.fullmatch(row) else typed.strip())
    if _phrase(typed) is not None:
        return None  # offered as a button
    past = _in_the_past(typed)
    if past is not None:
        return past if past.name == "stats" or Period.YESTERDAY in past.words.split() else None
    asked = _topic(typed)
    if asked is None:
        return Line("help") if OPENERS.issuperset(_bare(typed)) else None
    return asked if _is_look_up(asked.name) else None


def _topic(typed: str) -> Line | None:
    """The command that a question means, with the words that are its arguments."""
    bare = _bare(typed)
    topic = next((topic for topic, keys in _KEYS.items() if not keys.isdisjoint(bare)), None)
    if topic is None:
        return None
    (name, *given), keys = topic.split(), _KEYS[topic]
    if name in _TITLED:
        title, is_every = _title(typed, keys), name == "stats" and not _EVERY_VIDEO.isdisjoint(bare)
        if name == "stats" and not NEGATIONS.isdisjoint(bare) and _NOT_WELL.issuperset(title.casefold().split()):
            given = ["performing"]
        elif not (is_every and (_CHOICES | _SORTED).issuperset(title.casefold().split())):
            return Line(name, title)
        name = "videos"
    if name in {"videos", "leaderboard"}:
        return Line(name, _filters(name, given, keys, bare))
    if _is_look_up(name) and name != "compare":
        return Line(name)
    if name == "alerts" and not {"warn", "warning"}.isdisjoint(bare) and (amount := _SUM.search(typed)):
        return Line(name, f"balance {amount[0]}")
    rest = ((word, bare) for word, bare in _words(typed) if bare not in _NOUNS)
    words = " ".join(word for word, _ in dropwhile(lambda each: each[1] in _LEADING, rest)).rstrip(" ?!.")
    return Line(name, _UNTIL.sub("mute ", words) if name == "alerts" else words)


def _phrase(typed: str) -> Line | None:
    """The command that a line with its verb before the names means, or a question about permissions."""
    bare = _bare(typed)
    begins = next((place for place, word in enumerate(bare) if word not in _COURTESY), len(bare))
    words = " ".join(typed.split()[begins:]).strip(" ?!.")
    for pattern, meant in PHRASES.items():
        found = re.fullmatch(pattern, words, re.IGNORECASE)
        is_money = meant.startswith("campaign") and not _NO_CAMPAIGN.isdisjoint(bare)
        if found is not None and not is_money:
            name, _, rest = meant.partition(" ")
            return Line(name, rest.format(**found.groupdict()))
    return None


def _in_the_past(typed: str) -> Line | None:
    """The leaderboard of the time in the past that a question names, or the numbers of the video that it names."""
    plain = typed.strip(" ?!.")
    pattern = next((each for each in PAST if re.search(rf"\b{each}(?!\S)", plain, re.IGNORECASE)), None)
    if pattern is None:
        return None
    rest = re.sub(rf"\b{pattern}(?!\S)", "", plain, flags=re.IGNORECASE)
    topic = _topic(rest)
    if topic is not None and topic.name not in {"stats", "videos", "leaderboard"}:
        return None
    if topic is not None and topic.name == "stats" and not _RANKED.issuperset(_bare(topic.words)):
        return topic
    if topic is None and not (OPENERS | _HAPPENED).issuperset(_bare(rest)):
        return None
    kept = [word for word in _bare(rest) if word in _RANKED]
    return Line("leaderboard", " ".join((*kept, PAST[pattern])))


def _filters(name: str, given: Sequence[str], keys: AbstractSet[str], bare: Sequence[str]) -> str:
    """The words of a question about a list that filter or sort it."""
    if name == "leaderboard":
        named = " ".join(each for each in bare if each not in keys or each.startswith("creator"))
        return named if call_of(_LISTED[name], named) is not None else ""
    if not NEGATIONS.isdisjoint(bare):  # its filters may be meant the other way round
        return " ".join(filter(None, (OPPOSITES.get(each, "") for each in given)))
    by = (each for each in bare if each == MINE or each.startswith("@"))
    return " ".join((*given, *by, *(each for each in bare if each in _CHOICES and not (given and each in keys))))


def _is_look_up(name: str) -> bool:
    command = _LISTED[name]
    return command.need is Permission.LOOK and not command.is_setting


def _line(name: str, words: str) -> Line:
    """A named command with its words, dropping words that can't name a video if the command is about one."""
    command = _LISTED.get(name)
    is_about_video = command is not None and any(each.kind is Kind.VIDEO for each in command.arguments)
    return Line(name, "" if is_about_video and OPENERS.issuperset(_bare(words)) else words)


def _title(typed: str, keys: AbstractSet[str]) -> str:
    """The words that may be part of a title."""
    passed_over = OPENERS | keys | _KEYS["videos"]
    return " ".join(word for word, bare in _words(typed) if bare not in passed_over)


def _words(typed: str) -> list[tuple[str, str]]:
    """Each word as typed, and in lower case without punctuation."""
    return list(zip(typed.split(), _bare(typed), strict=True))


def _bare(typed: str) -> list[str]:
    """The words in lower case without punctuation."""
    return [word.casefold().strip('?!.,;:()"“”').replace("’", "'") for word in typed.split()]
