import re
from pathlib import Path

import pytest

from adapters.discord import forms as discord_forms
from adapters.discord.render import messages
from adapters.page import discord, html, slack
from adapters.page.document import CHATS, home_card
from adapters.page.elements import Entry
from adapters.slack import forms as slack_forms
from bot.commands.registry import COMMANDS
from bot.reply.model import Reply, Tone
from tests.gallery import gallery

LISTED = [command for command in COMMANDS if command.listed]


def test_an_unknown_block_component_or_field_is_an_error():
    container = {"type": 17, "accent_color": 1, "components": [{"type": 99}]}
    field = {"type": "input", "block_id": "a", "element": {"type": "email_text_input"}}
    drawings = [
        lambda: slack.card([{"type": "carousel"}], {}),
        lambda: slack.card([{"type": "actions", "elements": [{"type": "datepicker"}]}], {}),
        lambda: discord.card([container], {}),
        lambda: discord.card([{**container, "components": [{"type": 1, "components": [{"type": 5}]}]}], {}),
        lambda: slack.form({"blocks": [field], "title": {"text": ""}, "submit": {"text": ""}, "close": {"text": ""}}),
        lambda: discord.form({"title": "", "components": [{"type": 18, "component": {"type": 19}}]}),
    ]
    for draw in drawings:
        with pytest.raises((ValueError, KeyError)):
            draw()


def test_every_tone_colours_a_cards_side():
    style = Path(html.__file__).with_name("cards.css").read_text()
    for tone in Tone:
        (message,) = messages(Reply("23 views.", tone=tone))
        accent = discord.card(message.components, {}).accent
        assert f".accent-{accent[1:]}{{border-left-color:{accent}}}" in style


@pytest.mark.parametrize("name", [name for name in gallery() if name.startswith("home.")])
def test_every_home_tab_is_drawn(name):
    assert gallery()[name].title in re.sub("<[^>]+>", "", html.card(home_card(gallery()[name])))


def _filled(asked) -> list[str]:
    """A valid value for a field."""
    if asked.options:
        return [each.value for each in asked.options][: asked.max_values]
    return [{Entry.NUMBER: asked.low or "3", Entry.TIME: "09:30"}.get(asked.entry, f"{asked.name} 1")]


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize("command", LISTED, ids=lambda command: command.name)
def test_every_form_is_drawn_and_its_submission_is_read_by_the_chats_own_adapter(chat, command):
    if chat == "slack":
        view = slack_forms.form(command, "{}", {})
        form = slack.form(view)
    else:
        view = discord_forms.form(command)
        form = discord.form(view)
    given = {asked.name: _filled(asked) for asked in form.inputs}
    drawn = html.form(form, "1")
    assert [name for name in given if f'name="{name}"' not in drawn] == []
    if chat == "slack":
        read = slack_forms.values(slack.submitted(view, given))
    else:
        filled = discord.submitted(view, given)
        read = discord_forms.values(filled, discord.resolved(filled))
    assert {name: re.sub(r'"|<[@#]|(\|.*)?>', "", value).split() for name, value in read.items()} == {
        name: [word for value in values for word in value.split()] for name, values in given.items()
    }
