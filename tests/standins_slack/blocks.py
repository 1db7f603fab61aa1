"""Blocks and views to send, each right as it is."""


def plain(length: int = 1) -> dict:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int = 1) -> dict:
    return {"type": "mrkdwn", "text": "x" * length}


def section(**more) -> dict:
    return {"type": "section", "text": mrkdwn(), **more}


def button(**more) -> dict:
    return {"type": "button", "text": plain(), "action_id": "a", **more}


def buttons(count: int) -> dict:
    return {"type": "actions", "elements": [button(action_id=f"a{n}") for n in range(count)]}


def with_button(**more) -> dict:
    return {"type": "actions", "elements": [button(**more)]}


def options(count: int, text: int = 1, value: int = 1) -> list[dict]:
    return [{"text": plain(text), "value": f"{n:0{value}}"} for n in range(count)]


def menu(kind: str = "static_select", **more) -> dict:
    return {"type": "actions", "elements": [{"type": kind, "action_id": "a", **more}]}


def confirm(**more) -> dict:
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}


def cells(rows: int, columns: int, length: int = 1) -> list[list[dict]]:
    return [[{"type": "raw_text", "text": "x" * length}] * columns] * rows


def table(rows: int = 1, columns: int = 1, length: int = 1, **more) -> dict:
    return {"type": "table", "rows": cells(rows, columns, length), **more}


def picture(**more) -> dict:
    return {"type": "image", "alt_text": "x", **more}


def chart(**more) -> dict:
    axes = {"categories": ["Mon", "Tue"]}
    line = [{"label": "Mon", "value": 1}, {"label": "Tue", "value": -2}]
    drawing = {"type": "line", "series": [{"name": "views", "data": line}], "axis_config": axes, **more}
    return {"type": "data_visualization", "title": "Growth", "chart": drawing}


def field(**more) -> dict:
    return {
        "type": "input",
        "label": plain(),
        "element": {"type": "plain_text_input", "action_id": "a"},
        **more,
    }


def modal(*blocks: dict, **more) -> dict:
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": [*blocks] or [section()], **more}


def pie(*values: float) -> dict:
    return {"type": "pie", "segments": [{"label": "TikTok", "value": value} for value in values]}


def rich_cell() -> dict:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    return {"type": "rich_text", "elements": [section]}
