from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.slack.forms import errors, form, options, values
from bot.commands.command import Command, Kind, argument
from bot.commands.forms import form_of
from bot.commands.parse import bind
from bot.commands.registry import COMMANDS, by_name
from bot.reply.model import Option, Reply
from tests.rendering.platforms import PLATFORMS
from tests.slack_render.strategies import texts

LISTED = [command for command in COMMANDS if command.listed]
BY_NAME = by_name()
ANY = settings(deadline=None, max_examples=100)


def inputs(view):
    return {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}


@pytest.mark.parametrize("command", LISTED, ids=lambda command: command.name)
def test_slacks_own_library_knows_every_form(command):
    view = form(command, "meta", {})
    assert all(Block.parse(block) is not None for block in view["blocks"])
    assert (view["callback_id"], view["private_metadata"]) == (command.name, "meta")
    assert [block["optional"] for block in inputs(view).values()] == [
        not each.required for each in form_of(command, {}).arguments
    ]


@ANY
@given(st.lists(st.text("abXY01-_\"'é三 ", min_size=1).map(str.strip).filter(bool), min_size=2, max_size=5))
def test_several_chosen_videos_are_several_values(chosen):
    found = PLATFORMS["slack"].submit(form(BY_NAME["compare"], "", {}), {"video": chosen})
    assert list(bind(BY_NAME["compare"], found).video) == chosen


def test_each_argument_type_has_its_own_input():
    track, videos, stats = (inputs(form(BY_NAME[name], "", {})) for name in ("track", "videos", "stats"))
    compare = inputs(form(BY_NAME["compare"], "", {}))["video"]["element"]
    assert track["link"]["element"]["type"] == "plain_text_input"
    assert track["link"]["element"]["multiline"] is True
    days = track["days"]["element"]
    assert (days["type"], days["min_value"], days["max_value"]) == ("number_input", "1", "30")
    assert [each["value"] for each in videos["platform"]["element"]["options"]] == [
        *("tiktok", "youtube", "instagram", "twitter")
    ]
    assert (stats["video"]["element"]["type"], stats["video"]["element"]["min_query_length"]) == ("external_select", 0)
    assert (compare["type"], compare["max_selected_items"]) == ("multi_external_select", 5)


def test_unlisted_arguments_are_not_asked_for():
    assert "page" not in inputs(form(BY_NAME["videos"], "", {}))


def test_a_number_outside_its_range_is_not_prefilled():
    for given_value in ("0", "31", "1.5", "abc", "-3", "७"):
        assert "initial_value" not in inputs(form(BY_NAME["track"], "", {"days": given_value}))["days"]["element"]


def test_oversized_metadata_is_a_programming_error():
    with pytest.raises(ValueError, match="3001 characters don't fit"):
        form(BY_NAME["usage"], "x" * 3_001, {})


def test_a_number_without_bounds_is_asked_for_without_bounds():
    @dataclass(frozen=True, slots=True)
    class VideoCount:
        count: int = argument(Kind.NUMBER, "how many")

    async def handler(context, args):
        return Reply(f"{context} {args}")

    element = inputs(form(Command("count", "Count", VideoCount, handler, "/count 3"), "", {"count": "4"}))["count"][
        "element"
    ]
    assert element.keys() == {"type", "action_id", "is_decimal_allowed", "initial_value", "placeholder"}
    assert (element["initial_value"], element["placeholder"]["text"]) == ("4", "For example: 3")


def test_errors_are_shown_at_their_arguments():
    assert errors({"days": "Days is a whole number."}) == {
        "response_action": "errors",
        "errors": {"days": "Days is a whole number."},
    }


@ANY
@given(st.lists(st.builds(Option, texts, texts), max_size=130))
def test_choices_stay_within_slacks_limits_and_never_cut_a_value(offered):
    found = options(offered)["options"]
    assert len(found) <= 100
    assert all(0 < len(each["text"]["text"]) <= 75 for each in found)
    assert all(0 < len(each["value"]) <= 150 for each in found)
    assert {each["value"] for each in found} <= {each.value for each in offered}


def test_times_zones_and_multiple_choices_have_their_own_inputs():
    given_values = {
        "action": "on",
        "time": "09:30",
        "zone": "Europe/Berlin",
        "every": "friday",
        "show": '"flat" "skip"',
    }
    view = form(BY_NAME["digest"], "", given_values)
    shown = {name: block["element"] for name, block in inputs(view).items()}
    assert (shown["time"]["type"], shown["time"]["initial_time"]) == ("timepicker", "09:30")
    assert (shown["zone"]["type"], shown["zone"]["initial_option"]["value"]) == ("external_select", "Europe/Berlin")
    assert shown["show"]["type"] == "multi_static_select"
    assert [each["value"] for each in shown["show"]["initial_options"]] == ["flat", "skip"]
    state = {
        "time": {"time": {"type": "timepicker", "selected_time": "09:30"}},
        "show": {"show": {"type": "multi_static_select", "selected_options": shown["show"]["initial_options"]}},
        "zone": {"zone": {"type": "external_select", "selected_option": None}},
    }
    assert values({"state": {"values": state}}) == {"time": "09:30", "show": '"flat" "skip"'}


def test_a_form_names_a_short_channel_and_prefills_the_persons_time_zone():
    view = form(BY_NAME["digest"], "", {}, "videos", "Asia/Tokyo")
    assert view["title"]["text"] == "Post a digest in #videos"
    assert inputs(view)["zone"]["element"]["initial_option"]["value"] == "Asia/Tokyo"
    assert form(BY_NAME["digest"], "", {}, "all-our-videos")["title"]["text"] == "Post a digest here"
    chosen = inputs(form(BY_NAME["digest"], "", {"zone": "Europe/Berlin"}, zone="Asia/Tokyo"))["zone"]["element"]
    assert chosen["initial_option"]["value"] == "Europe/Berlin"


def test_an_invalid_time_is_not_prefilled():
    for given_value in ("9am", "24:00", "09:60", "٠٩:٠٠"):
        assert "initial_time" not in inputs(form(BY_NAME["digest"], "", {"time": given_value}))["time"]["element"]
