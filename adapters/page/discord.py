"""Parses Discord's message components and modals into page elements, and rebuilds modal submissions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from adapters.page.elements import (
    Attached,
    Card,
    Choice,
    Code,
    Control,
    Controls,
    Element,
    Entry,
    Form,
    Image,
    Input,
    Line,
    Look,
    Row,
    Rule,
    Run,
    Size,
    TextLines,
)

Component: TypeAlias = Mapping[str, Any]

_MARKDOWN = re.compile(
    r"\\(?P<escaped>[^0-9A-Za-z\s])|`(?P<code>[^`\n]+)`|\*\*(?P<bold>(?:\\.|[^\\*])+)\*\*"
    r"|\[(?P<label>(?:\\.|[^\[\]\\])+)\]\((?P<url>https://[^\s)]+)\)|<(?P<address>https://[^\s>]+)>"
    r"|<t:(?P<at>-?\d+):(?P<form>[ft])>|<#(?P<channel>\d+)>|<(?P<command>/[^<>:]+):\d+>"
)
_FENCED = re.compile(r"```\n(.*?)\n```", re.DOTALL)
_SIZES = {"### ": Size.HEADING, "-# ": Size.SMALL}
_LOOKS = {3: Look.PRIMARY, 4: Look.DANGER}
_ENTRIES = {1: Entry.TEXT, 2: Entry.LINES}
_NAMED = {7: "users", 8: "channels"}
"""Select menus of people and channels: component type to the name in `resolved`."""
_FIRST_YEAR = -62_135_596_800


def card(components: Sequence[Component], files: Mapping[str, str]) -> Card:
    """Parse a message. `files` has the URLs of attachments by name."""
    (container,) = components
    if container["type"] != 17:  # the public line has no container
        return Card(tuple(_elements(container, files)))
    inner = (element for each in container["components"] for element in _elements(each, files))
    return Card(tuple(inner), f"#{container['accent_color']:06x}")


def _elements(component: Component, files: Mapping[str, str]) -> Iterator[Element]:
    match component:
        case {"type": 10, "content": str(content)}:
            yield from _texts(content)
        case {"type": 9, "components": texts, "accessory": accessory}:
            lines = tuple(_line(line) for text in texts for line in text["content"].split("\n"))
            yield Row(TextLines(lines), _control(accessory))
        case {"type": 12, "items": items}:
            for item in items:
                yield Image(files.get(_name(item["media"]), ""), str(item.get("description", "")))
        case {"type": 13, "file": file}:
            yield Attached(_name(file), files.get(_name(file), ""))
        case {"type": 14}:
            yield Rule()
        case {"type": 1, "components": controls}:
            yield Controls(tuple(map(_control, controls)))
        case _:
            msg = f"no drawing of component {component['type']}"
            raise ValueError(msg)


def _name(file: Component) -> str:
    return str(file["url"]).removeprefix("attachment://")


def _control(component: Component) -> Control:
    match component:
        case {"type": 3, "custom_id": str(id_)}:
            return Control(str(component.get("placeholder", "")), Look.MENU, id_, options=_choices(component))
        case {"type": 2, "label": str(label), "url": str(url)}:
            return Control(label, Look.LINK, url=url)
        case {"type": 2, "label": str(label), "style": int(style), "custom_id": str(id_)}:
            return Control(label, _LOOKS.get(style, Look.PLAIN), id_)
        case _:
            msg = f"no drawing of component {component['type']}"
            raise ValueError(msg)


def _choices(component: Component) -> tuple[Choice, ...]:
    found = component.get("options", ())
    return tuple(Choice(each["label"], each["value"], each.get("description", "")) for each in found)


def _texts(content: str) -> Iterator[Element]:
    """Code blocks, and the lines between them grouped by size."""
    for at, piece in enumerate(_FENCED.split(content)):
        if at % 2:
            yield Code(tuple(piece.split("\n")))
        elif piece.strip("\n"):
            yield from _words(piece.strip("\n").split("\n"))


def _words(lines: Sequence[str]) -> Iterator[TextLines]:
    size, current = Size.BODY, list[Line]()
    for line in lines:
        mark = next((mark for mark in _SIZES if line.startswith(mark)), "")
        its_size = _SIZES.get(mark, Size.BODY)
        if current and its_size is not size:
            yield TextLines(tuple(current), size)
            current = []
        size = its_size
        current.append(_line(line.removeprefix(mark)))
    yield TextLines(tuple(current), size)


def _line(text: str) -> Line:
    return tuple(_runs(text))


def _runs(text: str) -> Iterator[Run]:  # noqa: C901 - a case for each kind
    end = 0
    for found in _MARKDOWN.finditer(text):
        if found.start() > end:
            yield Run(text[end : found.start()])
        end = found.end()
        match found.lastgroup:
            case "escaped":
                yield Run(found["escaped"])
            case "code":
                yield Run(found["code"], is_code=True)
            case "bold":
                yield from (replace(run, is_bold=True) for run in _runs(found["bold"]))
            case "url":
                yield Run("".join(run.text for run in _runs(found["label"])), url=found["url"])
            case "address":
                yield Run(found["address"], url=found["address"])
            case "form":
                yield Run(_moment(int(found["at"]), found["form"]))
            case "channel":
                yield Run(f"#{found['channel']}", is_code=True)
            case _:
                yield Run(found["command"], command=found["command"])
    if end < len(text):
        yield Run(text[end:])


def _moment(seconds: int, form: str) -> str:
    at = datetime.fromtimestamp(max(seconds, _FIRST_YEAR), UTC)
    return f"{at:%H:%M}" if form == "t" else f"{at:%-d %B %Y %H:%M}"


def form(modal: Component) -> Form:
    """Parse a modal. Its buttons have Discord's own labels."""
    inputs = tuple(_input(each) for each in modal["components"] if each["type"] != 10)
    notes = [each["content"] for each in modal["components"] if each["type"] == 10]
    return Form(modal["title"], "Submit", "Cancel", inputs, "\n".join(notes))


def _input(field: Component) -> Input:
    match field:
        case {"type": 18, "component": {"type": 3, "custom_id": str(name)} as inner}:
            max_values = int(inner.get("max_values", 1))
            entry = Entry.ONE if max_values == 1 else Entry.SEVERAL
            given = [each["value"] for each in inner["options"] if each.get("default")]
        case {"type": 18, "component": {"type": 4, "custom_id": str(name)} as inner}:
            max_values, entry = 1, _ENTRIES[inner["style"]]
            given = [inner.get("value", "")]
        case {"type": 18, "component": {"type": 7 | 8, "custom_id": str(name)} as inner}:
            max_values, entry, given = 1, Entry.TEXT, []  # typed, since the page has no lists of people and channels
        case _:
            msg = f"no drawing of component {field['type']} in a modal"
            raise ValueError(msg)
    return Input(
        name,
        field["label"],
        field["description"],
        entry,
        inner["required"],
        tuple(filter(None, given)),
        inner.get("placeholder", ""),
        _choices(inner),
        max_values,
    )


def submitted(modal: Component, given: Mapping[str, Sequence[str]]) -> tuple[Component, ...]:
    """The components of a modal's submission, with the given values by field name."""
    inner = (each["component"] for each in modal["components"] if each["type"] == 18)
    return tuple({"type": 18, "component": _state(each, given.get(each["custom_id"], ()))} for each in inner)


def resolved(components: Sequence[Component]) -> Mapping[str, Component]:
    """The `resolved` data of the people and channels in a submission."""
    fields = [each["component"] for each in components]
    return {
        kind: {name: {"name": name} for each in fields if each["type"] == type_ for name in each["values"]}
        for type_, kind in _NAMED.items()
    }


def _state(inner: Component, given: Sequence[str]) -> Component:
    if inner["type"] in _NAMED:
        chosen: dict[str, Any] = {"values": [each.lstrip("@#") for each in given if each]}
    else:
        chosen = {"values": list(filter(None, given))} if inner["type"] == 3 else {"value": next(iter(given), "")}
    return {"type": inner["type"], "custom_id": inner["custom_id"], **chosen}
