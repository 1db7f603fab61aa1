"""Blocks and views that Slack refuses: one case per kind of check."""

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


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ([section()] * 51, "at most 50 items"),
        ([section(text=mrkdwn(3001))], "at most 3000 characters"),
        ([section(text=mrkdwn(3000))] * 5, "msg_blocks_too_long"),
        ([{"type": "section"}], "/blocks/0/text is missing"),
        ([{"type": "video"}], "/blocks/0/type must be one of section, header"),
        ([section(fields=[plain()])], "/fields is not described"),
        ([section(block_id="a")] * 2, "block_id a twice"),
        ([actions(button(), button())], "action_id in one block a twice"),
        ([actions(button(url="javascript:alert(1)"))], "/url must match"),
        ([actions(button(style="loud"))], "/style must be one of primary, danger"),
        ([actions(menu(options=options(2), initial_option=options(3)[2]))], "not among its options"),
        ([picture(image_url="http://localhost/x.png")], "/image_url is not described"),
        ([table(10, 10, 101)], "10000 characters"),
        ([table(length=0)], "at least 1 characters"),
        ([table(), table()], "only_one_table_allowed"),
        ([rich_text({"type": "broadcast", "range": "here"})], "/type must be one of text, link"),
    ],
)
def test_blocks_that_break_a_rule_are_refused(blocks, problem):
    assert problem in str(validate(blocks, "message"))


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (modal(*[section()] * 101), "at most 100 items"),
        ({**modal(field()), "submit": None}, "/view/submit must be object"),
        ({key: each for key, each in modal(field()).items() if key != "submit"}, "submit is missing"),
        (modal(table()), "not allowed in a modal"),
        (modal(field("number_input", is_decimal_allowed=False, min_value="2", max_value="1")), "out of order"),
        (modal(field("timepicker", initial_time="24:00")), "/initial_time must match"),
        (modal(field("multi_external_select", max_selected_items=101)), "at most 100"),
        (modal(field("email_text_input")), "/element/type must be one of static_select"),
        ({"type": "home", "blocks": []}, "at least 1 items"),
    ],
)
def test_views_that_break_a_rule_are_refused(view, problem):
    assert problem in str(validate_view(view))
