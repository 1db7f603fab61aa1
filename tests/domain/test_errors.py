import inspect
import re
from datetime import UTC, datetime

import pytest

from bot.domain import errors

TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.BotError)]


def test_the_docstring_shows_the_tree_of_classes():
    above, drawn = [], {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"(?P<branch>[ │├└─]{4,})(?P<name>[A-Z]\w+)  ", line)
        if found:
            depth = len(found["branch"]) // 4 - 1
            above[depth:] = [found["name"]]
            drawn[found["name"]] = above[depth - 1] if depth else "Exception"
    assert drawn == {kind.__name__: kind.__mro__[1].__name__ for kind in TREE}


@pytest.mark.parametrize(
    "error",
    [
        errors.InvalidRequest("Say less.", (("duration_days", "must be at most 30"),)),
        errors.NotEnoughBalance("Say less.", balance=None, required=None),
        errors.RateLimited("Say less.", datetime(2026, 3, 1, tzinfo=UTC)),
        errors.UnexpectedAnswer("Say less.", 409),
        errors.LinkError("Say less."),
    ],
)
def test_an_errors_text_is_its_sentence(error):
    assert str(error) == "Say less."
