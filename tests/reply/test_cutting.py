from hypothesis import given
from hypothesis import strategies as st

from bot.reply.text import address, batches, cut, length, pieces, visible

ANY_TEXT = st.text(st.sampled_from("ab 😀é三\n\ud800"), max_size=60)


@given(ANY_TEXT, st.integers(2, 20))
def test_a_cut_text_is_short_enough_and_begins_as_it_did(text, most):
    short = cut(text, most)
    assert length(short) <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@given(ANY_TEXT, st.integers(2, 20))
def test_pieces_are_the_whole_text(text, most):
    found = list(pieces(text, most))
    assert "".join(found) == visible(text)
    assert all(len(piece) <= most for piece in found)


def test_a_text_is_taken_apart_between_words():
    assert list(pieces("one two three", 8)) == ["one two ", "three"]


def test_an_emoji_is_as_long_as_javascript_counts_it():
    assert (length("a"), length("é"), length("😀")) == (1, 1, 2)


def test_batches_keep_the_order():
    assert list(batches((1, 2, 3), 2)) == [(1, 2), (3,)]


def test_an_address_is_https_to_a_host_that_is_not_disguised():
    assert address(" https://e.org/a b<c> ") == "https://e.org/a%20b%3Cc%3E"
    assert address("HTTPS://E.ORG/A?B=C#D") == "https://e.org/A?B=C#D"
    refused = ("http://e.org", "javascript:alert(1)", "https://a@e.org/", "https://[", "https://", "")
    assert [url for url in refused if address(url)] == []
