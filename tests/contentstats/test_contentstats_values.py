"""Single values: whatever a server sends, reading it gives a sound value or none."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.contentstats.values import read_count, read_number, read_time

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.integers(0, 2**63 - 1))
def test_every_count_survives_every_way_of_writing_it(count):
    assert read_count(count) == read_count(str(count)) == read_count(f"{count:,}") == count


@given(json_values)
def test_reading_one_value_never_raises(value):
    assert read_number(value) is None or read_number(value).is_finite()
    assert read_time(value) is None or read_time(value).utcoffset() == timedelta(0)
