"""Slack's data_table block, which a reader can sort and leaf through, and its way back to the table block.

It came in May 2026, with a caption of its own (Slack, Data table block).
"""

import re
from collections.abc import Sequence
from typing import Any

from adapters.slack.text import Block, Group, rich_blocks
from bot.reply.model import Bold

KIND = "data_table"
MAX_PLAIN = 10
"""Rows of a table that is read at a glance."""
PAGE = 10
_NUMBER = re.compile(r"([+−-]?)\$?(\d[\d,]*(?:\.\d+)?)([kM]?)%?")
_SIZES = {"": 1, "k": 1_000, "M": 1_000_000}


def sortable(group: Group, caption: str) -> Group:
    """A long table, with the caption above it, as one sortable block; any other group as it is."""
    block: Any = group[-1]
    match block:
        case {"type": "table", "rows": [head, *rows], "column_settings": list(settings)} if len(rows) > MAX_PLAIN:
            rights = [setting["align"] == "right" for setting in settings]
            made = [[_number(cell) if right else cell for cell, right in zip(row, rights, strict=True)] for row in rows]
            return ({"type": KIND, "caption": caption, "page_size": PAGE, "rows": [head, *made]},)
        case _:
            return group


def plain_blocks(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with plain tables in the place of sortable ones."""
    title = next((block["text"] for block in blocks if block["type"] == "header"), None)
    return tuple(each for block in blocks for each in (_plain(block, title) if block["type"] == KIND else (block,)))


def _plain(table: Any, title: Any) -> Group:  # noqa: ANN401 - objects of Block Kit
    caption = () if title and title["text"].endswith(table["caption"]) else rich_blocks([(Bold(table["caption"]),)])
    head, *rows = table["rows"]
    rights = [any(cell["type"] == "raw_number" for cell in cells) for cells in zip(*rows, strict=True)]
    settings = [{"align": "right" if right else "left", "is_wrapped": not right} for right in rights]
    made = [[{"type": "raw_text", "text": cell["text"]} if "value" in cell else cell for cell in row] for row in rows]
    return (*caption, {"type": "table", "rows": [head, *made], "column_settings": settings})


def _number(cell: Block) -> Block:
    """A cell by whose number Slack can sort; one that holds none as it is."""
    found = _NUMBER.fullmatch(str(cell.get("text", "")))
    if not found:
        return cell
    value = float(found[2].replace(",", "")) * _SIZES[found[3]] * (-1 if found[1] in {"−", "-"} else 1)
    return {"type": "raw_number", "value": int(value) if value.is_integer() else value, "text": cell["text"]}
