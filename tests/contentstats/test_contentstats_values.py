"""Single values: whatever a server sends, reading it gives a valid value or none."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contentstats.values import read_count, read_number, read_time

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.integers(0, 2**63 - 1))
def test_every_count_is_read_in_every_format(count):
    assert read_count(count) == read_count(str(count)) == read_count(f"{count:,}") == count


@given(json_values)
def test_reading_one_value_never_raises(value):
    assert read_number(value) is None or read_number(value).is_finite()
    assert read_time(value) is None or read_time(value).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0,015", "0.015"), ("-0,5", "-0.5"), ("98,50", "98.50"), ("1.234,56", "1234.56"),
        ("1 234,5", "1234.5"), ("1,234", "1234"), ("1,234.5", "1234.5"), ("$0,015", "0.015"),
    ],
)  # fmt: skip
def test_a_comma_begins_a_fraction_where_it_groups_no_thousands(written, number):
    assert read_number(written) == Decimal(number)


@pytest.mark.parametrize("written", ["0,15", "98,50", "1.234,56", "0,015"])
def test_a_fraction_is_no_count(written):
    assert read_count(written) is None
