"""Commands from a person's input to the reply, and suggestions while typing."""

import pytest

from tests.discord_app.bot_app import bot_app_of, shown_text
from tests.standins.discord_server.permissions import Permission
from tests.standins.environment import LINK


async def test_at_most_25_suggestions_are_sent_and_none_late(bot_app, server):
    bot_app.track(
        *(f"https://www.tiktok.com/@many/video/{7000000000000000000 + number}" for number in range(40)), days=1
    )
    await bot_app.type("videos", server.ben)
    typed = await bot_app.discord.send_autocomplete("stats", "video", "video", user=server.ben, channel=server.general)
    assert len(typed.choices) <= 25
    odd = "\"“'*|<@&\u202e" * 10
    typed = await bot_app.discord.send_autocomplete("stats", "video", odd, user=server.ben, channel=server.general)
    assert (typed.failure, typed.choices) == ("", [])


async def test_the_days_may_follow_the_link_as_in_helps_example(bot_app):
    card = await bot_app.type("track", link=f"{LINK} 5")
    assert "5 days · up to" in shown_text(card)
    answer = await bot_app.type("track", link=f"{LINK} in 3 days")
    assert "Tracking starts when you press" in shown_text(answer)


async def test_direct_messages_offer_no_command_and_refuse_any(bot_app, discord, server):
    with pytest.raises(ValueError, match="not offered here"):
        await discord.send_command("usage", {}, user=server.ann)
    for command in discord.commands:
        command["contexts"] = None
    answer = await bot_app.answered(discord.send_command("usage", {}, user=server.ann))
    assert "I only work in servers" in shown_text(answer)


async def test_a_digest_in_a_channel_closed_to_the_bot_shows_the_fix(bot_app, server):
    server.general.overwrites[bot_app.discord.app.id] = (0, int(Permission.SEND_MESSAGES))
    answer = await bot_app.type("digest", action="on", time="9", zone="berlin")
    assert "daily at 09:00 (Europe/Berlin)" in shown_text(answer)
    assert "Ask a server admin to let me view it" in shown_text(answer)


async def test_help_mentions_commands_registered_now_or_before_a_restart(discord, server, sandbox, clock, sqlite_url):
    for _ in range(2):
        async with bot_app_of(discord, sandbox, clock, sqlite_url) as bot_app:
            mention = f"</track:{discord.commands[0]['id']}>"
            for _ in range(50):  # until the ids are read
                said = str((await bot_app.type("help", server.ben)).components)
                if mention in said:
                    break
            assert mention in said
            assert "`/help command:track`" in said
    assert len(discord.calls_of("PUT /applications/{app}/commands")) == 1
