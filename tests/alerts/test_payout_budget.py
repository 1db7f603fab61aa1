"""The payout.budget alert from end to end: one message through its stages, armed again by a raised budget."""

import re
from decimal import Decimal

from bot.reply.model import Tone
from tests.standins.environment import LINK


async def budget(play, share):
    """Set the budget of which so many per cent are owed."""
    owed = Decimal(re.match(r"\$([\d,.]+) owed", (await play.env.say("/payout launch")).summary)[1].replace(",", ""))
    await play.env.say(f"/payout launch terms budget {owed * 100 / share:.2f}")


async def test_one_message_goes_through_the_stages_and_a_raised_budget_arms_it_again(play):
    play.track(LINK, 30)
    await play.env.say(f"/campaign new launch {LINK}")
    await play.env.say("/payout launch terms tiktok 1000 per 1000, from zero, final after 20 days")
    await play.alerts("on")
    await play.live(48, every=6)
    await budget(play, 60)
    assert await play.live(1) == []  # it's no channel's own campaign yet
    await play.env.say("/campaign launch here")
    (opened,) = await play.live(1)
    assert (opened.key, opened.channel_id) == ("payout.budget:1:1:1", "C-general")
    assert re.match(r"6\d% of the \$[\d,.]+ payout budget: \$[\d,.]+ owed\. Reached ", opened.reply.summary)
    await budget(play, 85)
    (worse,) = await play.live(1)
    assert worse.edits == opened.key
    await budget(play, 100)
    edit, reply = await play.live(1)
    assert (edit.edits, reply.replies_to) == (opened.key, opened.key)
    assert reply.reply.tone is Tone.PROBLEM
    assert await play.live(3) == []
    await budget(play, 20)
    (resolved,) = await play.live(1)
    assert resolved.edits == opened.key
    assert re.match(r"Resolved: (19|20|21)%", resolved.reply.summary)
    await budget(play, 60)
    (again,) = await play.live(1)
    assert again.key == "payout.budget:1:1:2"


async def test_any_channel_can_get_the_budgets_of_all_campaigns_and_keep_them_quiet(play):
    play.track(LINK, 30)
    await play.env.say(f"/campaign new launch {LINK}")
    await play.env.say("/payout launch terms tiktok 1000 per 1000, from zero")
    assert "Payout budgets: on" in (await play.alerts("payouts on")).summary
    await play.live(6, every=6)
    await budget(play, 60)
    await play.alerts("mute 8h")
    assert await play.live(4) == []
    (opened,) = await play.live(6)
    assert opened.key == "payout.budget:1:1:1"
    await play.env.press(opened.reply, "Snooze")
    await budget(play, 100)
    (edit,) = await play.live(3)
    assert edit.edits == opened.key
    (reply,) = await play.live(24, every=6)
    assert reply.replies_to == opened.key
