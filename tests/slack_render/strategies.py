"""Extreme replies: any text, any number of parts, everything that Slack could misread."""

from datetime import UTC, datetime

from hypothesis import strategies as st

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
    Plain,
    Reply,
    Select,
    Table,
    Time,
    Tone,
    Weight,
)

TRAPS = (
    *(
        "<!channel>", "<!here|x>", "<@U0000001>", "<#C0000001>", "<!subteam^S1>", "@everyone",
        "<https://evil.example|x>",
    ),
    *(
        "*bold*", "_it_", "snake_case", "~gone~", "`code`", "```block```", "> quote", ":smile:", "10:05:00", "&lt;",
        "a|b",
    ),
    *(
        "\n> line", "[a](https://evil.example)", "\u202egpj", "\u200b", "\x00", "\ud800",
        "أفضل قهوة", "三分钟", "👨‍👩‍👧",
    ),
    *("", " ", "–", "word " * 700, "x" * 3_500, "&" * 2_500, "😀" * 160),
)  # fmt: skip
texts = st.one_of(
    st.sampled_from(TRAPS), st.text(max_size=30), st.lists(st.sampled_from(TRAPS[:-4]), max_size=4).map(" ".join)
)
addresses = st.one_of(
    st.sampled_from(
        ("https://www.tiktok.com/@a/video/7301?x=1&y=2", "https://example.org/a_b*c", "https://example.org")
    ),
    st.sampled_from(
        ("javascript:alert(1)", "http://example.org", "https://good.example@evil.example/", "https://[", "")
    ),
    texts.filter(lambda text: not text.strip().lower().startswith("https:")),
)
channel_ids = st.sampled_from(("C0000001", "G0000001", "D0000001", "console", "<!channel>"))
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
spans = st.one_of(
    st.builds(Plain, texts),
    st.builds(Bold, texts),
    st.builds(Code, texts),
    st.builds(Link, texts, addresses, st.booleans()),
    st.builds(Time, moments, st.none() | moments),
    st.builds(Mention, st.just("U0000001"), texts),
    st.builds(Channel, channel_ids),
)
close_texts = st.lists(spans, max_size=4).map(tuple)
span_texts = close_texts.map(lambda found: tuple(each for span in found for each in (span, Plain(" "))))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(st.builds(Column, texts, st.sampled_from(Align)), max_size=22).map(tuple))
    few = st.lists(st.tuples(*[span_texts] * len(columns)), max_size=3)
    rows = draw(few) * draw(st.sampled_from((1, 1, 40, 210)))
    return Table(draw(texts), columns, tuple(rows))


calls = st.builds(
    Call,
    st.sampled_from(("stats", "track.start")),
    st.dictionaries(st.sampled_from(("video", "days")), st.text(max_size=3), max_size=2),
    st.booleans(),
)
buttons = st.builds(Button, texts, calls, st.sampled_from(Weight))
menus = st.builds(Menu, texts, st.lists(st.builds(MenuOption, texts, calls, texts), max_size=30).map(tuple))


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    table = draw(tables().filter(lambda table: table.columns))
    rows = [(row, draw(span_texts), draw(st.none() | buttons)) for row in table.rows[:15]]
    items = tuple(Item(name, tuple(cells), line, button) for (name, *cells), line, button in rows)
    return Listing(table.caption, table.columns, items * draw(st.sampled_from((1, 1, 20))), draw(texts))


parts = st.one_of(
    st.builds(Paragraph, span_texts),
    st.builds(Fields, st.lists(st.builds(Field, texts, span_texts), max_size=12).map(tuple)),
    st.builds(Fields, st.lists(st.builds(Field, texts, span_texts), min_size=40, max_size=40).map(tuple)),
    tables(),
    listings(),
    st.builds(Picture, st.sampled_from(("a.png", "b.png")), st.just(b""), texts),
    st.builds(Note, span_texts),
    st.just(Divider()),
)
ids = st.text(max_size=12).filter(lambda text: text.isprintable())
selects = st.builds(
    Select, texts, calls, st.just("video"), st.lists(st.builds(Option, texts, ids), max_size=30).map(tuple)
)
actions = st.one_of(buttons, st.builds(LinkButton, texts, addresses), selects, menus)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    return Reply(
        draw(texts),
        title=draw(texts),
        parts=tuple(draw(st.lists(parts, max_size=4))),
        actions=tuple(draw(st.lists(actions, max_size=4)) * draw(st.sampled_from((1, 1, 50)))),
        tone=draw(st.sampled_from(Tone)),
        files=tuple(draw(st.lists(st.builds(File, texts, st.just(b""), st.just("text/csv"), texts), max_size=2))),
        public_line=draw(span_texts),
    )
