from collections.abc import Callable

import pytest

from tests.standins.slack.block_kit import validate
from tests.standins_slack.blocks import (
    button,
    buttons,
    cells,
    confirm,
    field,
    menu,
    mrkdwn,
    options,
    picture,
    plain,
    section,
    table,
    with_button,
)

LIMITS: list[tuple[str, Callable[[int], dict], int]] = [
    ("section text", lambda n: section(text=mrkdwn(n)), 3000),
    ("section field", lambda n: section(fields=[mrkdwn(n)]), 2000),
    ("section fields", lambda n: section(fields=[mrkdwn()] * n), 10),
    ("header", lambda n: {"type": "header", "text": plain(n)}, 150),
    ("context", lambda n: {"type": "context", "elements": [mrkdwn()] * n}, 10),
    ("actions", buttons, 25),
    ("block_id", lambda n: section(block_id="x" * n), 255),
    ("action_id", lambda n: with_button(action_id="x" * n), 255),
    ("alt text", lambda n: picture(alt_text="x" * n, image_url="https://example.com/x.png"), 2000),
    ("picture title", lambda n: picture(title=plain(n), image_url="https://example.com/x.png"), 2000),
    ("picture address", lambda n: picture(image_url=f"https://example.com/{'x' * (n - 20)}"), 3000),
    ("markdown", lambda n: {"type": "markdown", "text": "x" * n}, 12_000),
    ("button text", lambda n: with_button(text=plain(n)), 75),
    ("button value", lambda n: with_button(value="x" * n), 2000),
    ("button address", lambda n: with_button(url=f"https://example.com/{'x' * (n - 20)}"), 3000),
    ("options of a select", lambda n: menu(options=options(n)), 100),
    ("option text", lambda n: menu(options=options(1, text=n)), 75),
    ("option value", lambda n: menu(options=options(1, value=n)), 150),
    ("option description", lambda n: menu(options=[{**options(1)[0], "description": plain(n)}]), 75),
    ("placeholder", lambda n: menu("external_select", placeholder=plain(n)), 150),
    ("overflow", lambda n: menu("overflow", options=options(n)), 5),
    ("radio buttons", lambda n: menu("radio_buttons", options=options(n)), 10),
    ("checkboxes", lambda n: menu("checkboxes", options=options(n)), 10),
    ("confirm title", lambda n: with_button(confirm=confirm(title=plain(n))), 100),
    ("confirm text", lambda n: with_button(confirm=confirm(text=plain(n))), 300),
    ("confirm button", lambda n: with_button(confirm=confirm(confirm=plain(n))), 30),
    ("deny button", lambda n: with_button(confirm=confirm(deny=plain(n))), 30),
    ("input label", lambda n: field(label=plain(n)), 2000),
    ("rows of a table", table, 100),
    ("cells of a row", lambda n: table(columns=n), 20),
    ("letters of a table", lambda n: table(rows=1, length=n), 10_000),
    ("rows of a data table", lambda n: {"type": "data_table", "caption": "x", "rows": cells(n, 1)}, 101),
    (
        "page of a data table",
        lambda n: {"type": "data_table", "caption": "x", "rows": cells(2, 1), "page_size": n},
        100,
    ),
    ("card body", lambda n: {"type": "card", "body": plain(n)}, 200),
    ("card buttons", lambda n: {"type": "card", "actions": [button()] * n}, 3),
    ("cards", lambda n: {"type": "carousel", "elements": [{"type": "card", "title": plain()}] * n}, 10),
    ("children", lambda n: {"type": "container", "title": plain(), "child_blocks": [section()] * n}, 10),
]


@pytest.mark.parametrize(("make", "most"), [limit[1:] for limit in LIMITS], ids=[limit[0] for limit in LIMITS])
def test_a_documented_limit_is_kept_to_the_last_unit(make, most):
    assert validate([make(most)], "message") == []
    assert validate([make(most + 1)], "message") != []
