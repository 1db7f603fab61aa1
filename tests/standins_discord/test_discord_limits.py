"""Documented limits of messages and modals that the API description lacks, at the limit and just beyond."""

import pytest

from tests.standins.discord_server.components import validate, validate_modal
from tests.standins.discord_server.shapes import (
    button,
    buttons,
    container,
    field,
    label,
    link,
    message,
    modal,
    picture,
    row,
    select,
    text,
)

PNG, CSV = {"id": 0, "filename": "x.png"}, {"id": 0, "filename": "x.csv"}


@pytest.mark.parametrize(
    ("longest", "longer", "place"),
    [
        (message(text(), container(text(3999))), message(text(2000), container(text(2001))), "4001 characters"),
        (message(*[text()] * 40), message(container(*[text()] * 38), buttons(1)), "41 components"),
        (message(text()), message(), "/components"),
        (message(text()), message({"type": 10, "content": " \n"}), "/components/0/content"),
        (message(buttons(5)), message(buttons(6)), "/components/0/components"),
        (message(row(select())), message(row(button(), select())), "one menu"),
        (message(row(button("a"), button("b"))), message(row(button(), button())), "custom_id a twice"),
        (message(row(link())), message(row(link(custom_id="a"))), "url and not custom_id"),
        (message(row(link())), message(row({**link(), "url": "javascript:alert(1)"})), "scheme"),
        (message(row(select(2, max_values=2))), message(row(select(2, max_values=3))), "max_values"),
        (message(picture("attachment://x.png"), attachments=[PNG]), message(picture("attachment://x.png")), "among"),
        (message(picture("attachment://x.png"), attachments=[PNG]), message(text(), attachments=[PNG]), "nobody"),
        (
            message({"type": 13, "file": {"url": "attachment://x.csv"}}, attachments=[CSV]),
            message({"type": 13, "file": {"url": "attachment://x y.csv"}}, attachments=[CSV]),
            "other characters",
        ),
        (message(text()), message(text(), content="x"), "/content"),
        (message(text()), message(text(), embeds=[{"title": "x"}]), "/embeds"),
        (message(text()), {"components": [text()]}, "/flags"),
        (message(text()), message(text(), flags=1 << 7), "/flags"),
    ],
)
def test_a_message_is_refused_just_beyond_each_limit(longest, longer, place):
    assert validate(longest) == []
    assert place in str(validate(longer))


@pytest.mark.parametrize(
    ("longest", "longer", "place"),
    [
        (modal(*[label(field(f"{n}")) for n in range(5)]), modal(*[label(field(f"{n}")) for n in range(6)]), "most 5"),
        (modal(label(select())), modal(label(button())), "component"),
        (modal(label(), text()), modal(row(field(label="x"))), "action row"),
        (modal(label(field("a")), label(field("b"))), modal(label(), label()), "custom_id a twice"),
        (
            modal(label(field(min_length=4, max_length=4))),
            modal(label(field(min_length=5, max_length=4))),
            "min_length",
        ),
    ],
)
def test_a_modal_is_refused_just_beyond_each_limit(longest, longer, place):
    assert validate_modal(longest) == []
    assert place in str(validate_modal(longer))
