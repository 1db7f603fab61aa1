import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.reply.text import pad, shown, visible, width

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x1b\r\n\t\x9b\u200b\u200c\u200d\u202e\u2066\u2069\u2028\ufeff\ufe0f\u0301\u0644\U000e0041\u3164"
        ),
    )
)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("a plain title", "a plain title"),
        ("two\nlines\r\nand\ta\u2028third", "two lines and a third"),
        ("\x1b[31mred\x1b[0m\x9b1m", "[31mred[0m1m"),
        ("pay\u200bpal \u202egnp.exe\u2066 \ufeffx\xady", "paypal gnp.exe xy"),
        ("adm\u200din, a\u200cdmin", "admin, admin"),
        ("\u3164\u2800\U000e0041\U000e0042", ""),
        ("cut \ud83d in half", "cut \ufffd in half"),
        ("Z\u0300\u0301\u0302\u0303\u0304\u0305algo", "Z\u0300\u0301\u0302algo"),
    ],
)
def test_control_and_invisible_characters_are_removed(typed, seen):
    assert visible(typed) == seen


@pytest.mark.parametrize("honest", ["👨‍👩‍👧 at ❤️ 🇩🇪 👍🏽 1️⃣", "می‌خواهم", "क्‍ष", "日本語のタイトル", "Việt Nam", "שלום"])
def test_ordinary_text_stays_unchanged(honest):
    assert visible(honest) == honest


def test_right_to_left_text_is_isolated():
    assert shown("مرحبا 7") == "\u2066مرحبا 7\u2069"
    assert shown("مرحبا\u2069\u202e 7") == "\u2066مرحبا 7\u2069"
    assert shown("Привет 7") == "Привет 7"


@given(HOSTILE)
def test_any_text_becomes_one_valid_line(text):
    cleaned = visible(text)
    assert not {unicodedata.category(char) for char in cleaned} & {"Cc", "Cs", "Zl", "Zp"}
    assert len(cleaned.splitlines()) <= 1
    assert cleaned.encode().decode() == cleaned
    assert not set(cleaned) & set("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@given(HOSTILE)
def test_cleaning_is_idempotent(text):
    assert visible(visible(text)) == visible(text)
    assert shown(shown(text)) == shown(text)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("views", 5), ("日本", 4), ("e\u0301", 1), ("❤️", 2), ("❤", 1), ("1️⃣", 2), ("🇩🇪", 2), ("👍🏽", 2),
        ("👨‍👩‍👧", 2), ("\u2066مرحبا\u2069", 5), ("각", 2), ("\u1100\u1161\u11a8", 2), ("a\ufe0f", 1),
    ],
)  # fmt: skip
def test_width_is_the_texts_columns_in_a_terminal(text, columns):
    assert width(text) == columns == cell_len(text)


def test_padding_counts_columns_and_not_characters():
    assert pad("日本", 6, right=False) == "日本  "
    assert pad("日本", 6, right=True) == "  日本"
    assert pad("too long", 3, right=True) == "too long"
