import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from math import isnan

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from bot.charts import canvas as sheet
from bot.charts.__main__ import draw
from bot.charts.bars import gains_figure, movers_figure, spend_figure
from bot.charts.lines import comparison_figure, growth_figure, is_flattened, label_heights
from bot.charts.names import _renderer
from bot.charts.specs import Comparison, Gains, Growth, Line, Movers, Spend
from tests.charts.conftest import EXAMPLES, NAMES

MONTH = 720
START = datetime(2025, 11, 1, 10, tzinfo=UTC)
FIGURES = {
    Growth: growth_figure,
    Gains: gains_figure,
    Comparison: comparison_figure,
    Movers: movers_figure,
    Spend: spend_figure,
}


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


def texts_of(figure):
    return {text.get_text() for text in words(figure)}


def boxes(figure, texts):
    figure.draw_without_rendering()
    return [(text.get_text(), ink(text)) for text in texts]


def ink(text):
    """The extent of a drawn text: matplotlib's own box is as high as its first font's tallest letters."""
    box = Text.get_window_extent(text)
    if text.get_verticalalignment() != "baseline":
        return box
    _, height, descent = _renderer().get_text_width_height_descent(
        text.get_text(), text.get_fontproperties(), ismath=False
    )
    bottom = text.get_transform().transform(text.get_position())[1] - descent
    return Bbox.from_extents(box.x0, bottom, box.x1, bottom + height)


def test_every_example_is_a_small_opaque_png_of_the_promised_width(example, request, tmp_path_factory):
    chart = draw(example)
    (tmp_path_factory.getbasetemp() / f"{request.node.callspec.id}.png").write_bytes(chart.png)  # for people to look at
    with Image.open(io.BytesIO(chart.png)) as picture:
        assert picture.format == "PNG"
        assert picture.mode == "P"
        assert "transparency" not in picture.info
        assert picture.width == 800
    assert len(chart.png) <= 40_000
    assert chart.alt.endswith(".")


def test_all_text_of_every_example_is_large(example):
    assert all(text.get_fontsize() >= 23 for text in words(figure_of(example)))


def assert_text_is_readable(figure):
    """All text is inside the picture and touches neither other text nor a bar, a line or a marker."""
    placed = boxes(figure, words(figure))
    for text, box in placed:
        assert 0 < box.x0 < box.x1 < figure.bbox.width, text
        assert 0 < box.y0 < box.y1 < figure.bbox.height, text
    for (one, box), (other, other_box) in combinations(placed, 2):
        assert not box.overlaps(other_box), (one, other)
    bars = [bar.get_window_extent() for axes in figure.axes for bar in axes.patches]
    spots = [spot for axes in figure.axes for line in axes.lines for spot in drawn_spots(line)]
    for text, box in placed:
        assert not any(box.overlaps(bar) for bar in bars if bar.width and bar.height), text
        assert not any(box.x0 < x < box.x1 and box.y0 < y < box.y1 for x, y in spots), text


def drawn_spots(line):
    """A line at steps of four pixels, and the four sides of each of its markers."""
    points = line.get_transform().transform(line.get_xydata())
    radius = line.get_markersize() / 2 if line.get_marker() != "None" else 0
    for x, y in points:
        yield from ((x - radius, y), (x + radius, y), (x, y - radius), (x, y + radius))
    if line.get_linestyle() != "None":
        for (x, y), (next_x, next_y) in pairwise(points):
            steps = 0 if isnan(x + next_x) else int(max(abs(next_x - x), abs(next_y - y)) / 4)
            yield from ((x + (next_x - x) * at / steps, y + (next_y - y) * at / steps) for at in range(1, steps))


def test_the_text_of_every_example_is_inside_and_touches_nothing(example):
    assert_text_is_readable(figure_of(example))


@pytest.mark.parametrize("missing", [{400}, {400, 401, 402}], ids=["one hour", "three hours"])
def test_no_line_crosses_a_gap_of_a_month(hourly, missing):
    growth = Growth("Cat", hourly("views", lambda hour: hour * 1_000, MONTH, missing))
    figure = growth_figure(growth)
    image = image_of(sheet.png(figure))
    axes = figure.axes[0]
    middle = across(axes, (min(missing) + max(missing)) / 2)
    assert not has(image, middle, sheet.BLUE)
    assert not has(image, middle - 1, sheet.BLUE)
    assert has(image, middle - 10, sheet.BLUE)
    assert has(image, middle + 10, sheet.BLUE)


def test_no_line_of_a_comparison_crosses_a_gap(aged):
    figure = comparison_figure(Comparison("views", START, (aged("A", lambda hour: hour, MONTH, {400}),)))
    image = image_of(sheet.png(figure))
    assert has(image, across(figure.axes[0], 400), sheet.HOLE)
    assert not has(image, across(figure.axes[0], 400), sheet.BLUE)
    assert has(image, across(figure.axes[0], 390), sheet.BLUE)


def test_a_single_reading_between_gaps_is_visible(hourly):
    figure = growth_figure(
        Growth("Cat", hourly("views", lambda hour: hour + 1, MONTH, {*range(390, 400), *range(401, 410)}))
    )
    assert has(image_of(sheet.png(figure)), across(figure.axes[0], 400), sheet.BLUE)


def test_a_fall_is_marked_and_explained(hourly):
    figure = growth_figure(Growth("Cat", hourly("views", lambda hour: 100 if hour == 12 else 200, 24)))
    assert has(image_of(sheet.png(figure)), across(figure.axes[0], 12), sheet.VERMILLION)
    assert "▼ the count fell" in texts_of(figure)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("growth-day-with-gap", {"Unboxing episode 1", "views · 1 to 2 Nov 2025, UTC", "grey: no reading", "94.4k"}),
        ("gains-fall", {"แกะกล่องตอนที่ 1", "views gained · 1 to 4 Nov 2025, UTC", "per hour, last 48 h", "per day"}),
        ("gains-two-readings", {"last hour", "per day", "+1"}),
        ("gains-fall", {"pale: part of a day · hatched: a loss", "−50k"}),
        ("comparison-five", {"5 videos compared", "views by days since tracking began, logarithmic scale", "2.03M"}),
        ("comparison-five", {"read until 1 Dec 2025, 10:00 UTC · grey: no reading"}),
        ("comparison-five-alike", {"1 Same", "5 Same", "likes by hours since tracking began"}),
        ("movers-mixed", {"Top movers", "views gained · 31 Oct, 10:00 to 1 Nov 2025, 10:00 UTC", "−23.4k", "±0"}),
        ("movers-mixed", {"Распаковка, серия 1", "开箱视频第一集 その1 박스 언박싱"}),
        ("spend-month", {"Acme", "dollars spent per day · 1 to 30 Nov 2025, UTC", "$3.96"}),
        ("spend-month", {"$59.40 in all, of snapshots read · pale: today so far"}),
    ],
)
def test_a_picture_names_its_subject_unit_period_and_zone(name, texts):
    assert texts <= texts_of(figure_of(EXAMPLES[name]))


def test_a_loss_is_hatched_below_zero_and_a_partial_day_is_pale():
    upper, lower = gains_figure(EXAMPLES["gains-fall"]).axes
    assert [bar.get_hatch() for bar in upper.patches if bar.get_height() < 0] == ["//"]
    assert [to_hex(bar.get_facecolor()) for bar in lower.patches] == [sheet.PALE, sheet.BLUE, sheet.BLUE, sheet.PALE]


def test_compared_lines_differ_in_colour_dash_and_marker_shown_at_their_names(aged):
    lines = tuple(aged(label, lambda hour: hour, 48) for label in "ABCDE")
    axes = comparison_figure(Comparison("views", START, lines)).axes[0]
    drawn = [line for line in axes.lines if line.get_marker() != "None" and line.get_linestyle() != "None"]
    for look in ("color", "marker"):
        assert len({getattr(line, f"get_{look}")() for line in drawn}) == 5
    assert len({str(line._dash_pattern) for line in drawn}) == 5
    beside = [line.get_marker() for line in axes.lines if line.get_xdata()[0] > axes.get_xlim()[1]]
    assert beside == [line.get_marker() for line in drawn]


@pytest.mark.parametrize(("tops", "is_logarithmic"), [((100, 1_900), False), ((100, 2_100), True), ((0, 30), True)])
def test_very_different_lines_use_a_logarithmic_scale(aged, tops, is_logarithmic):
    lines = tuple(aged(str(top), lambda _, top=top: top, 3) for top in tops)
    assert is_flattened(lines) is is_logarithmic


def luminance(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(colour):
    return (luminance(sheet.GROUND) + 0.05) / (luminance(colour) + 0.05)


def test_lines_and_text_contrast_with_the_background():
    assert all(contrast(colour) >= 3 for colour in (sheet.BLUE, sheet.VERMILLION, sheet.GREEN, sheet.PURPLE))
    assert all(contrast(colour) >= 4.5 for colour in (sheet.INK, sheet.MUTED))


def movers(*changes):
    return Movers("Top movers", "views", START, START, tuple(("Cat", change) for change in changes))


def test_the_background_is_opaque_to_the_corner_and_framed():
    image = image_of(draw(movers(1)).png)
    assert alike(image.getpixel((5, 5)), sheet.GROUND)
    assert alike(image.getpixel((1, 100)), sheet.FRAME)


def test_movers_start_at_zero_and_losses_are_hatched_to_the_left():
    axes = movers_figure(movers(500, -250, 0)).axes[0]
    gain, loss, still = axes.patches
    assert gain.get_x() == loss.get_x() == 0
    assert gain.get_width() == pytest.approx(-2 * loss.get_width())
    assert still.get_width() == 0
    assert (gain.get_hatch(), loss.get_hatch()) == (None, "//")


@pytest.mark.parametrize("length", [timedelta(days=1), timedelta(days=364), timedelta(days=400)])
def test_the_longest_period_stays_within_the_margins(length):
    until = datetime(2025, 12, 28, 22, 22, tzinfo=UTC)
    figure = movers_figure(Movers("Top movers", "views/likes", until - length, until, (("Cat", 1),)))
    assert max(box.x1 for _, box in boxes(figure, words(figure))) <= sheet.WIDTH - sheet.MARGIN


def test_the_smallest_change_is_visible():
    axes = movers_figure(movers(5_000_000, 1)).axes[0]
    assert axes.patches[1].get_width() == 3


def test_a_missing_day_of_spend_is_an_empty_bar():
    today = date(2025, 11, 3)
    axes = spend_figure(Spend("Acme", ((date(2025, 11, 1), Decimal(1)), (today, Decimal(2))), today)).axes[0]
    assert [to_hex(bar.get_facecolor()) for bar in axes.patches] == [sheet.BLUE, sheet.PALE]
    assert [bar.get_x() + bar.get_width() / 2 for bar in axes.patches] == [0, 2]
    assert axes.get_ylim()[0] == 0


POINTS = st.lists(
    st.tuples(st.floats(0, 800, width=32), st.one_of(st.none(), st.integers(0, 5), st.integers(0, 10**13))),
    min_size=1,
    max_size=60,
).filter(lambda points: any(count is not None for _, count in points))


def line_of(label, points, place=lambda hours: hours):
    return Line.hourly(label, [(place(hours), count) for hours, count in sorted(points, key=lambda point: point[0])])


TITLES = st.one_of(st.sampled_from(NAMES), st.text(max_size=80))


def over_time(name, points):
    line = line_of("comments", points, lambda h: START + timedelta(hours=h))
    return Gains(name, line) if len(line.points) > 1 and line.points[0][1] % 2 else Growth(name, line)


SPANS = st.builds(over_time, TITLES, POINTS)
COMPARISONS = st.builds(
    lambda many: Comparison("comments", START, tuple(line_of(name, points) for name, points in many)),
    st.lists(st.tuples(TITLES, POINTS), min_size=1, max_size=5),
)
MOVERS = st.builds(
    lambda changes: Movers("Top movers", "views/likes", START - timedelta(days=14), START, tuple(changes)),
    st.lists(st.tuples(TITLES, st.integers(-(10**13), 10**13)), min_size=1, max_size=10),
)
SPENDS = st.builds(
    lambda name, spent: Spend(
        name,
        tuple((date(2025, 12, 20) + timedelta(days=day), dollars) for day, dollars in sorted(spent.items())),
        date(2026, 1, 20),
    ),
    TITLES,
    st.dictionaries(st.integers(0, 60), st.decimals(0, 10**6, places=3), min_size=1, max_size=31),
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(SPANS, COMPARISONS, MOVERS, SPENDS))
def test_any_numbers_give_a_small_readable_picture_with_a_valid_alt_text(spec):
    chart = draw(spec)
    assert len(chart.png) <= 40_000
    assert 0 < len(chart.alt) <= 1_024
    assert_text_is_readable(figure_of(spec))


@settings(deadline=None)
@given(st.lists(st.floats(0, 370), min_size=1, max_size=5))
def test_labels_next_to_lines_keep_their_order_and_distance(ends):
    middles = label_heights(ends, 370)
    assert all(upper - lower >= 73.9 for lower, upper in pairwise(sorted(middles)))
    assert [end for _, end in sorted(zip(middles, ends, strict=True))] == sorted(ends)
    assert all(36.9 <= middle <= 333.1 for middle in middles)
