"""File names say what a file holds, in letters that every platform keeps."""

import pytest

from bot.messages.csv_format import csv_name, video_slug
from tests.examples import video


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Street food: the best!", "contentstats-Street-food-the-best.csv"),
        ("أفضل قهوة", "contentstats-tiktok-user.csv"),
        ("", "contentstats-tiktok-user.csv"),
    ],
)
def test_a_file_is_named_after_the_title_or_the_platform_and_creator(title, name):
    assert csv_name(video_slug(video(title=title))) == name
