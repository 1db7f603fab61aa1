"""The documented limits of blocks and views, at the limit and just beyond: one case per kind of check."""

import pytest

from tests.standins.slack.block_kit import validate, validate_view
from tests.standins.slack.shapes import (
    actions,
    button,
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

HEADER = {"type": "header"}
LINK = {"type": "link", "url": "https://example.com"}


@pytest.mark.parametrize(
    ("longest", "longer", "place"),
    [
        ([section()] * 50, [section()] * 51, "/blocks must have 0 to 50"),
        ([section(text=mrkdwn(3000))], [section(text=mrkdwn(3001))], "/blocks/0/text"),
        ([section()], [{"type": "section"}], "text"),
        ([section()], [{"type": "video"}], "unsupported type of block: video"),
        ([section()], [section(fields=[plain()])], "fields"),
        ([section(text=mrkdwn(3000))] * 4, [section(text=mrkdwn(3000))] * 5, "msg_blocks_too_long"),
        ([{**HEADER, "text": plain()}], [{**HEADER, "text": mrkdwn()}], "/blocks/0/text"),
        ([section(block_id="a"), section(block_id="b")], [section(block_id="a")] * 2, "block_id a twice"),
        ([actions(button(), button(action_id="b"))], [actions(button(), button())], "action_id in one block a twice"),
        ([actions(button(url="https://example.com"))], [actions(button(url="javascript:alert(1)"))], "url"),
        ([actions(button(style="danger"))], [actions(button(style="loud"))], "style"),
        (
            [actions(menu(options=options(2), initial_option=options(2)[1]))],
            [actions(menu(options=options(2), initial_option=options(3)[2]))],
            "not among the options",
        ),
        ([picture()], [picture(image_url="http://localhost/x.png")], "image_url"),
        ([table(10, 10, 100)], [table(10, 10, 101)], "10000 characters"),
        ([table()], [table(length=0)], "rows"),
        ([table()], [table(), table()], "only_one_table_allowed"),
        ([rich_text(LINK)], [rich_text({"type": "broadcast", "range": "here"})], "rich text element: broadcast"),
        ([rich_text(LINK)], [rich_text({**LINK, "url": "ftp://x"})], "url"),
    ],
)
def test_blocks_are_refused_just_beyond_each_limit(longest, longer, place):
    assert validate(longest, "message") == []
    assert place in str(validate(longer, "message"))


@pytest.mark.parametrize(
    ("longest", "longer", "place"),
    [
        (modal(*[section()] * 100), modal(*[section()] * 101), "/blocks"),
        (modal(field()), {key: each for key, each in modal(field()).items() if key != "submit"}, "submit is missing"),
        (modal(section()), modal(table()), "not allowed in a modal"),
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
def test_views_are_refused_just_beyond_each_limit(longest, longer, place):
    assert validate_view(longest) == []
    assert place in str(validate_view(longer))
