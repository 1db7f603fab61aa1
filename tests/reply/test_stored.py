import json

from bot.reply.as_json import from_stored, to_stored
from bot.reply.call import Call
from bot.reply.model import Align, Bold, Button, Column, Item, Listing, Menu, MenuOption, Picture, Reply, text
from tests.every_reply import on_every_reply


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
