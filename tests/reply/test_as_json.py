import base64
import json
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from bot.reply.as_json import to_json
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Button,
    Column,
    Divider,
    LinkButton,
    Paragraph,
    Picture,
    Reply,
    Table,
    Time,
    Tone,
    Weight,
    text,
)

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
REPLY = Reply(
    summary="Done \u202e\ud800\n",
    tone=Tone.SUCCESS,
    parts=(
        Paragraph(text("At ", Time(AT))),
        Table("Top", (Column("Views", Align.RIGHT),), ((text("7"),),)),
        Picture("a.png", b"\x89PNG", "up"),
        Divider(),
    ),
    actions=(
        Button("Yes", Call("confirm", MappingProxyType({"token": "a b"})), Weight.CONFIRM),
        LinkButton("Web", "https://example.org"),
    ),
)


def test_every_part_span_and_action_has_its_type():
    time = {"type": "time", "at": "2026-11-23T14:00:00+00:00", "now": None}
    column = {"type": "column", "name": "Views", "align": "right"}
    call = {"type": "call", "command": "confirm", "arguments": {"token": "a b"}, "in_place": False}
    defaults = {"title": "", "files": [], "public_line": [], "changes_settings": False, "is_silent": False}
    defaults |= {"reports": [], "announces": [], "shared_as": None, "strong": []}
    assert json.loads(to_json(REPLY)) == defaults | {
        "type": "reply",
        "summary": "Done \u202e\ud800\n",
        "tone": "success",
        "parts": [
            {"type": "paragraph", "text": [{"type": "plain", "text": "At "}, time]},
            {"type": "table", "caption": "Top", "columns": [column], "rows": [[[{"type": "plain", "text": "7"}]]]},
            {"type": "picture", "name": "a.png", "png": base64.b64encode(b"\x89PNG").decode(), "alt": "up"},
            {"type": "divider"},
        ],
        "actions": [
            {
                "type": "button",
                "label": "Yes",
                "call": call | {"encoded": "confirm?token=a+b"},
                "weight": "confirm",
            },
            {"type": "link_button", "label": "Web", "url": "https://example.org"},
        ],
    }


def test_the_json_is_one_deterministic_line_of_ascii():
    written = to_json(REPLY)
    assert written.isascii()
    assert written.isprintable()
    assert written == to_json(REPLY)


def test_only_parts_of_the_model_can_be_written_as_json():
    with pytest.raises(TypeError, match="a reply holds no object"):
        to_json(Reply(summary="", parts=(object(),)))
