import pytest
from hypothesis import HealthCheck, given, settings

from adapters.discord.render import Message, messages, public_message
from adapters.discord.text import say_server
from bot.reply.call import Call
from bot.reply.clean import shown
from bot.reply.model import (
    Align,
    Button,
    Column,
    Field,
    Fields,
    File,
    LinkButton,
    Mention,
    Note,
    Option,
    Paragraph,
    Picture,
    Reply,
    Select,
    Table,
    Tone,
    text,
)
from bot.reply.plain import plain_body, plain_spans
from tests.discord_render.reading import missing, read, sent, squashed
from tests.gallery import gallery
from tests.slack_render.strategies import replies
from tests.standins.discord_server.components import nested, validate
from tests.standins.discord_server.markdown import mentions

ANY = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
EXAMPLES = gallery()


def problems(message: Message) -> list[str]:
    return validate(sent(message), attached=[file.name for file in message.files])


def kinds(message: Message) -> list[int]:
    return [each["type"] for each in message.components[0]["components"]]


def contents(message: Message) -> list[str]:
    return [each["content"] for each in nested(list(message.components)) if "content" in each]


@ANY
@given(replies())
def test_any_reply_keeps_every_documented_limit_and_mentions_nobody(reply):
    found = messages(reply)
    assert found
    for message in (*found, public_message(reply.public_line)):
        assert problems(message) == []
        assert mentions(sent(message)) == set()


@ANY
@given(replies())
def test_any_reply_loses_no_word_and_no_number(reply):
    assert missing(say_server(plain_body(reply)), messages(reply)) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_message_of_the_bot_is_one_message_that_discord_takes(name):
    reply = EXAMPLES[name]
    (message,) = messages(reply)
    assert problems(message) == []
    assert mentions(sent(message)) == set()
    assert missing(say_server(plain_body(reply)), (message,)) == []


@pytest.mark.parametrize("name", [name for name in EXAMPLES if EXAMPLES[name].public_line])
def test_the_public_line_names_the_person_and_links_nobody(name):
    public = EXAMPLES[name].public_line
    message = public_message(public)
    assert mentions(sent(message)) == set()
    assert missing(say_server(plain_spans(public)), (message,)) == []
    assert squashed(next(span.name for span in public if isinstance(span, Mention))) in squashed(
        read(message.components)
    )


def test_a_long_public_line_is_one_message_with_all_of_it():
    long = " ".join(f"word{number}" for number in range(350))
    message = public_message(text(long))
    assert problems(message) == []
    assert missing(long, (message,)) == []


def test_title_comes_first_then_the_summary_then_the_parts_then_the_actions():
    reply = Reply(
        "It costs $2.52.", title="Track?", parts=(Note(text("Old.")),), actions=(Button("Go", Call("usage")),)
    )
    (message,) = messages(reply)
    assert kinds(message) == [10, 10, 1]
    assert contents(message) == ["### Track?\nIt costs $2.52.", "-# Old."]


def test_a_tone_is_told_by_a_colour_and_a_mark():
    heads = {tone: messages(Reply("Done.", tone=tone))[0] for tone in Tone}
    assert [contents(heads[tone]) for tone in Tone] == [["Done."], ["✅ Done."], ["⚠️ Done."], ["⛔ Done."]]
    assert len({heads[tone].components[0]["accent_color"] for tone in Tone}) == 4


def test_a_reply_that_says_nothing_is_still_a_message():
    (message,) = messages(Reply(" \u200b"))
    assert contents(message) == ["–"]
    assert contents(public_message(())) == ["–"]


def test_text_of_ten_thousand_characters_is_read_in_full_over_several_messages():
    long = " ".join(f"word{number}" for number in range(1_200))
    found = messages(Reply("Long.", parts=(Paragraph(text(long)),)))
    assert len(found) == 3
    assert all(problems(message) == [] for message in found)
    assert missing(long, found) == []


def test_two_hundred_buttons_are_all_there_in_rows_of_five():
    buttons = tuple(Button(f"b{each}", Call("stats", {"video": str(each)})) for each in range(200))
    found = messages(Reply("Press.", actions=buttons))
    rows = [row for message in found for row in nested(list(message.components)) if row["type"] == 1]
    assert [len(row["components"]) for row in rows] == [5] * 40
    assert [each["label"] for row in rows for each in row["components"]] == [f"b{each}" for each in range(200)]
    assert all(problems(message) == [] for message in found)


def test_a_picture_is_shown_with_its_finding_as_alt_text():
    (message,) = messages(Reply("Grew.", parts=(Picture("growth.png", b"png", "It doubled."),)))
    gallery_ = message.components[0]["components"][1]
    assert gallery_["items"] == [{"media": {"url": "attachment://growth.png"}, "description": "It doubled."}]
    assert [(file.name, file.content, file.description) for file in message.files] == [
        ("growth.png", b"png", "It doubled.")
    ]


def test_a_finding_too_long_for_alt_text_is_told_beside_the_picture():
    (message,) = messages(Reply("", parts=(Picture("a.png", b"", "it doubled " * 100),)))
    assert len(message.components[0]["components"][0]["items"][0]["description"]) == 1_024
    assert missing("it doubled " * 100, (message,)) == []


def test_a_picture_too_large_for_discord_is_told():
    (message,) = messages(Reply("", parts=(Picture("a.png", b"x" * (10 * 1024 * 1024 + 1), "It doubled."),)))
    assert (contents(message), message.files) == (["-# Picture: It doubled."], ())


def test_files_go_along_under_a_name_that_discord_keeps():
    files = tuple(File(name, b"1", "text/csv", "9 rows") for name in ("SPOILER_ä b.csv", "ä b.csv", "", "x.csv"))
    (message,) = messages(Reply("Here.", files=files))
    assert [file.name for file in message.files] == ["b.csv", "b-2.csv", "file", "x.csv"]
    assert problems(message) == []
    assert "File ä b.csv: 9 rows" in read(message.components)


def test_more_than_ten_files_go_in_several_messages():
    files = tuple(File(f"{number}.csv", b"1", "text/csv", "rows") for number in range(12))
    found = messages(Reply("Here.", files=files))
    assert [len(message.files) for message in found] == [10, 2]
    assert all(problems(message) == [] for message in found)


def test_a_link_that_cannot_be_a_button_is_words():
    (message,) = messages(Reply("See.", actions=(LinkButton("Docs", "http://example.org"),)))
    assert "Docs: http://example.org" in read(message.components)
    assert kinds(message) == [10, 10]


def test_a_line_between_two_things_is_one():
    (message,) = messages(EXAMPLES["home.home"])
    assert 14 in kinds(message)


def test_foreign_text_reads_as_it_was_written():
    foreign = "@everyone <@1> <#2> *b* _i_ ~s~ `c` ||x|| :smile: # > - <t:1:R> <:a:1> [x](https://evil.example) \\"
    reply = Reply(
        foreign,
        title=f"T {foreign}",
        parts=(
            Paragraph(text(foreign)),
            Note(text(foreign)),
            Fields((Field(foreign, text(foreign)),)),
            Table("C", (Column(foreign), Column("n", Align.RIGHT)), ((text(foreign), text("1")),)),
        ),
        actions=(
            Button(foreign, Call("usage")),
            LinkButton(foreign, "https://example.org"),
            Select(foreign, Call("stats"), "video", (Option(foreign, "v"),)),
        ),
    )
    (message,) = messages(reply)
    assert mentions(sent(message)) == set()
    assert read(message.components).replace("\u200b", "").count(shown(foreign)) == 8
    row = [each for each in nested(list(message.components)) if each["type"] == 2]
    assert all(each["label"].startswith("@\u200beveryone") for each in row)
