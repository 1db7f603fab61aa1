"""Forms and menus: what a person can choose, and what the library reads of it."""

import discord as library
import pytest

from tests.standins.discord_server import forms
from tests.standins.discord_server.content import with_ids
from tests.standins_discord.messages import button, entry, label, link, message, options, row, select, text


@pytest.fixture
async def synced(connected):
    """A way to put a bot's commands."""
    return connected.tree.sync


async def test_a_form_is_opened_filled_in_and_sent(discord, connected, synced, channel, ann):
    class Form(library.ui.Modal, title="Track"):
        link = library.ui.Label(text="Link", component=library.ui.TextInput(custom_id="link", max_length=20))
        span = library.ui.Label(
            text="Span",
            component=library.ui.Select(custom_id="span", options=[library.SelectOption(label="week", default=True)]),
        )

        async def on_submit(self, interaction: library.Interaction):
            await interaction.response.send_message(f"{self.link.component.value} {self.span.component.values}")

    @connected.tree.command()
    async def track(interaction: library.Interaction):
        """Track a video."""
        await interaction.response.send_modal(Form())

    await synced()
    opened = await discord.send_command("track", user=ann, channel=channel)
    assert discord.modals(ann) == [opened.modal]
    with pytest.raises(ValueError, match="has to be filled in"):
        await discord.send_modal(opened.modal)
    with pytest.raises(ValueError, match="not within its limits"):
        await discord.send_modal(opened.modal, {"Link": "x" * 21})
    sent = await discord.send_modal(opened.modal, {"Link": "https://x"})
    assert sent.message.text == "https://x ['week']"
    assert discord.modals(ann) == []


def filled(*components: dict, **answers) -> list:
    """What is sent of each field of a form."""
    sent = forms.filled(with_ids([*components]), answers)
    fields = [each.get("component") or (each.get("components") or [{}])[0] for each in sent]
    return [each.get("value", each.get("values")) for each in fields]


def test_every_kind_of_field_is_filled_in_by_its_label_or_its_id():
    components = [
        text(),
        row(entry("old", label="Old")),
        label({"type": 23, "custom_id": "check"}, label="Sure"),
        label({"type": 21, "custom_id": "radio", "options": options(2)}, label="One"),
        label({"type": 22, "custom_id": "group", "options": options(3), "max_values": 3}, label="Some"),
        label({"type": 8, "custom_id": "where"}, label="Where"),
    ]
    answers = {"Old": "x", "check": True, "One": "1", "Some": ["0", "2"], "Where": "77"}
    assert filled(*components, **answers) == [None, "x", True, "1", ["0", "2"], ["77"]]


def test_defaults_are_kept_and_what_is_optional_may_stay_empty():
    chosen = [{**each, "default": each["value"] == "1"} for each in options(2)]
    assert filled(label(select(options=chosen))) == [["1"]]
    assert filled(label(select(required=False))) == [[]]
    assert filled(label({"type": 21, "custom_id": "r", "options": options(2), "required": False})) == [None]
    assert filled(label(entry(required=False, value="x"))) == ["x"]
    assert filled(label({"type": 8, "custom_id": "c", "default_values": [{"id": 7, "type": "channel"}]})) == [["7"]]
    assert filled(label({"type": 23, "custom_id": "c", "default": True})) == [True]


def test_what_the_client_would_not_send_is_refused():
    with pytest.raises(ValueError, match="nothing to fill in called"):
        filled(label(entry(required=False)), other="x")
    with pytest.raises(ValueError, match="0 values"):
        filled(label(select()))
    with pytest.raises(ValueError, match="2 values"):
        filled(label(select()), s=["0", "1"])


def test_a_button_is_found_by_its_sign_and_a_link_is_none():
    sign = {"type": 2, "style": 1, "emoji": {"name": "▶"}, "custom_id": "next"}
    assert forms.find([row(button(), sign)], "▶") == sign
    with pytest.raises(ValueError, match="leads to"):
        forms.find([row(link(label="Site"))], "Site")


async def test_a_chosen_channel_comes_with_what_the_app_may_do_there(discord, connected, channel, ann):
    heard: list[library.Interaction] = []

    class Menu(library.ui.LayoutView):
        row = library.ui.ActionRow()

        @row.select(cls=library.ui.ChannelSelect, custom_id="where")
        async def where(self, interaction: library.Interaction, select: library.ui.ChannelSelect):
            heard.append(select.values[0])
            await interaction.response.defer()

    await connected.get_channel(int(channel.id)).send(view=Menu())
    (menu,) = channel.messages
    pressed = await discord.send_action(menu, "where", user=ann, choice=channel.id)
    assert (pressed.failure, pressed.callback, pressed.message) == ("", 6, menu)
    assert heard[0].id == int(channel.id)
    assert pressed.payload["data"]["resolved"]["channels"][channel.id]["app_permissions"] != "0"


async def test_a_form_may_come_from_a_button_and_change_its_message(discord, connected, channel, ann):
    class Form(library.ui.Modal, title="Rename"):
        name = library.ui.Label(text="Name", component=library.ui.TextInput())

        async def on_submit(self, interaction: library.Interaction):
            await interaction.response.edit_message(content=self.name.component.value)

    class Panel(library.ui.View):
        @library.ui.button(label="Rename")
        async def rename(self, interaction: library.Interaction, _: library.ui.Button):
            await interaction.response.send_modal(Form())

    await connected.get_channel(int(channel.id)).send("before", view=Panel())
    (panel,) = channel.messages
    opened = await discord.send_action(panel, "Rename", user=ann)
    sent = await discord.send_modal(opened.modal, {"Name": "after"})
    assert (sent.message, panel.text) == (panel, "after")
    with pytest.raises(ValueError, match="not open"):
        await discord.send_modal(opened.modal)


def test_ids_are_given_to_components_that_have_none():
    shown = with_ids(message(text(id=2), row(button()))["components"])
    assert [each["id"] for each in shown] == [2, 1]
    assert shown[1]["components"][0]["id"] == 3
