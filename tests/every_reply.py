"""One test for a property of every reply in the gallery: a test per reply would take longer than its check."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from tests.gallery import gallery


def on_every_reply(check: Callable[..., None]) -> Callable[..., None]:
    """A test that passes each reply, its name or both to `check`, and reports every failing reply."""
    signature = inspect.signature(check)
    wanted = {"name", "reply"} & signature.parameters.keys()

    @wraps(check)
    def test(**fixtures: Any) -> None:
        failures: list[Exception] = []
        for name, reply in gallery().items():
            try:
                check(**{each: {"name": name, "reply": reply}[each] for each in wanted}, **fixtures)
            except Exception as error:  # noqa: BLE001 - all are raised together
                error.add_note(f"in the gallery's {name}")
                failures.append(error)
        if failures:
            raise ExceptionGroup(f"{len(failures)} replies fail", failures)

    others = [each for name, each in signature.parameters.items() if name not in wanted]
    test.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined] # what pytest injects
    return test
