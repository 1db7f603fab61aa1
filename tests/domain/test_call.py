from hypothesis import given
from hypothesis import strategies as st

from bot.reply.call import Call

NAMES = st.from_regex(r"[a-z][a-z_-]{0,11}", fullmatch=True)
ANY = st.sampled_from("\ud83d\udfff%=&?;+ a1é😀\0") | st.characters()
"""Includes half of a surrogate pair, which is valid in JSON."""
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(NAMES, st.dictionaries(NAMES, WORDS, max_size=4), st.booleans())
def test_a_call_is_encoded_and_decoded(command, arguments, in_place):
    call = Call(command, arguments, in_place)
    assert Call.decode(call.encode()) == call


def test_an_encoded_call_is_readable():
    assert Call("videos", {"page": "2", "sort": "24 h"}).encode() == "videos?page=2&sort=24+h"
    assert Call("usage").encode() == "usage"
    assert Call("stats", {"video": "1"}, in_place=True).encode() == "stats!?video=1"
    assert Call("share", {"card": "stats?video=1", "made": "h1"}).encode() == "stats~h1?video=1"


@given(NAMES, st.dictionaries(NAMES, WORDS, max_size=4))
def test_a_shared_card_is_encoded_and_decoded(command, arguments):
    shared = Call("share", {"card": Call(command, arguments).encode(), "made": "h1"})
    assert Call.decode(shared.encode()) == shared


def test_a_call_has_at_most_a_hundred_characters():
    assert Call("c", {"a": "x" * 96}).fits
    assert not Call("c", {"a": "x" * 97}).fits


def test_an_empty_argument_stays_an_argument():
    assert Call.decode(Call("videos", {"platform": ""}).encode()).arguments == {"platform": ""}


@given(NAMES, st.dictionaries(st.text(ANY), st.text(ANY), max_size=3))
def test_any_argument_can_be_sent(command, arguments):
    assert Call(command, arguments).encode().isascii()


@given(st.text(ANY))
def test_any_text_decodes_to_some_call(sent):
    command = sent.partition("?")[0]
    assert Call.decode(sent).command == ("share" if "~" in command else command.removesuffix("!"))
