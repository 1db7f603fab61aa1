import json
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.slack.forms import errors, form, options, values
from bot.commands.command import Command, Kind, argument
from bot.commands.parse import bind
from bot.commands.registry import COMMANDS, by_name
from bot.reply.model import Option, Reply
from tests.slack_render.strategies import texts
from tests.standins.slack.block_kit import validate_view

LISTED = [command for command in COMMANDS if command.listed]
BY_NAME = by_name()
ANY = settings(deadline=None, max_examples=100)


def inputs(view):
    return {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}


def submitted(view, filled):
    """The view of a view_submission in which a person has filled in what the form shows at first, and more."""
    state = {}
    for name, block in inputs(view).items():
        element = block["element"]
        state[name] = {element["action_id"]: _filled(element, filled.get(name))}
    return {**view, "state": {"values": state}}


def _filled(element, value):
    match element["type"]:
        case "plain_text_input" | "number_input" as kind:
            return {"type": kind, "value": value if value is not None else element.get("initial_value")}
        case "multi_external_select" as kind:
            chosen = [_option(each) for each in value] if value else element.get("initial_options", [])
            return {"type": kind, "selected_options": chosen}
        case kind:
            return {"type": kind, "selected_option": _option(value) if value else element.get("initial_option")}


def _option(value):
    return {"text": {"type": "plain_text", "text": "label"}, "value": value}


@pytest.mark.parametrize("command", LISTED, ids=lambda command: command.name)
def test_every_command_has_a_form_that_slack_takes(command):
    view = form(command, "meta", {})
    assert validate_view(json.loads(json.dumps(view))) == []
    assert all(Block.parse(block) is not None for block in view["blocks"])
    assert list(inputs(view)) == [each.name for each in command.arguments if each.listed]
    assert (view["callback_id"], view["private_metadata"]) == (command.name, "meta")
    assert [block["optional"] for block in inputs(view).values()] == [
        not each.required for each in command.arguments if each.listed
    ]


@pytest.mark.parametrize("command", LISTED, ids=lambda command: command.name)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_whatever_is_given_makes_a_form_that_slack_takes(command, data):
    names = [each.name for each in command.arguments]
    given_values = data.draw(st.fixed_dictionaries(dict.fromkeys(names, texts))) if names else {}
    view = form(command, "", given_values)
    assert validate_view(json.loads(json.dumps(view))) == []


def test_what_is_given_comes_back_when_nothing_is_changed():
    cases = {
        "track": {"link": "https://youtu.be/abc", "days": "7"},
        "videos": {"platform": "tiktok", "sort": "count"},
        "stats": {"video": "vid_1"},
        "compare": {"video": '"vid 1" "vid_2"'},
        "help": {"command": "track"},
    }
    for name, given_values in cases.items():
        assert values(submitted(form(BY_NAME[name], "", given_values), {})) == given_values


def test_what_a_person_fills_in_is_what_the_command_gets():
    links = "https://youtu.be/abc\nhttps://youtu.be/def"
    found = values(submitted(form(BY_NAME["track"], "", {}), {"link": links, "days": "3"}))
    args = bind(BY_NAME["track"], found)
    assert (args.link, args.days) == (("https://youtu.be/abc", "https://youtu.be/def"), 3)


@ANY
@given(st.lists(st.text("abXY01-_\"'é三 ", min_size=1).map(str.strip).filter(bool), min_size=2, max_size=5))
def test_several_chosen_videos_are_several_values(chosen):
    found = values(submitted(form(BY_NAME["compare"], "", {}), {"video": chosen}))
    assert list(bind(BY_NAME["compare"], found).video) == chosen


def test_what_is_left_empty_is_left_out():
    assert values(submitted(form(BY_NAME["track"], "", {}), {"link": "  "})) == {}
    assert values(submitted(form(BY_NAME["videos"], "", {}), {})) == {}


def test_each_kind_of_argument_has_its_own_input():
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


def test_an_input_says_what_it_takes_and_shows_an_example():
    block = inputs(form(BY_NAME["stats"], "", {}))["video"]
    assert block["label"]["text"] == "Video"
    assert block["hint"]["text"] == "The video's title, link or id."
    assert block["element"]["placeholder"]["text"] == "For example: cat on a piano"


def test_a_secret_is_asked_for_with_a_word_of_caution_and_never_filled_in():
    view = form(BY_NAME["connect"], "", {"key": "cs_live_secret"})
    assert "cs_live_secret" not in json.dumps(view)
    assert inputs(view)["key"]["hint"]["text"].endswith(
        "Only the bot receives it, but it's visible on your screen while you type."
    )
    assert values(submitted(view, {"key": " cs_test_1 "})) == {"key": "cs_test_1"}


def test_unlisted_arguments_are_not_asked_for():
    assert "page" not in inputs(form(BY_NAME["videos"], "", {}))


def test_a_number_outside_its_range_is_not_filled_in():
    for given_value in ("0", "31", "1.5", "abc", "-3", "७"):
        assert "initial_value" not in inputs(form(BY_NAME["track"], "", {"days": given_value}))["days"]["element"]


def test_metadata_that_does_not_fit_is_a_fault_of_ours():
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


def test_sentences_stand_under_the_arguments_that_they_are_about():
    assert errors({"days": "Days is a whole number."}) == {
        "response_action": "errors",
        "errors": {"days": "Days is a whole number."},
    }


@ANY
@given(st.lists(st.builds(Option, texts, texts), max_size=130))
def test_choices_keep_slack_s_limits_and_never_cut_a_value(offered):
    found = options(offered)["options"]
    assert len(found) <= 100
    assert all(0 < len(each["text"]["text"]) <= 75 for each in found)
    assert all(0 < len(each["value"]) <= 150 for each in found)
    assert {each["value"] for each in found} <= {each.value for each in offered}


def test_a_time_a_zone_and_several_choices_have_menus_of_their_own():
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


def test_a_time_that_is_none_is_not_filled_in():
    for given_value in ("9am", "24:00", "09:60", "٠٩:٠٠"):
        assert "initial_time" not in inputs(form(BY_NAME["digest"], "", {"time": given_value}))["time"]["element"]
