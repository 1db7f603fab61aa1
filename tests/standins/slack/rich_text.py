"""The rich_text block and the leaves that it is made of."""

from collections.abc import Mapping

from tests.standins.slack.objects import WEB_ADDRESS
from tests.standins.slack.shapes import Check, among, array, flag, integer, shape, string, typed

STYLE = shape(
    {},
    dict.fromkeys(("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight", "unlink"), flag()),
)


def _leaf(kind: str, required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    return shape({"type": among(kind), **required}, {"style": STYLE, **(optional or {})})


LEAF = typed(
    {
        "text": _leaf("text", {"text": string()}),
        "link": _leaf("link", {"url": string(like=WEB_ADDRESS)}, {"text": string(), "unsafe": flag()}),
        "user": _leaf("user", {"user_id": string(like=r"[UW]\w+")}),
        "usergroup": _leaf("usergroup", {"usergroup_id": string(like=r"S\w+")}),
        "channel": _leaf("channel", {"channel_id": string(like=r"[CDG]\w+")}),
        "team": _leaf("team", {"team_id": string(like=r"T\w+")}),
        "broadcast": _leaf("broadcast", {"range": among("here", "channel", "everyone")}),
        "emoji": _leaf("emoji", {"name": string()}, {"unicode": string(), "skin_tone": integer(1, 6)}),
        "color": _leaf("color", {"value": string(like="#?[0-9a-fA-F]{6}")}),
        "date": _leaf(
            "date",
            {"timestamp": integer(0, 9_999_999_999), "format": string()},
            {"url": string(like=WEB_ADDRESS), "fallback": string()},
        ),
    },
    "rich text element",
)
BORDER = integer(0, 1)
SECTION = shape({"type": among("rich_text_section"), "elements": array(LEAF, least=0)})
PART = typed(
    {
        "rich_text_section": SECTION,
        "rich_text_list": shape(
            {"type": among("rich_text_list"), "style": among("bullet", "ordered"), "elements": array(SECTION)},
            {"indent": integer(0, 8), "offset": integer(0, 1_000_000), "border": BORDER},
        ),
        "rich_text_preformatted": shape(
            {"type": among("rich_text_preformatted"), "elements": array(LEAF, least=0)},
            {"border": BORDER, "language": string()},
        ),
        "rich_text_quote": shape(
            {"type": among("rich_text_quote"), "elements": array(LEAF, least=0)}, {"border": BORDER}
        ),
    },
    "rich text part",
)
RICH_TEXT = shape({"type": among("rich_text"), "elements": array(PART)}, {"block_id": string(255)})
CELL = shape({"type": among("rich_text"), "elements": array(PART)})


def letters(value: object) -> int:
    """How many characters of text there are in something that was found to be right."""
    if isinstance(value, list):
        return sum(letters(each) for each in value)
    if isinstance(value, Mapping):
        own = value["text"] if isinstance(value.get("text"), str) else value.get("value", value.get("name", ""))
        return len(str(own)) + letters(value.get("elements", []))
    return 0
