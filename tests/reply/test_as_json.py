import base64
import json
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from bot.reply.as_json import from_stored, to_json, to_stored
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Bold,
    Button,
    Column,
    Divider,
    Item,
    LinkButton,
    Listing,
    Menu,
    MenuOption,
    Paragraph,
    Picture,
    Reply,
    Table,
    Time,
    Tone,
    Weight,
    text,
)
from tests.every_reply import on_every_reply

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


@on_every_reply
def test_a_stored_reply_is_read_unchanged(reply):
    payload, blobs = to_stored(reply)
    assert from_stored(payload, blobs) == reply


def test_a_listing_and_a_menu_keep_their_calls():
    call = Call("stats", {"video": "v1"}, in_place=True)
    item = Item(text("Cats"), (text(Bold("7")),), text("7 views"), Button("Stats", call))
    listing = Listing("Videos", (Column("Video"), Column("Views", Align.RIGHT)), (item,), "Open a video…")
    reply = Reply("One.", parts=(listing,), actions=(Menu("More…", (MenuOption("Stats", call, "of it"),)),))
    assert from_stored(*to_stored(reply)) == reply


def test_equal_bytes_are_stored_once_outside_the_payload():
    picture = Picture("a.png", b"\x89PNG", "A line that rises.")
    payload, blobs = to_stored(Reply("Two of the same.", parts=(picture, picture)))
    assert list(blobs.values()) == [b"\x89PNG"]
    assert payload.count(next(iter(blobs))) == 2


def test_a_field_missing_in_an_older_row_gets_its_default():
    payload, blobs = to_stored(Reply("Kept."))
    older = {key: value for key, value in json.loads(payload).items() if key != "public_line"}
    assert from_stored(json.dumps(older), blobs) == Reply("Kept.")
