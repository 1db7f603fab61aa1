"""Parses Slack's blocks and modals into page elements, and rebuilds modal submissions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from adapters.page.elements import (
    Card,
    Choice,
    Confirmation,
    Control,
    Controls,
    Element,
    Entry,
    Form,
    Grid,
    Image,
    Input,
    Line,
    Look,
    Rule,
    Run,
    Size,
    TextLines,
)

Block: TypeAlias = Mapping[str, Any]

_MRKDWN = re.compile(
    r"\*(?P<bold>[^*\n]+)\*|`(?P<code>[^`\n]+)`|<!date\^(?P<at>\d+)\^(?P<form>[^|>]*)\|[^>]*>|<#(?P<channel>\w+)>"
    r"|<(?P<url>https://[^|>]+)\|(?P<label>[^>]*)>"
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_LOOKS = {"primary": Look.PRIMARY, "danger": Look.DANGER}
_ENTRIES = {
    "plain_text_input": Entry.TEXT,
    "number_input": Entry.NUMBER,
    "timepicker": Entry.TIME,
    "static_select": Entry.ONE,
    "multi_static_select": Entry.SEVERAL,
    "external_select": Entry.SUGGESTED,
    "multi_external_select": Entry.SUGGESTED,
    "users_select": Entry.TEXT,
    "conversations_select": Entry.TEXT,
}
"""The kind of field for each element. People and channels are typed, since the page has no lists of them."""


def card(blocks: Sequence[Block], pictures: Mapping[str, str]) -> Card:
    """Parse a message. `pictures` has the URLs of uploaded files by id."""
    return Card(tuple(element for block in blocks for element in _elements(block, pictures)))


def _elements(block: Block, pictures: Mapping[str, str]) -> Iterator[Element]:  # noqa: C901 - a case for each kind
    match block:
        case {"type": "header", "text": {"text": str(text)}}:
            yield TextLines(((Run(text, is_bold=True),),), Size.HEADING)
        case {"type": "section", "text": text}:
            yield TextLines(_lines(text))
        case {"type": "context", "elements": texts}:
            yield TextLines(tuple(line for text in texts for line in _lines(text)), Size.SMALL)
        case {"type": "rich_text", "elements": sections}:
            yield TextLines(_rich_lines(sections))
        case {"type": "table", "rows": [head, *rows]}:
            settings = enumerate(block.get("column_settings", ()))
            rights = frozenset(at for at, setting in settings if setting.get("align") == "right")
            yield Grid(_cells(head), tuple(map(_cells, rows)), rights)
        case {"type": "data_table", "rows": [head, *rows]}:
            rights = frozenset(at for at, cell in enumerate(rows[0]) if cell["type"] == "raw_number")
            page = int(block.get("page_size", 5))
            yield Grid(_cells(head), tuple(map(_cells, rows)), rights, str(block["caption"]), page)
        case {"type": "image", "slack_file": {"id": id_}, "alt_text": str(alt)}:
            if "title" in block:
                yield TextLines(_lines(block["title"]), Size.SMALL)
            yield Image(pictures.get(id_, ""), alt)
        case {"type": "actions", "elements": elements}:
            yield Controls(tuple(map(_control, elements)))
        case {"type": "divider"}:
            yield Rule()
        case _:
            msg = f"no drawing of {block['type']}"
            raise ValueError(msg)


def _control(element: Block) -> Control:
    match element:
        case {"type": "static_select", "action_id": str(id_), "placeholder": {"text": str(text)}}:
            return Control(text, Look.MENU, id_, options=_choices(element))
        case {"type": "button", "text": {"text": str(text)}, "url": str(url)}:
            return Control(text, Look.LINK, url=url)
        case {"type": "button", "action_id": str(id_), "text": {"text": str(text)}, "value": str(value)}:
            look = _LOOKS.get(str(element.get("style")), Look.PLAIN)
            return Control(text, look, id_, value, confirmation=_confirmation(element.get("confirm")))
        case _:
            msg = f"no drawing of {element['type']}"
            raise ValueError(msg)


def _confirmation(dialog: Block | None) -> Confirmation | None:
    return Confirmation(*(dialog[part]["text"] for part in ("title", "text", "confirm", "deny"))) if dialog else None


def _choices(element: Block) -> tuple[Choice, ...]:
    found = element.get("options", ())
    return tuple(
        Choice(each["text"]["text"], each["value"], each.get("description", {}).get("text", "")) for each in found
    )


def _cells(row: Sequence[Block]) -> tuple[Line, ...]:
    return tuple(map(_cell, row))


def _cell(cell: Block) -> Line:
    match cell:
        case {"type": "rich_text", "elements": sections}:
            return tuple(run for line in _rich_lines(sections) for run in line)
        case {"type": "raw_number"}:
            return (Run(str(cell.get("text", cell["value"]))),)
        case _:
            return (Run(cell["text"]),)


def _lines(text: Block) -> tuple[Line, ...]:
    if text["type"] == "plain_text":
        return tuple((Run(line),) for line in text["text"].split("\n"))
    return tuple(tuple(_runs(line)) for line in text["text"].split("\n"))


def _runs(text: str) -> Iterator[Run]:
    end = 0
    for found in _MRKDWN.finditer(text):
        if found.start() > end:
            yield Run(_decoded(text[end : found.start()]))
        end = found.end()
        match found.lastgroup:
            case "bold":
                yield Run(_decoded(found["bold"]), is_bold=True)
            case "code":
                yield Run(_decoded(found["code"]), is_code=True)
            case "form":
                yield Run(_moment(int(found["at"]), found["form"]))
            case "channel":
                yield Run(f"#{found['channel']}", is_code=True)
            case _:
                yield Run(_decoded(found["label"]), url=_decoded(found["url"]))
    if end < len(text):
        yield Run(_decoded(text[end:]))


def _rich_lines(sections: Sequence[Block]) -> tuple[Line, ...]:
    lines: list[list[Run]] = [[]]
    for section in sections:
        for element in section["elements"]:
            run = _rich_run(element)
            first, *others = run.text.split("\n")
            for at, piece in enumerate((first, *others)):
                if at:
                    lines.append([])
                if piece:
                    lines[-1].append(Run(piece, run.is_bold, run.is_code, run.url))
    return tuple(map(tuple, lines))


def _rich_run(element: Block) -> Run:
    match element:
        case {"type": "link", "url": str(url)}:
            return Run(str(element.get("text", url)), "style" in element, url=url)
        case {"type": "date", "timestamp": int(at), "format": str(form)}:
            return Run(_moment(at, form))
        case {"type": "channel", "channel_id": str(id_)}:
            return Run(f"#{id_}", is_code=True)
        case _:
            style = element.get("style", {})
            return Run(element["text"], is_bold="bold" in style, is_code="code" in style)


def _moment(seconds: int, form: str) -> str:
    at = datetime.fromtimestamp(seconds, UTC)
    return form.replace("{date_short_pretty}", f"{at:%b %-d, %Y}").replace("{time}", f"{at:%-I:%M %p}")


def _decoded(text: str) -> str:
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    return text


def form(view: Block) -> Form:
    """Parse a modal."""
    intro = [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]
    inputs = tuple(_input(block) for block in view["blocks"] if block["type"] != "section")
    title, send, close = (str(view[part]["text"]) for part in ("title", "submit", "close"))
    return Form(title, send, close, inputs, "\n".join(intro))


def _input(block: Block) -> Input:
    if block["type"] != "input":
        msg = f"no drawing of {block['type']} in a modal"
        raise ValueError(msg)
    element = block["element"]
    entry = _ENTRIES[element["type"]]
    chosen = [element.get("initial_option"), *element.get("initial_options", ())]
    typed = [element.get(name) for name in ("initial_value", "initial_time")]
    return Input(
        block["block_id"],
        block["label"]["text"],
        block["hint"]["text"],
        Entry.LINES if element.get("multiline") else entry,
        not block["optional"],
        tuple(filter(None, [*(each and each["value"] for each in chosen), *typed])),
        element.get("placeholder", {}).get("text", ""),
        _choices(element),
        int(element.get("max_selected_items", 1)),
        element.get("min_value", ""),
        element.get("max_value", ""),
    )


def submitted(view: Block, given: Mapping[str, Sequence[str]]) -> Block:
    """The view in a modal's submission, with the given values by field name."""
    inputs = (block for block in view["blocks"] if block["type"] == "input")
    filled = {each["block_id"]: _state(each["element"], given.get(each["block_id"], ())) for each in inputs}
    return {**view, "state": {"values": filled}}


def _state(element: Block, given: Sequence[str]) -> Block:
    chosen = [{"value": value} for value in given if value]
    first = chosen[0] if chosen else None
    values: dict[str, Any] = {
        "plain_text_input": {"value": first and first["value"]},
        "number_input": {"value": first and first["value"]},
        "timepicker": {"selected_time": first and first["value"]},
        "static_select": {"selected_option": first},
        "external_select": {"selected_option": first},
        "multi_static_select": {"selected_options": chosen},
        "multi_external_select": {"selected_options": chosen},
        "users_select": {"selected_user": first and first["value"].lstrip("@")},
        "conversations_select": {"selected_conversation": first and first["value"].lstrip("#")},
    }
    return {element["action_id"]: {"type": element["type"], **values[element["type"]]}}
