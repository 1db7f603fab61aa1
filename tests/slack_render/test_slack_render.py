import json

import pytest
from hypothesis import HealthCheck, given, settings
from slack_sdk.models.blocks import Block

from adapters.slack.render import Message, home_view, messages, public_message
from bot.reply.call import Call
from bot.reply.clean import shown
from bot.reply.model import (
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
    Reply,
    Select,
    Table,
    Tone,
    text,
)
from bot.reply.plain import plain_body, plain_spans, plain_text
from tests.gallery import gallery
from tests.slack_render.reading import missing, read, squashed
from tests.slack_render.samples import kinds, numbered
from tests.slack_render.strategies import replies
from tests.standins.slack.block_kit import validate, validate_view
from tests.standins.slack.mrkdwn import mentions, visible_text

ANY = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
EXAMPLES = gallery()
UPLOADED = {"a.png": "F0000001", "growth.png": "F0000002"}


def sent(message: Message) -> dict[str, object]:
    """A message as it goes over the wire."""
    made: dict[str, object] = json.loads(json.dumps({"text": message.text, "blocks": message.blocks}))
    return made


@ANY
@given(replies())
def test_any_reply_keeps_every_documented_limit_and_mentions_nobody(reply):
    for message in (*messages(reply, UPLOADED), public_message(reply.public_line)):
        wire = sent(message)
        assert validate(wire["blocks"], "message") == []
        assert mentions(wire) == set()
        assert 0 < len(message.text) <= 40_000
        assert wire["blocks"]


@ANY
@given(replies())
def test_any_reply_loses_no_word_and_no_number(reply):
    blocks = [block for message in messages(reply, UPLOADED) for block in message.blocks]
    assert missing(plain_body(reply), blocks) == []


@ANY
@given(replies())
def test_the_first_text_is_the_whole_reply_with_nothing_that_slack_would_parse(reply):
    first = messages(reply, UPLOADED)[0].text
    whole = plain_text(reply)
    assert not set(first) & set("<>")
    if "(cut here" not in first[-60:]:
        assert squashed(whole) in squashed(decoded(first))


def decoded(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@ANY
@given(replies())
def test_any_reply_is_a_home_tab_that_slack_takes(reply):
    view = json.loads(json.dumps(home_view(reply)))
    assert validate_view(view) == []
    assert mentions(view) == set()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_message_of_the_bot_fits_into_one_message_that_slack_takes(name):
    reply = EXAMPLES[name]
    (message,) = messages(reply, UPLOADED)
    wire = sent(message)
    assert validate(wire["blocks"], "message") == []
    assert mentions(wire) == set()
    assert missing(plain_body(reply), message.blocks) == []
    assert validate_view(home_view(reply)) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_slack_s_own_library_knows_every_block(name):
    for message in messages(EXAMPLES[name], UPLOADED):
        for block in message.blocks:
            parsed = Block.parse(block)
            assert parsed is not None
            assert parsed.to_dict() == block


@pytest.mark.parametrize("name", [name for name in EXAMPLES if EXAMPLES[name].public_line])
def test_the_public_line_names_the_person_and_links_nobody(name):
    line = EXAMPLES[name].public_line
    message = public_message(line)
    assert mentions(sent(message)) == set()
    assert decoded(message.text) == plain_spans(line)
    assert "user_id" not in json.dumps(message.blocks)
    assert squashed(next(span.name for span in line if isinstance(span, Mention))) in squashed(read(message.blocks))


def test_title_comes_first_then_the_summary_then_the_parts_then_the_actions():
    reply = Reply(
        "It costs $2.52.", title="Track?", parts=(Note(text("Old.")),), actions=(Button("Go", Call("usage")),)
    )
    (message,) = messages(reply)
    assert kinds(message) == ["header", "rich_text", "context", "actions"]
    assert message.text == "Track?\nIt costs $2.52.\n\nOld.\n\n[Go]"


def test_a_tone_is_told_by_a_mark_in_blocks_and_text():
    heads = {tone: messages(Reply("Done.", tone=tone))[0] for tone in Tone}
    assert [read(heads[tone].blocks) for tone in Tone] == ["Done.", "✅ Done.", "⚠️ Done.", "⛔ Done."]
    assert [heads[tone].text for tone in Tone] == ["Done.", "✅ Done.", "⚠️ Done.", "⛔ Done."]


def test_a_file_is_told_by_name():
    reply = Reply("Here.", files=(File("all.csv", b"", "text/csv", "1,234 snapshots"),))
    assert "File all.csv: 1,234 snapshots" in read(messages(reply)[0].blocks)


def test_two_hundred_buttons_are_all_there():
    reply = Reply("Press.", actions=tuple(Button(f"b{each}", Call("usage")) for each in range(200)))
    found = [block for message in messages(reply) for block in message.blocks if block["type"] == "actions"]
    assert [len(block["elements"]) for block in found] == [25] * 8
    assert "".join(read(element["text"]) for block in found for element in block["elements"]) == "".join(
        f"b{each}" for each in range(200)
    )


def test_a_reply_that_says_nothing_is_still_a_message():
    (message,) = messages(Reply(" \u200b"))
    assert (message.text, read(message.blocks)) == ("–", "–")
    assert validate_view(home_view(Reply(""))) == []


def test_a_title_too_long_for_a_header_is_read_in_full():
    (message,) = messages(Reply("Yes.", title="word " * 60))
    assert "header" not in kinds(message)
    assert squashed("word " * 60) in squashed(read(message.blocks))


def test_a_text_beyond_slack_s_limit_is_cut_with_a_note_and_between_entities():
    message = messages(Reply("&" * 30_000))[0]
    assert len(message.text) <= 40_000
    assert message.text.endswith("(cut short; the message has the rest)")
    assert set(decoded(message.text.partition(" … ")[0])) == {"&"}


def test_a_message_after_the_first_says_which_it_is():
    texts = [message.text for message in messages(Reply("Rows.", title="Export & more", parts=(numbered(250),)))]
    assert texts[1:] == ["Export &amp; more (2 of 3)", "Export &amp; more (3 of 3)"]


def test_a_home_tab_with_more_than_it_takes_says_so():
    view = home_view(Reply("", parts=tuple(Note(text(f"note {each}")) for each in range(150))))
    assert len(view["blocks"]) == 100
    assert read(view["blocks"][-1]) == "There's more than fits here."
    assert read(view["blocks"][98]).strip() == "note 98"


def test_a_long_table_on_a_home_tab_is_lines():
    view = home_view(Reply("", parts=(numbered(300),)))
    assert {block["type"] for block in view["blocks"]} == {"rich_text"}
    assert "#299/3" in read(view["blocks"])


def test_foreign_text_reads_as_it_was_written():
    foreign = "<!channel> *b* _i_ ~s~ `c` :smile: > q &amp; <https://evil.example|x>"
    reply = Reply(
        foreign,
        title=f"T {foreign}",
        parts=(
            Paragraph(text(foreign)),
            Note(text(foreign)),
            Fields((Field(foreign, text(foreign)),)),
            Table("C", (Column(foreign),), ((text(foreign),),)),
        ),
        actions=(
            Button(foreign, Call("usage")),
            LinkButton(foreign, "https://example.org"),
            Select(foreign, Call("stats"), "video", (Option(foreign, "v"),)),
        ),
    )
    (message,) = messages(reply)
    seen = read(message.blocks).replace("\u2060", "")
    assert seen.count(shown(foreign)) == 8 + 4
    assert visible_text(message.text).count("<!channel>") == 12
