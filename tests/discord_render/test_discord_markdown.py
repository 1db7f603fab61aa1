import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.discord.text import escaped, line, link_address, markdown, mention_safe
from bot.reply.model import Bold, Channel, Code, Link, Mention, Plain, Time
from bot.reply.text import length, shown
from tests.discord_render.rendered import squashed
from tests.slack_render.strategies import TRAPS
from tests.standins.discord_server.markdown import mentions, visible_text

ANY = settings(deadline=None, max_examples=150)
DISCORD_TRAPS = (
    *("@everyone", "@HERE", "<@123456789012345678>", "<@!1>", "<@&1>", "<#1>", "</track:1>", "<id:customize>"),
    *("<:a:1>", "<a:b:2>", "<t:1:R>", ":smile:", ":+1:", "<https://evil.example>", "https://evil.example", "www.x.yz"),
    *(
        "# head", "-# small", "> quote", ">>> all", "- item", "+ item", "12. item", "1) item", "||spoiler||",
        "¯\\_(ツ)_/¯",
    ),
    *(
        "**b**", "__u__", "~~s~~", "`c`", "``c``", "```\nblock\n```", "[a](https://evil.example)", "\\", "\\*",
        "a_b_c", "* x",
    ),
)  # fmt: skip
harmful = st.one_of(
    st.sampled_from(DISCORD_TRAPS + TRAPS),
    st.text("\\*_~`|<>[]#:@/()-+.1!& aehrvyon\n", max_size=30),
    st.lists(st.sampled_from(DISCORD_TRAPS), max_size=4).map(" ".join),
)
words = st.one_of(*(st.builds(kind, harmful) for kind in (Plain, Bold, Code)))


def said(*spans):
    return line(markdown(spans))


@ANY
@given(harmful)
@example("\\")
@example("1. first")
@example("- item")
def test_any_text_is_shown_as_written(foreign):
    assert squashed(visible_text(said(Plain(foreign)))) == squashed(shown(foreign))


@ANY
@given(st.lists(words, max_size=5))
@example([Plain("@"), Plain("everyone")])
@example([Plain("<"), Plain("@1>")])
@example([Plain("1"), Plain(". x")])
@example([Bold("a"), Bold("b"), Code("c"), Code("d"), Bold("e")])
@example([Code("@every"), Code("one"), Code("`")])
def test_adjacent_texts_are_shown_as_written_and_notify_nobody(spans):
    made = said(*spans)
    assert squashed(visible_text(made)) == squashed("".join(shown(span.text) for span in spans))
    assert mentions(made) == set()
    assert not re.search(r"@(everyone|here)|<@[!&]?\d", made, re.IGNORECASE)


@ANY
@given(harmful)
def test_no_piece_is_longer_than_a_text_display(foreign):
    spans = (Plain(foreign), Bold(foreign), Code(foreign), Link(foreign, "https://example.org"), Link("", foreign))
    assert all(length(piece) <= 1_900 for piece in markdown((*spans, Mention("1", foreign), Channel(foreign))))


@pytest.mark.parametrize("foreign", DISCORD_TRAPS)
def test_plain_fields_show_foreign_text_and_notify_nobody(foreign):
    assert mention_safe(foreign).replace("\u200b", "") == shown(foreign)
    assert mentions(mention_safe(foreign)) == set()


def test_text_that_looks_like_an_address_is_not_a_link():
    assert said(Plain("https://evil.example")) == "https\\://evil.example"


def test_a_handle_can_be_copied():
    assert escaped("see @ana.moves: 10:05 x") == "see @ana.moves: 10\\:05 x"


def test_spans_have_their_markup():
    at = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    assert said(Bold("now")) == "**now**"
    assert said(Bold(" now ")) == "**now**"
    assert said(Plain("a"), Bold(" b "), Plain("c")) == "a **b** c"
    assert said(Code("/track <link>")) == "`/track <link>`"
    assert said(Link("Cat", "https://example.org/a")) == "[Cat](https://example.org/a)"
    assert said(Link("", "https://example.org/a")) == "<https://example.org/a>"
    assert said(Time(at)) == "<t:1772447400:f>"
    assert said(Time(at, at + timedelta(hours=11))) == "<t:1772447400:t>"
    assert said(Time(at, at + timedelta(hours=12))) == said(Time(at, at - timedelta(hours=1))) == "<t:1772447400:f>"
    assert said(Channel("123456789012345678")) == "<#123456789012345678>"


def test_a_person_is_named_and_not_linked():
    assert said(Mention("123456789012345678", "Ana_")) == "Ana\\_"
    assert said(Mention("123456789012345678", "")) == "123456789012345678"


def test_a_channel_of_another_chat_is_plain_text():
    assert said(Channel("<@1>")) == "\\<\u200b@1\\>"


@pytest.mark.parametrize(
    "title", ["[Official] cat", "x](https://evil.example)", "https://bank.example", "WWW.bank.example"]
)
def test_a_label_that_would_break_or_disguise_a_link_is_next_to_it(title):
    made = said(Link(title, "https://example.org"))
    assert made == f"{escaped(title)} ([link](https://example.org))"
    assert visible_text(made) == f"{title} (link)"


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "http://example.org", "https://a@evil.example/", "https://["),
        *(f"https://e.org/{'x' * 512}", "https://ex\u0430mple.org/"),  # with a Cyrillic letter
    ],
)
def test_an_unsafe_address_is_plain_text(url):
    assert link_address(url) is None
    made = said(Link("Cat", url))
    assert "](" not in made
    assert visible_text(made).replace("\u200b", "") == f"Cat ({url})"


def test_an_address_cannot_end_its_link_or_call_anyone():
    assert link_address("https://e.org/a(b)c?q=@everyone&ü") == "https://e.org/a%28b%29c?q=%40everyone&%C3%BC"
    assert mentions(said(Link("", "https://e.org/@everyone"))) == set()
