"""Validate request bodies against Discord's own description of its REST API.

`openapi.json` is https://github.com/discord/discord-api-spec at commit 74fda0f of 2026-07-18, under the MIT licence in
`LICENSE.openapi`. It is read as JSON Schema with one stricter rule: undescribed properties are errors. Discord ignores
them, but here they are mistakes.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

_FILE = Path(__file__).with_name("openapi.json")
_VARIABLE = re.compile(r"\{[^}]+\}")
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


def body_problems(route: str, body: object) -> list[str]:
    """The problems of a request body; `route` is a method and a path with variables in braces.

    Each problem is a sentence that starts with its JSON path. Raises KeyError for a route that isn't described.
    """
    schema = _bodies()[_nameless(route)]
    return [] if schema is None else list(_problems(schema, body, ""))


def problems(name: str, value: object) -> list[str]:
    """The problems of a value against the schema of this name."""
    return list(_problems(_schemas()[name], value, ""))


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


def _resolved(schema: Schema) -> Schema:
    return _schemas()[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _problems(schema: Schema, value: object, where: str) -> Iterator[str]:
    schema = _resolved(schema)
    yield from _typed(schema, value, where)
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} must be one of {', '.join(map(str, schema['enum']))}"
    for one in schema.get("allOf", ()):
        yield from _problems(one, value, where)
    alternatives = schema.get("oneOf") or schema.get("anyOf") or ()
    constants = [each["const"] for each in alternatives if "const" in each]
    if constants and value not in constants:
        yield f"{where} must be one of {', '.join(map(str, constants))}"
    elif alternatives and not constants:
        yield from min((list(_problems(each, value, where)) for each in _candidates(alternatives, value)), key=len)


def _candidates(alternatives: Sequence[Schema], value: object) -> Sequence[Schema]:
    """The alternatives to validate against: for an object those with its `type`, if there are any."""
    if value is not None:
        alternatives = [each for each in map(_resolved, alternatives) if each.get("type") != "null"]
    kind = value.get("type") if isinstance(value, Mapping) else None
    of_kind = [each for each in alternatives if kind in each.get("properties", {}).get("type", {}).get("enum", ())]
    return of_kind or alternatives


def _typed(schema: Schema, value: object, where: str) -> Iterator[str]:
    names = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", ())
    if schema.get("format") == "snowflake" and isinstance(value, int):
        value = str(value)
    is_right = any(isinstance(value, kind) for name in names for kind in _TYPES[name])
    if names and (not is_right or (isinstance(value, bool) and "boolean" not in names)):
        yield f"{where} must be {' or '.join(names)}"
    elif isinstance(value, str):
        yield from _bounded(schema, "Length", len(value), f"{where} must have", " characters")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{where} must match {schema['pattern']}"
    elif isinstance(value, list):
        yield from _bounded(schema, "Items", len(value), f"{where} must have", " items")
        if schema.get("uniqueItems") and len({str(each) for each in value}) < len(value):
            yield f"{where} must have no item twice"
        for index, item in enumerate(value):
            yield from _problems(schema.get("items", {}), item, f"{where}/{index}")
    elif isinstance(value, Mapping):
        yield from _properties(schema, value, where)
    elif isinstance(value, int | float):
        yield from _bounded(schema, "imum", value, f"{where} must be")


def _bounded(schema: Schema, what: str, size: float, must: str, unit: str = "") -> Iterator[str]:
    if size < schema.get(f"min{what}", size):
        yield f"{must} at least {schema[f'min{what}']}{unit}, not {size}"
    if size > schema.get(f"max{what}", size):
        yield f"{must} at most {schema[f'max{what}']}{unit}, not {size}"


def _properties(schema: Schema, value: Mapping[str, Any], where: str) -> Iterator[str]:
    described = schema.get("properties", {})
    yield from _bounded(schema, "Properties", len(value), f"{where} must have", " properties")
    yield from (f"{where}/{key} is missing" for key in schema.get("required", ()) if key not in value)
    for key, item in value.items():
        if key in described:
            yield from _problems(described[key], item, f"{where}/{key}")
        elif isinstance(schema.get("additionalProperties"), Mapping):
            yield from _problems(schema["additionalProperties"], item, f"{where}/{key}")
        elif described:
            yield f"{where}/{key} is not described"
