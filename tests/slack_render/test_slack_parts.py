import pytest

from adapters.slack.render import messages, with_plain_tables
from bot.reply.model import Align, Column, Field, Fields, Note, Picture, Reply, Table, text
from bot.reply.plain import plain_text
from tests.slack_render.rendered import missing, read
from tests.slack_render.samples import kinds, numbered
from tests.standins.slack.block_kit import validate

UPLOADED = {"growth.png": "F0000002"}


@pytest.mark.parametrize("rows", [0, 10, 11, 99, 600])
def test_a_table_of_any_length_loses_no_number_and_repeats_its_header(rows):
    found = messages(Reply("Rows.", parts=(numbered(rows),)))
    tables = [block for message in found for block in message.blocks if block["type"] in {"table", "data_table"}]
    assert len(tables) == len(found)
    assert tables[0]["type"] == ("data_table" if rows > 10 else "table")
    assert all(read(table["rows"][0]) == "c0c1c2" for table in tables)
    assert sum(len(table["rows"]) - 1 for table in tables) == rows
    seen = read([message.blocks for message in found])
    assert [cell for row in range(rows) for cell in range(3) if f"#{row}/{cell}" not in seen] == []


def test_numbers_are_right_aligned_and_never_wrapped():
    table = Table("", (Column("Video"), Column("Views", Align.RIGHT)), ((text("A"), text("1,298,000")),))
    (message,) = messages(Reply("", parts=(table,)))
    (block,) = message.blocks
    assert block["column_settings"] == [
        {"align": "left", "is_wrapped": True},
        {"align": "right", "is_wrapped": False},
    ]


def test_a_long_table_is_sortable_and_has_a_plain_fallback():
    numbers = ("1,035,111", "+705,302", "−12", "$2.52", "1.04M", "-3.5%", "–")
    columns = (Column("Video"), Column("Views", Align.RIGHT))
    rows = tuple((text(f"video {at}"), text(numbers[at % 7])) for at in range(14))
    (message,) = messages(Reply("All.", title="Videos", parts=(Table("Videos", columns, rows),)))
    *_, table = message.blocks
    assert (table["type"], table["caption"], table["page_size"]) == ("data_table", "Videos", 10)
    values = [row[1].get("value") for row in table["rows"][1:8]]
    assert values == [1_035_111, 705_302, -12, 2.52, 1_040_000, -3.5, None]
    assert validate(list(message.blocks), "message") == []
    plain = with_plain_tables(message)
    short = messages(Reply("All.", title="Videos", parts=(Table("Videos", columns, rows[:9]),)))[0].blocks[-1]
    assert kinds(plain) == ["header", "rich_text", "table"]
    assert plain.blocks[-1] == {**short, "rows": [*short["rows"], *plain.blocks[-1]["rows"][10:]]}
    assert validate(list(plain.blocks), "message") == []


def test_only_the_widest_table_of_a_message_is_a_table_block():
    people = Table("By", (Column("Person"), Column("Spent", Align.RIGHT)), ((text("Ana"), text("$2.52")),))
    (message,) = messages(Reply("", parts=(people, numbered(3), people)))
    assert kinds(message) == ["rich_text", "rich_text", "table", "rich_text"]
    assert read(message.blocks[0]) == "By\nPerson · Spent\nAna · $2.52"


SENTENCES = Table("Links", (Column("Video"), Column("State")), ((text("A"), text("already tracked, by Ana")),))


@pytest.mark.parametrize(
    "table",
    [
        numbered(11, columns=21),
        numbered(11, cell="x" * 9_000),
        Table("None", (), ()),
        numbered(10, columns=4),
        SENTENCES,
    ],
)
def test_a_table_too_wide_for_a_block_or_phone_becomes_lines(table):
    found = messages(Reply("", parts=(table,)))
    assert all("table" not in kinds(message) for message in found)
    assert all(validate(list(message.blocks), "message") == [] for message in found)
    assert missing(plain_text(Reply("", parts=(table,))), [message.blocks for message in found]) == []


def test_a_caption_that_repeats_the_title_is_left_out():
    (message,) = messages(Reply("3.", title="Numbers", parts=(numbered(1),)))
    assert kinds(message) == ["header", "rich_text", "table"]


def test_a_caption_is_not_separated_from_its_table():
    for message in messages(Reply("", parts=(*[Note(text(f"note {each}")) for each in range(49)], numbered(1)))):
        assert kinds(message)[-1:] != ["rich_text"]


def test_numbers_are_shown_even_if_a_picture_was_not_uploaded():
    reply = Reply("Up.", parts=(Picture("growth.png", b"", "Views grew from 1,000 to 25,000"),))
    assert read(messages(reply)[0].blocks).strip().endswith("Picture: Views grew from 1,000 to 25,000")
    (shown_picture,) = [block for block in messages(reply, UPLOADED)[0].blocks if block["type"] == "image"]
    assert shown_picture["slack_file"] == {"id": "F0000002"}
    assert shown_picture["alt_text"] == "Views grew from 1,000 to 25,000"


def test_fields_become_lines():
    fields = Fields((Field("Status", text("running")), Field("Title", text("*starred* :smile:"))))
    (message,) = messages(Reply("", parts=(fields,)))
    assert kinds(message) == ["rich_text"]
    assert read(message.blocks) == "Status: running\nTitle: *starred* :smile:"
