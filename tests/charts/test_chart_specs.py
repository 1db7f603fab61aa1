from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.charts.specs import Comparison, Line, Movers, Spend

NOON = datetime(2025, 11, 1, 12, tzinfo=UTC)


def at(hours):
    return NOON + timedelta(hours=hours)


def test_hourly_readings_within_half_an_hour_of_their_hour_make_one_segment():
    line = Line.hourly("views", [(at(0), 1), (at(1.5), 2), (at(2.1), 3)])
    assert line.segments == (((at(0), 1), (at(1.5), 2), (at(2.1), 3)),)
    assert line.missing_hours == 0


def test_a_missing_hour_cuts_the_line_and_is_counted():
    line = Line.hourly("views", [(at(0), 1), (at(1), 2), (at(5), 9)])
    assert line.segments == (((at(0), 1), (at(1), 2)), ((at(5), 9),))
    assert line.gaps == ((at(1), at(5)),)
    assert line.missing_hours == 3


def test_a_reading_without_a_count_cuts_the_line():
    line = Line.hourly("views", [(0.0, 1), (1.0, None), (2.0, 3)])
    assert line.segments == (((0.0, 1),), ((2.0, 3),))
    assert line.missing_hours == 1


def test_a_reading_lower_than_the_one_before_is_a_fall_even_across_a_gap():
    line = Line.hourly("views", [(0.0, 5), (1.0, 4), (2.0, 6), (9.0, 5)])
    assert line.falls == ((1.0, 4), (9.0, 5))


@pytest.mark.parametrize(
    "segments",
    [(), ((),), (((NOON, 1),), ()), (((at(1), 1), (at(0), 2)),), (((NOON.replace(tzinfo=None), 1),),)],
    ids=["nothing", "no point", "an empty segment", "backwards", "no zone"],
)
def test_a_line_without_points_in_order_and_in_a_zone_is_refused(segments):
    with pytest.raises(ValueError, match="line"):
        Line("views", segments)


@pytest.mark.parametrize(
    "label", ["", "🎹 views", "просмотры", "مشاهدات", "观看", "$x^2$", "a\nb", " a", "thirteen char"]
)
def test_a_label_that_a_font_may_lack_or_a_picture_has_no_room_for_is_refused(label):
    with pytest.raises(ValueError, match="label of a chart"):
        Line(label, (((NOON, 1),),))


def test_a_comparison_has_one_to_five_lines_with_short_labels_of_their_own():
    lines = [Line(label, (((0.0, 1),),)) for label in ("A", "B", "C", "D", "E", "F", "A", "long")]
    for wrong in ((), lines[:6], (lines[0], lines[6]), (lines[7],)):
        with pytest.raises(ValueError, match=r"comparison|label"):
            Comparison("views", tuple(wrong))


def test_movers_are_one_to_ten_with_short_labels():
    for wrong in ((), tuple((str(row), row) for row in range(11)), (("long", 1),)):
        with pytest.raises(ValueError, match=r"movers|label"):
            Movers("views", "24 h", wrong)


def test_spend_is_of_days_in_order_and_never_negative():
    today, tomorrow = date(2025, 1, 1), date(2025, 1, 2)
    for wrong in ((), ((today, Decimal(-1)),), ((tomorrow, Decimal(1)), (today, Decimal(1)))):
        with pytest.raises(ValueError, match="spend"):
            Spend(wrong)


def test_specs_of_equal_data_are_one_key():
    one, same, other = (Movers("views", "24 h", (("1", change),)) for change in (5, 5, 6))
    assert len({one, same, other}) == 2
