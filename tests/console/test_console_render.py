import io
import re

import pytest
from rich.console import Console

from adapters.console.render import call_for_number, card, choices, menu
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Button,
    Channel,
    Column,
    Field,
    Fields,
    Item,
    Link,
    Listing,
    Mention,
    Menu,
    MenuOption,
    Paragraph,
    Reply,
    Table,
    Tone,
    text,
)

ESCAPES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")
NUMBERS = ("21,298,000", "+1,298,000", "128,000", "$1.23")
WIDE = Reply(
    "2 videos.",
    parts=(
        Table(
            "Growth",
            (
                Column("Video"),
                Column("State"),
                *(Column(n, Align.RIGHT) for n in ("Views", "Views in 24 h", "Likes", "Spent")),
            ),
            tuple((text("日本 tour and a long title " * 3), text("running"), *map(text, NUMBERS)) for _ in range(2)),
        ),
    ),
)


def drawn(renderable, columns=80, *, terminal=True) -> str:
    out = io.StringIO()
    options = {"color_system": "256", "force_terminal": True} if terminal else {}
    Console(file=out, width=columns, markup=False, emoji=False, highlight=False, **options).print(renderable)
    return out.getvalue()


def words(drawing: str) -> str:
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", ESCAPES.sub("", drawing)).split())


def test_foreign_text_is_never_markup_nor_an_escape_sequence(hostile):
    reply, seen = hostile
    drawing = drawn(card(reply, 200), 200) + drawn(menu(choices(reply)), 200)
    rest = ESCAPES.sub("", drawing)
    assert "\x1b" not in rest
    assert "\u202e" not in rest
    assert "\x1b]8;;https://evil" not in drawing
    assert words(drawing).count(seen) == 39


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_a_wide_table_loses_no_number_on_any_screen(columns):
    drawing = drawn(card(WIDE, columns), columns)
    lines = ESCAPES.sub("", drawing).splitlines()
    assert {cells(line) for line in lines} == {columns}
    for number in NUMBERS:
        assert sum(number in line for line in lines) == 2
    assert words(drawing).count("running") == 2


def cells(line: str) -> int:
    return sum(2 if char in "日本" else 1 for char in line)


def test_text_columns_shrink_before_a_table_becomes_a_list():
    assert "- Video:" not in words(drawn(card(WIDE, 80)))
    assert words(drawn(card(WIDE, 50), 50)).count("- Video:") == 2


def test_numbers_are_aligned():
    table = Table("", (Column("Days", Align.RIGHT), Column("What")), ((text("7"), text("a")), (text("30"), text("b"))))
    lines = [line.strip("│ ") for line in ESCAPES.sub("", drawn(card(Reply("", parts=(table,)), 40), 40)).splitlines()]
    assert "7  a" in lines
    assert "30  b" in lines


def test_only_a_very_long_word_is_broken():
    cells = (text("a " * 40), text("error (deleted)"), text("x" * 40))
    table = Table("", (Column("Video"), Column("State"), Column("Id")), (cells,))
    drawing = words(drawn(card(Reply("", parts=(table,)), 40), 40))
    assert "(deleted)" in drawing
    assert drawing.count("x") == 40
    assert "x" * 17 not in drawing


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (Table("", (Column("", Align.RIGHT), Column("")), ((text("7"), text("a")),)), "7 a"),
        (Table("", (Column("Video"), Column("Views", Align.RIGHT)), ()), "Video Views"),
        (Paragraph(text(Mention("U1", ""), " in ", Channel("C1"))), "U1 in C1"),
        (Fields((Field("a very long name of a field that goes on and on", text("$4.10")),)), "$4.10"),
    ],
    ids=["a table without names", "a table without rows", "a person and a channel", "a long field"],
)
def test_a_part_is_shown_below_title_and_summary(part, shown):
    drawing = words(drawn(card(Reply("It costs $2.52.", title="Track?", parts=(part,)), 40), 40))
    assert drawing.startswith("Track? It costs $2.52. ")
    assert shown in drawing


def test_a_link_shows_its_address_and_only_https_becomes_a_hyperlink():
    links = (Link("the page", "https://example.org/a"), Link("here", "javascript:alert(1)"))
    drawing = drawn(card(Reply("", parts=(Paragraph(text(*links)),)), 60), 60)
    assert ";https://example.org/a\x1b\\" in drawing
    assert "]8;;javascript" not in drawing
    assert "the page (https://example.org/a)here (javascript:alert(1))" in words(drawing)


def test_a_tone_is_shown_by_a_mark_as_well_as_by_a_colour():
    drawings = {tone: drawn(card(Reply("Hello.", tone=tone), 40), 40) for tone in Tone}
    assert [words(drawings[tone]) for tone in Tone] == ["Hello.", "✓ Hello.", "! Hello.", "✗ Hello."]
    assert len({re.findall(r"\x1b\[[0-9;]*m", drawing)[0] for drawing in drawings.values()}) == 4


def test_every_choice_has_its_number(bot):
    offered = choices(bot.replies["track"])
    assert words(drawn(menu(offered))) == (
        "1 Details Add credit: https://contentstats.io/billing 2 Track 7 days Other length: 3 1 day 4 3 days"
    )
    assert offered[-1].call == Call("track.start", {"batch": "b", "days": "3"})


def test_no_choices_draw_nothing():
    assert drawn(menu(choices(Reply("Done.")))).strip() == ""
    assert drawn(menu(choices(Reply("Done.", actions=(Button("Again", Call("a")),))))).strip() != ""


def test_rows_are_numbered_before_the_menus():
    items = tuple(
        Item(text(name), (text(count),), text(f"{count} views"), Button("Stats", Call("stats", {"video": name})))
        for name, count in (("Cats", "1,035"), ("Dogs", "7"))
    )
    later = Menu("More…", (MenuOption("14 days", Call("track", {"days": "14"}), "leaves $7.51"),))
    listing = Listing("Videos", (Column("Video"), Column("Views", Align.RIGHT)), items)
    offered = choices(reply := Reply("2 run.", parts=(listing,), actions=(later,)))
    assert [call_for_number(offered, number).command for number in (1, 2, 3)] == ["stats", "stats", "track"]
    assert words(drawn(card(reply, 60))) == "2 run. Videos # Video Views 1 Cats 1,035 2 Dogs 7"
    assert words(drawn(menu(offered))) == "More…: 3 14 days · leaves $7.51"
