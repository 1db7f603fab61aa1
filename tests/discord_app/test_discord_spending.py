"""A confirmed start in Discord happens once, whatever happens around the press, and is announced once."""

from dataclasses import replace

import pytest

from bot.domain.caller import WorkspaceRef
from tests.discord_app.bot_app import bot_app_of, lines, shown_text
from tests.standins.discord_server.markdown import mentions
from tests.standins.discord_server.people import ChannelKind
from tests.standins.discord_server.permissions import Permission
from tests.standins.environment import ANA, LINK, LIST, YOUTUBE, outbox_states
from tests.standins.faults import Fault, FaultKind


async def test_the_outbox_reports_a_start_only_if_the_reply_or_the_line_did_not_arrive(bot_app, server, sqlite_url):
    card = await bot_app.card(LINK, days=7)
    await bot_app.line(bot_app.press(card, "Track 7"))
    closed = await bot_app.card(YOUTUBE, days=7)
    server.general.overwrites[bot_app.discord.app.id] = (0, int(Permission.SEND_MESSAGES))
    await bot_app.changed(closed, bot_app.press(closed, "Track 7"))
    await bot_app.close()
    states = await outbox_states(sqlite_url)
    assert [key for key, state in states.items() if state != "withdrawn"] == ["settled:2"]


async def test_the_length_chosen_from_a_cards_menu_is_the_one_that_is_started(bot_app, server):
    card = await bot_app.card(LINK, days=7)
    await bot_app.changed(card, bot_app.press(card, "Another length", server.ann, "14 days · $5.04"))
    assert "14 days · up to $5.04" in shown_text(card)
    line = await bot_app.line(bot_app.press(card, "Track 14 days"))
    assert shown_text(line).rstrip().endswith("for 14 days, up to $5.04.")
    assert bot_app.days_tracked() == [14]


async def test_a_setting_chosen_from_a_cards_menu_is_changed(bot_app, server):
    card = await bot_app.type("alerts", switch="on")
    changed = await bot_app.changed(card, bot_app.press(card, "More", server.ann, "Turn spikes on"))
    assert "Spikes: on." in shown_text(changed)


async def test_a_public_line_notifies_nobody(bot_app, server):
    server.ann.name = "@everyone <@1> ann"
    line = await bot_app.line(
        bot_app.press(await bot_app.card(LINK, days=7), "Track 7"),
    )
    assert line.notified == set()
    assert mentions(line.sent, is_answer=False) == set()


async def test_members_may_spend_if_the_operator_allows_it(discord, server, sandbox, clock, sqlite_url):
    async with bot_app_of(discord, sandbox, clock, sqlite_url, may_spend="members") as bot_app:
        card = await bot_app.card(LINK, server.ben, days=7)
        line = await bot_app.line(bot_app.press(card, "Track 7", server.ben))
        assert shown_text(line).startswith("Ben Acme started tracking")


async def test_a_limit_of_a_role_binds_before_discord_has_sent_the_servers_roles(
    discord, server, sandbox, clock, sqlite_url
):
    admin = replace(ANA, workspace=WorkspaceRef("discord", server.guild.id, server.guild.name))
    (role,) = server.guild.members[server.ann.id]
    async with bot_app_of(discord, sandbox, clock, sqlite_url) as bot_app:
        await bot_app.bot.run("allowance", f"<@&{role}|Managers> 1", admin)
        assert "monthly allowance of Managers" in shown_text(await bot_app.card(LINK, days=1))
    discord.fail(server.guild)
    async with bot_app_of(discord, sandbox, clock, sqlite_url) as bot_app:
        assert "monthly allowance of Managers" in shown_text(await bot_app.card(LINK, days=1))


async def test_a_limit_of_a_channel_binds_in_its_threads(bot_app, discord, server):
    thread = discord.add_channel(server.guild, "ideas", ChannelKind.PUBLIC_THREAD, server.general)
    await bot_app.type("allowance", channel=server.general.id, dollars="3")
    card = await bot_app.card(LINK, server.ann, thread, days=7)
    assert "of $3.00 left of this channel's monthly allowance" in shown_text(card)
    await bot_app.line(bot_app.press(card, "Track 7"), thread)
    later = await bot_app.type("track", link=YOUTUBE, days=7)
    assert "of $0.48 left of this channel's monthly allowance" in shown_text(later)


@pytest.mark.parametrize("denied", [Permission.SEND_MESSAGES, Permission.VIEW_CHANNEL])
async def test_without_permission_to_post_the_spender_is_shown_that_nothing_was_announced(bot_app, server, denied):
    card = await bot_app.card(LINK, days=7)
    server.general.overwrites[bot_app.discord.app.id] = (0, int(denied))
    interaction = await bot_app.press(card, "Track 7")
    await bot_app.discord.until(lambda: interaction.followups)
    assert "I couldn't post it in this channel: I'm not allowed to post here" in shown_text(interaction.followups[0])
    assert interaction.followups[0].only_for == server.ann.id
    assert "Tracking started" in shown_text(card)
    assert server.general.messages == []


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.RESET_AFTER, FaultKind.STATUS])
async def test_the_public_line_is_posted_once_over_a_bad_connection(bot_app, discord, server, kind):
    card = await bot_app.card(LINK, days=7)
    discord.faults.add("POST /channels/{channel}/messages", Fault(kind, 503), times=2)
    await bot_app.press(card, "Track 7")
    await discord.until(
        lambda: [each for each in discord.calls_of("POST /channels/{channel}/messages") if each.status == 200]
    )
    await bot_app.close()
    assert len(lines(server.general)) == 1


async def test_a_person_in_the_queue_sees_a_notice_until_the_reply_replaces_it(bot_app, monkeypatch):
    monkeypatch.setattr("bot.wallet.wallet.NOTICE_AFTER", 0.1)
    bot_app.sandbox.faults.add("429", LIST, headers={"Retry-After": "2"})
    bot_app.sandbox.faults.add("slow", LIST, seconds=0.5)
    interaction = await bot_app.send("track", link=LINK, days=7)
    await bot_app.discord.until(lambda: "You're in line" in shown_text(interaction.message))
    await bot_app.discord.until(lambda: "That leaves $" in shown_text(interaction.message))
    assert interaction.followups == []
    bot_app.sandbox.faults.add("429", LIST, headers={"Retry-After": "2"})
    bot_app.sandbox.faults.add("slow", LIST, seconds=0.5)
    pressed = await bot_app.press(interaction.message, "Track 7")
    await bot_app.discord.until(lambda: pressed.followups)
    assert "You're in line" in shown_text(pressed.followups[0])
    assert "That leaves $" in shown_text(interaction.message), "the card stays until there is something in its place"
    await bot_app.discord.until(lambda: "Tracking started" in shown_text(interaction.message))


async def test_in_a_forum_itself_no_digest_or_alert_is_set_up(bot_app, discord, server):
    """Messages can only be in a forum's threads."""
    forum = discord.add_channel(server.guild, "clips", ChannelKind.FORUM)
    digest = await bot_app.type("digest", server.ann, forum, action="on", time="09:00", zone="Europe/Berlin")
    assert "Digests are posted in a channel with messages" in shown_text(digest)
    alerts = await bot_app.type("alerts", server.ann, forum, what="spike", switch="on")
    assert "Run /alerts in a channel" in shown_text(alerts)
    post = discord.add_channel(server.guild, "cats", ChannelKind.PUBLIC_THREAD, forum)
    digest = await bot_app.type("digest", server.ann, post, action="on", time="09:00", zone="Europe/Berlin")
    assert "A digest is posted here daily at 09:00" in shown_text(digest)
