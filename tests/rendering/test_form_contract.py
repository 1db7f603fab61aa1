"""Forms on every platform: each command has one that takes given values and returns the submitted ones."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.forms import form_of, reopened, with_form_again
from bot.commands.parse import bind
from bot.commands.registry import COMMANDS, by_name
from bot.reply.model import Reply, Tone
from tests.rendering.platforms import PLATFORMS
from tests.slack_render.strategies import texts

BY_NAME = by_name()

on_each = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
listed = pytest.mark.parametrize("command", [each for each in COMMANDS if each.listed], ids=lambda each: each.name)


@on_each
@listed
def test_every_command_has_a_valid_form(platform, command):
    form = platform.form(command, {})
    assert platform.form_problems(form) == []
    assert platform.fields(form) == [each.name for each in form_of(command, {}).arguments]
    assert command.name in json.dumps(form)


@on_each
@listed
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_any_given_values_make_a_valid_form(platform, command, data):
    names = [each.name for each in command.arguments]
    given_values = data.draw(st.fixed_dictionaries(dict.fromkeys(names, texts))) if names else {}
    assert platform.form_problems(platform.form(command, given_values)) == []


@on_each
@pytest.mark.parametrize(
    ("name", "given_values", "asked"),
    [
        ("alerts", {"what": "balance", "dollars": "2.5"}, ["dollars"]),
        ("alerts", {"what": "quiet", "time": "22:00-07:00", "zone": "Europe/Berlin"}, ["time", "zone"]),
        ("alerts", {"what": "mute"}, ["time"]),
        ("campaign", {"action": "rename", "campaign": "launch", "name": "launch"}, ["name"]),
        ("campaign", {"action": "budget"}, ["dollars", "campaign"]),
        ("payout", {"action": "terms", "campaign": "7"}, ["terms"]),
        ("payout", {}, ["campaign"]),
    ],
)
def test_a_form_asks_only_for_what_its_button_named(platform, name, given_values, asked):
    form = platform.form(BY_NAME[name], given_values)
    assert platform.form_problems(form) == []
    assert platform.fields(form) == asked
    assert platform.submit(form, {}) == given_values


@on_each
def test_a_reopened_form_asks_for_everything_that_may_have_been_wrong(platform):
    command, typed = BY_NAME["campaign"], {"action": "rename", "name": "spring", "campaign": "lanch"}
    refused = Reply("No campaign is called “lanch”.", tone=Tone.PROBLEM)
    button = with_form_again(command, typed, refused).actions[-1]
    name, given_values, wants_form = reopened(button.call)
    assert (name, wants_form) == ("campaign", True)
    form = platform.form(command, given_values)
    assert platform.fields(form) == ["name", "campaign"]
    assert platform.submit(form, {}) == typed


@on_each
def test_each_question_has_its_own_field_name(platform):
    asked = [(each, question) for each in COMMANDS for question in each.questions]
    for command, question in asked:
        form = json.dumps(platform.form(command, question.given), ensure_ascii=False)
        assert [f'"{ask.label}"' for ask in question.asks if f'"{ask.label}"' not in form] == []
        assert '"Action"' not in form


@on_each
@pytest.mark.parametrize(
    ("name", "given_values", "field"),
    [("payout", {"action": "terms"}, "terms"), ("campaign", {"action": "add"}, "videos"), ("track", {}, "link")],
)
def test_long_text_has_several_lines(platform, name, given_values, field):
    form = platform.form(BY_NAME[name], given_values)
    assert platform.has_several_lines(form, field)
    assert not platform.has_several_lines(platform.form(BY_NAME["stats"], {}), "video")


@on_each
@pytest.mark.parametrize(
    ("name", "given_values"),
    [
        ("track", {"link": "https://youtu.be/abc", "days": "7"}),
        ("videos", {"platform": "tiktok", "sort": "count"}),
        ("stats", {"video": "vid_1"}),
        ("compare", {"video": '"vid 1" "vid_2"'}),
    ],
)
def test_given_values_are_returned_unchanged(platform, name, given_values):
    assert platform.submit(platform.form(BY_NAME[name], given_values), {}) == given_values


@on_each
def test_filled_fields_reach_the_command_and_empty_ones_do_not(platform):
    form = platform.form(BY_NAME["track"], {})
    found = platform.submit(form, {"link": "https://youtu.be/abc\nhttps://youtu.be/def", "days": " 3 "})
    args = bind(BY_NAME["track"], found)
    assert (args.link, args.days) == (("https://youtu.be/abc", "https://youtu.be/def"), 3)
    assert platform.submit(form, {"link": "  "}) == {}
    assert platform.submit(platform.form(BY_NAME["videos"], {}), {}) == {}


@on_each
def test_a_field_has_a_label_a_hint_and_an_example(platform):
    form = json.dumps(platform.form(BY_NAME["stats"], {}))
    for words in ('"Video"', "The video's title, link or id", "For example: cat on a piano"):
        assert words in form


@on_each
def test_a_secret_has_a_warning_and_is_never_prefilled(platform):
    form = platform.form(BY_NAME["connect"], {"key": "cs_live_secret"})
    assert "cs_live_secret" not in json.dumps(form)
    assert "Only the bot receives it, but it's visible on your screen while you type." in json.dumps(form)
    assert platform.submit(form, {"key": " cs_test_1 "}) == {"key": "cs_test_1"}
