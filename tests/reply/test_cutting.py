import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.text import address, batches, cut, length, pieces, visible

ANY_TEXT = st.text(st.sampled_from("ab 😀é三\n\ud800"), max_size=60)


@given(ANY_TEXT, st.integers(2, 20))
def test_a_cut_text_fits_and_keeps_its_beginning(text, most):
    short = cut(text, most)
    assert length(short) <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("Unboxing the new camera", 23, "Unboxing the new camera"),
        ("Unboxing the new camera", 20, "Unboxing the new…"),
        ("Unboxing the new camera", 17, "Unboxing the new…"),
        ("Unboxing the new camera", 16, "Unboxing the…"),
        ("Balcony tomatoes from seed", 16, "Balcony…"),
        ("One, two, three", 10, "One, two…"),
        ("Dance - part two", 10, "Dance…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
        ("My Donaudampfschifffahrt", 12, "My Donaudam…"),
        ("Рецепт вкусного борща", 18, "Рецепт вкусного…"),
        ("طريقة عمل الكبسة السعودية", 20, "طريقة عمل الكبسة…"),
        ("東京の夜景を歩く 4K", 8, "東京の夜景を歩…"),
        ("Tokyo 東京の夜景を歩く", 10, "Tokyo 東京の…"),
        ("नमस्ते", 4, "नम…"),
        ("aaaaaaa👩‍🍳 b", 11, "aaaaaaa…"),
        ("😀", 1, "…"),
    ],
)
def test_a_text_is_cut_at_the_end_of_a_word_in_any_script(text, most, short):
    assert cut(text, most) == short


@given(ANY_TEXT, st.integers(2, 20))
def test_pieces_add_up_to_the_whole_text(text, most):
    found = list(pieces(text, most))
    assert "".join(found) == visible(text)
    assert all(len(piece) <= most for piece in found)


def test_a_text_is_split_between_words_and_measured_as_javascript_does():
    assert list(pieces("one two three", 8)) == ["one two ", "three"]
    assert (length("a"), length("é"), length("😀")) == (1, 1, 2)
    assert list(batches((1, 2, 3), 2)) == [(1, 2), (3,)]


def test_only_undisguised_https_addresses_are_accepted():
    assert address(" https://e.org/a b<c> ") == "https://e.org/a%20b%3Cc%3E"
    assert address("HTTPS://E.ORG/A?B=C#D") == "https://e.org/A?B=C#D"
    refused = ("http://e.org", "javascript:alert(1)", "https://a@e.org/", "https://[", "https://", "")
    assert [url for url in refused if address(url)] == []
