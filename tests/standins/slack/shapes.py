"""Builders of valid blocks and views of a bot at Slack."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def plain(length: int = 1) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int = 1) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), "action_id": "a", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": [*elements]}


def options(count: int, text: int = 1, value: int = 1) -> list[Json]:
    return [{"text": plain(text), "value": f"{n:0{value}}"} for n in range(count)]


def menu(kind: str = "static_select", **more: Any) -> Json:
    return {"type": kind, "action_id": "a", **more}


def table(rows: int = 1, columns: int = 1, length: int = 1) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x" * length}] * columns] * rows}


def rich_text(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [*elements]}]}


def picture(file: str = "F1", **more: Any) -> Json:
    return {"type": "image", "alt_text": "x", "slack_file": {"id": file}, **more}


def field(kind: str = "plain_text_input", **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": {"type": kind, "action_id": "a", **more}}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": [*blocks] or [section()], **more}
