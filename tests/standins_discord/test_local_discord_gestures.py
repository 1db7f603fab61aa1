"""What people do, with a bot of the library at the other end."""

import asyncio

import discord as library
import pytest
from discord import app_commands

from tests.standins.discord_server.calls import Failure


@pytest.fixture
async def synced(connected):
    """A way to put a bot's commands."""
    return connected.tree.sync


async def test_a_command_arrives_with_all_that_belongs_to_it(discord, connected, synced, channel, ann):
    heard: list[library.Interaction] = []

    @connected.tree.command()
    @app_commands.describe(link="The video", days="How long")
    async def track(
        interaction: library.Interaction,
        link: str,
        days: app_commands.Range[int, 1, 30] = 7,
        here: library.TextChannel = None,
    ):
        """Track a video."""
        heard.append((interaction, link, days, here))
        await interaction.response.send_message("done", ephemeral=True)

    await synced()
    asked = await discord.send_command("track", {"link": "https://x", "here": channel.id}, user=ann, channel=channel)
    ((interaction, link, days, here),) = heard
    assert (link, days, here.id) == ("https://x", 7, int(channel.id))
    assert (interaction.user.id, interaction.guild_id, interaction.channel_id) == (
        int(ann.id),
        int(channel.guild.id),
        int(channel.id),
    )
    assert (str(interaction.locale), interaction.permissions.manage_guild) == ("de", True)
    assert (asked.failure, asked.message.text, asked.message.is_ephemeral) == ("", "done", True)
    assert discord.ephemerals(ann) == [asked.message]
    assert channel.messages == []
    with pytest.raises(ValueError, match="has to be filled in"):
        await discord.send_command("track", user=ann, channel=channel)
    with pytest.raises(ValueError, match="not within its limits"):
        await discord.send_command("track", {"link": "x", "days": 31}, user=ann, channel=channel)
    with pytest.raises(ValueError, match="no option 'colour'"):
        await discord.send_command("track", {"colour": "x"}, user=ann, channel=channel)


async def test_a_deferral_is_thinking_until_it_is_edited(discord, connected, synced, channel, ann):
    go = asyncio.Event()

    @connected.tree.command()
    async def slow(interaction: library.Interaction):
        """Think."""
        await interaction.response.defer(thinking=True)
        await go.wait()
        await interaction.edit_original_response(content="done <@1>")
        await interaction.followup.send("more", ephemeral=True)

    await synced()
    asked = await discord.send_command("slow", user=ann, channel=channel)
    assert asked.is_thinking
    go.set()
    await discord.until(lambda: asked.followups)
    assert [message.text for message in asked.seen] == ["done <@1>", "more"]
    assert channel.messages == [asked.message]
    assert discord.ephemerals(ann) == asked.followups


async def test_a_person_sees_it_when_the_answer_is_late_and_the_app_gets_nowhere(
    discord, connected, synced, channel, ann
):
    discord.answer_seconds = 0.1
    go, error = asyncio.Event(), asyncio.get_running_loop().create_future()

    @connected.tree.command()
    async def late(interaction: library.Interaction):
        """Come late."""
        await go.wait()
        try:
            await interaction.response.defer()
        except library.NotFound as refusal:
            error.set_result(refusal.code)

    await synced()
    asked = await discord.send_command("late", user=ann, channel=channel)
    assert asked.failure == "timeout"
    assert discord.failures == [Failure(ann.id, "late", "timeout")]
    go.set()
    assert await error == 10062


async def test_with_no_bot_connected_a_command_fails(discord, channel, ann):
    discord.commands[None] = [
        {"type": 1, "name": "x", "id": "1", "options": [], "default_member_permissions": None, "contexts": None}
    ]
    assert (await discord.send_command("x", user=ann, channel=channel)).failure == "not_connected"


async def test_buttons_and_menus_are_pressed_by_what_they_say(discord, connected, channel, ann):
    class Panel(library.ui.LayoutView):
        row = library.ui.ActionRow()
        said = library.ui.TextDisplay("before")

        @row.button(label="Refresh", custom_id="refresh")
        async def refresh(self, interaction: library.Interaction, _: library.ui.Button):
            self.said.content = "after"
            await interaction.response.edit_message(view=self)

        @row.button(label="Site", custom_id="off", disabled=True)
        async def off(self, interaction: library.Interaction, _: library.ui.Button): ...

    class Menu(library.ui.LayoutView):
        row = library.ui.ActionRow()

        @row.select(options=[library.SelectOption(label=each) for each in ("day", "week")], custom_id="span")
        async def span(self, interaction: library.Interaction, select: library.ui.Select):
            await interaction.response.send_message(f"{select.values}", ephemeral=True)

    target = connected.get_channel(int(channel.id))
    await target.send(view=Panel())
    await target.send(view=Menu())
    panel, menu = channel.messages
    pressed = await discord.send_action(panel, "Refresh", user=ann)
    assert (pressed.failure, pressed.message, panel.text, panel.edits) == ("", panel, "after", 1)
    chosen = await discord.send_action(menu, "span", user=ann, choice="week")
    assert chosen.message.text == "['week']"
    with pytest.raises(ValueError, match="disabled"):
        await discord.send_action(panel, "off", user=ann)
    with pytest.raises(ValueError, match="0 elements"):
        await discord.send_action(panel, "nothing", user=ann)
    with pytest.raises(ValueError, match="no option"):
        await discord.send_action(menu, "span", user=ann, choice="year")


async def test_autocomplete_offers_what_the_app_says(discord, connected, synced, channel, ann):
    @connected.tree.command()
    async def stop(interaction: library.Interaction, video: str):
        """Stop a video."""

    @stop.autocomplete("video")
    async def videos(_: library.Interaction, typed: str):
        return [app_commands.Choice(name=f"{typed}{number}", value=str(number)) for number in range(25)]

    await synced()
    offered = await discord.send_autocomplete("stop", "video", "cat", user=ann, channel=channel)
    assert offered.choices[1] == {"name": "cat1", "value": "1"}
    assert len(offered.choices) == 25


async def test_a_message_command_hands_over_what_the_message_says(discord, connected, synced, channel, ann, ben):
    heard: list[str] = []

    @connected.tree.context_menu(name="Track this video")
    async def track(interaction: library.Interaction, message: library.Message):
        heard.append(message.content)
        await interaction.response.defer(ephemeral=True, thinking=True)

    await synced()
    said = discord.say(ben, channel, "look: https://x")
    asked = await discord.send_message_command("Track this video", said, user=ann)
    assert heard == ["look: https://x"]
    assert asked.is_thinking


async def test_subcommands_are_named_by_their_path(discord, connected, synced, channel, ann):
    group = app_commands.Group(name="alerts", description="Alerts")

    @group.command()
    async def add(interaction: library.Interaction, above: int):
        """Add one."""
        await interaction.response.send_message(f"{above}")

    connected.tree.add_command(group)
    await synced()
    asked = await discord.send_command("alerts add", {"above": 5}, user=ann, channel=channel)
    assert asked.message.text == "5"
    with pytest.raises(ValueError, match="name one"):
        await discord.send_command("alerts", user=ann, channel=channel)


async def test_a_command_is_offered_only_where_and_to_whom_it_is_allowed(
    discord, connected, synced, channel, secret, ann, ben
):
    @connected.tree.command()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def settings(interaction: library.Interaction):
        """Set up."""
        await interaction.response.send_message("x")

    await synced()
    assert (await discord.send_command("settings", user=ann, channel=channel)).failure == ""
    with pytest.raises(ValueError, match="may not use"):
        await discord.send_command("settings", user=ben, channel=channel)
    with pytest.raises(ValueError, match="does not see"):
        await discord.send_command("settings", user=ben, channel=secret)
    with pytest.raises(ValueError, match="not offered here"):
        await discord.send_command("settings", user=ann)
    with pytest.raises(ValueError, match="no command"):
        await discord.send_command("other", user=ann, channel=channel)


async def test_in_direct_messages_there_is_no_server(discord, connected, synced, ann):
    heard: list[library.Interaction] = []

    @connected.tree.command()
    async def track(interaction: library.Interaction):
        """Track a video."""
        heard.append(interaction)
        await interaction.response.send_message("done")

    await synced()
    await discord.send_command("track", user=ann)
    assert (heard[0].guild, heard[0].user.id) == (None, int(ann.id))
    assert [message.text for message in discord.direct_messages(ann)] == ["done"]


async def test_nobody_can_press_what_they_do_not_see(discord, connected, synced, channel, ann, ben):
    @connected.tree.command()
    async def mine(interaction: library.Interaction):
        """Show me."""
        await interaction.response.send_message("x", ephemeral=True)

    await synced()
    asked = await discord.send_command("mine", user=ann, channel=channel)
    with pytest.raises(ValueError, match="does not see this message"):
        await discord.send_action(asked.message, "x", user=ben)
