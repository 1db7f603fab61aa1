import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standins.slack.block_kit import validate, validate_view
from tests.standins_slack.blocks import (
    button,
    cells,
    chart,
    confirm,
    field,
    menu,
    modal,
    mrkdwn,
    options,
    picture,
    pie,
    plain,
    rich_cell,
    section,
    table,
    with_button,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "blocks", "rows", "block_id"]), inner, max_size=4
        )
    ),
)


@pytest.mark.parametrize(
    "block",
    [
        section(text=mrkdwn(0)),
        {"type": "section"},
        section(text="bare"),
        section(colour="red"),
        section(text={**mrkdwn(), "emoji": True}),
        {"type": "header", "text": mrkdwn()},
        {"type": "actions", "elements": []},
        {"type": "context", "elements": [button()]},
        {"type": "marquee", "text": plain()},
        {"type": "video"},
        {"no": "type"},
        "text",
        with_button(style="default"),
        with_button(text=mrkdwn()),
        with_button(url="javascript:alert(1)"),
        with_button(value=7),
        menu(),
        menu(options=options(1), option_groups=[{"label": plain(), "options": options(1)}]),
        menu(options=options(2), initial_option={"text": plain(), "value": "7"}),
        picture(),
        picture(image_url="https://example.com/x.png", slack_file={"id": "F1"}),
        picture(image_url="http://example.com/x.png"),
        picture(image_url="https://localhost/x.png"),
        picture(image_url="https://192.168.0.4/x.png"),
        picture(alt_text="", image_url="https://example.com/x.png"),
        {"type": "image", "image_url": "https://example.com/x.png"},
        picture(slack_file={"id": "F1", "url": "https://files.example.com/x"}),
        {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]},
        {
            "type": "table",
            "rows": [[{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}]],
        },
        {"type": "table", "rows": [*cells(1, 2), *cells(1, 1)]},
        table(column_settings=[{"align": "middle"}]),
        {"type": "data_table", "rows": cells(2, 1)},
        {"type": "data_table", "caption": "x", "rows": cells(2, 1), "row_header_column_index": 1},
        {"type": "data_table", "caption": "x", "rows": [[rich_cell()], [rich_cell()]]},
        {"type": "table", "rows": [[{"type": "raw_number", "value": "7"}]]},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "shout", "text": "x"}]}],
        },
        chart(series=[]),
        {"type": "data_visualization", "title": "x", "chart": pie(0)},
        {"type": "data_visualization", "title": "x", "chart": pie(1, 1)},
        section(accessory=picture(image_url="https://[/x.png")),
        section(text={**mrkdwn(), "verbatim": "yes"}),
        {"type": "card"},
        chart(axis_config={"categories": ["Mon"]}),
        chart(axis_config={"categories": ["Mon", "Wed"]}),
        {"type": "input", "label": mrkdwn(), "element": {"type": "plain_text_input"}},
        field(element={"type": "number_input"}),
        field(element={"type": "number_input", "is_decimal_allowed": False, "min_value": "3", "max_value": "2"}),
        field(element={"type": "number_input", "is_decimal_allowed": False, "max_value": "2", "initial_value": "3"}),
        field(element={"type": "plain_text_input", "max_length": 3001}),
        field(element=button()),
    ],
    ids=str,
)
def test_what_slack_does_not_take_is_refused(block):
    assert validate([block], "message") != []


@pytest.mark.parametrize(
    "block",
    [
        {"type": "divider"},
        section(accessory=button()),
        section(accessory=picture(image_url="https://example.com/x.png")),
        {"type": "context", "elements": [mrkdwn(), picture(slack_file={"id": "F1"})]},
        with_button(style="danger", confirm=confirm(style="danger"), url="https://example.com", value="x"),
        menu(options=options(2), initial_option=options(2)[1]),
        menu("external_select", min_query_length=0),
        menu("users_select", initial_user="U1"),
        menu("multi_conversations_select", initial_conversations=["C1"]),
        {"type": "data_visualization", "title": "x", "chart": pie(1)},
        table(column_settings=[None, {"align": "right", "is_wrapped": True}]),
        {"type": "table", "rows": [[{"type": "raw_number", "value": 0}]]},
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "x", "style": {"bold": True}},
                        {"type": "link", "url": "https://example.com", "text": "x"},
                        {"type": "emoji", "name": "warning"},
                        {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"},
                    ],
                },
            ],
        },
        chart(),
        field(element={"type": "number_input", "is_decimal_allowed": True, "min_value": "1", "initial_value": "1.5"}),
    ],
    ids=str,
)
def test_what_slack_takes_is_taken(block):
    assert validate([block], "message") == []


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_each_surface_has_its_number_of_blocks(surface, most):
    assert validate([section()] * most, surface) == []
    assert validate([section()] * (most + 1), surface) != []


@pytest.mark.parametrize(
    ("block", "surfaces"),
    [
        ({"type": "markdown", "text": "x"}, {"message"}),
        (chart(), {"message"}),
        (table(), {"message", "home"}),
        ({"type": "carousel", "elements": [{"type": "card", "title": plain()}]}, {"message", "home"}),
        ({"type": "alert", "text": plain()}, {"modal"}),
        ({"type": "container", "title": plain(), "child_blocks": [section()]}, {"message"}),
        (section(), {"message", "modal", "home"}),
    ],
)
def test_a_block_stands_only_on_the_surfaces_that_are_documented_for_it(block, surfaces):
    assert {each for each in ("message", "modal", "home") if validate([block], each) == []} == surfaces


def test_block_ids_are_unique_in_a_message_and_action_ids_in_a_block():
    assert validate([section(block_id="x"), section(block_id="y")], "message") == []
    assert "block_id x twice" in validate([section(block_id="x"), section(block_id="x")], "message")[0]
    assert validate([with_button(action_id="x"), with_button(action_id="x")], "message") == []
    twice = {"type": "actions", "elements": [button(action_id="x"), button(action_id="x")]}
    assert "action_id x twice" in validate([twice], "message")[0]


def test_a_message_has_one_table_and_two_charts_and_so_much_markdown_in_all():
    data = {"type": "data_table", "caption": "x", "rows": cells(2, 1)}
    assert "only_one_table_allowed" in validate([table(), data], "message")[0]
    assert validate([chart()] * 2, "message") == []
    assert validate([chart()] * 3, "message") != []
    assert validate([{"type": "markdown", "text": "x" * 6001}] * 2, "message") != []


def test_a_message_is_refused_when_its_blocks_are_too_heavy_in_all():
    assert validate([section(text=mrkdwn(3000))] * 4, "message") == []
    assert "msg_blocks_too_long" in validate([section(text=mrkdwn(3000))] * 5, "message")[0]
    assert validate([section(text=mrkdwn(3000))] * 5, "home") == []


def test_a_modal_keeps_its_limits():
    for key in ("title", "submit", "close"):
        assert validate_view(modal(**{key: plain(24)})) == []
        assert validate_view(modal(**{key: plain(25)})) != []
    assert validate_view(modal(private_metadata="x" * 3000, callback_id="x" * 255)) == []
    assert validate_view(modal(private_metadata="x" * 3001)) != []
    assert validate_view(modal(callback_id="x" * 256)) != []
    assert validate_view(modal(table())) != []
    assert validate_view(modal(unknown="x")) != []
    assert validate_view(modal(blocks=[])) != []


def test_a_modal_with_an_input_needs_a_submit_button():
    view = modal(field())
    assert validate_view(view) == []
    del view["submit"]
    assert "submit" in validate_view(view)[0]
    assert validate_view({"type": "modal", "title": plain(), "blocks": [section()]}) == []


def test_one_thing_at_most_has_the_focus():
    focused = field(element={"type": "plain_text_input", "focus_on_load": True})
    assert validate_view(modal(focused)) == []
    assert validate_view(modal(focused, focused)) != []


def test_a_home_view_has_no_title_and_no_submit():
    assert validate_view({"type": "home", "blocks": [section()]}) == []
    assert validate_view({"type": "home", "blocks": [section()], "title": plain()}) != []
    assert validate_view({"type": "workflow_step", "blocks": [section()]}) != []


@given(JSON)
def test_any_json_gets_an_answer(value):
    assert all(isinstance(each, str) for each in [*validate(value, "message"), *validate_view(value)])
