"""Parser for /campaign: the campaign, the action and its values, in either order if that is unambiguous."""

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.commands.tokens import Token, in_digits, tokens_of
from bot.commands.words import PASSED_OVER
from bot.domain.errors import UsageError
from bot.domain.links import looks_like_link
from bot.domain.money import looks_like_money

ACTIONS = ("new", "add", "remove", "rename", "archive", "restore", "budget", "dates", "here", "off", "archived")
ALIASES = (
    *(("create", "new"), ("make", "new"), ("put", "add"), ("drop", "remove"), ("take", "remove"), ("call", "rename")),
    *(("unarchive", "restore"), ("start", "dates"), ("starts", "dates"), ("from", "dates"), ("end", "dates")),
    *(("ends", "dates"), ("until", "dates")),
)
_MEANT = {**{each: each for each in ACTIONS}, **dict(ALIASES)}
_STARTS, _ENDS = frozenset({"start", "starts", "from"}), frozenset({"end", "ends", "until"})
_INTO = {"add": frozenset({"to", "in", "into"}), "remove": frozenset({"from"}), "rename": frozenset({"to", "as"})}
_FILLERS = frozenset(
    {"a", "an", "the", "to", "of", "for", "in", "on", "by", "is", "and", "campaign", "called", "named", "please"}
)
_CLEARED = frozenset({"off", "none", "no"})
_TO, _WITH = frozenset({"to", "till", "through", "-", "–"}), frozenset({"add", "with"})
_DELETES = frozenset({"delete", "destroy", "erase"})
_KEPT = "Campaigns aren't deleted. /campaign archive launch puts one away with everything in it."
_CLAUSES = re.compile("budget|starts?|from|ends?|until|with|add")


def read_words(typed: str) -> Mapping[str, str]:
    """Parse a line of /campaign: `launch`, `new launch budget 50`, `add <links> to launch`, `launch here`.

    A name that contains an action word has to be in quotes.
    """
    tokens = tokens_of(typed)
    if len(tokens) == 1 and tokens[0].text.casefold() in {"list", "all", "show"}:
        return {}
    place = next((at for at, token in enumerate(tokens) if _action(token) and (at or _is_first(tokens))), None)
    if place is None:
        if any(not token.quoted and token.text.casefold() in _DELETES for token in (*tokens[:1], *tokens[-1:])):
            raise UsageError(_KEPT)
        return _filled(campaign=_name(tokens))
    action, before, after = _action(tokens[place]), _bare(tokens[:place]), tokens[place + 1 :]
    given: Mapping[str, str] = {"campaign": _name(before or _bare(after))}
    if action == "new":
        given = _new([*before, *after])
    elif action in {"add", "remove"}:
        given = _videos(before, after, _INTO[action])
    elif action == "rename":
        name, new = (before, _bare(after)) if before else _split_at_mark(after, _INTO[action])
        given = {"campaign": _name(name), "name": _name(new)}
    elif action in {"budget", "dates"}:
        given = _settings(before, tokens[place:])
    elif action in {"here", "off"} and any(token.text.casefold() == "off" for token in tokens[place:]):
        action, given = "off", {}
    elif before and (strays := [each.text for each in after if each.text.casefold() not in PASSED_OVER]):
        shown = " ".join(strays)[:40]
        raise UsageError(f"/campaign {_name(before)} {action} takes nothing else, not “{shown}”. Nothing was changed.")
    return _filled(action=action, **given)


def _is_first(tokens: list[Token]) -> bool:
    """Whether the first word is an action, not the name of a campaign followed by another action."""
    return len(tokens) < 2 or _action(tokens[1]) not in {"new", "add", "remove", "rename", "archive", "restore"}


def _new(tokens: list[Token]) -> Mapping[str, str]:
    """Parse a new campaign: a name up to the first clause, then the clauses and any links."""
    is_clause = (
        not token.quoted and (_CLAUSES.fullmatch(token.text.casefold()) is not None or looks_like_link(token.text))
        for token in tokens
    )
    end = next((at for at, found in enumerate(is_clause) if found and at), len(tokens))
    name, rest = _bare(tokens[:end]), tokens[end:]
    links = [token for token in rest if looks_like_link(token.text)]
    videos = " ".join(token.text for token in links)
    titles = next((at for at, token in enumerate(rest) if token.text.casefold() in _WITH), len(rest))
    given = _settings(name, [token for token in rest[:titles] if token not in links])
    strays = given.pop("campaign").removeprefix(_name(name))
    return {**given, "name": _name(name), "videos": f"{videos}{strays} {_name(rest[titles + 1 :])}".strip()}


def _videos(before: list[Token], after: list[Token], marks: frozenset[str]) -> dict[str, str]:
    """Parse the campaign and the videos: `launch add <videos>`, `add <videos> to launch` or `add launch <links>`."""
    videos, name = (after, before) if before else _apart_at_last(after, marks)
    if not name and any(looks_like_link(token.text) for token in videos):
        first = next(at for at, token in enumerate(videos) if looks_like_link(token.text))
        videos, name = videos[first:], videos[:first]
    return {"campaign": _name(name), "videos": " ".join(map(_as_typed, videos))}


def _settings(before: list[Token], tokens: list[Token]) -> dict[str, str]:
    """Parse dollars and dates: the words after `budget`, `start` and `end`.

    Without a name `before`, words that are neither amounts nor dates form the campaign's name.
    """
    found: dict[str, list[str]] = {}
    name, target = list(before), ""
    for token in tokens:
        word = token.text.casefold()
        if not token.quoted and word in {"budget", "dates", *_STARTS, *_ENDS}:
            target = "dollars" if word == "budget" else "start" if word in _STARTS | {"dates"} else "end"
        elif not token.quoted and target == "start" and target in found and word in _TO:
            target = "end"
        elif not token.quoted and target and _is_value(target, word, found.get(target, ())):
            found.setdefault(target, []).append(in_digits(word) if target == "dollars" else word)
        elif before and target and word not in _FILLERS:
            found.setdefault(target, []).append(word)  # rejected later with a precise error
        else:
            name.append(token)
    return {"campaign": _name(_bare(name))} | {target: " ".join(words) for target, words in found.items()}


def _is_value(target: str, word: str, known: Sequence[str]) -> bool:
    """Whether a word is an amount, a currency after one, or part of a date."""
    if target != "dollars":
        return _is_of_date(word)
    return looks_like_money("".join((*known, in_digits(word)))) or word in _CLEARED


def _is_of_date(word: str) -> bool:
    months = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun"
    return re.fullmatch(rf"\d[\d-]*(?:st|nd|rd|th)?,?|(?:{months})[a-z]*,?|today|tomorrow|off|none", word) is not None


def _split_at_mark(tokens: list[Token], marks: frozenset[str]) -> tuple[list[Token], list[Token]]:
    """Split at a mark such as `to`; without one, after the first word."""
    marked = (at for at, token in enumerate(tokens) if not token.quoted and token.text.casefold() in marks)
    at = next(marked, None)
    return (_bare(tokens[:1]), _bare(tokens[1:])) if at is None else (_bare(tokens[:at]), _bare(tokens[at + 1 :]))


def _apart_at_last(tokens: list[Token], marks: frozenset[str]) -> tuple[list[Token], list[Token]]:
    """Split at the last mark; without one, everything stands before it."""
    marked = [at for at, token in enumerate(tokens) if not token.quoted and token.text.casefold() in marks]
    return (tokens[: marked[-1]], _bare(tokens[marked[-1] + 1 :])) if marked else (tokens, [])


def _action(token: Token) -> str:
    return "" if token.quoted else _MEANT.get(token.text.casefold().rstrip(":"), "")


def _bare(tokens: Iterable[Token]) -> list[Token]:
    """Strip filler words at both ends."""
    words = list(tokens)
    while words and not words[0].quoted and words[0].text.casefold() in _FILLERS:
        words.pop(0)
    while words and not words[-1].quoted and words[-1].text.casefold() in _FILLERS:
        words.pop()
    return words


def _name(tokens: Iterable[Token]) -> str:
    return " ".join(token.text for token in tokens)


def _as_typed(token: Token) -> str:
    return f'"{token.text}"' if token.quoted else token.text


def _filled(**given: str) -> Mapping[str, str]:
    return {name: value for name, value in given.items() if value}
