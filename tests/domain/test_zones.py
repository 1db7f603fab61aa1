"""Time zones as people type them, and the replies to unknown ones."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UsageError
from bot.domain.zones import looks_like_zone, near_zones, read_zone, zone_names


@pytest.mark.parametrize(
    ("words", "zone"),
    {
        "Europe/Berlin": "Europe/Berlin", "europe/berlin": "Europe/Berlin", "berlin": "Europe/Berlin",
        "New York": "America/New_York", "america/new york": "America/New_York", "utc": "UTC",
        "Singapore": "Asia/Singapore", "Etc/GMT-2": "Etc/GMT-2", "US/Pacific": "US/Pacific",
        "Louisville": "America/Kentucky/Louisville", "Istanbul": "Europe/Istanbul",
        "São Paulo": "America/Sao_Paulo", "St. Johns": "America/St_Johns", "London time": "Europe/London",
    }.items(),
)  # fmt: skip
def test_a_time_zone_is_recognised_by_name_or_unambiguous_city(words, zone):
    assert read_zone(words) == zone


@pytest.mark.parametrize(
    ("words", "answer"),
    {
        "CET": "abbreviation.*Europe/Berlin",
        "est": "abbreviation.*America/New_York",
        "GMT": "abbreviation.*Europe/London or UTC",
        "UTC+2": "offset.*Etc/GMT-2 for that offset all year",
        "GMT-5": "offset.*Etc/GMT\\+5",
        "UTC+5:30": "offset, which doesn't cover daylight saving time. Use a city, such as",
        "Berln": "Did you mean Europe/Berlin",
        "Europe/Berln": "Did you mean Europe/Berlin",
        "India": "Did you mean Asia/Kolkata",
        "uk": "Did you mean Europe/London",
        "Japan": "Did you mean Asia/Tokyo",
        "Turkey": "Did you mean Europe/Istanbul",
        "Türkiye": "Did you mean Europe/Istanbul",
        "Bombay": "Did you mean Asia/Kolkata",
        "Wien": "Did you mean Europe/Vienna",
        "München": "Did you mean Europe/Berlin",
        "Genève": "Did you mean Europe/Zurich",
        "København": "Did you mean Europe/Copenhagen",
        "pacific": "Did you mean America/Los_Angeles or",
        "Eastern": "Did you mean America/New_York or",
        "Atlantis": "time zone “Atlantis”. Use a city",
        "": "Use a city",
    }.items(),
)
def test_an_unknown_time_zone_is_refused_with_the_nearest_ones(words, answer):
    with pytest.raises(UsageError, match=answer):
        read_zone(words)


def test_every_time_zone_can_be_typed_and_is_suggested():
    for name in zone_names():
        assert read_zone(name) == name
        assert looks_like_zone(name)
        assert name in near_zones(name, 25)


@given(st.text(max_size=40))
def test_any_text_is_a_time_zone_or_refused(words):
    with suppress(UsageError):
        assert read_zone(words) in zone_names()
    assert set(near_zones(words)) <= set(zone_names())
