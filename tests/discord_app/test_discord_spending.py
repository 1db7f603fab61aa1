"""What people confirm in Discord is started once, whatever happens around the press; the channel hears of it once."""

from dataclasses import replace

import pytest

from bot.domain.caller import WorkspaceRef
from tests.discord_app.bot_app import bot_app_of, labels, lines, new_server, told
from tests.standins.discord_server.markdown import mentions
from tests.standins.discord_server.people import ChannelKind
from tests.standins.discord_server.permissions import Permission
from tests.standins.environment import ANA, LINK, LIST, YOUTUBE, outbox_states
from tests.standins.faults import Fault, FaultKind


async def test_the_outbox_reports_a_start_only_if_the_reply_or_the_line_did_not_arrive(bot_app, server, sqlite_url):
    card = await bot_app.card(server.ann, server.general, LINK, days=7)
    await bot_app.line(bot_app.press(card, "Track 7", server.ann), server.general)
    closed = await bot_app.card(server.ann, server.general, YOUTUBE, days=7)
    server.general.overwrites[bot_app.discord.app.id] = (0, int(Permission.SEND_MESSAGES))
    await bot_app.changed(closed, bot_app.press(closed, "Track 7", server.ann))
    await bot_app.close()
    states = await outbox_states(sqlite_url)
    assert [key for key, state in states.items() if state != "withdrawn"] == ["settled:2"]


async def test_a_public_line_notifies_nobody(bot_app, server):
    server.ann.name = "@everyone <@1> ann"
    line = await bot_app.line(
        bot_app.press(await bot_app.card(server.ann, server.general, LINK, days=7), "Track 7", server.ann),
        server.general,
    )
    assert line.notified == set()
    assert mentions(line.sent, is_answer=False) == set()


async def test_members_may_spend_where_the_operator_says_so(discord, server, sandbox, clock, sqlite_url):
    async with bot_app_of(discord, sandbox, clock, sqlite_url, may_spend="members") as bot_app:
        card = await bot_app.card(server.ben, server.general, LINK, days=7)
        line = await bot_app.line(bot_app.press(card, "Track 7", server.ben), server.general)
        assert told(line).startswith("Ben Acme started tracking")


async def test_a_limit_of_a_role_binds_before_discord_has_sent_the_servers_roles(
    discord, server, sandbox, clock, sqlite_url
):
    admin = replace(ANA, workspace=WorkspaceRef("discord", server.guild.id, server.guild.name))
    (role,) = server.guild.members[server.ann.id]
    async with bot_app_of(discord, sandbox, clock, sqlite_url) as bot_app:
        await bot_app.bot.run("allowance", f"<@&{role}|Managers> 1", admin)
        assert "monthly allowance of Managers" in told(await bot_app.card(server.ann, server.general, LINK, days=1))
    discord.fail(server.guild)
    async with bot_app_of(discord, sandbox, clock, sqlite_url) as bot_app:
        assert "monthly allowance of Managers" in told(await bot_app.card(server.ann, server.general, LINK, days=1))


async def test_a_limit_of_a_channel_binds_in_its_threads(bot_app, discord, server):
    thread = discord.add_channel(server.guild, "ideas", ChannelKind.PUBLIC_THREAD, server.general)
    await bot_app.type("allowance", server.ann, server.general, channel=server.general.id, dollars="3")
    card = await bot_app.card(server.ann, thread, LINK, days=7)
    assert "of $3.00 left of this channel's monthly allowance" in told(card)
    await bot_app.line(bot_app.press(card, "Track 7", server.ann), thread)
    later = await bot_app.type("track", server.ann, server.general, link=YOUTUBE, days=7)
    assert "of $0.48 left of this channel's monthly allowance" in told(later)


@pytest.mark.parametrize("denied", [Permission.SEND_MESSAGES, Permission.VIEW_CHANNEL])
async def test_if_the_bot_may_not_post_the_spender_reads_that_the_channel_was_not_notified(bot_app, server, denied):
    card = await bot_app.card(server.ann, server.general, LINK, days=7)
    server.general.overwrites[bot_app.discord.app.id] = (0, int(denied))
    asked = await bot_app.press(card, "Track 7", server.ann)
    await bot_app.discord.until(lambda: asked.followups)
    assert "I couldn't post it in this channel: I'm not allowed to post here" in told(asked.followups[0])
    assert asked.followups[0].only_for == server.ann.id
    assert "Tracking started" in told(card)
    assert server.general.messages == []


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.RESET_AFTER, FaultKind.STATUS])
async def test_the_public_line_is_posted_once_over_a_bad_connection(bot_app, discord, server, kind):
    card = await bot_app.card(server.ann, server.general, LINK, days=7)
    discord.faults.add("POST /channels/{channel}/messages", Fault(kind, 503), times=2)
    await bot_app.press(card, "Track 7", server.ann)
    await discord.until(
        lambda: [each for each in discord.calls_of("POST /channels/{channel}/messages") if each.status == 200]
    )
    await bot_app.close()
    assert len(lines(server.general)) == 1


async def test_two_servers_share_the_operators_key_but_not_what_each_started(
    discord, server, sandbox, clock, sqlite_url
):
    other = new_server(discord, "Rival")
    async with bot_app_of(discord, sandbox, clock, sqlite_url) as bot_app:
        card = await bot_app.card(server.ann, server.general, LINK, days=7)
        await bot_app.line(bot_app.press(card, "Track 7", server.ann), server.general)
        hers, theirs = [await bot_app.type("videos", each.ann, each.general) for each in (server, other)]
        assert "1 video" in told(hers)
        assert "steady" not in told(theirs)
        assert labels(theirs) == [], told(theirs)


async def test_a_person_who_stands_in_line_reads_so_until_the_answer_takes_its_place(bot_app, server, monkeypatch):
    monkeypatch.setattr("bot.wallet.wallet.NOTICE_AFTER", 0.1)
    bot_app.sandbox.faults.add("429", LIST, headers={"Retry-After": "2"})
    bot_app.sandbox.faults.add("slow", LIST, seconds=0.5)
    asked = await bot_app.discord.send_command(
        "track", {"link": LINK, "days": 7}, user=server.ann, channel=server.general
    )
    await bot_app.discord.until(lambda: "You're in line" in told(asked.message))
    await bot_app.discord.until(lambda: "That leaves $" in told(asked.message))
    assert asked.followups == []
    bot_app.sandbox.faults.add("429", LIST, headers={"Retry-After": "2"})
    bot_app.sandbox.faults.add("slow", LIST, seconds=0.5)
    pressed = await bot_app.press(asked.message, "Track 7", server.ann)
    await bot_app.discord.until(lambda: pressed.followups)
    assert "You're in line" in told(pressed.followups[0])
    assert "That leaves $" in told(asked.message), "the card stays until there is something in its place"
    await bot_app.discord.until(lambda: "Tracking started" in told(asked.message))
