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


async def test_a_reopened_form_is_prefilled_as_far_as_a_button_allows(discord, server, sandbox, clock, sqlite_url):
    async with bot_app_of(discord, sandbox, clock, sqlite_url) as bot_app:
        link = await bot_app.type("track", link=LINK)
        custom_id = "form?command=track&days=3"
        interaction = await discord.send_action(_with_button(link, custom_id), custom_id, user=server.ann)
        form = interaction.modal
        answer = await bot_app.answered(discord.send_modal(form, {"link": "nonsense", "days": "31"}))
        assert "⛔" in shown_text(answer)
        again = await bot_app.modal(bot_app.press(answer, "Open the form again"))
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
    message = _with_button(await bot_app.type("track", link=LINK), "track")
    form = await bot_app.modal(discord.send_action(message, "track", user=server.ann))
    card = await bot_app.answered(discord.send_modal(form, {"link": LINK}))
    assert card.only_for == server.ann.id
    assert "That leaves $" in shown_text(card)


async def test_a_button_of_a_removed_command_explains_itself(bot_app, discord, server):
    message = _with_button(await bot_app.type("usage"), "gone?x=1")
    interaction = await discord.send_action(message, "gone?x=1", user=server.ann)
    await discord.until(lambda: not interaction.is_thinking)
    assert "There's no command /gone" in shown_text(interaction.message)
    assert int(Permission.VIEW_CHANNEL) > 0
