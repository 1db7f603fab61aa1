"""Combinators that describe JSON; each builds a check that reports problems. Knows nothing of Slack."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

Check: TypeAlias = Callable[[object, str], Iterator[str]]
"""Takes a value and its JSON path; yields one sentence per problem."""


def string(most: int | None = None, *, least: int = 1, like: str = "") -> Check:
    """A string of limited length that fully matches a pattern."""

    def check(value: object, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{where} must be a string"
            return
        if len(value) < least:
            yield f"{where} must be more than {least - 1} characters"
        if most is not None and len(value) > most:
            yield f"{where} must be less than {most + 1} characters, has {len(value)}"
        if like and not re.fullmatch(like, value, re.DOTALL):
            yield f"{where} does not have the required form"

    return check


def integer(least: int, most: int) -> Check:
    """An integer between two bounds, both included."""

    def check(value: object, where: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield f"{where} must be a whole number from {least} to {most}"

    return check


def number(value: object, where: str) -> Iterator[str]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield f"{where} must be a number"


def among(*values: object) -> Check:
    """One of these values."""

    def check(value: object, where: str) -> Iterator[str]:
        if value not in values:
            yield f"{where} must be one of {', '.join(map(str, values))}"

    return check


def flag(value: object, where: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield f"{where} must be true or false"


def array(of: Check, most: int, *, least: int = 1) -> Check:
    """A list of limited length whose items pass a check."""

    def check(value: object, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where} must be an array"
            return
        if not least <= len(value) <= most:
            yield f"{where} must have {least} to {most} items, has {len(value)}"
        for index, item in enumerate(value):
            yield from of(item, f"{where}/{index}")

    return check


def shape(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *, also: Check | None = None
) -> Check:
    """An object with exactly these keys; `also` checks the whole if the keys are right."""
    known = {**required, **(optional or {})}

    def check(value: object, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{where} must be an object"
            return
        problems = [f"{where}/{key} is missing" for key in required if key not in value]
        problems += [f"{where}/{key} is not a valid property" for key in value if key not in known]
        for key, item in value.items():
            problems += known[key](item, f"{where}/{key}") if key in known else ()
        yield from problems
        if also is not None and not problems:
            yield from also(value, where)

    return check


def typed(shapes: Mapping[str, Check], kind: str) -> Check:
    """An object with the shape for its `type`; `kind` names it in problems."""

    def check(value: object, where: str) -> Iterator[str]:
        name = value.get("type") if isinstance(value, Mapping) else None
        if not isinstance(name, str) or name not in shapes:
            yield f"{where} has an unsupported type of {kind}: {name}"
        else:
            yield from shapes[name](value, where)

    return check
