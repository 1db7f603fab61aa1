"""Rendering on every platform: within limits, complete, without mentions, and with buttons that keep their calls."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from rich.console import Console

from adapters.console.render import card, choices, menu
from bot.reply.as_json import from_stored, to_json, to_stored
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Button,
    Column,
    Item,
    Listing,
    Mention,
    Picture,
    Reply,
    Tone,
    text,
)
from bot.reply.plain import plain_body, plain_spans
from bot.reply.text import length, shown
from tests.every_reply import on_every_reply
from tests.examples import every_part, video
from tests.rendering.platforms import PLATFORMS
from tests.slack_render.rendered import squashed
from tests.slack_render.strategies import buttons, menus, replies, selects

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
ANY = settings(deadline=None, max_examples=25, suppress_health_check=SLOW)


def lost(platform, reply, messages):
    """The words of the reply that no message has. A listing's row may be shown as cells or as a line."""
    listings = [part for part in reply.parts if isinstance(part, Listing)]
    others = replace(reply, parts=tuple(part for part in reply.parts if part not in listings))
    found = platform.missing(plain_body(others), messages)
    for listing in listings:
        forms = (plain_body(Reply("", parts=(form,))) for form in (listing.table, listing))
        found += min((platform.missing(form, messages) for form in forms), key=len)
    return found


on_each = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)


@on_each
@ANY
@given(reply=replies())
def test_any_reply_is_within_limits_complete_and_mentions_nobody(platform, reply):
    messages = platform.messages(reply)
    assert messages
    assert [platform.problems(each) for each in (*messages, platform.public(reply.public_line))] == [[]] * (
        len(messages) + 1
    )
    assert lost(platform, reply, messages) == []


@on_each
@on_every_reply
def test_every_reply_in_the_gallery_is_one_valid_message(platform, reply):
    messages = platform.messages(reply)
    assert [platform.problems(message) for message in messages] == [[]]
    assert lost(platform, reply, messages) == []


@on_each
@on_every_reply
def test_ids_of_two_hundred_characters_are_shown(platform, reply):
    payload, blobs = to_stored(reply)
    reply = from_stored(payload.replace(video().id.rstrip("0"), f"{'long-and:odd/id ' * 13}-"), blobs)
    messages = [*platform.messages(reply), platform.edited(reply)]
    assert [platform.problems(message) for message in messages] == [[]] * len(messages)
    with (console := Console(width=80)).capture() as drawn:
        console.print(card(reply, 80), menu(choices(reply)))
    assert drawn.get()
    assert json.loads(to_json(reply))


@on_each
@on_every_reply
def test_the_public_line_names_the_person_and_mentions_nobody(platform, reply):
    if not (line := reply.public_line):
        return
    message = platform.public(line)
    assert platform.problems(message) == []
    assert platform.missing(plain_spans(line), [message]) == []
    (person,) = [span.name for span in line if isinstance(span, Mention)]
    assert squashed(person) in squashed(platform.read([message]))


@on_each
def test_a_tone_is_shown_by_a_mark(platform):
    shown_as = [platform.read(platform.messages(Reply("Done.", tone=tone))).strip() for tone in Tone]
    assert shown_as == ["Done.", "✅ Done.", "⚠️ Done.", "⛔ Done."]


@on_each
def test_an_empty_reply_is_still_a_message(platform):
    assert platform.read(platform.messages(Reply(" \u200b"))).strip() == "–"
    assert platform.read([platform.public(())]).strip() == "–"


@on_each
def test_two_hundred_buttons_are_all_there_in_order(platform):
    offered = tuple(Button(f"b{each}", Call("stats", {"video": str(each)})) for each in range(200))
    messages = platform.messages(Reply("Press.", actions=offered))
    rows = platform.rows(messages)
    assert [len(row) for row in rows] == [platform.row] * (200 // platform.row)
    assert [label for row in rows for label in row] == [button.label for button in offered]
    assert [platform.problems(message) for message in messages] == [[]] * len(messages)


@on_each
def test_an_overlong_alt_text_is_shown_below_the_picture(platform):
    alt = "grew " * 500 + "end"
    messages = platform.messages(Reply("Up.", parts=(Picture("growth.png", b"", alt),)))
    assert [len(each) <= platform.longest_alt for each in platform.alts(messages)] == [True]
    assert platform.missing(alt, messages) == []
    assert squashed(f"Picture: {alt}") in squashed(platform.read(messages))


@on_each
def test_foreign_text_is_shown_as_written_in_every_part(platform):
    foreign = "@everyone <!channel> <@1> *b* _i_ ~s~ `c` ||x|| :smile: # > - &amp; <t:1:R> [x](https://evil.example) \\"
    messages = platform.messages(every_part(foreign))
    assert [platform.problems(message) for message in messages] == [[]] * len(messages)
    assert platform.read(messages).count(shown(foreign)) >= 12


@on_each
@settings(ANY, max_examples=60)
@given(button=buttons)
def test_a_press_returns_the_buttons_call(platform, button):
    (element,) = platform.elements(button)
    assert platform.press(element) == button.call


@on_each
@settings(ANY, max_examples=60)
@given(select=selects)
def test_a_choice_returns_the_call_with_the_chosen_value(platform, select):
    offered = [(element, option) for element in platform.elements(select) for option in element["options"]]
    values = [platform.press(*each).arguments[select.argument] for each in offered]
    for each, value in zip(offered, values, strict=True):
        arguments = {**select.call.arguments, select.argument: value}
        assert platform.press(*each) == replace(select.call, arguments=arguments)
    if platform is PLATFORMS["slack"]:
        assert values == [option.value for option in select.options]
    assert set(values) <= {option.value for option in select.options}


@on_each
@settings(ANY, max_examples=60)
@given(menu=menus)
def test_a_menu_option_returns_its_call(platform, menu):
    offered = [(element, option) for element in platform.elements(menu) for option in element["options"]]
    chosen = [platform.press(*each).encode() for each in offered]
    assert list(dict.fromkeys(chosen)) == list(dict.fromkeys(each.call.encode() for each in menu.options))


@on_each
def test_every_row_of_a_long_listing_can_be_chosen(platform):
    for count in (3, 10, 60):
        calls = [Call("stats", {"video": f"{number}"}, in_place=True) for number in range(count)]
        items = tuple(
            Item(text(f"video {number}"), (text("1,035"),), text("1.04k views"), Button("Stats", call))
            for number, call in enumerate(calls)
        )
        reply = Reply("All.", parts=(Listing("Videos", (Column("Video"), Column("Views", Align.RIGHT)), items),))
        messages = platform.messages(reply)
        assert [platform.problems(message) for message in messages] == [[]] * len(messages)
        assert lost(platform, reply, messages) == []
        assert [call for message in messages for call in platform.offered(message)] == calls


@on_each
@pytest.mark.parametrize("letter", ["w", "😀"])
def test_an_overlong_label_ends_in_an_ellipsis(platform, letter):
    (element,) = platform.elements(Button(letter * 90, Call("usage")))
    label = platform.label(element)
    assert length(label) <= platform.longest_label
    assert label.endswith(f"{letter}…")
