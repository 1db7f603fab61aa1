"""Who may do what where, and the refusals that a bot meets which is not where it thinks."""

import discord as library
import pytest

from tests.standins.discord_server import options
from tests.standins.discord_server.permissions import EVERYTHING, Permission, effective
from tests.standins_discord.asking import refusal
from tests.standins_discord.messages import command, menu, option

SEE, SEND = int(Permission.VIEW_CHANNEL), int(Permission.SEND_MESSAGES)
ROLES = {"all": SEE | SEND, "mod": 0, "admin": int(Permission.ADMINISTRATOR)}


@pytest.mark.parametrize(
    ("own", "overwrites", "permissions"),
    [
        ([], {}, SEE | SEND),
        (["admin"], {"all": (0, SEE)}, EVERYTHING),
        ([], {"all": (0, SEND)}, SEE),
        ([], {"all": (0, SEE)}, 0),
        (["mod"], {"all": (0, SEND), "mod": (SEND, 0)}, SEE | SEND),
        (["mod"], {"mod": (0, SEND), "me": (SEND, 0)}, SEE | SEND),
        ([], {"mod": (0, SEND)}, SEE | SEND),
        (["gone"], {"me": (0, SEND)}, SEE),
    ],
)
def test_overwrites_go_from_all_to_roles_to_the_member(own, overwrites, permissions):
    assert effective(ROLES, own, "all", overwrites, "me") == permissions


def test_options_are_filled_in_as_the_client_lets_them():
    asked = command(
        "a",
        option("days", 4, min_value=1, max_value=30),
        option("span", choices=[{"name": "A week", "value": "7d"}]),
        option("on", 5),
        option("name", max_length=3),
    )
    sent = options.filled(asked, {"on": True, "span": "A week", "days": 3})
    assert [(each["name"], each["value"]) for each in sent] == [("days", 3), ("span", "7d"), ("on", True)]
    for given in ({"days": 0}, {"days": "3"}, {"days": True}, {"span": "x"}, {"name": "long"}, {"on": 1}):
        with pytest.raises(ValueError, match=f"'{next(iter(given))}'"):
            options.filled(asked, given)
    with pytest.raises(ValueError, match="no autocomplete"):
        options.filled(asked, {}, "name")
    with pytest.raises(ValueError, match="no subcommand"):
        options.subcommand(asked, ["name"])


async def test_a_named_person_is_handed_over(discord, connected, channel, ann, ben):
    heard: list[library.Member] = []

    @connected.tree.command()
    async def who(interaction: library.Interaction, person: library.Member):
        """Ask."""
        heard.append(person)
        await interaction.response.send_message("x")

    await connected.tree.sync()
    await discord.send_command("who", {"person": ben.id}, user=ann, channel=channel)
    assert (heard[0].id, heard[0].name) == (int(ben.id), "ben")


async def test_an_app_reaches_its_own_commands_and_webhooks_only(discord, connected, guild, ann):
    assert await refusal(connected.http.bulk_upsert_global_commands(7, [])) == (403, 20012)
    other = discord.add_guild("Other", ann)
    theirs = connected.http.bulk_upsert_guild_commands(int(discord.app.id), int(other.id), [])
    assert await refusal(theirs) == (403, 50001)
    put = connected.http.bulk_upsert_guild_commands
    (here,) = await put(int(discord.app.id), int(guild.id), [menu()])
    assert (here["guild_id"], here["name"]) == (guild.id, "Track this video")
    webhook = library.Webhook.partial(int(discord.app.id), "x" * 68, client=connected)
    assert await refusal(webhook.send("x")) == (404, 10015)


async def test_before_its_first_answer_an_interaction_has_no_messages(discord, connected, channel, ann):
    codes: list[tuple[int, int]] = []

    @connected.tree.command()
    async def early(interaction: library.Interaction):
        """Edit before anything is there."""
        codes.append(await refusal(interaction.edit_original_response(content="x")))
        codes.append(await refusal(interaction.followup.send("x")))
        await interaction.response.send_message("done")

    await connected.tree.sync()
    await discord.send_command("early", user=ann, channel=channel)
    assert codes == [(404, 10015), (404, 10015)]


async def test_a_server_without_the_app_offers_none_of_its_commands(discord, connected, guild, channel, ann):
    @connected.tree.command()
    async def track(interaction: library.Interaction):
        """Track a video."""
        await interaction.response.send_message("x")

    await connected.tree.sync()
    discord.remove(guild)
    with pytest.raises(ValueError, match="not in this server"):
        await discord.send_command("track", user=ann, channel=channel)


async def test_the_servers_of_a_bot_are_listed_with_what_it_may_do(connected, guild):
    (place,) = [each async for each in connected.fetch_guilds(with_counts=False)]
    assert place.id == int(guild.id)
    assert await connected.http.request(library.http.Route("GET", "/gateway")) == {
        "url": library.gateway.DiscordWebSocket.DEFAULT_GATEWAY.human_repr()
    }


async def test_a_reply_names_a_message_that_is_there(connected, channel):
    target = connected.get_channel(int(channel.id))
    sent = await target.send("x")
    await sent.reply("y", mention_author=True)
    assert (channel.messages[1].reply_to, channel.messages[1].notified) == (str(sent.id), {"reply"})
    gone = library.MessageReference(message_id=7, channel_id=target.id, guild_id=None)
    assert await refusal(target.send("z", reference=gone)) == (400, 50035)


async def test_more_than_2500_servers_take_a_second_shard(discord, session, ann):
    for number in range(2501):
        discord.install(discord.add_guild(f"g{number}", ann))
    identify = {"token": discord.app.token, "intents": 1, "properties": {}}
    async with session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json") as socket:
        await socket.send_json({"op": 2, "d": identify})
        await socket.receive()
        await socket.receive(timeout=5)
        assert socket.close_code == 4011
