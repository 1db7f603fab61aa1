"""JSON Schema as far as the local chats need it, with one stricter rule: undescribed properties are errors.

Chats ignore such properties, but here they are mistakes. Each problem is a sentence that starts with its JSON path.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list, tuple),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


def problems(schema: Schema, value: object, where: str = "", known: Mapping[str, Schema] | None = None) -> list[str]:
    """The problems of a value at a path; `known` are the schemas that references name."""
    return list(_Check(known or {}).problems(schema, value, where))


class _Check:
    def __init__(self, known: Mapping[str, Schema]) -> None:
        self._known = known

    def problems(self, schema: Schema, value: object, where: str) -> Iterator[str]:
        schema = self._resolved(schema)
        yield from self._typed(schema, value, where)
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where} must be one of {', '.join(map(str, schema['enum']))}"
        for one in schema.get("allOf", ()):
            yield from self.problems(one, value, where)
        alternatives = schema.get("oneOf") or schema.get("anyOf") or ()
        constants = [each["const"] for each in alternatives if "const" in each]
        if constants and value not in constants:
            yield f"{where} must be one of {', '.join(map(str, constants))}"
        elif alternatives and not constants:
            yield from min(
                (list(self.problems(each, value, where)) for each in self._like(alternatives, value)), key=len
            )

    def _resolved(self, schema: Schema) -> Schema:
        return self._known[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema

    def _like(self, alternatives: Sequence[Schema], value: object) -> Sequence[Schema]:
        """The alternatives to validate against: for an object the one with its `type`, if they have types."""
        if value is not None:
            alternatives = [each for each in map(self._resolved, alternatives) if each.get("type") != "null"]
        kinds = [each.get("properties", {}).get("type", {}).get("enum", ()) for each in alternatives]
        if not isinstance(value, Mapping) or not all(kinds):
            return alternatives
        of_kind = [each for each, kind in zip(alternatives, kinds, strict=True) if value.get("type") in kind]
        return of_kind or [{"properties": {"type": {"enum": [name for kind in kinds for name in kind]}}}]

    def _typed(self, schema: Schema, value: object, where: str) -> Iterator[str]:
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
        elif isinstance(value, list | tuple):
            yield from _bounded(schema, "Items", len(value), f"{where} must have", " items")
            if schema.get("uniqueItems") and len({str(each) for each in value}) < len(value):
                yield f"{where} must have no item twice"
            for index, item in enumerate(value):
                yield from self.problems(schema.get("items", {}), item, f"{where}/{index}")
        elif isinstance(value, Mapping):
            yield from self._properties(schema, value, where)
        elif isinstance(value, int | float):
            yield from _bounded(schema, "imum", value, f"{where} must be")

    def _properties(self, schema: Schema, value: Mapping[str, Any], where: str) -> Iterator[str]:
        described = schema.get("properties", {})
        yield from _bounded(schema, "Properties", len(value), f"{where} must have", " properties")
        yield from (f"{where}/{key} is missing" for key in schema.get("required", ()) if key not in value)
        for key, item in value.items():
            if key in described:
                yield from self.problems(described[key], item, f"{where}/{key}")
            elif isinstance(schema.get("additionalProperties"), Mapping):
                yield from self.problems(schema["additionalProperties"], item, f"{where}/{key}")
            elif described:
                yield f"{where}/{key} is not described"


def _bounded(schema: Schema, what: str, size: float, must: str, unit: str = "") -> Iterator[str]:
    if size < schema.get(f"min{what}", size):
        yield f"{must} at least {schema[f'min{what}']}{unit}, not {size}"
    if size > schema.get(f"max{what}", size):
        yield f"{must} at most {schema[f'max{what}']}{unit}, not {size}"
