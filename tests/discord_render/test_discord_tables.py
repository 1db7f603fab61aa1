from adapters.discord.render import PHONE, messages, table_displays
from bot.reply.model import Align, Bold, Channel, Column, Link, Reply, Table, text
from bot.reply.text import width
from tests.discord_render.rendered import missing, read
from tests.every_reply import on_every_reply
from tests.standins.discord_server.components import nested
from tests.standins.discord_server.markdown import visible_text

LEFT, RIGHT = Align.LEFT, Align.RIGHT


def table(columns, *rows, caption="Numbers"):
    heads = tuple(Column(name, align) for name, align in columns)
    return Table(caption, heads, tuple(tuple(text(cell) for cell in row) for row in rows))


def contents(made):
    return [each["content"].replace("\u00a0", " ") for each in table_displays(made)]


def test_a_narrow_table_is_a_code_block():
    made = table([("Metric", LEFT), ("Now", RIGHT)], ("views", "23,000"), ("likes", "5"))
    assert contents(made) == ["**Numbers**\n```\nMetric     Now\nviews   23,000\nlikes        5\n```"]


def test_a_table_too_wide_for_a_phone_is_a_list_with_a_header():
    made = table(
        [("Days", RIGHT), ("Price", RIGHT), ("What then", LEFT)],
        ("7", "$2.52", "All running videos can finish."),
        ("14", "$5.04", ""),
    )
    assert contents(made) == [
        "**Numbers**\n-# Days · Price · What then\n**7**\n$2.52 · All running videos can finish.\n**14**\n$5.04 · –"
    ]


def test_four_columns_are_a_list_with_one_line_for_a_short_row():
    made = table([("Metric", LEFT), *((name, RIGHT) for name in ("Now", "1 h", "24 h"))], ("views", "23", "+1", "+2"))
    assert contents(made) == ["**Numbers**\n-# Metric · Now · 1 h · 24 h\n**views** · 23 · +1 · +2"]


def test_a_rank_precedes_the_name_of_its_row():
    name = " ".join(["cat"] * 12)
    made = table([("#", RIGHT), ("Video", LEFT), ("Count", RIGHT)], ("1", name, "5"), ("2", "dog", ""))
    assert contents(made) == [f"**Numbers**\n-# \\# · Video · Count\n1 · **{name}**\n5\n2 · **dog**\n–"]


def test_links_and_channels_stay_links():
    made = Table(
        "Where",
        (Column("Channel"), Column("Video"), Column("n", RIGHT)),
        ((text(Channel("123456789012345678")), text(Link("Cat", "https://e.org")), text("5")),),
    )
    assert contents(made) == ["**Where**\n-# Channel · Video · n\n<#123456789012345678> · [Cat](https://e.org) · 5"]


def test_a_wide_character_takes_two_columns():
    (content,) = contents(table([("Title", LEFT), ("n", RIGHT)], ("三分钟", "1"), ("cat", "23")))
    rows = content.split("\n")[2:-1]
    assert {width(row) for row in rows} == {10}


def test_foreign_text_cannot_end_its_code_block():
    (content,) = contents(table([("Title", LEFT)], ("``` @everyone **x**",), ("`` <@1>",)))
    assert content.count("```") == 2
    assert "``` @everyone **x**" in visible_text(content).replace("\u200b", "")


def test_an_overlong_row_of_a_narrow_table_is_a_line():
    (content,) = contents(table([("Title", LEFT)], ("x" + "\ufe0f" * 900,)))
    assert "```" not in content


def test_a_long_table_repeats_its_header_above_every_block():
    rows = [(f"row {number}", f"#{number}") for number in range(400)]
    reply = Reply("Rows.", parts=(table([("Name", LEFT), ("n", RIGHT)], *rows),))
    found = messages(reply)
    texts = [str(each.get("content")) for message in found for each in nested(list(message.components))]
    blocks = [content for content in texts if "```" in content]
    assert len(found) > 1
    assert all("Name" in block.split("\n")[1 + block.startswith("**")] for block in blocks)
    assert missing(" ".join(cell for row in rows for cell in row), found) == []


def test_a_table_without_columns_is_its_caption():
    assert contents(Table("Nothing", (), ((), ()))) == ["**Nothing**"]


def test_a_caption_equal_to_the_title_is_left_out():
    made = table([("n", RIGHT)], ("1",), caption="Videos")
    (message,) = messages(Reply("All.", title="Videos", parts=(made,)))
    assert read(message.components).count("Videos") == 1


def test_emphasis_within_a_row_is_kept():
    made = Table("T", (Column("A long name of it"), Column("B" * 40)), ((text("x"), text(Bold("b"))),))
    assert contents(made) == [f"**T**\n-# A long name of it · {'B' * 40}\n**x** · **b**"]


@on_every_reply
def test_no_code_block_is_wider_than_a_phone(reply):
    for message in messages(reply):
        for each in nested(list(message.components)):
            _, *blocks = str(each.get("content", "")).split("```\n")
            assert all(width(row) <= PHONE for block in blocks for row in block.split("\n"))
