"""Limits of blocks and views as documented, each at its edge and one beyond it."""

import pytest

from tests.standins.slack.block_kit import validate, validate_view
from tests.standins.slack.shapes import (
    actions,
    button,
    buttons,
    field,
    menu,
    modal,
    mrkdwn,
    options,
    picture,
    plain,
    rich_text,
    section,
    table,
)

HEADER, CONTEXT = {"type": "header"}, {"type": "context"}
CONFIRM = {"title": plain(100), "text": plain(300), "confirm": plain(30), "deny": plain(30)}
LINK = {"type": "link", "url": "https://example.com"}


@pytest.mark.parametrize(
    ("longest", "longer", "place"),
    [
        ([section()] * 50, [section()] * 51, "/blocks must have 0 to 50"),
        ([section(text=mrkdwn(3000))], [section(text=mrkdwn(3001))], "/blocks/0/text"),
        ([section(text=mrkdwn(1))], [section(text=mrkdwn(0))], "/blocks/0/text"),
        ([section()], [{"type": "section"}], "text"),
        ([section()], [{"type": "video"}], "unsupported type of block: video"),
        ([section()], [section(fields=[plain()])], "fields"),
        ([section(text=mrkdwn(3000))] * 4, [section(text=mrkdwn(3000))] * 5, "msg_blocks_too_long"),
        ([{**HEADER, "text": plain(150)}], [{**HEADER, "text": plain(151)}], "/blocks/0/text"),
        ([{**HEADER, "text": plain()}], [{**HEADER, "text": mrkdwn()}], "/blocks/0/text"),
        ([{**CONTEXT, "elements": [plain()] * 10}], [{**CONTEXT, "elements": [plain()] * 11}], "/elements"),
        ([buttons(25)], [buttons(26)], "/elements"),
        ([section(block_id="x" * 255)], [section(block_id="x" * 256)], "block_id"),
        ([section(block_id="a"), section(block_id="b")], [section(block_id="a")] * 2, "block_id a twice"),
        ([actions(button(), button(action_id="b"))], [actions(button(), button())], "action_id in one block a twice"),
        ([actions(button(action_id="x" * 255))], [actions(button(action_id="x" * 256))], "action_id"),
        ([actions(button(text=plain(75)))], [actions(button(text=plain(76)))], "text"),
        ([actions(button(value="x" * 2000))], [actions(button(value="x" * 2001))], "value"),
        ([actions(button(url="https://example.com"))], [actions(button(url="javascript:alert(1)"))], "url"),
        ([actions(button(style="danger"))], [actions(button(style="loud"))], "style"),
        ([actions(button(confirm=CONFIRM))], [actions(button(confirm={**CONFIRM, "deny": plain(31)}))], "deny"),
        ([actions(menu(options=options(100)))], [actions(menu(options=options(101)))], "options"),
        ([actions(menu(options=options(1, text=75)))], [actions(menu(options=options(1, text=76)))], "text"),
        ([actions(menu(options=options(1, value=150)))], [actions(menu(options=options(1, value=151)))], "value"),
        (
            [actions(menu(options=options(2), initial_option=options(2)[1]))],
            [actions(menu(options=options(2), initial_option=options(3)[2]))],
            "not among the options",
        ),
        ([picture(alt_text="x" * 2000)], [picture(alt_text="x" * 2001)], "alt_text"),
        ([picture()], [picture(image_url="http://localhost/x.png")], "image_url"),
        ([table(100)], [table(101)], "rows"),
        ([table(1, 20)], [table(1, 21)], "rows"),
        ([table(10, 10, 100)], [table(10, 10, 101)], "10000 characters"),
        ([table()], [table(length=0)], "rows"),
        ([table()], [table(), table()], "only_one_table_allowed"),
        ([rich_text(LINK)], [rich_text({"type": "broadcast", "range": "here"})], "rich text element: broadcast"),
        ([rich_text(LINK)], [rich_text({**LINK, "url": "ftp://x"})], "url"),
    ],
)
def test_blocks_may_be_as_long_as_documented_and_no_longer(longest, longer, place):
    assert validate(longest, "message") == []
    assert place in str(validate(longer, "message"))


@pytest.mark.parametrize(
    ("longest", "longer", "place"),
    [
        (modal(*[section()] * 100), modal(*[section()] * 101), "/blocks"),
        (modal(title=plain(24)), modal(title=plain(25)), "/title"),
        (modal(submit=plain(24)), modal(submit=plain(25)), "/submit"),
        (modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001), "/private_metadata"),
        (modal(callback_id="x" * 255), modal(callback_id="x" * 256), "/callback_id"),
        (modal(field()), {key: each for key, each in modal(field()).items() if key != "submit"}, "submit is missing"),
        (modal(section()), modal(table()), "not allowed in a modal"),
        (modal(field(placeholder=plain(150))), modal(field(placeholder=plain(151))), "placeholder"),
        (modal(field(initial_value="x" * 3000)), modal(field(initial_value="x" * 3001)), "initial_value"),
        (
            modal(field("number_input", is_decimal_allowed=False, min_value="1", max_value="2")),
            modal(field("number_input", is_decimal_allowed=False, min_value="2", max_value="1")),
            "out of order",
        ),
        (
            modal(field("timepicker", initial_time="23:59")),
            modal(field("timepicker", initial_time="24:00")),
            "initial_time",
        ),
        (
            modal(field("multi_external_select", max_selected_items=100)),
            modal(field("multi_external_select", max_selected_items=101)),
            "max_selected_items",
        ),
        (modal(field()), modal(field("email_text_input")), "unsupported type of element of an input block"),
        ({"type": "home", "blocks": [section()]}, {"type": "home", "blocks": []}, "/blocks"),
    ],
)
def test_views_may_be_as_long_as_documented_and_no_longer(longest, longer, place):
    assert validate_view(longest) == []
    assert place in str(validate_view(longer))
