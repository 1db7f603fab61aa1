import json
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.commands import TRACK_MESSAGE, arguments, choices, fingerprint, focused_argument, payload
from bot.commands.command import Command, Kind, argument
from bot.commands.parse import bind
from bot.commands.registry import COMMANDS, by_name
from bot.domain.caller import Permission
from bot.reply.model import Option, Reply
from tests.slack_render.strategies import texts
from tests.standins.discord_server.application_commands import validate_commands

BY_NAME = by_name()
LISTED = [command for command in COMMANDS if command.listed]
MADE = {each["name"]: each for each in payload()}
ANY = settings(deadline=None, max_examples=60)


def chosen(**options):
    return [{"type": 3, "name": name, "value": value} for name, value in options.items()]


def options_of(name):
    return {each["name"]: each for each in MADE[name]["options"]}


def test_every_command_of_the_registry_is_valid():
    assert validate_commands(json.loads(json.dumps(payload()))) == []
    assert list(MADE) == [*(command.name for command in LISTED), TRACK_MESSAGE]


def test_every_command_is_limited_to_guilds():
    assert {(*each["contexts"], *each["integration_types"]) for each in payload()} == {(0, 0)}


def test_settings_are_shown_to_people_who_manage_the_guild():
    shown = {each["name"]: each["default_member_permissions"] for each in payload()}
    managing = {command.name for command in LISTED if command.need is Permission.CONFIGURE}
    assert managing
    assert {name for name, permissions in shown.items() if permissions == "32"} == managing
    assert {permissions for name, permissions in shown.items() if name not in managing} == {None}


def test_options_have_the_types_ranges_and_choices_of_their_arguments():
    days, platform = options_of("track")["days"], options_of("videos")["platform"]
    assert (days["type"], days["min_value"], days["max_value"], days["required"]) == (4, 1, 30, False)
    assert [each["value"] for each in platform["choices"]] == ["tiktok", "youtube", "instagram", "twitter"]
    assert options_of("stats")["video"]["autocomplete"] is True


def test_several_values_are_numbered_options_after_the_single_ones():
    assert list(options_of("track")) == ["link", "days", "campaign", *(f"link{number}" for number in range(2, 11))]
    assert [each["required"] for each in options_of("compare").values()] == [True, True, False, False, False]
    assert options_of("compare")["video3"]["description"] == "Video 3 of up to 5"


def test_secrets_and_arguments_of_buttons_cannot_be_typed():
    assert MADE["connect"]["options"] == []
    assert "page" not in options_of("videos")


def test_the_message_command_has_no_description():
    assert MADE[TRACK_MESSAGE] == {
        "type": 3,
        "name": "Track this video",
        "contexts": [0],
        "integration_types": [0],
        "default_member_permissions": None,
    }


def test_the_fingerprint_changes_only_with_the_payload():
    changed = [replace(LISTED[0], summary="Another"), *LISTED[1:]]
    assert fingerprint(payload()) == fingerprint(json.loads(json.dumps(payload())))
    assert fingerprint(payload(changed)) != fingerprint(payload())


def test_chosen_options_reach_the_command():
    track = arguments(
        BY_NAME["track"], chosen(link="https://youtu.be/a https://youtu.be/b", link3="<https://x>", days=7)
    )
    assert track == {"link": "https://youtu.be/a https://youtu.be/b <https://x>", "days": "7"}
    assert bind(BY_NAME["track"], track).link == ("https://youtu.be/a", "https://youtu.be/b", "<https://x>")
    assert arguments(BY_NAME["usage"], []) == {}


@ANY
@given(
    st.lists(st.text("abXY01-_'é三 ,|\"”", min_size=1).filter(lambda each: each.strip(' "”')), min_size=2, max_size=5)
)
def test_each_chosen_video_is_one_value(titles):
    options = [
        {"type": 3, "name": f"video{number}" if number > 1 else "video", "value": title}
        for number, title in enumerate(titles, 1)
    ]
    found = bind(BY_NAME["compare"], arguments(BY_NAME["compare"], options)).video
    expected = [title.strip().strip('"”').strip() for title in titles]
    assert [each.replace("”", '"') for each in found] == [each.replace("”", '"') for each in expected]


def test_a_title_given_in_quotes_is_the_title():
    found = arguments(BY_NAME["compare"], chosen(video='"cat on a piano"', video2="dog"))
    assert bind(BY_NAME["compare"], found).video == ("cat on a piano", "dog")


def test_a_single_option_whose_name_ends_in_a_digit_keeps_it():
    @dataclass(frozen=True, slots=True)
    class Version:
        v2: str = argument(Kind.WORD, "a word")

    async def handler(context, args):
        return Reply(f"{context} {args}")

    command = Command("version", "Version", Version, handler, "/version x")
    assert arguments(command, chosen(v2="x")) == {"v2": "x"}


def test_autocomplete_gets_the_argument_and_its_text():
    options = [*chosen(video="vid_1"), {"type": 3, "name": "video3", "value": "ca", "focused": True}]
    assert focused_argument(BY_NAME["compare"], options) == ("video", "ca")
    assert focused_argument(BY_NAME["compare"], chosen(video="vid_1")) is None


@ANY
@given(st.lists(st.builds(Option, texts, texts), max_size=40))
def test_choices_stay_within_discords_limits_and_never_cut_a_value(offered):
    found = choices(offered)
    assert len(found) <= 25
    assert all(0 < len(each["name"]) <= 100 and 0 < len(each["value"]) <= 100 for each in found)
    assert {each["value"] for each in found} <= {each.value for each in offered}


@pytest.mark.parametrize("command", LISTED, ids=lambda command: command.name)
def test_every_option_maps_to_an_argument_of_its_command(command):
    options = [{"type": each["type"], "name": each["name"], "value": "1"} for each in MADE[command.name]["options"]]
    assert set(arguments(command, options)) == {
        each.name for each in command.arguments if each.listed and each.kind is not Kind.SECRET
    }


def test_people_roles_and_channels_are_given_by_id_and_name():
    command = next(each for each in COMMANDS if each.name == "allowance")
    resolved = {
        "users": {"1": {"username": "anna", "global_name": "Anna > B|C"}},
        "roles": {"2": {"name": "Editors"}},
        "channels": {"3": {"name": "videos"}},
    }

    def given(name, kind, value):
        return arguments(command, [{"name": name, "type": kind, "value": value}], resolved)

    assert given("who", 9, "1") == {"who": "<@1|Anna  BC>"}
    assert given("who", 9, "2") == {"who": "<@&2|Editors>"}
    assert given("channel", 7, "3") == {"channel": "<#3|videos>"}
    assert given("who", 9, "4") == {"who": "<@4>"}
    types = {each["name"]: each["type"] for each in payload([command])[0]["options"]}
    assert (types["who"], types["channel"]) == (9, 7)
