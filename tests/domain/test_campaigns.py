"""Valid names of campaigns, and their dates."""

from datetime import date

import pytest

from bot.commands.registry import COMMANDS
from bot.domain.campaigns import LONGEST_NAME, RESERVED, campaign_name, read_date
from bot.domain.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("launch", "launch"),
        ("  Spring   launch ", "Spring launch"),
        ("🚀", "🚀"),
        ("launch 2026", "launch 2026"),
        ("*bold* <!channel> @everyone", "*bold* <!channel> @everyone"),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
        ("é" * LONGEST_NAME, "é" * LONGEST_NAME),
        ("запуск", "запуск"),
    ],
)
def test_a_name_is_kept_as_typed(typed, name):
    assert campaign_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "needs a name"),
        ("''", "needs a name"),
        ("x" * 41, "has 41 characters.* 40 at most"),
        ("here", "word that commands use"),
        ("ALL", "word that commands use"),
        ("Leaderboard", "word that commands use"),
        ("7", "at least one word or emoji"),
        ("$50.00", "at least one word or emoji"),
        ("2026-11-29", "at least one word or emoji"),
        ("7 days", "at least one word or emoji"),
        ("https://www.tiktok.com/@ada/video/1", "A link can't be"),
    ],
)
def test_an_ambiguous_name_is_refused(typed, reason):
    with pytest.raises(UsageError, match=reason):
        campaign_name(typed)


def test_every_command_and_platform_is_a_reserved_word():
    assert {command.name for command in COMMANDS if command.listed} <= RESERVED


@pytest.mark.parametrize(
    ("typed", "day"),
    {
        "1.12.": "2026-12-01", "05.12.": "2026-12-05", "1. 12. 2027": "2027-12-01", "31.12.2026": "2026-12-31",
        "1.11.": "2027-11-01", "2026-12-01": "2026-12-01", "1 dec": "2026-12-01", "Dec. 1st, 2027": "2027-12-01",
    }.items(),
)  # fmt: skip
def test_a_date_is_read_in_any_format(typed, day):
    assert read_date(typed, date(2026, 11, 25)).isoformat() == day


@pytest.mark.parametrize("typed", ["1.13.", "31.2.", "9.30", "12/05", "1.12.26"])
def test_an_impossible_or_ambiguous_date_is_refused(typed):
    with pytest.raises(UsageError, match="Write it like 2026-12-01 or 1 Dec"):
        read_date(typed, date(2026, 11, 25))
