"""Checks that no retired name comes back: `python -m tests.naming` lists each one with its place and fails.

It checks file names and identifiers, not prose. Retired names in stored rows or posted buttons are strings in one alias
table, which this ignores.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("bot", "adapters", "bench", "tests")

MODULES = """
letters happenings surges receipts breakers counted duties heard work asked gestures arrivals welcome ways
answers first sent door exchange presences registration registrations upkeep tidy teams filling submitted
choosing rights hindrance drafts purse announce settled candidates watch look moving held turns clean cells
tallies endless submission reading ports checks flight strokes sheet rooms house stage scene nursery patience
""".split()
"""Renamed files and folders."""

CLASSES = """
Duty Heard Asked Wish FirstAnswers Deferral Several OneTeam Need Standing Draft Saying Purse Announced
Announcer Watch Step Sight Moved Held Words Letters Receipts Breakers Presences Registrations
""".split()
OTHERS = """
letters happenings surges receipts breakers duties gestures welcome presences registrations upkeep tidy
filling choosing hindrance drafts purse announce candidates endless anew hasten mind_the_clock tallies
strokes NOBODY nursery patience
""".split()
"""Functions, arguments and variables."""


def retired(path: Path) -> Iterator[tuple[int, str]]:
    """Each retired name in a file with its line; line 0 is the file's own name."""
    if not {path.stem, path.parent.name}.isdisjoint(MODULES):
        yield 0, path.stem
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ClassDef(name=name, lineno=line) if name in CLASSES:
                yield line, name
            case ast.FunctionDef(name=name, lineno=line) | ast.AsyncFunctionDef(name=name, lineno=line) if (
                name in OTHERS
            ):
                yield line, name
            case ast.arg(arg=name, lineno=line) | ast.Name(id=name, lineno=line) if name in OTHERS:
                yield line, name
            case ast.Attribute(attr=name, lineno=line) if name in OTHERS:
                yield line, name


def main() -> int:
    """The exit status: 1 if a retired name is left."""
    listed = subprocess.run(["git", "ls-files", *FOLDERS], capture_output=True, text=True, check=True)
    paths = [Path(each) for each in listed.stdout.split() if each.endswith(".py") and "/versions/" not in each]
    found = [f"{path}:{line}: {name}" for path in paths if path.exists() for line, name in retired(path)]
    print("\n".join(found) or "No retired name is left.")  # noqa: T201 - its output
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
