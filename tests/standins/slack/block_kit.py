"""Validate blocks of messages, modals and Home tabs by Block Kit's documentation, written as JSON Schema.

Pure, so tests of a renderer need no server. If the sources differ, the stricter figure holds. Blocks and elements that
the bot never sends are refused like unknown ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from tests.standins.json_schema import Schema, problems

Json: TypeAlias = dict[str, Any]
Surface: TypeAlias = Literal["message", "modal", "home"]

MAX_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}
MAX_WEIGHT = 13_300
"""The greatest weight of a message's blocks. Slack refuses more as msg_blocks_too_long, but publishes no number.

Others measured 13,297 characters in one block, and 125 fewer with one more block (bolt-js issues 2509 and 2867).
"""
_BLOCK_WEIGHT = 125
_MAX_TABLE = 10_000


def _string(most: int | None = None, *, least: int = 1, like: str = "") -> Schema:
    limits = {} if most is None else {"maxLength": most}
    return {"type": "string", "minLength": least, **limits, **({"pattern": rf"\A(?s:{like})\Z"} if like else {})}


def _array(of: Schema, most: int, *, least: int = 1) -> Schema:
    return {"type": "array", "items": of, "minItems": least, "maxItems": most}


def _integer(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def _among(*values: str) -> Schema:
    return {"enum": values}


def _object(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": [*required]}


def _kind(name: str, required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object with this `type`."""
    return _object({"type": _among(name), **required}, optional)


def _one_of(*kinds: Schema) -> Schema:
    return {"oneOf": kinds}


def _plain(most: int = 3000) -> Schema:
    return _kind("plain_text", {"text": _string(most)}, {"emoji": _FLAG})


def _text(most: int = 3000) -> Schema:
    """Plain text or mrkdwn."""
    return _one_of(_plain(most), _kind("mrkdwn", {"text": _string(most)}, {"verbatim": _FLAG}))


_FLAG: Schema = {"type": "boolean"}
_ADDRESS = r"https?://[^\s/]+.*"
_BLOCK_ID = {"block_id": _string(255)}
_STYLE = {"style": _object({}, dict.fromkeys(("bold", "italic", "strike", "code"), _FLAG))}
_LEAF = _one_of(
    _kind("text", {"text": _string()}, _STYLE),
    _kind("link", {"url": _string(like=_ADDRESS)}, {"text": _string(), **_STYLE}),
    _kind("channel", {"channel_id": _string(like=r"[CDG]\w+")}, _STYLE),
    _kind("date", {"timestamp": _integer(0, 9_999_999_999), "format": _string()}, {"fallback": _string(), **_STYLE}),
)
_RICH_TEXT = {"elements": _array(_kind("rich_text_section", {"elements": _array(_LEAF, 10_000, least=0)}), 10_000)}
_CELLS = (_kind("raw_text", {"text": _string()}), _kind("rich_text", _RICH_TEXT))
_NUMBER_CELL = _kind("raw_number", {"value": {"type": "number"}, "text": _string()})
_COLUMN = _object({}, {"align": _among("left", "center", "right"), "is_wrapped": _FLAG})

OPTIONS = _array(_object({"text": _plain(75), "value": _string(150)}, {"description": _plain(75)}), 100)
_OPTION = OPTIONS["items"]
_CONFIRM = _object(
    {"title": _plain(100), "text": _text(300), "confirm": _plain(30), "deny": _plain(30)},
    {"style": _among("primary", "danger")},
)
_OWN = {"action_id": _string(255), "placeholder": _plain(150)}
_SEVERAL = {"initial_options": OPTIONS, "max_selected_items": _integer(1, 100)}
_EXTERNAL = {"min_query_length": _integer(0, 3000)}
_DECIMAL = _string(like=r"-?\d+(\.\d+)?")
_SELECT = _kind("static_select", {"options": OPTIONS}, {**_OWN, "initial_option": _OPTION})
_BUTTON = _kind(
    "button",
    {"text": _plain(75)},
    {
        "action_id": _string(255),
        "url": _string(3000, like=_ADDRESS),
        "value": _string(2000),
        "style": _among("primary", "danger"),
        "confirm": _CONFIRM,
    },
)
_INPUT = _one_of(
    _SELECT,
    _kind("multi_static_select", {"options": OPTIONS}, {**_OWN, **_SEVERAL}),
    _kind("external_select", {}, {**_OWN, **_EXTERNAL, "initial_option": _OPTION}),
    _kind("multi_external_select", {}, {**_OWN, **_EXTERNAL, **_SEVERAL}),
    _kind("users_select", {}, _OWN),
    _kind(
        "conversations_select", {}, {**_OWN, "filter": _object({}, {"include": _array(_among("public", "private"), 4)})}
    ),
    _kind("timepicker", {}, {**_OWN, "initial_time": _string(like=r"([01]\d|2[0-3]):[0-5]\d")}),
    _kind("plain_text_input", {}, {**_OWN, "initial_value": _string(3000, least=0), "multiline": _FLAG}),
    _kind(
        "number_input",
        {"is_decimal_allowed": _FLAG},
        {**_OWN, **dict.fromkeys(("initial_value", "min_value", "max_value"), _DECIMAL)},
    ),
)
_BLOCK = _one_of(
    _kind("section", {"text": _text()}, _BLOCK_ID),
    _kind("header", {"text": _plain(150)}, _BLOCK_ID),
    _kind("context", {"elements": _array(_text(), 10)}, _BLOCK_ID),
    _kind("actions", {"elements": _array(_one_of(_BUTTON, _SELECT), 25)}, _BLOCK_ID),
    _kind("divider", {}, _BLOCK_ID),
    _kind(
        "image",
        {"slack_file": _object({"id": _string()}), "alt_text": _string(2000)},
        {**_BLOCK_ID, "title": _plain(2000)},
    ),
    _kind("input", {"label": _plain(2000), "element": _INPUT}, {**_BLOCK_ID, "hint": _plain(2000), "optional": _FLAG}),
    _kind("rich_text", _RICH_TEXT, _BLOCK_ID),
    _kind(
        "table",
        {"rows": _array(_array(_one_of(*_CELLS), 20), 100)},
        {**_BLOCK_ID, "column_settings": _array(_COLUMN, 20)},
    ),
    _kind(
        "data_table",
        {"caption": _string(), "rows": _array(_array(_one_of(*_CELLS, _NUMBER_CELL), 20), 101, least=2)},
        {**_BLOCK_ID, "page_size": _integer(1, 100), "row_header_column_index": _integer(0, 19)},
    ),
)
_VIEW = _one_of(
    _kind(
        "modal",
        {"title": _plain(24), "blocks": _array(_BLOCK, 100)},
        {
            "private_metadata": _string(3000, least=0),
            "callback_id": _string(255, least=0),
            **dict.fromkeys(("submit", "close"), _plain(24)),
        },
    ),
    _kind("home", {"blocks": _array(_BLOCK, 100)}),
)


def validate(blocks: object, surface: Surface) -> list[str]:
    """The problems that make Slack refuse these blocks, each starting with its JSON path."""
    allowed = _array(_BLOCK, MAX_BLOCKS[surface], least=0 if surface == "message" else 1)
    found = problems(allowed, blocks, "/blocks")
    if found or not isinstance(blocks, list):
        return found
    tables = [block for block in blocks if block["type"] in {"table", "data_table"}]
    if surface == "modal" and tables:
        found.append("/blocks has a table block, which is not allowed in a modal")
    if len(tables) > 1:
        found.append("/blocks has more than one table (only_one_table_allowed)")
    found += _repeated([block.get("block_id") for block in blocks], "block_id")
    for block in blocks:
        found += _undescribed(block)
    if surface == "message" and weight(blocks) > MAX_WEIGHT:
        found.append(f"/blocks weighs more than {MAX_WEIGHT} in all (msg_blocks_too_long)")
    return found


def _undescribed(block: Json) -> Iterator[str]:
    """The problems of a valid block that JSON Schema can't describe."""
    match block:
        case {"type": "actions", "elements": elements}:
            yield from _repeated([each.get("action_id") for each in elements], "action_id in one block")
            for each in elements:
                yield from _initial(each)
        case {"type": "input", "element": element}:
            yield from _initial(element)
        case {"type": "table" | "data_table" as kind, "rows": rows}:
            cells = [cell for row in rows for cell in row]
            if len({len(row) for row in rows}) > 1:
                yield "a table's rows must all have the same number of cells"
            if not all(_letters(cell) for cell in cells):
                yield "a table's rows have a cell with no text"
            if _letters(cells) > _MAX_TABLE:
                yield f"a table's rows have more than {_MAX_TABLE} characters"
            if kind == "data_table" and any(cell["type"] != "raw_text" for cell in rows[0]):
                yield "a data table's first row must have cells of raw_text"
        case _:
            pass


def _initial(element: Json) -> Iterator[str]:
    """The problems of what is selected or filled in at first."""
    bounds = [element[key] for key in ("min_value", "initial_value", "max_value") if key in element]
    if element["type"] == "number_input" and bounds != sorted(bounds, key=Decimal):
        yield "an element has its min_value, initial_value and max_value out of order"
    chosen = [*element.get("initial_options", ()), *(element[key] for key in ("initial_option",) if key in element)]
    if "options" in element and any(each not in element["options"] for each in chosen):
        yield "an element has an initial option that is not among its options"


def weight(blocks: object) -> int:
    """The weight of these blocks within a message's limit: their characters, and a fixed share for each block."""
    return _letters(blocks) + _BLOCK_WEIGHT * (len(blocks) if isinstance(blocks, list) else 0)


def validate_view(view: object) -> list[str]:
    """The problems that make Slack refuse a modal or Home view, as in views.open and views.publish."""
    found = problems(_VIEW, view, "/view")
    if found or not isinstance(view, Mapping):
        return found
    found = validate(view["blocks"], view["type"])
    if any(each["type"] == "input" for each in view["blocks"]) and "submit" not in view:
        found.append("/view/submit is missing: a modal with an input block needs it")
    return found


def _letters(value: object) -> int:
    """The number of characters of text."""
    if isinstance(value, list):
        return sum(map(_letters, value))
    if isinstance(value, Mapping):
        items = value.items()
        return sum(len(item) if key == "text" and isinstance(item, str) else _letters(item) for key, item in items)
    return 0


def _repeated(names: Sequence[str | None], kind: str) -> list[str]:
    given = [name for name in names if name is not None]
    return [f"/blocks has the {kind} {name} twice" for name in sorted(set(given)) if given.count(name) > 1]
