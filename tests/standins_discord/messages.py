"""Messages, modals and commands to send, each right as it is."""

V2 = 1 << 15


def message(*components: dict, **more) -> dict:
    return {"flags": V2, "components": [*components], **more}


def text(length: int = 1, **more) -> dict:
    return {"type": 10, "content": "x" * length, **more}


def button(custom_id: str = "a", **more) -> dict:
    return {"type": 2, "style": 1, "label": "x", "custom_id": custom_id, **more}


def link(length: int = 19, **more) -> dict:
    return {"type": 2, "style": 5, "label": "x", "url": "https://example.com".ljust(length, "/"), **more}


def row(*components: dict) -> dict:
    return {"type": 1, "components": [*components]}


def buttons(count: int) -> dict:
    return row(*(button(f"b{n}") for n in range(count)))


def options(count: int, length: int = 1) -> list[dict]:
    return [{"label": "x" * length, "value": f"{n:0{length}}"} for n in range(count)]


def select(count: int = 2, custom_id: str = "s", **more) -> dict:
    return {"type": 3, "custom_id": custom_id, "options": options(count), **more}


def section(*texts: dict, accessory: dict | None = None) -> dict:
    return {"type": 9, "components": [*texts] or [text()], "accessory": accessory or button()}


def thumbnail(url: str = "https://example.com/x.png", **more) -> dict:
    return {"type": 11, "media": {"url": url}, **more}


def gallery(*urls: str, **more) -> dict:
    return {"type": 12, "items": [{"media": {"url": url}, **more} for url in urls or ("https://example.com/x.png",)]}


def container(*components: dict, **more) -> dict:
    return {"type": 17, "components": [*components] or [text()], **more}


def embed(**more) -> dict:
    return {"title": "x", **more}


def field(name: int = 1, value: int = 1) -> dict:
    return {"name": "x" * name, "value": "x" * value}


def entry(custom_id: str = "a", **more) -> dict:
    return {"type": 4, "custom_id": custom_id, "style": 1, **more}


def label(component: dict | None = None, **more) -> dict:
    return {"type": 18, "label": "x", "component": component or entry(), **more}


def modal(*components: dict, **more) -> dict:
    return {"custom_id": "m", "title": "x", "components": [*components] or [label()], **more}


def command(name: str = "track", *given: dict, **more) -> dict:
    return {"type": 1, "name": name, "description": "x", "options": [*given], **more}


def option(name: str = "link", kind: int = 3, **more) -> dict:
    return {"type": kind, "name": name, "description": "x", **more}


def choices(count: int, value: object = "x") -> list[dict]:
    return [{"name": f"{n}", "value": value} for n in range(count)]


def menu(name: str = "Track this video", kind: int = 3, **more) -> dict:
    return {"type": kind, "name": name, **more}
