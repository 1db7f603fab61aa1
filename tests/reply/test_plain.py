from datetime import UTC, datetime, timedelta, timezone

from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Bold,
    Button,
    Channel,
    Code,
    Column,
    Divider,
    Field,
    Fields,
    File,
    Item,
    Link,
    LinkButton,
    Listing,
    Mention,
    Menu,
    MenuOption,
    Note,
    Option,
    Paragraph,
    Picture,
    Reply,
    Select,
    Table,
    Time,
    text,
)
from bot.reply.plain import plain_body, plain_spans, plain_text

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
EVERYTHING = Reply(
    title="Your videos",
    summary="2 videos, 1 running.",
    parts=(
        Paragraph(text("Started by ", Mention("U1", "Ana"), ", see ", Link("the page", "https://example.org/a"), ".")),
        Fields((Field("Available", text(Bold("$4.10"))), Field("Next", text(Time(AT))))),
        Table(
            "Growth in 24 h",
            (Column("Video"), Column("Views", Align.RIGHT)),
            ((text(Link("日本 tour", "https://example.org/v1")), text("1,298,000")), (text("Cats ❤️"), text("7"))),
        ),
        Listing(
            "Running",
            (Column("Video"), Column("Views", Align.RIGHT)),
            (Item(text("Cats"), (text("1,035,111"),), text("1.04M views"), Button("Stats", Call("stats"))),),
        ),
        Divider(),
        Picture("growth.png", b"PNG", "Views doubled in a day"),
        Note(text("Try ", Code("/stats v1"))),
    ),
    actions=(
        Button("Refresh", Call("videos")),
        LinkButton("Add credit", "https://contentstats.io/billing"),
        Select("Pick one", Call("stats"), "video", (Option("Cats", "v1"), Option("Dogs", "v2"))),
        Menu("More…", (MenuOption("14 days · $5.04", Call("track"), "leaves $7.51"),)),
    ),
    files=(File("all.csv", b"a,b", "text/csv", "31 snapshots"),),
)


AS_TEXT = """\
Your videos
2 videos, 1 running.

Started by Ana, see the page (https://example.org/a).

Available: $4.10
Next: Mon 23 Nov, 14:00 UTC

Growth in 24 h
Video          Views
---------  ---------
日本 tour  1,298,000
Cats ❤️            7
日本 tour (https://example.org/v1)

Running
Cats: 1.04M views

---

Picture: Views doubled in a day

Try /stats v1

File all.csv: 31 snapshots

[Refresh]
Add credit: https://contentstats.io/billing
Pick one: Cats | Dogs
More…: 14 days · $5.04"""


def test_the_plain_text_contains_the_whole_card_and_the_body_all_but_the_choices():
    assert plain_text(EVERYTHING) == AS_TEXT
    body = plain_body(EVERYTHING)
    assert body.endswith("File all.csv: 31 snapshots")
    assert AS_TEXT.startswith(body)
    assert plain_text(Reply(summary="Stopped.", title="Stopped.")) == "Stopped."


def test_times_are_shown_in_utc():
    tokyo = AT.astimezone(timezone(timedelta(hours=9)))
    assert plain_spans(text(Time(tokyo))) == "Mon 23 Nov, 14:00 UTC"
    assert plain_spans(text(Time(tokyo, now=AT))) == "Mon 23 Nov, 14:00 UTC"
    assert plain_spans(text(Time(tokyo, now=AT.replace(year=2027)))) == "Mon 23 Nov 2026, 14:00 UTC"


def test_a_link_without_a_label_shows_its_address_once_and_a_nameless_person_an_id():
    address = "https://example.org/a"
    labelled, bare = text(Link(address, address)), text(Link("", address))
    assert plain_spans(labelled) == plain_spans(bare) == address
    table = Table("", (Column("Video"),), ((labelled,), (bare,)))
    assert plain_text(Reply(summary="", parts=(table,))).count(address) == 2
    assert plain_spans(text(Mention("U1", ""), " in ", Channel("C1"))) == "U1 in C1"


def test_a_hostile_cell_stays_in_its_cell():
    evil = "\u202eevil\nrow  9,999,999\x1b[2J"
    table = Table("Top", (Column("Video"), Column("Views", Align.RIGHT)), ((text(evil), text("7")),))
    assert plain_text(Reply(summary="", parts=(table,))).splitlines() == [
        "Top",
        "Video                   Views",
        "----------------------  -----",
        "evil row  9,999,999[2J      7",
    ]


def test_a_table_without_rows_shows_its_header():
    table = Table("", (Column("Video"), Column("Views", Align.RIGHT)), ())
    assert plain_text(Reply(summary="None yet.", parts=(table,))) == "None yet.\n\nVideo  Views\n-----  -----"
