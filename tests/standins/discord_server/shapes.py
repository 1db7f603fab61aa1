"""Builders of valid messages, modals and commands of a bot at Discord."""

from typing import Any, TypeAlias

from tests.standins.discord_server.components import COMPONENTS_V2

Json: TypeAlias = dict[str, Any]


def message(*components: Json, **more: Any) -> Json:
    return {"flags": COMPONENTS_V2, "components": [*components], **more}


def text(length: int = 1, **more: Any) -> Json:
    return {"type": 10, "content": "x" * length, **more}


def button(custom_id: str = "a", **more: Any) -> Json:
    return {"type": 2, "style": 1, "label": "x", "custom_id": custom_id, **more}


def link(length: int = 19, **more: Any) -> Json:
    return {"type": 2, "style": 5, "label": "x", "url": "https://example.com".ljust(length, "/"), **more}


def row(*components: Json) -> Json:
    return {"type": 1, "components": [*components]}


def buttons(count: int) -> Json:
    return row(*(button(f"b{n}") for n in range(count)))


def select(count: int = 2, **more: Any) -> Json:
    return {"type": 3, "custom_id": "s", "options": [{"label": "x", "value": f"{n}"} for n in range(count)], **more}


def picture(*urls: str, **more: Any) -> Json:
    return {"type": 12, "items": [{"media": {"url": url}, **more} for url in urls or ("https://example.com/x.png",)]}


def container(*components: Json, **more: Any) -> Json:
    return {"type": 17, "components": [*components] or [text()], **more}


def field(custom_id: str = "a", **more: Any) -> Json:
    return {"type": 4, "custom_id": custom_id, "style": 1, **more}


def label(component: Json | None = None, **more: Any) -> Json:
    return {"type": 18, "label": "x", "component": component or field(), **more}


def modal(*components: Json, **more: Any) -> Json:
    return {"custom_id": "m", "title": "x", "components": [*components] or [label()], **more}


def command(name: str = "track", *options: Json, **more: Any) -> Json:
    return {"type": 1, "name": name, "description": "x", "options": [*options], "contexts": [0], **more}


def choices(count: int, value: object = "x") -> list[Json]:
    return [{"name": f"{n}", "value": value} for n in range(count)]
