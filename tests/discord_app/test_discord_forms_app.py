"""Forms in Discord: opened at once, answered where they began, and opened again after an error."""

import pytest
from pydantic import SecretStr

from tests.discord_app.bot_app import bot_app_of, labels, shown_text
from tests.standins.discord_server.permissions import Permission
from tests.standins.environment import LINK, sandbox_of

KEYS = SecretStr("0123456789abcdef" * 2)


@pytest.fixture
async def sandbox(clock):
    async with sandbox_of(clock, keys={"cs_test_operator": "Operator", "cs_test_acme": "Acme"}) as sandbox:
        yield sandbox


async def test_an_invalid_key_is_reported_and_the_form_reopens_empty(discord, server, sandbox, clock, sqlite_url):
    async with bot_app_of(discord, sandbox, clock, sqlite_url, secret_keys=KEYS) as bot_app:
        form = await bot_app.modal(
            discord.send_command("connect", {}, user=server.ann, channel=server.general), server.ann
        )
        answer = await bot_app.answered(discord.send_modal(form, {"key": "cs_live_none_of_ours"}))
        assert "⛔" in shown_text(answer)
        assert "cs_live_none_of_ours" not in str(answer.components)
        again = await bot_app.modal(bot_app.press(answer, "Open the form again", server.ann), server.ann)
        assert again.title == form.title
        assert "cs_live_none_of_ours" not in str(again.body)


async def test_a_reopened_form_is_prefilled_as_far_as_a_button_allows(discord, server, sandbox, clock, sqlite_url):
    async with bot_app_of(discord, sandbox, clock, sqlite_url) as bot_app:
        link = await bot_app.type("track", server.ann, server.general, link=LINK)
        custom_id = "form?command=track&days=3"
        interaction = await discord.send_action(_with_button(link, custom_id), custom_id, user=server.ann)
        form = interaction.modal
        answer = await bot_app.answered(discord.send_modal(form, {"link": "nonsense", "days": "31"}))
        assert "⛔" in shown_text(answer)
        again = await bot_app.modal(bot_app.press(answer, "Open the form again", server.ann), server.ann)
        assert "nonsense" in str(again.body)
        card = await bot_app.answered(discord.send_modal(again, {"link": LINK, "days": "3"}))
        assert "That leaves $" in shown_text(card)
        assert [label for label in labels(card) if label.startswith("Track 3")]


def _with_button(message, custom_id):
    """A message with a button of this call, as an older bot could have sent it."""
    (card,) = message.components
    button = {"type": 2, "style": 2, "label": "Track a video", "custom_id": custom_id}
    card["components"] = [{"type": 1, "components": [button]}]
    return message


async def test_a_button_opens_the_form_for_missing_arguments(bot_app, discord, server):
    message = _with_button(await bot_app.type("track", server.ann, server.general, link=LINK), "track")
    form = await bot_app.modal(discord.send_action(message, "track", user=server.ann), server.ann)
    card = await bot_app.answered(discord.send_modal(form, {"link": LINK}))
    assert card.only_for == server.ann.id
    assert "That leaves $" in shown_text(card)


async def test_a_button_of_a_removed_command_explains_itself(bot_app, discord, server):
    message = _with_button(await bot_app.type("usage", server.ann, server.general), "gone?x=1")
    interaction = await discord.send_action(message, "gone?x=1", user=server.ann)
    await discord.until(lambda: not interaction.is_thinking)
    assert "There's no command /gone" in shown_text(interaction.message)
    assert int(Permission.VIEW_CHANNEL) > 0


async def test_a_form_names_its_channel(discord, server, sandbox, clock, sqlite_url):
    async with bot_app_of(discord, sandbox, clock, sqlite_url) as bot_app:
        sent = discord.send_command("digest", {"action": "on"}, user=server.ann, channel=server.general)
        assert (await bot_app.modal(sent, server.ann)).title == "Post a digest in #general"
        on = await bot_app.type("digest", server.ann, server.general, action="on", time="09:00", zone="UTC")
        form = await bot_app.modal(bot_app.press(on, "Change", server.ann), server.ann)
        assert form.title == "Change the digest"


async def test_the_last_day_of_a_campaign_is_set_without_a_first_one(bot_app, discord, server):
    await bot_app.type("campaign", server.ann, server.general, action="new", name="launch")
    sent = discord.send_command(
        "campaign", {"action": "dates", "campaign": "launch"}, user=server.ann, channel=server.general
    )
    form = await bot_app.modal(sent, server.ann)
    changed = await bot_app.answered(discord.send_modal(form, {"end": "2026-12-31"}))
    assert "31 Dec" in shown_text(changed)


async def test_the_form_for_payout_terms_begins_with_the_current_ones(bot_app, discord, server):
    await bot_app.type("campaign", server.ann, server.general, action="new", name="launch", videos=LINK)
    given = {"action": "terms", "campaign": "launch", "terms": "tiktok 1, cap 200"}
    saved = await bot_app.type("payout", server.ann, server.general, **given)
    form = await bot_app.modal(bot_app.press(saved, "Change terms", server.ann), server.ann)
    assert "'value': 'tiktok 1 per 1000, cap 200'" in str(form.body)
    changed = await bot_app.answered(discord.send_modal(form, {"terms": "tiktok 2 per 1000"}))
    assert "TikTok $2.00 per 1,000 views" in shown_text(changed)
