import json

import pytest

from bot.reply.model import Picture, Reply
from bot.reply.stored import from_stored, to_stored
from tests.gallery import gallery

GALLERY = gallery()


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_a_stored_reply_comes_back_as_it_was(name):
    payload, blobs = to_stored(GALLERY[name])
    assert from_stored(payload, blobs) == GALLERY[name]


def test_equal_bytes_are_kept_once_and_beside_the_payload():
    picture = Picture("a.png", b"\x89PNG", "A line that rises.")
    payload, blobs = to_stored(Reply("Two of the same.", parts=(picture, picture)))
    assert list(blobs.values()) == [b"\x89PNG"]
    assert payload.count(next(iter(blobs))) == 2


def test_a_field_that_an_older_program_did_not_know_takes_its_default():
    payload, blobs = to_stored(Reply("Kept."))
    older = {key: value for key, value in json.loads(payload).items() if key != "public_line"}
    assert from_stored(json.dumps(older), blobs) == Reply("Kept.")
