import json

from hypothesis import HealthCheck, example, given, settings
from slack_sdk.models.blocks import Block

from adapters.slack.render import home_view, messages
from bot.reply.call import Call
from bot.reply.model import (
    Button,
    Note,
    Reply,
    text,
)
from bot.reply.plain import plain_text
from tests.every_reply import on_every_reply
from tests.gallery import gallery
from tests.slack_render.rendered import read, squashed
from tests.slack_render.samples import kinds, numbered
from tests.slack_render.strategies import replies
from tests.standins.slack.block_kit import validate_view
from tests.standins.slack.mrkdwn import mentions

ANY = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
UPLOADED = {"a.png": "F0000001", "growth.png": "F0000002"}


@ANY
@given(replies())
def test_the_fallback_text_holds_the_whole_reply_without_markup(reply):
    first = messages(reply, UPLOADED)[0].text
    whole = plain_text(reply)
    assert not set(first) & set("<>")
    if "(cut short" not in first[-60:]:
        assert squashed(whole) in squashed(decoded(first))


def decoded(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@ANY
@given(replies())
@example(Reply(""))
def test_any_reply_is_a_valid_home_tab(reply):
    view = json.loads(json.dumps(home_view(reply)))
    assert validate_view(view) == []
    assert mentions(view) == set()


@on_every_reply
def test_slack_s_own_library_knows_every_block(reply):
    for message in messages(reply, UPLOADED):
        for block in message.blocks:
            if block["type"] == "data_table":  # which it doesn't know yet
                continue
            parsed = Block.parse(block)
            assert parsed is not None
            assert parsed.to_dict() == block


def test_a_reply_is_ordered_title_summary_parts_actions():
    reply = Reply(
        "It costs $2.52.", title="Track?", parts=(Note(text("Old.")),), actions=(Button("Go", Call("usage")),)
    )
    (message,) = messages(reply)
    assert kinds(message) == ["header", "rich_text", "context", "actions"]
    assert message.text == "Track?\nIt costs $2.52.\n\nOld.\n\n[Go]"


def test_a_title_too_long_for_a_header_is_shown_in_full():
    (message,) = messages(Reply("Yes.", title="word " * 60))
    assert "header" not in kinds(message)
    assert squashed("word " * 60) in squashed(read(message.blocks))


def test_text_beyond_slacks_limit_is_cut_between_entities_with_a_note():
    message = messages(Reply("&" * 30_000))[0]
    assert len(message.text) <= 40_000
    assert message.text.endswith("(cut short; the message has the rest)")
    assert set(decoded(message.text.partition(" … ")[0])) == {"&"}


def test_later_messages_of_a_reply_are_numbered():
    texts = [message.text for message in messages(Reply("Rows.", title="Export & more", parts=(numbered(250),)))]
    assert texts[1:] == ["Export &amp; more (2 of 3)", "Export &amp; more (3 of 3)"]


def test_a_home_tab_has_its_buttons_on_top_and_the_menu_of_its_videos_below():
    kinds = [block["type"] for block in home_view(gallery()["home.home"])["blocks"]]
    assert kinds[:3] == ["header", "rich_text", "actions"]
    assert kinds[-1] == "actions"
    assert kinds.count("actions") == 2


def test_an_overfull_home_tab_is_cut_with_a_note():
    view = home_view(Reply("", parts=tuple(Note(text(f"note {each}")) for each in range(150))))
    assert len(view["blocks"]) == 100
    assert read(view["blocks"][-1]) == "There's more than fits here."
    assert read(view["blocks"][98]).strip() == "note 98"


def test_a_long_table_on_a_home_tab_becomes_lines():
    view = home_view(Reply("", parts=(numbered(300),)))
    assert {block["type"] for block in view["blocks"]} == {"rich_text"}
    assert "#299/2" in read(view["blocks"])
