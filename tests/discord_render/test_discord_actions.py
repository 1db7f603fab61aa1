from dataclasses import replace

from hypothesis import given, settings

from adapters.discord.actions import call_of, rows
from bot.commands.registry import by_name
from bot.reply.call import Call
from bot.reply.model import Button, LinkButton, Option, Select, Weight
from tests.every_reply import on_every_reply
from tests.slack_render.strategies import calls

ANY = settings(deadline=None, max_examples=60)


def elements(*actions):
    return [element for row in rows(actions) for element in row["components"]]


@on_every_reply
def test_every_button_calls_an_existing_command(reply):
    known = by_name()
    for element in elements(*reply.actions):
        if "custom_id" in element:
            call = call_of(element["custom_id"], [each["value"] for each in element.get("options", ())][:1])
            taken = {each.name for each in known[call.command].arguments}
            assert set(call.arguments) <= taken


def test_an_empty_choice_or_a_value_without_an_argument_changes_nothing():
    assert call_of("stats?video=", []) == Call("stats", {"video": ""})
    assert call_of("usage", ["x"]) == Call("usage")


def test_a_buttons_style_follows_its_weight():
    found = elements(*(Button("Go", Call("track", {"link": each}), each) for each in Weight))
    assert [each["style"] for each in found] == [2, 3, 4]
    assert elements(LinkButton("Docs", "https://e.org")) == [
        {"type": 2, "style": 5, "label": "Docs", "url": "https://e.org"}
    ]


def test_the_order_is_kept_and_a_menu_has_its_own_row():
    menu = Select("Which?", Call("stats"), "video", (Option("a", "1"),))
    actions = [Button(f"b{each}", Call("stats", {"video": str(each)})) for each in range(6)]
    found = list(rows([*actions, menu, actions[0]]))
    assert [[each["type"] for each in row["components"]] for row in found] == [[2] * 5, [2], [3], [2]]


def test_the_same_button_twice_is_in_two_rows():
    assert [len(row["components"]) for row in rows([Button("a", Call("usage")), Button("b", Call("usage"))])] == [1, 1]


def test_labels_that_are_too_long_are_cut():
    (button,) = elements(Button("x" * 90, Call("usage")))
    (menu,) = elements(Select("p" * 200, Call("stats"), "video", (Option("o" * 120, "1"), Option(" ", "2"))))
    assert button["label"] == f"{'x' * 79}…"
    assert menu["placeholder"] == f"{'p' * 149}…"
    assert [each["label"] for each in menu["options"]] == [f"{'o' * 99}…", "–"]


def test_choices_have_no_oversized_or_repeated_values():
    options = (Option("long", "v" * 101), Option("empty", ""), Option("a", "1"), Option("b", "1"))
    (menu,) = elements(Select("Which?", Call("stats"), "video", options))
    assert menu["options"] == [{"label": "b", "value": "1"}]
    assert elements(Select("Which?", Call("stats"), "video", options[:2])) == []


@ANY
@given(calls)
def test_a_menu_never_touches_the_call_s_other_arguments(call):
    (menu,) = elements(Select("Which?", call, "other", (Option("a", "1"),)))
    assert call_of(menu["custom_id"], ["1"]) == replace(call, arguments={**call.arguments, "other": "1"})


def test_a_button_whose_call_exceeds_a_custom_id_is_left_out():
    call = Call("stats", {"page": "x" * 90})
    assert elements(Select("Which?", call, "video", (Option("a", "1"),)), Button("Stats", call)) == []
