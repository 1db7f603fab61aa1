"""Validate request bodies against Discord's own description of its REST API.

`openapi.json` is https://github.com/discord/discord-api-spec at commit 74fda0f of 2026-07-18, under the MIT licence in
`LICENSE.openapi`.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.standins import json_schema
from tests.standins.json_schema import Schema

_FILE = Path(__file__).with_name("openapi.json")
_VARIABLE = re.compile(r"\{[^}]+\}")


def body_problems(route: str, body: object) -> list[str]:
    """The problems of a request body; `route` is a method and a path with variables in braces.

    Raises KeyError for a route that isn't described.
    """
    schema = _bodies()[_nameless(route)]
    return [] if schema is None else json_schema.problems(schema, body, known=_schemas())


def problems(name: str, value: object) -> list[str]:
    """The problems of a value against the schema of this name."""
    return json_schema.problems(_schemas()[name], value, known=_schemas())


@cache
def _description() -> Mapping[str, Any]:
    described: Mapping[str, Any] = json.loads(_FILE.read_bytes())
    return described


def _schemas() -> Mapping[str, Schema]:
    schemas: Mapping[str, Schema] = _description()["components"]["schemas"]
    return schemas


@cache
def _bodies() -> Mapping[str, Schema | None]:
    """Body schema by route; None for routes without a body."""
    found: dict[str, Schema | None] = {}
    for path, operations in _description()["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                content = operation.get("requestBody", {}).get("content", {})
                found[_nameless(f"{method.upper()} {path}")] = content.get("application/json", {}).get("schema")
    return found


def _nameless(route: str) -> str:
    return _VARIABLE.sub("{}", route)
