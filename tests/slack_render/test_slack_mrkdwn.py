from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.text import elements, escaped, mrkdwn, native
from bot.reply.model import Bold, Channel, Code, Link, Mention, Plain, Time, text
from bot.reply.plain import plain_spans
from bot.reply.text import shown
from tests.slack_render.strategies import close_texts, span_texts
from tests.standins.slack.mrkdwn import mentions, visible_text

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
UNIX = 1_772_447_400


def meant(span) -> str:
    """The text that a reader should see of a span."""
    match native(span):
        case Plain(words) | Bold(words) | Code(words):
            return shown(words)
        case Link(words, url):
            return shown(words) if shown(words).strip() else url
        case Time() as time:
            return plain_spans((time,))
        case Channel(channel_id):
            return f"#{channel_id}"


@settings(deadline=None, max_examples=100)
@given(st.one_of(close_texts, span_texts))
def test_text_in_mrkdwn_is_shown_as_intended(spans):
    said = mrkdwn(spans)
    if said is not None:
        assert visible_text(said) == "".join(map(meant, spans))
        assert mentions({"type": "mrkdwn", "text": said, "verbatim": True}) == set()


@pytest.mark.parametrize(
    "words",
    [
        *(
            "*bold*", "a * b", "_italic_", "_x", "~gone~", "`code`", ":smile:", ":+1:", "> quote", "  > quote",
            ">>> all",
        ),
        *("text with :piñata: in it", "__init__"),
    ],
)  # fmt: skip
def test_text_that_might_be_markup_is_not_sent_as_mrkdwn(words):
    assert mrkdwn(text(words)) is None
    assert mrkdwn(text(Link(words, "https://example.org"))) is None
    assert elements(text(words))[0]["text"] == words


@pytest.mark.parametrize(
    "words", ["snake_case_name", "10:05", "a > b", "5 < 6 & 7", "C++", "#fyp", "@ana", "https://a.b/c"]
)
def test_harmless_text_is_sent_as_mrkdwn(words):
    said = mrkdwn(text(words))
    assert said is not None
    assert visible_text(said) == words


def test_bold_and_code_are_marked_if_slack_recognises_the_mark():
    assert mrkdwn(text("a ", Bold("b"), " ", Code("/stop <video>"), ".")) == "a *b* `/stop &lt;video&gt;`."
    assert mrkdwn(text("a", Bold("b"))) is None
    assert mrkdwn(text(Bold("b"), "c")) is None
    assert mrkdwn(text(Bold(" b"))) is None
    assert mrkdwn(text(Bold(""), "x")) is None


def test_a_moment_is_shown_in_the_readers_time_zone():
    moment = Time(AT)
    assert mrkdwn((moment,)) == f"<!date^{UNIX}^{{date_short_pretty}} {{time}}|Mon 2 Mar, 10:30 UTC>"
    assert elements((moment,)) == [
        {
            "type": "date",
            "timestamp": UNIX,
            "format": "{date_short_pretty} {time}",
            "fallback": "Mon 2 Mar, 10:30 UTC",
        }
    ]


def test_a_moment_that_slack_cannot_format_is_shown_in_utc():
    old = Time(datetime(1, 1, 1, tzinfo=UTC))
    assert mrkdwn((old,)) == "Mon 1 Jan, 00:00 UTC"
    assert elements((old,))[0]["type"] == "text"


def test_a_link_keeps_its_address_and_label():
    link = Link("Cats & <dogs> | live", "https://example.org/a?b=1&c=2")
    assert mrkdwn((link,)) == "<https://example.org/a?b=1&amp;c=2|Cats &amp; &lt;dogs&gt; | live>"
    assert elements((link,)) == [{"type": "link", "url": link.url, "text": link.text}]
    assert elements((Link("", "https://example.org"),)) == [{"type": "link", "url": "https://example.org"}]


def test_an_address_cannot_break_out_of_its_link():
    said = mrkdwn((Link("x", "https://example.org/a|b> <!channel>"),))
    assert said == "<https://example.org/a%7Cb%3E%20%3C!channel%3E|x>"


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "javascript:alert(1)",
        "https://good.example@evil.example",
        "https://[",
        "",
        "https://",
        "x" * 9,
    ],
)
def test_a_link_without_https_is_plain_text(url):
    (element,) = elements((Link("here", url),))
    assert element["type"] == "text"
    assert element["text"] == f"here ({url})" if url else "here ()"


def test_an_address_that_is_too_long_for_slack_is_plain_text():
    found = elements((Link("here", "https://example.org/" + "a" * 3_000),))
    assert {element["type"] for element in found} == {"text"}


def test_people_are_shown_by_name_and_channels_as_mentions():
    assert mrkdwn(text(Mention("U0000001", "Ana"), Mention("U0000002", ""))) == "AnaU0000002"
    assert elements((Mention("U0000001", "Ana"),)) == [{"type": "text", "text": "Ana"}]
    assert mrkdwn((Channel("C0000001"),)) == "<#C0000001>"
    assert mrkdwn((Channel("D0000001"),)) == "D0000001"
    assert elements((Channel("C0000001"),)) == [{"type": "channel", "channel_id": "C0000001"}]


def test_escaping_follows_slacks_documentation():
    assert escaped("<!channel> & <b>") == "&lt;!channel&gt; &amp; &lt;b&gt;"
