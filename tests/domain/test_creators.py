import pytest

from bot.domain.links import Creator, creator_name, creator_of
from bot.domain.videos import Video

TIKTOK, X = "https://www.tiktok.com/@Ada.Moves/video/7301234567890123456", "https://x.com/i/status/1730123456789012345"
YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


@pytest.mark.parametrize(
    ("link", "stated", "name", "handle"),
    [
        (TIKTOK, "", "@Ada.Moves", "ada.moves"),
        (TIKTOK, "ada.moves", "@Ada.Moves", "ada.moves"),
        (TIKTOK, "Ada M. 💃", "@Ada.Moves", "ada.moves"),  # a display name, which is not unique
        (TIKTOK, "@Ada_New", "@Ada_New", "ada_new"),  # renamed: the link still has the old handle
        (X, "Ben", "Ben", "ben"),
        (X, "@Ben", "@Ben", "ben"),
        (YOUTUBE, "Größte Küche", "Größte Küche", "grosste kuche"),
        (YOUTUBE, "@", "@", None),
        (YOUTUBE, "", "", None),
        ("https://new.example/@eve/1", "@eve", "@eve", "eve"),
    ],
)
def test_a_creator_is_identified_by_the_most_certain_handle(link, stated, name, handle):
    video = Video("v1", link, "somewhere", "monitoring", creator=stated)
    assert creator_name(link, stated) == name
    assert creator_of(video) == (handle and Creator("somewhere", handle))
