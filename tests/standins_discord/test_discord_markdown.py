import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standins.discord_server.markdown import mentions, visible_text
from tests.standins.discord_server.shapes import button, container, message, row


@pytest.mark.parametrize(
    ("markdown", "seen"),
    [
        ("**bold** *it* _it_ __under__ ~~gone~~ ||hidden||", "bold it it under gone hidden"),
        ("***both***", "both"),
        ("**a *b* c**", "a b c"),
        (r"\*\*bold\*\* \_x\_ \`y\` \\", r"**bold** _x_ `y` \\"[:-1]),
        ("snake_case_name 2 * 3 * 4", "snake_case_name 2 * 3 * 4"),
        ("`**code**` ``a ` b``", "**code** a ` b"),
        ("```py\nx = '**'\n```", "x = '**'"),
        ("# Title\n## Two\n-# small\n> said\n- one\n* two", "Title\nTwo\nsmall\nsaid\n• one\n• two"),
        (r"\# no title", "# no title"),
        ("#no title", "#no title"),
        ("[label](https://example.com/a_b_c) <https://example.com>", "label https://example.com"),
        ("[label](<https://example.com/a_(b)>)", "label"),
        ("https://example.com/a_b_c*d* x", "https://example.com/a_b_c*d* x"),
        ("<@7> <@!7> <@&8> <#9>", "@7 @7 @8 #9"),
        ("<t:1700000000:R> </track:5> <:cat:6>", "⟪t:1700000000:R⟫ /track ⟪cat⟫"),
        (":tada: 10:30:45", "⟪tada⟫ 10:30:45"),
        (r"\\\\`code`", r"\\code"),
        (r"\`\`\`x\`\`\`", "```x```"),
        ("100% <b>&amp;</b>", "100% <b>&amp;</b>"),
        ("", ""),
    ],
)
def test_visible_text_has_no_markdown(markdown, seen):
    assert visible_text(markdown) == seen


@given(st.text(alphabet="abc 1*_`~|[]()<>@#:\\\n-", max_size=40))
def test_a_fully_escaped_text_is_shown_unchanged(text):
    escaped = "".join(each if each.isalnum() or each.isspace() else f"\\{each}" for each in text)
    assert visible_text(escaped) == text


def test_allowed_mentions_limit_who_is_notified():
    assert mentions("@everyone @here <@1> <@!2> <@&3>") == {"@everyone", "@here", "<@1>", "<@2>", "<@&3>"}
    assert mentions({"content": "@everyone <@1> <@&3>"}, is_answer=True) == {"<@1>"}
    assert mentions({"content": "@everyone <@1>", "allowed_mentions": {"parse": []}}) == set()
    assert mentions("<@1> <@2> <@&3>", {"parse": ["roles"], "users": ["2"]}) == {"<@2>", "<@&3>"}


def test_text_in_components_notifies_but_code_and_buttons_do_not():
    said = {"type": 10, "content": "<@1> `<@2>` ```\n@everyone\n```"}
    assert mentions(message(container(said), row(button(label="<@3>")))) == {"<@1>"}
