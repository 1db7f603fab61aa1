import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from math import isnan

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from PIL import Image

from bot.charts import canvas as sheet
from bot.charts.bars import movers_figure, spend_figure
from bot.charts.comparison import comparison_figure, name_spots
from bot.charts.drawing import draw
from bot.charts.growth import growth_figure
from bot.charts.specs import Comparison, Growth, Line, Movers, Spend

MONTH = 720
START = datetime(2025, 11, 1, 10, tzinfo=UTC)
FIGURES = {Growth: growth_figure, Comparison: comparison_figure, Movers: movers_figure, Spend: spend_figure}


def figure_of(spec):
    return FIGURES[type(spec)](spec)


def image_of(png):
    return Image.open(io.BytesIO(png)).convert("RGB")


def alike(pixel, colour):
    return all(abs(part - int(colour[at : at + 2], 16)) <= 3 for part, at in zip(pixel, (1, 3, 5), strict=True))


def has(image, x, colour):
    return any(alike(image.getpixel((round(x), y)), colour) for y in range(image.height))


def across(axes, x):
    return axes.transData.transform((x, 0))[0]


def words(figure):
    return [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


def boxes(figure, texts):
    figure.draw_without_rendering()
    return [(text.get_text(), Text.get_window_extent(text)) for text in texts]


def test_every_example_is_a_small_opaque_png_of_the_promised_width(example, request, tmp_path_factory):
    chart = draw(example)
    (tmp_path_factory.getbasetemp() / f"{request.node.callspec.id}.png").write_bytes(chart.png)  # to be looked at
    with Image.open(io.BytesIO(chart.png)) as picture:
        assert picture.format == "PNG"
        assert picture.mode == "P"
        assert "transparency" not in picture.info
        assert picture.width == 800
    assert len(chart.png) <= 40_000
    assert chart.alt.endswith(".")


def test_every_word_of_every_example_is_ascii_and_large(example):
    texts = words(figure_of(example))
    assert texts
    assert all(text.get_text().isascii() for text in texts)
    assert all(text.get_fontsize() >= 23 for text in texts)


def assert_all_words_can_be_read(figure):
    placed = boxes(figure, words(figure))
    for text, box in placed:
        assert 0 < box.x0 < box.x1 < figure.bbox.width, text
        assert 0 < box.y0 < box.y1 < figure.bbox.height, text
    for (one, box), (other, other_box) in combinations(placed, 2):
        assert not box.overlaps(other_box), (one, other)


def test_the_words_of_every_example_are_inside_and_do_not_touch(example):
    assert_all_words_can_be_read(figure_of(example))


@pytest.mark.parametrize("missing", [{400}, {400, 401, 402}], ids=["one hour", "three hours"])
def test_no_line_crosses_a_gap_of_a_month(hourly, missing):
    growth = Growth(hourly("views", lambda hour: hour * 1_000, MONTH, missing))
    figure = growth_figure(growth)
    image = image_of(sheet.png(figure))
    axes = figure.axes[0]
    middle = across(axes, (min(missing) + max(missing)) / 2)
    assert not has(image, middle, sheet.BLUE)
    assert not has(image, middle - 1, sheet.BLUE)
    assert has(image, middle - 10, sheet.BLUE)
    assert has(image, middle + 10, sheet.BLUE)


def test_no_line_of_a_comparison_crosses_a_gap(aged):
    figure = comparison_figure(Comparison("views", (aged("A", lambda hour: hour, MONTH, {400}),)))
    image = image_of(sheet.png(figure))
    assert not has(image, across(figure.axes[0], 400), sheet.BLUE)
    assert has(image, across(figure.axes[0], 390), sheet.BLUE)


def test_the_pen_is_lifted_between_segments(hourly):
    figure = growth_figure(Growth(hourly("views", lambda hour: hour, 24, {9, 10, 11})))
    xs = figure.axes[0].lines[1].get_xdata()
    crossing = [(a, b) for a, b in pairwise(xs) if not isnan(a) and not isnan(b) and a < 10 < b]
    assert not crossing
    assert sum(map(isnan, xs)) == 1


def test_a_reading_alone_between_gaps_is_seen(hourly):
    figure = growth_figure(Growth(hourly("views", lambda hour: hour + 1, MONTH, {*range(390, 400), *range(401, 410)})))
    assert has(image_of(sheet.png(figure)), across(figure.axes[0], 400), sheet.BLUE)


def test_a_fall_is_marked_and_explained(hourly):
    figure = growth_figure(Growth(hourly("views", lambda hour: 100 if hour == 12 else 200, 24)))
    assert has(image_of(sheet.png(figure)), across(figure.axes[0], 12), sheet.VERMILLION)
    assert "v: the count fell" in [text.get_text() for text in words(figure)]


def test_the_unit_the_days_and_the_zone_are_written(hourly):
    texts = [text.get_text() for text in words(growth_figure(Growth(hourly("views", lambda hour: hour, 25))))]
    assert {"views", "1 to 2 Nov 2025, UTC", "2 Nov"} <= set(texts)


def test_a_second_metric_has_a_panel_and_a_scale_of_its_own_under_the_same_time(hourly):
    likes = hourly("likes", lambda hour: hour, 20)
    upper, lower = growth_figure(Growth(hourly("views", lambda hour: hour * 1_000, 25), likes)).axes
    assert upper.get_xlim() == lower.get_xlim()
    assert upper.get_ylim()[1] > 20_000 > lower.get_ylim()[1]


def test_lines_of_a_comparison_differ_in_colour_dash_and_marker_and_are_named_at_their_ends(aged):
    lines = tuple(aged(label, lambda hour: hour, 48) for label in "ABCDE")
    axes = comparison_figure(Comparison("views", lines)).axes[0]
    drawn = [line for line in axes.lines if line.get_marker() != "None" and line.get_linestyle() != "None"]
    for look in ("color", "marker"):
        assert len({getattr(line, f"get_{look}")() for line in drawn}) == 5
    assert len({str(line._dash_pattern) for line in drawn}) == 5
    assert [text.get_text() for text in axes.texts] == ["A 47", "B 47", "C 47", "D 47", "E 47"]


def luminance(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(colour):
    return (luminance(sheet.GROUND) + 0.05) / (luminance(colour) + 0.05)


def test_lines_and_words_stand_out_from_the_ground():
    assert all(contrast(colour) >= 3 for colour in (sheet.BLUE, sheet.VERMILLION, sheet.GREEN, sheet.PURPLE))
    assert all(contrast(colour) >= 4.5 for colour in (sheet.INK, sheet.MUTED))


def test_the_ground_is_opaque_to_the_corner_and_framed():
    image = image_of(draw(Movers("views", "24 h", (("1", 1),))).png)
    assert alike(image.getpixel((5, 5)), sheet.GROUND)
    assert alike(image.getpixel((1, 100)), sheet.FRAME)


def test_movers_start_at_zero_and_losses_are_hatched_to_the_left():
    axes = movers_figure(Movers("views", "24 h", (("1", 500), ("2", -250), ("3", 0)))).axes[0]
    gain, loss, still = axes.patches
    assert gain.get_x() == loss.get_x() == 0
    assert gain.get_width() == pytest.approx(-2 * loss.get_width())
    assert still.get_width() == 0
    assert (gain.get_hatch(), loss.get_hatch()) == (None, "//")


def test_the_smallest_change_that_is_one_is_seen():
    axes = movers_figure(Movers("views", "24 h", (("1", 5_000_000), ("2", 1)))).axes[0]
    assert axes.patches[1].get_width() == 3


def test_a_day_left_out_of_spend_is_an_empty_place():
    axes = spend_figure(Spend(((date(2025, 11, 1), Decimal(1)), (date(2025, 11, 3), Decimal(2))))).axes[0]
    assert [bar.get_x() + bar.get_width() / 2 for bar in axes.patches] == [0, 2]
    assert axes.get_ylim()[0] == 0


POINTS = st.lists(
    st.tuples(st.floats(0, 800, width=32), st.one_of(st.none(), st.integers(0, 5), st.integers(0, 10**13))),
    min_size=1,
    max_size=60,
).filter(lambda points: any(count is not None for _, count in points))


def line_of(label, points, place=lambda hours: hours):
    return Line.hourly(label, [(place(hours), count) for hours, count in sorted(points, key=lambda point: point[0])])


GROWTHS = st.builds(
    lambda main, second: Growth(
        *(line_of("comments", points, lambda h: START + timedelta(hours=h)) for points in (main, *second))
    ),
    POINTS,
    st.lists(POINTS, max_size=1),
)
COMPARISONS = st.builds(
    lambda many: Comparison(
        "comments", tuple(line_of(label, points) for label, points in zip("ABCDE", many, strict=False))
    ),
    st.lists(POINTS, min_size=1, max_size=5),
)
MOVERS = st.builds(
    lambda changes: Movers(
        "comments", "23 h 30 min", tuple((str(row), change) for row, change in enumerate(changes, 1))
    ),
    st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=10),
)
SPENDS = st.builds(
    lambda spent: Spend(
        tuple((date(2025, 12, 20) + timedelta(days=day), dollars) for day, dollars in sorted(spent.items()))
    ),
    st.dictionaries(st.integers(0, 60), st.decimals(0, 10**6, places=3), min_size=1, max_size=31),
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(GROWTHS, COMPARISONS, MOVERS, SPENDS))
def test_any_numbers_give_a_small_picture_with_words_to_read_and_an_alt_text_that_fits_a_chat(spec):
    chart = draw(spec)
    assert len(chart.png) <= 40_000
    assert 0 < len(chart.alt) <= 1_024
    assert_all_words_can_be_read(figure_of(spec))


@settings(deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.floats(0, 600), st.floats(0, 290)), min_size=1, max_size=20), min_size=1, max_size=5)
)
def test_names_at_line_ends_never_cover_each_other(paths):
    paths = [sorted(path) for path in paths]
    spots = name_spots(paths, [100] * len(paths))
    for (left, up), (other_left, other_up) in combinations(spots, 2):
        assert abs(left - other_left) >= 100 or abs(up - other_up) >= 27.9
    assert all(up >= 0 for _, up in spots)
