"""Messages and modals that Discord refuses by rules that its API description lacks."""

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

PNG, CSV = {"id": 0, "filename": "x.png"}, {"id": 0, "filename": "x y.csv"}


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (message(text(2000), container(text(2001))), "4001 characters"),
        (message(container(*[text()] * 38), buttons(1)), "41 components"),
        (message(), "/components"),
        (message({"type": 10, "content": " \n"}), "/components/0/content"),
        (message(buttons(6)), "/components/0/components"),
        (message(row(button(), select())), "one menu"),
        (message(row(button(), button())), "custom_id a twice"),
        (message(row(link(custom_id="a"))), "url and not custom_id"),
        (message(row({**link(), "url": "javascript:alert(1)"})), "scheme"),
        (message(row(select(2, max_values=3))), "max_values"),
        (message(picture("attachment://x.png")), "among"),
        (message(text(), attachments=[PNG]), "nobody"),
        (message({"type": 13, "file": {"url": "attachment://x y.csv"}}, attachments=[CSV]), "other characters"),
        (message(text(), content="x"), "/content"),
        (message(text(), embeds=[{"title": "x"}]), "/embeds"),
        ({"components": [text()]}, "/flags"),
        (message(text(), flags=1 << 7), "/flags"),
    ],
)
def test_a_message_that_breaks_a_rule_is_refused(sent, problem):
    assert problem in str(validate(sent))


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (modal(*[label(field(f"{n}")) for n in range(6)]), "most 5"),
        (modal(label(button())), "component"),
        (modal(row(field(label="x"))), "action row"),
        (modal(label(), label()), "custom_id a twice"),
        (modal(label(field(min_length=5, max_length=4))), "min_length"),
    ],
)
def test_a_modal_that_breaks_a_rule_is_refused(sent, problem):
    assert problem in str(validate_modal(sent))
