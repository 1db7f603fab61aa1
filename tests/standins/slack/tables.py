"""The blocks that show data: table, data_table and data_visualization, with their documented limits."""

from collections.abc import Iterator, Mapping, Sequence

from tests.standins.slack.rich_text import CELL, letters
from tests.standins.slack.shapes import Check, among, array, flag, integer, number, shape, string, typed

_CELL = typed(
    {
        "raw_text": shape({"type": among("raw_text"), "text": string()}),
        "raw_number": shape({"type": among("raw_number"), "value": number()}, {"text": string()}),
        "rich_text": CELL,
    },
    "table cell",
)
_COLUMN = shape({}, {"align": among("left", "center", "right"), "is_wrapped": flag()})


def _column(value: object, where: str) -> Iterator[str]:
    """A null leaves a column as it is."""
    if value is not None:
        yield from _COLUMN(value, where)


def _rectangle(most_letters: int, *, is_head_plain: bool) -> Check:
    """Rows of one length with so much text in all, and something to read in every cell."""

    def check(value: object, where: str) -> Iterator[str]:
        assert isinstance(value, Mapping)
        rows: list[list[Mapping[str, object]]] = value["rows"]
        if len({len(row) for row in rows}) > 1:
            yield f"{where}/rows must all have the same number of cells"
        if any(not letters(cell) for row in rows for cell in row):
            yield f"{where}/rows has a cell with no text"
        if letters([cell for row in rows for cell in row]) > most_letters:
            yield f"{where}/rows has more than {most_letters} characters"
        if is_head_plain and any(cell["type"] == "rich_text" for cell in rows[0]):
            yield f"{where}/rows/0 is the head and takes no rich_text"
        if value.get("row_header_column_index", 0) >= len(rows[0]):
            yield f"{where}/row_header_column_index is no column"

    return check


TABLE = shape(
    {"type": among("table"), "rows": array(array(_CELL, 20), 100)},
    {"block_id": string(255), "column_settings": array(_column, 20)},
    also=_rectangle(10_000, is_head_plain=False),
)
# The smaller figures, which every source allows: the newest ones say 201 rows and 20,000 characters.
DATA_TABLE = shape(
    {"type": among("data_table"), "rows": array(array(_CELL, 20), 101, least=2), "caption": string()},
    {"block_id": string(255), "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    also=_rectangle(10_000, is_head_plain=True),
)

_NAME = string(20)
_SERIES = shape({"name": _NAME, "data": array(shape({"label": _NAME, "value": number()}), 20)})
_AXES = shape({"categories": array(_NAME, 20)}, {"x_label": string(50), "y_label": string(50)})


def _unique(names: Sequence[object], where: str, what: str) -> Iterator[str]:
    if len(set(names)) != len(names):
        yield f"{where} has two {what} of one name"


def _points_fit(value: object, where: str) -> Iterator[str]:
    """Each series has one point for each category."""
    assert isinstance(value, Mapping)
    categories = value["axis_config"]["categories"]
    yield from _unique([each["name"] for each in value["series"]], where, "series")
    yield from _unique(categories, where, "categories")
    for index, series in enumerate(value["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(categories):
            yield f"{where}/series/{index} needs exactly one point for each category"


def _segments_differ(value: object, where: str) -> Iterator[str]:
    assert isinstance(value, Mapping)
    yield from _unique([each["label"] for each in value["segments"]], where, "segments")


def _axes_chart(kind: str) -> Check:
    # Six series are what every source allows; newer ones say twelve.
    return shape({"type": among(kind), "series": array(_SERIES, 6), "axis_config": _AXES}, also=_points_fit)


_PIE = shape(
    {"type": among("pie"), "segments": array(shape({"label": _NAME, "value": number(above=0)}), 6)},
    also=_segments_differ,
)
DATA_VISUALIZATION = shape(
    {
        "type": among("data_visualization"),
        "title": string(50),
        "chart": typed({**{kind: _axes_chart(kind) for kind in ("line", "bar", "area")}, "pie": _PIE}, "chart"),
    },
    {"block_id": string(255)},
)
