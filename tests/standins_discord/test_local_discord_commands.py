import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standins.discord_server.application_commands import validate_commands
from tests.standins_discord.messages import choices, command, menu, option


@pytest.mark.parametrize(
    "sent",
    [
        command(),
        command("größe-2_x"),
        command("รายการ"),
        command("track", option(required=True), option("days", 4, min_value=1, max_value=30, choices=choices(25, 7))),
        command("track", option(autocomplete=True)),
        command("alerts", option("add", 1, options=[option()]), option("more", 2, options=[option("list", 1)])),
        command(contexts=[0, 1], integration_types=[0], default_member_permissions="32"),
        command(name_localizations={"de": "verfolgen"}, description_localizations={"de": "x" * 100}),
        menu("x" * 32),
        menu("Who Is This", 2),
        {"name": "track", "description": "x"},
    ],
)
def test_a_command_within_the_limits_is_right(sent):
    assert validate_commands([sent]) == []


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        (command("Track"), "/0/name"),
        (command("track video"), "/0/name"),
        (command("x" * 33), "/0/name"),
        (command(""), "/0/name"),
        (command(description=""), "description"),
        (command(description="x" * 101), "description"),
        (command("a", *[option(f"o{n}") for n in range(26)]), "options"),
        (command("a", option(), option()), "twice"),
        (command("a", option(), option("days", required=True)), "required ones first"),
        (command("a", option(choices=choices(26))), "choices"),
        (command("a", option(choices=choices(1), autocomplete=True)), "both choices and autocomplete"),
        (command("a", option(choices=choices(1, "x" * 101))), "value"),
        (command("a", option("days", 4, choices=choices(1, "x"))), "value"),
        (command("a", option("days", 4, min_value=2, max_value=1)), "min_value"),
        (command("a", option("on", 5, autocomplete=True)), "autocomplete"),
        (command("a", option("add", 1), option()), "cannot mix"),
        (command("a", option("g", 2, options=[option()])), "may stand here"),
        (command("a", option("g", 2, options=[option("g", 2)])), "may stand here"),
        (command("a", option(), option("b", name_localizations={"de": "link"})), "in de"),
        (command(name_localizations={"xx": "a"}), "no locale"),
        (command("a", *[option(f"o{n}", choices=choices(25, "x" * 100)) for n in range(4)]), "characters in all"),
        (menu(description="x"), "description"),
        (menu("x" * 33), "name"),
        (menu(options=[]), "options"),
        ("x", "/0 must be an object"),
    ],
)
def test_a_command_beyond_a_limit_is_refused(sent, place):
    assert any(place in problem for problem in validate_commands([sent]))


def test_names_are_unique_and_counted_by_type():
    assert validate_commands([command("a"), menu("a"), menu("a", 2)]) == []
    assert "twice" in validate_commands([command("a"), command("a")])[0]
    assert "more than 100" in validate_commands([command(f"c{n}") for n in range(101)])[0]
    assert "more than 15" in validate_commands([menu(f"c{n}") for n in range(16)])[0]


def test_contexts_are_for_global_commands_only():
    assert "global" in validate_commands([command(contexts=[0])], in_guild=True)[0]


@given(
    st.recursive(
        st.none() | st.integers(0, 12) | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["type", "name", "description", "options", "choices"]), inner)
        ),
    )
)
def test_nothing_is_too_strange_to_be_judged(value):
    assert isinstance(validate_commands(value), list)
    assert isinstance(validate_commands([value]), list)
