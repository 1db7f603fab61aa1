import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.forms import form, values
from bot.commands.parse import bind
from bot.commands.registry import COMMANDS, by_name
from tests.slack_render.strategies import texts
from tests.standins.discord_server.components import validate_modal

BY_NAME = by_name()
LISTED = [command for command in COMMANDS if command.listed]
ANY = settings(deadline=None, max_examples=60)


def fields(made):
    return {each["component"]["custom_id"]: each for each in made["components"] if each["type"] == 18}


def submitted(made, filled):
    """The components of a modal's submission in which a person filled in what it shows at first, and more."""
    found = []
    for each in made["components"]:
        if each["type"] == 18:
            found.append({"type": 18, "id": 1, "component": _filled(each["component"], filled)})
        else:
            found.append({"type": each["type"], "id": 2})
    return found


def _filled(element, filled):
    name = element["custom_id"]
    if element["type"] == 4:
        return {"type": 4, "id": 3, "custom_id": name, "value": filled.get(name, element.get("value", ""))}
    chosen = [filled[name]] if name in filled else [each["value"] for each in element["options"] if each["default"]]
    return {"type": 3, "id": 3, "custom_id": name, "values": chosen}


@pytest.mark.parametrize("command", LISTED, ids=lambda command: command.name)
def test_every_command_has_a_modal_that_discord_takes(command):
    made = form(command)
    assert validate_modal(json.loads(json.dumps(made))) == []
    assert list(fields(made)) == [each.name for each in command.arguments if each.listed]
    assert made["custom_id"] == command.name


@pytest.mark.parametrize("command", LISTED, ids=lambda command: command.name)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_whatever_is_given_makes_a_modal_that_discord_takes(command, data):
    names = [each.name for each in command.arguments]
    given_values = data.draw(st.fixed_dictionaries(dict.fromkeys(names, texts))) if names else {}
    assert validate_modal(json.loads(json.dumps(form(command, given_values)))) == []


def test_what_is_given_comes_back_when_nothing_is_changed():
    cases = {
        "track": {"link": "https://youtu.be/abc", "days": "7"},
        "videos": {"platform": "tiktok", "sort": "count"},
        "stats": {"video": "vid_1"},
        "compare": {"video": '"vid 1" "vid_2"'},
    }
    for name, given_values in cases.items():
        assert values(submitted(form(BY_NAME[name], given_values), {})) == given_values


def test_what_a_person_fills_in_is_what_the_command_gets():
    links = "https://youtu.be/abc\nhttps://youtu.be/def"
    found = values(submitted(form(BY_NAME["track"]), {"link": links, "days": " 3 "}))
    args = bind(BY_NAME["track"], found)
    assert (args.link, args.days) == (("https://youtu.be/abc", "https://youtu.be/def"), 3)


def test_what_is_left_empty_is_left_out():
    assert values(submitted(form(BY_NAME["track"]), {"link": "  "})) == {}
    assert values(submitted(form(BY_NAME["videos"]), {})) == {}


def test_a_field_says_what_it_takes_and_shows_an_example():
    field = fields(form(BY_NAME["stats"]))["video"]
    assert (field["label"], field["description"]) == ("Video", "The video's title, link or id")
    assert field["component"]["placeholder"] == "For example: cat on a piano"
    assert field["component"]["required"] is True


def test_a_field_for_several_values_has_several_lines():
    styles = {name: field["component"].get("style") for name, field in fields(form(BY_NAME["track"])).items()}
    assert styles == {"link": 2, "days": 1}


def test_a_secret_is_asked_for_with_a_word_of_caution_and_never_filled_in():
    made = form(BY_NAME["connect"], {"key": "cs_live_secret"})
    assert "cs_live_secret" not in json.dumps(made)
    assert made["components"][-1]["content"].startswith("Only the bot receives it")
    assert values(submitted(made, {"key": " cs_test_1 "})) == {"key": "cs_test_1"}


def test_several_choices_are_filled_in_and_come_back():
    made = form(BY_NAME["digest"], {"action": "on", "time": "09:00", "show": '"flat" "skip"'})
    menu = fields(made)["show"]["component"]
    assert menu["max_values"] == 5
    assert [each["value"] for each in menu["options"] if each["default"]] == ["flat", "skip"]
    assert values(submitted(made, {})) == {"action": "on", "time": "09:00", "show": "flat skip"}
