"""Messages, files, threads and answers to interactions as the library sends them, and the codes of refusals."""

import io
from datetime import datetime, timedelta

import discord as library
import pytest

from tests.standins.discord_server.content import PNG
from tests.standins.discord_server.people import ChannelKind
from tests.standins.discord_server.permissions import Permission
from tests.standins_discord.asking import refusal
from tests.standins_discord.messages import gallery, message, text


def file(name: str = "x.png", content: bytes = PNG, **more) -> library.File:
    return library.File(io.BytesIO(content), name, **more)


def layout(*items: library.ui.Item) -> library.ui.LayoutView:
    view = library.ui.LayoutView()
    for item in items or (library.ui.TextDisplay("hello"),):
        view.add_item(item)
    return view


@pytest.fixture
def target(connected, channel):
    """The channel as the library knows it."""
    return connected.get_channel(int(channel.id))


async def test_a_message_is_sent_edited_and_deleted(target, channel):
    sent = await target.send("**hello**", embed=library.Embed(title="x"))
    (shown,) = channel.messages
    assert (sent.id, shown.text) == (int(shown.id), "**hello**\nx")
    await sent.edit(content="bye")
    assert (shown.content, shown.edits, shown.embeds[0]["title"]) == ("bye", 1, "x")
    await sent.delete()
    assert channel.messages == []
    assert await refusal(sent.edit(content="x")) == (404, 10008)


async def test_pictures_stand_where_the_message_shows_them(target, channel, session):
    picture = library.ui.MediaGallery(library.MediaGalleryItem("attachment://x.png", description="a chart"))
    sent = await target.send(view=layout(picture), files=[file(description="a chart")])
    (shown,) = channel.messages
    (attachment,) = shown.attachments
    assert (attachment.content, attachment.description, attachment.media_type) == (PNG, "a chart", "image/png")
    assert sent.components[0].items[0].media.url == attachment.url
    async with session.get(attachment.url) as response:
        assert (await response.read(), response.content_type) == (PNG, "image/png")
    other = library.ui.MediaGallery(library.MediaGalleryItem("attachment://y.png"))
    await sent.edit(view=layout(other), attachments=[file("y.png")])
    assert [each.filename for each in shown.attachments] == ["y.png"]


async def test_a_file_that_is_not_there_and_one_that_is_not_shown_are_refused(target):
    picture = library.ui.MediaGallery(library.MediaGalleryItem("attachment://x.png"))
    assert await refusal(target.send(view=layout(picture))) == (400, 50035)
    assert await refusal(target.send(view=layout(), file=file())) == (400, 50035)


async def test_a_file_or_a_request_that_is_too_large_is_refused(target):
    assert await refusal(target.send(file=file(content=bytes(10 * 1024 * 1024 + 1)))) == (413, 40005)
    assert await refusal(target.send(files=[file(f"{n}", bytes(9 * 1024 * 1024)) for n in range(3)])) == (413, 40005)


async def test_a_layout_stays_a_layout(target, channel):
    sent = await target.send(view=layout())
    assert channel.messages[0].is_v2
    assert await refusal(sent.edit(content="x", view=None)) == (400, 50035)
    classic = await target.send("x")
    assert await refusal(classic.edit(view=layout())) == (400, 50035)
    await classic.edit(content=None, view=layout())
    assert channel.messages[1].is_v2


async def test_a_message_says_something(target):
    assert await refusal(target.send("")) == (400, 50006)
    assert await refusal(target.send("x" * 2001)) == (400, 50035)


async def test_a_nonce_gives_the_message_that_is_there(target, channel, clock):
    first = await target.send("x", nonce="job:7")
    again = await target.send("x", nonce="job:7")
    assert (first.id, len(channel.messages)) == (again.id, 1)
    clock.forward(minutes=5)
    assert (await target.send("x", nonce="job:7")).id != first.id


async def test_whom_a_message_notifies_is_written_down(target, channel, ann):
    await target.send(f"@everyone <@{ann.id}>")
    await target.send(f"<@{ann.id}>", allowed_mentions=library.AllowedMentions(users=True))
    assert [each.notified for each in channel.messages] == [set(), {f"<@{ann.id}>"}]


async def test_what_the_bot_may_not_do_has_its_code(discord, connected, channel, secret, ann):
    gone = connected.get_partial_messageable(7)
    assert await refusal(gone.send("x")) == (404, 10003)
    hidden = connected.get_partial_messageable(int(secret.id))
    assert await refusal(hidden.send("x")) == (403, 50001)
    channel.overwrites[channel.guild.id] = (0, int(Permission.SEND_MESSAGES | Permission.ATTACH_FILES))
    target = connected.get_partial_messageable(int(channel.id))
    assert await refusal(target.send("x")) == (403, 50013)
    channel.overwrites[channel.guild.id] = (0, int(Permission.ATTACH_FILES))
    assert await refusal(target.send(file=file())) == (403, 50013)
    said = discord.say(ann, channel, "x")
    assert await refusal(target.get_partial_message(int(said.id)).edit(content="y")) == (403, 50005)
    assert await refusal(target.get_partial_message(int(said.id)).delete()) == (403, 50013)


async def test_what_others_wrote_is_empty_without_the_intent_for_it(discord, target, channel, ann):
    said = discord.say(ann, channel, "hello")
    assert (await target.fetch_message(int(said.id))).content == ""
    await target.send("mine")
    assert [each.content async for each in target.history()] == ["mine", ""]


async def test_threads_hang_on_a_message_or_on_the_channel(discord, target):
    sent = await target.send("x")
    thread = await sent.create_thread(name="more")
    assert thread.id == sent.id
    await thread.send("y")
    assert [each.text for each in discord.channels[str(thread.id)].messages] == ["y"]
    assert await refusal(sent.create_thread(name="again")) == (400, 160004)
    other = await target.create_thread(name="other", type=library.ChannelType.public_thread)
    discord.channels[str(other.id)].is_locked = True
    assert discord.channels[str(other.id)].kind is ChannelKind.PUBLIC_THREAD
    assert await refusal(other.send("x")) == (400, 160005)


async def test_direct_messages_reach_those_who_take_them(discord, connected, ann, ben):
    await (await connected.fetch_user(int(ann.id))).send("hello")
    assert [each.text for each in discord.direct_messages(ann)] == ["hello"]
    ben.takes_dms = False
    assert await refusal((await connected.fetch_user(int(ben.id))).send("x")) == (403, 50007)


async def test_the_directory_answers_what_a_check_asks(discord, connected, guild, channel, secret, ann):
    about = await connected.application_info()
    assert (about.id, about.owner.id) == (int(discord.app.id), int(discord.app.owner.id))
    place = await connected.fetch_guild(int(guild.id), with_counts=False)
    assert (place.name, place.owner_id) == ("Acme", int(ann.id))
    assert {each.name for each in await place.fetch_channels()} == {"general", "secret"}
    assert (await connected.fetch_channel(int(channel.id))).name == "general"
    assert (await place.fetch_member(int(ann.id))).name == "ann"
    assert await refusal(place.fetch_member(7)) == (404, 10007)
    assert await refusal(connected.fetch_guild(7)) == (404, 10004)
    assert await refusal(connected.fetch_user(7)) == (404, 10013)
    assert await refusal(connected.fetch_channel(int(secret.id))) == (403, 50001)
    await place.leave()
    assert discord.app.user.id not in guild.members


async def test_commands_keep_their_ids_and_only_new_names_count(discord, connected, clock):
    @connected.tree.command()
    async def track(interaction: library.Interaction):
        """Track a video."""

    (first,) = await connected.tree.sync()
    (again,) = await connected.tree.sync()
    assert (first.id, first.name) == (again.id, "track")
    assert [each.id for each in await connected.tree.fetch_commands()] == [first.id]
    assert len(discord.creations[None]) == 1
    discord.creations[None] = [clock()] * 200
    connected.tree.add_command(library.app_commands.Command(name="stop", description="x", callback=track.callback))
    assert await refusal(connected.tree.sync()) == (400, 30034)
    clock.forward(days=1)
    assert len(await connected.tree.sync()) == 2
    assert await refusal(connected.tree.sync(guild=library.Object(7))) == (404, 10004)


async def test_one_answer_and_fifteen_minutes(discord, connected, channel, ann, clock):
    heard: list[library.Interaction] = []

    @connected.tree.command()
    async def track(interaction: library.Interaction):
        """Track a video."""
        heard.append(interaction)
        await interaction.response.send_message("x")

    await connected.tree.sync()
    asked = await discord.send_command("track", user=ann, channel=channel)
    (interaction,) = heard
    callback = connected.http.request
    route = library.http.Route("POST", f"/interactions/{interaction.id}/{interaction.token}/callback")
    assert await refusal(callback(route, json={"type": 5})) == (400, 40060)
    await interaction.edit_original_response(content=None, view=layout())
    assert asked.message.is_v2
    assert (await interaction.original_response()).id == int(asked.message.id)
    more = await interaction.followup.send("more", wait=True)
    await more.delete()
    await interaction.delete_original_response()
    assert asked.seen == []
    assert await refusal(interaction.edit_original_response(content="x")) == (404, 10008)
    clock.forward(minutes=16)
    assert await refusal(interaction.followup.send("x")) == (401, 50027)
    other = library.http.Route("POST", f"/interactions/7/{interaction.token}/callback")
    assert await refusal(callback(other, json={"type": 5})) == (404, 10062)


async def test_a_follow_up_straight_after_a_deferral_takes_its_place(discord, connected, channel, ann):
    @connected.tree.command()
    async def track(interaction: library.Interaction):
        """Track a video."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.followup.send("done", ephemeral=True)

    await connected.tree.sync()
    asked = await discord.send_command("track", user=ann, channel=channel)
    await discord.until(lambda: not asked.is_thinking)
    assert (asked.message.text, asked.message.is_ephemeral, asked.followups) == ("done", True, [])


@pytest.mark.parametrize(
    "answer",
    [
        {"type": 7, "data": {"content": "x"}},
        {"type": 8, "data": {"choices": []}},
        {"type": 4, "data": message(gallery("attachment://x.png"))},
        {"type": 4, "data": message(text(), content="x")},
        {"type": 5, "data": {"content": "x"}},
        {"type": 9, "data": {"custom_id": "m", "title": "x", "components": []}},
        {"type": 1},
    ],
)
async def test_an_answer_that_does_not_fit_is_refused_and_the_right_one_may_follow(
    discord, connected, channel, ann, answer
):
    codes: list[tuple[int, int]] = []

    @connected.tree.command()
    async def track(interaction: library.Interaction):
        """Track a video."""
        route = library.http.Route("POST", f"/interactions/{interaction.id}/{interaction.token}/callback")
        codes.append(await refusal(connected.http.request(route, json=answer)))
        await interaction.response.send_message("done")

    await connected.tree.sync()
    asked = await discord.send_command("track", user=ann, channel=channel)
    assert (asked.failure, asked.message.text, codes) == ("", "done", [(400, 50035)])


async def test_a_message_is_as_old_as_the_clock_says(target, clock):
    sent = await target.send("x")
    assert sent.created_at - clock() < timedelta(seconds=1)
    assert isinstance(sent.created_at, datetime)
