import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack.actions import action_blocks, pressed
from bot.reply.call import Call
from bot.reply.model import Button, LinkButton, Option, Select, Weight
from tests.slack_render.strategies import actions, buttons, selects
from tests.standins.slack.block_kit import validate

ANY = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def elements(*offered):
    return [element for block in action_blocks(offered) for element in block["elements"]]


def clicked(element):
    """The entry of a block_actions payload's `actions` for a press on a button."""
    sent = {key: element[key] for key in ("type", "action_id", "value", "text") if key in element}
    return {**sent, "block_id": "b", "action_ts": "1772447400.000100"}


def picked(element, option):
    return {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": "b",
        "selected_option": option,
        "action_ts": "1772447400.000100",
    }


@ANY
@given(buttons)
def test_a_press_is_undone_to_the_call_that_was_put_in(button):
    (element,) = elements(button)
    assert pressed(clicked(element)) == button.call


@ANY
@given(selects)
def test_a_pick_is_the_call_with_the_picked_value_as_its_argument(select):
    offered = [(element, option) for element in elements(select) for option in element["options"]]
    assert len(offered) == len(select.options)
    for (element, option), meant in zip(offered, select.options, strict=True):
        call = Call(select.call.command, {**select.call.arguments, select.argument: meant.value})
        assert pressed(picked(element, option)) == call


@ANY
@given(st.lists(actions, max_size=60))
def test_any_actions_keep_every_documented_limit(offered):
    blocks = list(action_blocks(offered))
    assert validate(blocks, "message") == []
    assert all(len(block["elements"]) <= 25 for block in blocks)
    ids = [element["action_id"] for block in blocks for element in block["elements"]]
    assert len(set(ids)) == len(ids)


def test_saying_yes_and_ending_something_stand_out():
    styles = [element.get("style") for element in elements(*(Button("b", Call("a"), weight) for weight in Weight))]
    assert styles == [None, "primary", "danger"]


def test_only_what_ends_something_asks_again():
    buttons = tuple(Button(each.value, Call("stop"), each) for each in Weight)
    elements = [element for block in action_blocks(buttons) for element in block["elements"]]
    asking = [element["text"]["text"] for element in elements if "confirm" in element]
    assert asking == ["danger"]


def test_a_link_opens_an_https_address_and_calls_nothing():
    (element,) = elements(LinkButton("Add credit", "https://contentstats.io/billing"))
    assert element["url"] == "https://contentstats.io/billing"
    assert pressed(clicked(element)) is None
    assert elements(LinkButton("x", "javascript:alert(1)"), LinkButton("x", "http://example.org")) == []


def test_more_options_than_a_menu_takes_are_more_menus():
    select = Select("Choose", Call("stats"), "video", tuple(Option(f"o{each}", f"v{each}") for each in range(230)))
    assert [len(element["options"]) for element in elements(select)] == [100, 100, 30]


def test_an_option_whose_value_would_be_cut_is_left_out():
    select = Select("Choose", Call("stats"), "video", (Option("long", "v" * 150), Option("short", "v" * 144)))
    (element,) = elements(select)
    assert [option["text"]["text"] for option in element["options"]] == ["short"]
    assert elements(Select("Choose", Call("stats"), "video", ())) == []


def test_a_label_that_is_too_long_ends_in_an_ellipsis():
    label = elements(Button("w" * 80, Call("a")))[0]["text"]["text"]
    assert len(label) == 75
    assert label.endswith("w…")
    astral = elements(Button("😀" * 80, Call("a")))[0]["text"]["text"]
    assert len(astral.encode("utf-16-le")) // 2 <= 75


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"type": "button", "action_id": "0:link"},
        {"type": "static_select", "action_id": "0:stats", "selected_option": None},
        {"type": "datepicker", "action_id": "0:x", "selected_date": "2026-03-02"},
        {"type": "button", "action_id": 7, "value": None},
    ],
)
def test_a_press_that_is_none_of_ours_calls_nothing(action):
    assert pressed(action) is None
