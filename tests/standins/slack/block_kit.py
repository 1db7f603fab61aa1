"""Block Kit as Slack documents it: what it would refuse in the blocks of a message, a modal or a Home tab.

Pure, so a renderer's tests need no server. Where the sources differ, the stricter figure holds. Blocks that the
documentation has but nobody here sends (video, file, plan, task_card, context_actions) are refused as unknown ones are.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

from tests.standins.slack.elements import BUTTON, IN_ACTIONS, IN_INPUT, IN_SECTION
from tests.standins.slack.objects import PICTURE_ELEMENT, any_text, picture, plain_text
from tests.standins.slack.rich_text import RICH_TEXT
from tests.standins.slack.shapes import Check, among, array, at_least_one, flag, integer, shape, string, typed
from tests.standins.slack.tables import DATA_TABLE, DATA_VISUALIZATION, TABLE

Surface: TypeAlias = Literal["message", "modal", "home"]

MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}
MOST_MARKDOWN = 12_000
MOST_WEIGHT = 13_300
"""What a message's blocks may weigh in all. Slack refuses more as msg_blocks_too_long, but publishes no number: others
measured 13,297 characters in one block, and 125 fewer with one block more (bolt-js issues 2509 and 2867)."""
_BLOCK_WEIGHT = 125
_BLOCK_ID = {"block_id": string(255)}
_CONTEXT_ELEMENT = typed(
    {"image": PICTURE_ELEMENT, "plain_text": any_text(), "mrkdwn": any_text()}, "element of a context block"
)
_CARD = shape(
    {"type": among("card")},
    {
        **_BLOCK_ID,
        "hero_image": PICTURE_ELEMENT,
        "icon": PICTURE_ELEMENT,
        "title": any_text(150),
        "subtitle": any_text(150),
        "body": any_text(200),
        "actions": array(typed({"button": BUTTON}, "action of a card"), 3),
    },
    also=at_least_one("hero_image", "title", "actions", "body"),
)
_PLAIN_BLOCKS: dict[str, Check] = {
    "section": shape(
        {"type": among("section")},
        {
            **_BLOCK_ID,
            "text": any_text(3000),
            "fields": array(any_text(2000), 10),
            "accessory": typed(IN_SECTION, "accessory"),
            "expand": flag(),
        },
        also=at_least_one("text", "fields"),
    ),
    "header": shape({"type": among("header"), "text": plain_text(150)}, {**_BLOCK_ID, "level": integer(1, 4)}),
    "context": shape({"type": among("context"), "elements": array(_CONTEXT_ELEMENT, 10)}, _BLOCK_ID),
    "actions": shape(
        {"type": among("actions"), "elements": array(typed(IN_ACTIONS, "element of an actions block"), 25)}, _BLOCK_ID
    ),
    "divider": shape({"type": among("divider")}, _BLOCK_ID),
    "image": picture(string(2000), title=plain_text(2000), **_BLOCK_ID),
    "input": shape(
        {"type": among("input"), "label": plain_text(2000), "element": typed(IN_INPUT, "element of an input block")},
        {**_BLOCK_ID, "hint": plain_text(2000), "optional": flag(), "dispatch_action": flag()},
    ),
    "rich_text": RICH_TEXT,
    "table": TABLE,
}
_BLOCKS: dict[str, Check] = {
    **_PLAIN_BLOCKS,
    "markdown": shape({"type": among("markdown"), "text": string(MOST_MARKDOWN)}, _BLOCK_ID),
    "alert": shape(
        {"type": among("alert"), "text": any_text(200)},
        {**_BLOCK_ID, "level": among("default", "info", "warning", "error", "success")},
    ),
    "card": _CARD,
    "carousel": shape({"type": among("carousel"), "elements": array(typed({"card": _CARD}, "card"), 10)}, _BLOCK_ID),
    "container": shape(
        {
            "type": among("container"),
            "title": plain_text(150),
            "child_blocks": array(typed(_PLAIN_BLOCKS, "child of a container"), 10),
        },
        {
            **_BLOCK_ID,
            "subtitle": any_text(150),
            "icon": PICTURE_ELEMENT,
            "width": among("narrow", "standard", "wide", "full"),
            **dict.fromkeys(("is_collapsible", "default_collapsed", "has_header_divider"), flag()),
        },
    ),
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
}
_BLOCK = typed(_BLOCKS, "block")
_NOT_ON: Mapping[Surface, frozenset[str]] = {
    "message": frozenset({"alert"}),
    "modal": frozenset({"container", "markdown", "data_visualization", "card", "carousel", "table", "data_table"}),
    "home": frozenset({"container", "markdown", "data_visualization", "alert"}),
}
_SUBMITTING = {"title": plain_text(24), "type": among("modal"), "blocks": array(_BLOCK, 100)}
_VIEW: dict[str, Check] = {"private_metadata": string(3000, least=0), "callback_id": string(255, least=0)}
_VIEWS: dict[str, Check] = {
    "modal": shape(
        _SUBMITTING,
        {
            **_VIEW,
            "external_id": string(255, least=0),
            **dict.fromkeys(("submit", "close"), plain_text(24)),
            **dict.fromkeys(("clear_on_close", "notify_on_close", "submit_disabled"), flag()),
        },
    ),
    "home": shape(
        {"type": among("home"), "blocks": array(_BLOCK, 100)}, {**_VIEW, "external_id": string(255, least=0)}
    ),
}


def validate(blocks: object, surface: Surface) -> list[str]:
    """What Slack would refuse in these blocks, a sentence each with its place; nothing when all is right."""
    problems = list(array(_BLOCK, MOST_BLOCKS[surface], least=0 if surface == "message" else 1)(blocks, "/blocks"))
    if isinstance(blocks, list):
        found = [block for block in _with_children(blocks) if isinstance(block, Mapping)]
        problems += [*_surface(found, surface), *_ids(found), *_counts(found), *_focus(found)]
    if surface == "message" and weight(blocks) > MOST_WEIGHT:
        problems.append(f"/blocks weighs more than {MOST_WEIGHT} in all (msg_blocks_too_long)")
    return problems


def weight(blocks: object) -> int:
    """How much of a message's room these blocks take: their characters, and a fixed share for each block."""
    return _letters(blocks) + _BLOCK_WEIGHT * (len(blocks) if isinstance(blocks, list) else 0)


def validate_view(view: object) -> list[str]:
    """What Slack would refuse in a whole modal or Home view, as views.open, views.update and views.publish get it."""
    problems = list(typed(_VIEWS, "view")(view, "/view"))
    if not isinstance(view, Mapping):
        return problems
    surface: Surface = "home" if view.get("type") == "home" else "modal"
    blocks = view.get("blocks")
    problems += [each for each in validate(blocks, surface) if f"/view{each}" not in problems]
    has_input = isinstance(blocks, list) and any(
        isinstance(each, Mapping) and each.get("type") == "input" for each in blocks
    )
    if surface == "modal" and has_input and "submit" not in view:
        problems.append("/view/submit is missing: a modal with an input block needs it")
    return problems


def _letters(value: object) -> int:
    if isinstance(value, list):
        return sum(map(_letters, value))
    if isinstance(value, Mapping):
        return sum(
            len(item) if key == "text" and isinstance(item, str) else _letters(item) for key, item in value.items()
        )
    return 0


def _with_children(blocks: Iterable[object]) -> Iterator[object]:
    for block in blocks:
        yield block
        if isinstance(block, Mapping) and isinstance(block.get("child_blocks"), list):
            yield from block["child_blocks"]


def _surface(blocks: list[Mapping[str, object]], surface: Surface) -> Iterator[str]:
    for block in blocks:
        if str(block.get("type")) in _NOT_ON[surface]:
            yield f"/blocks has a {block['type']} block, which is not allowed in a {surface}"


def _ids(blocks: list[Mapping[str, object]]) -> Iterator[str]:
    """A block_id stands once in a message or view, an action_id once in a block."""
    names = [block["block_id"] for block in blocks if isinstance(block.get("block_id"), str)]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield f"/blocks has the block_id {name} twice"
    for block in blocks:
        actions = [each["action_id"] for each in _interactive(block) if isinstance(each.get("action_id"), str)]
        for name in sorted({str(name) for name in actions if actions.count(name) > 1}):
            yield f"/blocks has the action_id {name} twice in one block"


def _counts(blocks: list[Mapping[str, object]]) -> Iterator[str]:
    kinds = [block.get("type") for block in blocks]
    if kinds.count("table") + kinds.count("data_table") > 1:
        yield "/blocks has more than one table (only_one_table_allowed)"
    if kinds.count("data_visualization") > 2:
        yield "/blocks has more than two data_visualization blocks"
    if sum(len(str(block.get("text"))) for block in blocks if block.get("type") == "markdown") > MOST_MARKDOWN:
        yield f"/blocks has more than {MOST_MARKDOWN} characters of markdown in all"


def _focus(blocks: list[Mapping[str, object]]) -> Iterator[str]:
    if sum(each.get("focus_on_load") is True for block in blocks for each in _interactive(block)) > 1:
        yield "/blocks has more than one element with focus_on_load"


def _interactive(block: Mapping[str, object]) -> list[Mapping[str, object]]:
    elements = block.get("elements")
    candidates = [block.get("element"), block.get("accessory"), *(elements if isinstance(elements, list) else ())]
    return [each for each in candidates if isinstance(each, Mapping)]
