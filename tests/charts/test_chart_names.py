"""Names are drawn as written, in any script, and file names say what a picture shows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.charts.alt import file_name
from bot.charts.names import drawable, fitted, font, width
from bot.charts.specs import Comparison, Gains, Growth, Line, Movers, Spend
from tests.charts.conftest import NAMES

NOON = datetime(2025, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Cat 🐈 on  a piano ❤️‍🔥", "Cat on a piano"), ("1️⃣ → 2 ★ №5 ©", "1 → 2 №5 ©"),
        ("👨‍👩‍👧‍👦🇩🇪", "(emoji only)"), ("नमस्ते क्‍ष", "नमस्ते क्‍ष"), ("می‌خواهم", "می‌خواهم"),
        ("a\nb\u202ec", "a bc"), ("བོད་ཡིག and Cat", "[Tibetan] and Cat"), ("𝕏 𓀀𓀁", "𝕏 [Egyptian]"),
        ("$x^2$", "$x^2$"),
    ],
)  # fmt: skip
def test_emoji_are_left_out_and_undrawable_scripts_are_named(name, shown):
    assert drawable(name) == shown


MORE = ("Tiếng Việt বাংলা தமிழ்", "ویڈیو ټکی سنڌي", "ગુજરાતી ਪੰਜਾਬੀ ಕನ್ನಡ മലയാളം", "සිංහල ខ្មែរ ລາວ አማርኛ ქართული հայ")


@pytest.mark.parametrize("name", [*(name for name in NAMES if name != "🎉🎉"), *MORE])
def test_every_letter_of_every_living_script_is_drawn(name):
    assert "[" not in drawable(name)
    assert drawable(name) == " ".join(name.replace("🎉", "").split())


def test_text_in_another_font_is_not_bold():
    assert font("Cat", 23, bold=True).get_weight() == "bold"
    assert font("猫", 23, bold=True).get_weight() == "normal"
    assert font("猫", 23).get_family() == ["Noto Sans CJK SC", "DejaVu Sans"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("room", [60, 150, 240])
def test_a_name_is_shortened_in_its_middle_between_letters(name, room):
    cut = fitted(name, room, 23, bold=True)
    assert width(cut, 23, bold=True) <= room
    if "…" in cut:
        head, tail = cut.split("…")
        assert drawable(name).startswith(head)
        assert drawable(name).endswith(tail)


def test_a_shortened_name_has_no_fragment_of_a_word():
    assert fitted("Unboxing the new phone that everyone wants, part 2", 250, 23) == "Unboxing the…part 2"


def line(label, hours):
    return Line(label, (tuple((NOON + timedelta(hours=hour), hour) for hour in range(hours + 1)),))


AGED = tuple(Line(name, (((0.0, 1),),)) for name in ("Cat", "Dog", "Fish"))


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        (Growth("Unboxing, épisode 1!", line("views", 168)), "unboxing-episode-1-views-7-days.png"),
        (
            Growth("Street food in Osaka you have to try this", line("views", 48)),
            "street-food-in-osaka-you-have-to-try-views-2-days.png",
        ),
        (Growth("🎉", line("likes", 0)), "video-likes.png"),
        (Growth("../../etc", line("views", 1)), "etc-views-1-hour.png"),
        (Gains("猫 1", line("views", 25)), "video-views-gained-25-hours.png"),
        (Comparison("views", NOON, AGED), "cat-and-2-more-views.png"),
        (Comparison("views", NOON, AGED[:1]), "cat-views.png"),
        (
            Movers("Top movers", "views/likes", NOON, NOON + timedelta(1), (("Cat", 1),)),
            "top-movers-views-likes-1-day.png",
        ),
        (
            Spend("Acme & Co", ((date(2025, 11, 1), Decimal(1)), (date(2025, 11, 14), Decimal(1))), date.max),
            "acme-co-spend-14-days.png",
        ),
    ],
)
def test_a_file_name_describes_its_content_in_ascii(spec, name):
    assert file_name(spec) == name
