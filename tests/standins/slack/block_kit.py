"""Validate blocks of messages, modals and Home tabs by Block Kit's documentation.

Pure, so tests of a renderer need no server. If the sources differ, the stricter figure holds. Blocks and elements that
the bot never sends are refused like unknown ones.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from tests.standins.slack.elements import BUTTON, INPUTS, STATIC_SELECT, WEB_ADDRESS, any_text, plain_text
from tests.standins.slack.json_checks import Check, among, array, flag, integer, number, shape, string, typed

Surface: TypeAlias = Literal["message", "modal", "home"]

MAX_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}
MAX_WEIGHT = 13_300
"""The greatest weight of a message's blocks. Slack refuses more as msg_blocks_too_long, but publishes no number.

Others measured 13,297 characters in one block, and 125 fewer with one more block (bolt-js issues 2509 and 2867).
"""
_BLOCK_WEIGHT = 125
_MAX_TABLE = 10_000
_BLOCK_ID = {"block_id": string(255)}
_STYLE = {"style": shape({}, dict.fromkeys(("bold", "italic", "strike", "code"), flag))}
_LEAVES: dict[str, Check] = {
    "text": shape({"type": among("text"), "text": string()}, _STYLE),
    "link": shape({"type": among("link"), "url": string(like=WEB_ADDRESS)}, {"text": string(), **_STYLE}),
    "channel": shape({"type": among("channel"), "channel_id": string(like=r"[CDG]\w+")}, _STYLE),
    "date": shape(
        {"type": among("date"), "timestamp": integer(0, 9_999_999_999), "format": string()},
        {"fallback": string(), **_STYLE},
    ),
}
_SECTION = shape(
    {"type": among("rich_text_section"), "elements": array(typed(_LEAVES, "rich text element"), 10_000, least=0)}
)
_RICH_TEXT = {
    "type": among("rich_text"),
    "elements": array(typed({"rich_text_section": _SECTION}, "rich text part"), 10_000),
}
_CELLS = {"raw_text": shape({"type": among("raw_text"), "text": string()}), "rich_text": shape(_RICH_TEXT)}
_CELL = typed(_CELLS, "table cell")
_DATA_CELL = typed(
    {**_CELLS, "raw_number": shape({"type": among("raw_number"), "value": number, "text": string()})}, "data table cell"
)
_COLUMN = shape({}, {"align": among("left", "center", "right"), "is_wrapped": flag})


def _rectangle(value: object, where: str) -> Iterator[str]:
    """Rows of equal length, limited text in all, and text in every cell."""
    assert isinstance(value, Mapping)
    if len({len(row) for row in value["rows"]}) > 1:
        yield f"{where}/rows must all have the same number of cells"
    cells = [cell for row in value["rows"] for cell in row]
    if not all(_letters(cell) for cell in cells):
        yield f"{where}/rows has a cell with no text"
    if _letters(cells) > _MAX_TABLE:
        yield f"{where}/rows has more than {_MAX_TABLE} characters"


def _data_table(value: object, where: str) -> Iterator[str]:
    """The same, with a header row of plain text."""
    yield from _rectangle(value, where)
    assert isinstance(value, Mapping)
    if any(cell["type"] != "raw_text" for cell in value["rows"][0]):
        yield f"{where}/rows/0 must have cells of raw_text"


_BLOCKS: dict[str, Check] = {
    "section": shape({"type": among("section"), "text": any_text(3000)}, _BLOCK_ID),
    "header": shape({"type": among("header"), "text": plain_text(150)}, _BLOCK_ID),
    "context": shape({"type": among("context"), "elements": array(any_text(), 10)}, _BLOCK_ID),
    "actions": shape(
        {"type": among("actions"), "elements": array(typed(BUTTON | STATIC_SELECT, "element of an actions block"), 25)},
        _BLOCK_ID,
    ),
    "divider": shape({"type": among("divider")}, _BLOCK_ID),
    "image": shape(
        {"type": among("image"), "slack_file": shape({"id": string()}), "alt_text": string(2000)},
        {**_BLOCK_ID, "title": plain_text(2000)},
    ),
    "input": shape(
        {"type": among("input"), "label": plain_text(2000), "element": typed(INPUTS, "element of an input block")},
        {**_BLOCK_ID, "hint": plain_text(2000), "optional": flag},
    ),
    "rich_text": shape(_RICH_TEXT, _BLOCK_ID),
    "table": shape(
        {"type": among("table"), "rows": array(array(_CELL, 20), 100)},
        {**_BLOCK_ID, "column_settings": array(_COLUMN, 20)},
        also=_rectangle,
    ),
    "data_table": shape(
        {"type": among("data_table"), "caption": string(), "rows": array(array(_DATA_CELL, 20), 101, least=2)},
        {**_BLOCK_ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
        also=_data_table,
    ),
}
_BLOCK = typed(_BLOCKS, "block")
_VIEWS: dict[str, Check] = {
    "modal": shape(
        {"type": among("modal"), "title": plain_text(24), "blocks": array(_BLOCK, 100)},
        {
            "private_metadata": string(3000, least=0),
            "callback_id": string(255, least=0),
            **dict.fromkeys(("submit", "close"), plain_text(24)),
        },
    ),
    "home": shape({"type": among("home"), "blocks": array(_BLOCK, 100)}),
}


def validate(blocks: object, surface: Surface) -> list[str]:
    """The problems that make Slack refuse these blocks, each starting with its JSON path."""
    problems = list(array(_BLOCK, MAX_BLOCKS[surface], least=0 if surface == "message" else 1)(blocks, "/blocks"))
    if problems or not isinstance(blocks, list):
        return problems
    kinds = [block["type"] for block in blocks]
    tables = [kind for kind in kinds if kind in {"table", "data_table"}]
    if surface == "modal" and tables:
        problems.append("/blocks has a table block, which is not allowed in a modal")
    if len(tables) > 1:
        problems.append("/blocks has more than one table (only_one_table_allowed)")
    problems += _repeated([block.get("block_id") for block in blocks], "block_id")
    for block in blocks:
        elements = block["elements"] if block["type"] == "actions" else ()
        problems += _repeated([each.get("action_id") for each in elements], "action_id in one block")
    if surface == "message" and weight(blocks) > MAX_WEIGHT:
        problems.append(f"/blocks weighs more than {MAX_WEIGHT} in all (msg_blocks_too_long)")
    return problems


def weight(blocks: object) -> int:
    """The weight of these blocks within a message's limit: their characters, and a fixed share for each block."""
    return _letters(blocks) + _BLOCK_WEIGHT * (len(blocks) if isinstance(blocks, list) else 0)


def validate_view(view: object) -> list[str]:
    """The problems that make Slack refuse a modal or Home view, as in views.open and views.publish."""
    problems = list(typed(_VIEWS, "view")(view, "/view"))
    if problems or not isinstance(view, Mapping):
        return problems
    problems = validate(view["blocks"], view["type"])
    if any(each["type"] == "input" for each in view["blocks"]) and "submit" not in view:
        problems.append("/view/submit is missing: a modal with an input block needs it")
    return problems


def _letters(value: object) -> int:
    """The number of characters of text."""
    if isinstance(value, list):
        return sum(map(_letters, value))
    if isinstance(value, Mapping):
        items = value.items()
        return sum(len(item) if key == "text" and isinstance(item, str) else _letters(item) for key, item in items)
    return 0


def _repeated(names: list[str | None], kind: str) -> list[str]:
    given = [name for name in names if name is not None]
    return [f"/blocks has the {kind} {name} twice" for name in sorted(set(given)) if given.count(name) > 1]
