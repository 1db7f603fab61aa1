import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack.actions import action_blocks, call_of
from bot.reply.call import Call
from bot.reply.model import Button, LinkButton, Option, Select, Weight
from tests.slack_render.strategies import actions
from tests.standins.slack.block_kit import validate

ANY = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def elements(*offered):
    return [element for block in action_blocks(offered) for element in block["elements"]]


def clicked(element):
    """The entry of a block_actions payload's `actions` for pressing a button."""
    sent = {key: element[key] for key in ("type", "action_id", "value", "text") if key in element}
    return {**sent, "block_id": "b", "action_ts": "1772447400.000100"}


@ANY
@given(st.lists(actions, max_size=60))
def test_any_actions_stay_within_every_documented_limit(offered):
    blocks = list(action_blocks(offered))
    assert validate(blocks, "message") == []
    assert all(len(block["elements"]) <= 25 for block in blocks)
    ids = [element["action_id"] for block in blocks for element in block["elements"]]
    assert len(set(ids)) == len(ids)


def test_a_buttons_style_follows_its_weight_and_danger_asks_for_confirmation():
    found = elements(*(Button("b", Call("a"), weight) for weight in Weight))
    assert [(each.get("style"), "confirm" in each) for each in found] == [
        (None, False),
        ("primary", False),
        ("danger", True),
    ]


def test_a_link_opens_an_https_address_and_calls_nothing():
    (element,) = elements(LinkButton("Add credit", "https://contentstats.io/billing"))
    assert element["url"] == "https://contentstats.io/billing"
    assert call_of(clicked(element)) is None
    assert elements(LinkButton("x", "javascript:alert(1)"), LinkButton("x", "http://example.org")) == []


def test_options_beyond_a_menus_limit_go_into_more_menus():
    select = Select("Choose", Call("stats"), "video", tuple(Option(f"o{each}", f"v{each}") for each in range(230)))
    assert [len(element["options"]) for element in elements(select)] == [100, 100, 30]


def test_an_option_whose_value_would_be_cut_is_left_out():
    select = Select("Choose", Call("stats"), "video", (Option("long", "v" * 150), Option("short", "v" * 144)))
    (element,) = elements(select)
    assert [option["text"]["text"] for option in element["options"]] == ["short"]
    assert elements(Select("Choose", Call("stats"), "video", ())) == []


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
def test_an_unknown_press_calls_nothing(action):
    assert call_of(action) is None
