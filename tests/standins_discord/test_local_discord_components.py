import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standins.discord_server.components import validate
from tests.standins.discord_server.modals import validate_modal
from tests.standins_discord.messages import (
    button,
    buttons,
    container,
    embed,
    entry,
    field,
    gallery,
    label,
    link,
    message,
    modal,
    options,
    row,
    section,
    select,
    text,
    thumbnail,
)

FILE = {"id": 0, "filename": "x.png"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 33) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "components", "content", "items", "media", "url", "embeds", "fields", "attachments", "options"]
            ),
            inner,
            max_size=4,
        )
    ),
)


@pytest.mark.parametrize(
    "sent",
    [
        message(text(4000)),
        message(*[text()] * 40),
        message(container(*[text()] * 39)),
        message(container(section(text(), text(), text(), accessory=thumbnail()), {"type": 14, "spacing": 2})),
        message(buttons(5), row(select(25))),
        message(row(link(512), {"type": 2, "style": 2, "emoji": {"name": "🔁"}, "custom_id": "x" * 100})),
        message(row(button(label="x" * 80))),
        message(gallery(*["https://example.com/x.png"] * 10, description="x" * 1024)),
        message(gallery("attachment://x.png"), attachments=[FILE]),
        message({"type": 13, "file": {"url": "attachment://x.csv"}}, attachments=[{"id": 0, "filename": "x.csv"}]),
        message(container(accent_color=0xFFFFFF)),
        message(row(select(3, min_values=2, max_values=3))),
        message(row({"type": 8, "custom_id": "c", "channel_types": [0]})),
        {"content": "x" * 2000},
        {"content": "x", "embeds": [embed(fields=[field(256, 1024)])] * 4, "components": [buttons(5)]},
        {"embeds": [embed(image={"url": "attachment://x.png"})], "attachments": [FILE]},
        {"content": "x", "allowed_mentions": {"parse": ["users"], "roles": ["1"]}, "nonce": "x" * 25},
        {"attachments": [FILE]},
    ],
)
def test_what_is_within_the_limits_is_right(sent):
    assert validate(sent) == []


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        (message(), "/components"),
        (message(text(4001)), "/components/0/content"),
        (message(text(2000), container(text(2001))), "4001 characters"),
        (message(*[text()] * 41), "41 components"),
        (message(container(*[text()] * 38), buttons(1)), "41 components"),
        (message(text(0)), "/components/0/content"),
        (message({"type": 10, "content": " \n"}), "more than space"),
        (message(row(button(emoji={"name": "tada"}))), "no emoji"),
        (message(gallery("attachment://my chart.png")), "other characters"),
        ({"content": " "}, "empty"),
        ({"embeds": [embed(fields=[{"name": "x", "value": " "}])]}, "more than space"),
        (message(text(), content="x"), "/content"),
        (message(text(), embeds=[embed()]), "/embeds"),
        (message(buttons(6)), "/components/0/components"),
        (message(row()), "/components/0/components"),
        (message(row(button(), select())), "one select"),
        (message(row(button(), button())), "custom_id a twice"),
        (message(text(id=7), text(id=7)), "id 7 twice"),
        (message(row(button("x" * 101))), "custom_id"),
        (message(row(button(""))), "custom_id"),
        (message(row(button(label="x" * 81))), "label"),
        (message(row(button(label=None))), "label or an emoji"),
        (message(row(link(513))), "url"),
        (message(row(link(custom_id="a"))), "does not go"),
        (message(row({**link(), "url": "javascript:alert(1)"})), "scheme"),
        (message(row(button(style=5))), "url is missing"),
        (message(row(select(26))), "options"),
        (message(row(select(0))), "options"),
        (message(row({**select(), "options": options(2, 101)})), "label"),
        (message(row({**select(), "options": [*options(1), *options(1)]})), "twice"),
        (message(row(select(2, max_values=3))), "max_values"),
        (message(row(select(2, placeholder="x" * 151))), "placeholder"),
        (message(gallery(*["https://example.com/x.png"] * 11)), "items"),
        (message(gallery("attachment://x.png")), "not among the attachments"),
        (message(text(), attachments=[FILE]), "shown by no component"),
        (message(gallery(description="x" * 1025)), "description"),
        (message(gallery("x.png")), "url"),
        (message({"type": 13, "file": {"url": "https://example.com/x"}}), "file/url"),
        (message(container(container())), "component of a container"),
        (message(button()), "component of a message"),
        (message(section(*[text()] * 4)), "components"),
        (message({"type": 9, "components": [text()]}), "accessory is missing"),
        (message(section(accessory=select())), "accessory"),
        (message({"type": 14, "spacing": 3}), "spacing"),
        (message(container(accent_color=0x1000000)), "accent_color"),
        (message(label()), "component of a message"),
        ({}, "empty"),
        ({"content": "x" * 2001}, "/content"),
        ({"content": "x", "components": [text()]}, "without the flag"),
        ({"content": "x", "components": [buttons(1)] * 6}, "/components"),
        ({"embeds": [embed()] * 11}, "/embeds"),
        ({"embeds": [embed(title="x" * 257)]}, "title"),
        ({"embeds": [embed(description="x" * 4097)]}, "description"),
        ({"embeds": [embed(fields=[field()] * 26)]}, "fields"),
        ({"embeds": [embed(fields=[field(257)])]}, "name"),
        ({"embeds": [embed(fields=[field(1, 1025)])]}, "value"),
        (
            {
                "embeds": [
                    embed(description="x" * 3000),
                    embed(footer={"text": "x" * 2048}),
                    embed(description="x" * 950),
                ]
            },
            "6001",
        ),
        ({"content": "x", "attachments": [{"id": n, "filename": "x"} for n in range(11)]}, "/attachments"),
        ({"content": "x", "attachments": [{**FILE, "description": "x" * 1025}]}, "description"),
        ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "mutually exclusive"),
        ({"content": "x", "allowed_mentions": {"parse": ["all"]}}, "parse"),
        ({"content": "x", "nonce": "x" * 26}, "/nonce"),
        ({"content": "x", "flags": 1 << 7}, "/flags"),
        ({"content": "x", "embed": embed()}, "not a valid property"),
        ("x", "object"),
    ],
)
def test_what_is_beyond_a_limit_is_refused_with_its_place(sent, place):
    assert any(place in problem for problem in validate(sent))


def test_files_that_go_along_may_be_shown():
    assert validate(message(gallery("attachment://x.png")), attached=["x.png"]) == []
    assert validate({}, attached=["x.png"]) == []


@given(JSON, st.sampled_from([0, 1 << 15]))
def test_nothing_is_too_strange_to_be_judged(value, flags):
    assert isinstance(validate(value), list)
    assert isinstance(validate({"components": value, "embeds": value, "flags": flags, "attachments": value}), list)
    assert isinstance(validate({"flags": value, "components": [value], "allowed_mentions": value}), list)
    assert isinstance(validate_modal(value), list)


@pytest.mark.parametrize(
    "sent",
    [
        modal(*[label(entry(f"a{n}")) for n in range(5)], title="x" * 45),
        modal(row(entry(label="x" * 45, value="x" * 4000))),
        modal(text(), label(select(required=False, min_values=0), description="x" * 100)),
        modal(label({"type": 19, "custom_id": "f", "max_values": 10})),
        modal(label({"type": 21, "custom_id": "r", "options": options(2)})),
    ],
)
def test_a_modal_within_the_limits_is_right(sent):
    assert validate_modal(sent) == []


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        (modal(title="x" * 46), "/title"),
        (modal(custom_id=""), "/custom_id"),
        (modal(*[label(entry(f"a{n}")) for n in range(6)]), "/components"),
        (modal(label(label="x" * 46)), "label"),
        (modal(label(), label()), "custom_id a twice"),
        (modal(label(entry(label="x"))), "within a label"),
        (modal(row(entry())), "label is missing"),
        (modal(row(entry(label="x"), entry("b", label="x"))), "components"),
        (modal(label(button())), "component of a label"),
        (modal(label(entry(min_length=5, max_length=4))), "min_length"),
        (modal(label(entry(value="xx", max_length=1))), "between 0 and 1"),
        (modal(label(select(disabled=True))), "disabled"),
        (modal(label(select(min_values=0))), "required"),
        (modal(container()), "component of a modal"),
    ],
)
def test_a_modal_beyond_a_limit_is_refused(sent, place):
    assert any(place in problem for problem in validate_modal(sent))
