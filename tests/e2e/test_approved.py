"""Approval in the chats: the form, the card in the channel, one approval, and the card afterwards."""

import asyncio
from decimal import Decimal

import pytest

from bot.domain.allowances import ApprovalRule
from bot.domain.caller import Person
from bot.store import Store
from bot.store.database import Database
from tests.discord_app.bot_app import shown_text as discord_text
from tests.e2e.chats import ANN, BOB, KEYS, spent
from tests.e2e.discord_chat import DiscordPage, discord_chat
from tests.e2e.slack_chat import SlackPage, slack_chat
from tests.slack.bot_app import shown_text as slack_text
from tests.standins.environment import LINK, sandbox_of


@pytest.fixture
async def sandbox(clock):
    async with sandbox_of(clock, keys=KEYS) as sandbox:
        yield sandbox


async def need_approval(chat, database_url):
    """Require approval above two dollars."""
    await chat.say(BOB, "status")
    database = Database(database_url)
    rule = ApprovalRule(above=Decimal(2))
    await Store(database).approvals.change_rule(1, rule, Person("U1", "Bob"), chat.clock(), "", "above $2.00")
    await database.close()


async def approval_works(chat, database_url, ask, in_channel, page):
    await need_approval(chat, database_url)
    await ask(await chat.say(ANN, "track", link=LINK, days="7"))
    async with chat.scheduling():
        await chat.until(in_channel)
        (card,) = in_channel()
        assert "somebody else has to decide" in (await chat.press(page(card), "Approve", ANN)).text
        await asyncio.gather(*(chat.press(page(card), "Approve", BOB) for _ in range(2)))
        await chat.until(lambda: spent(chat) == (1, 1))
        await chat.until(lambda: not in_channel())
        await chat.until(lambda: "started tracking" in "".join(chat.public()))
    assert spent(chat) == (1, 1)


async def test_in_slack(sandbox, clock, sqlite_url):
    async with slack_chat(sandbox, clock, sqlite_url) as chat:
        ann = chat.people[ANN]

        async def ask(card):
            form = await chat.bot_app.modal(chat.bot_app.press(card.message, "Ask for approval", ann), ann)
            answer = await chat.bot_app.seen(chat.slack.send_view_submission(form, {"why": "for the launch"}), ann)
            assert "Waiting for approval" in slack_text(answer)

        def in_channel():
            posted = [each for each in chat.slack.channel(chat.channel).messages if not each.only_for]
            return [each for each in posted if "Approve this" in slack_text(each)]

        await approval_works(chat, sqlite_url, ask, in_channel, lambda card: SlackPage(chat.bot_app, card))


async def test_in_discord(sandbox, clock, sqlite_url):
    async with discord_chat(sandbox, clock, sqlite_url) as chat:
        ann = chat.people[ANN]

        async def ask(card):
            form = await chat.bot_app.modal(chat.bot_app.press(card.message, "Ask for approval", ann), ann)
            answer = await chat.bot_app.answered(chat.discord.send_modal(form, {"why": "for the launch"}))
            assert "Waiting for approval" in discord_text(answer)

        def in_channel():
            return [each for each in chat.server.general.messages if "Approve this" in discord_text(each)]

        await approval_works(chat, sqlite_url, ask, in_channel, DiscordPage)
        async with chat.scheduling():
            await chat.until(
                lambda: any("Approved" in discord_text(each) for each in chat.discord.direct_messages(ann))
            )
        answer = next(each for each in chat.discord.direct_messages(ann) if "Approved" in discord_text(each))
        public = chat.public()
        assert "already" in (await chat.press(DiscordPage(answer), "Track 7 days", ANN)).text
        assert (spent(chat), chat.public()) == ((1, 1), public)
        del chat.server.guild.members[ann.id]
        assert "I only work in servers" in (await chat.press(DiscordPage(answer), "Track 7 days", ANN)).text
