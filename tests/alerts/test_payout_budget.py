"""The payout.budget alert from end to end: one message through its stages, re-armed by a raised budget."""

import re
from decimal import Decimal

from bot.reply.model import Tone
from tests.standins.environment import LINK


async def budget(alert_env, share):
    """Set the budget so that this percentage is owed."""
    owed = Decimal(
        re.match(r"\$([\d,.]+) owed", (await alert_env.env.say("/payout launch")).summary)[1].replace(",", "")
    )
    await alert_env.env.say(f"/payout launch terms budget {owed * 100 / share:.2f}")


async def test_one_message_goes_through_the_stages_and_a_raised_budget_rearms_it(alert_env):
    alert_env.track(LINK, 30)
    await alert_env.env.say(f"/campaign new launch {LINK}")
    await alert_env.env.say("/payout launch terms tiktok 1000 per 1000, from zero, final after 20 days")
    await alert_env.alerts("on")
    await alert_env.live(48, every=6)
    await budget(alert_env, 60)
    assert await alert_env.live(1) == []  # it isn't a channel's own campaign yet
    await alert_env.env.say("/campaign launch here")
    (opened,) = await alert_env.live(1)
    assert (opened.key, opened.channel_id) == ("payout.budget:1:1:1", "C-general")
    assert re.match(r"6\d% of the \$[\d,.]+ payout budget: \$[\d,.]+ owed\. At today's pace, ", opened.reply.summary)
    await budget(alert_env, 85)
    (worse,) = await alert_env.live(1)
    assert worse.edits == opened.key
    await budget(alert_env, 100)
    edit, reply = await alert_env.live(1)
    assert (edit.edits, reply.replies_to) == (opened.key, opened.key)
    assert reply.reply.tone is Tone.PROBLEM
    assert await alert_env.live(3) == []
    await budget(alert_env, 20)
    (resolved,) = await alert_env.live(1)
    assert resolved.edits == opened.key
    assert re.match(r"Resolved: (19|20|21)%", resolved.reply.summary)
    await budget(alert_env, 60)
    (again,) = await alert_env.live(1)
    assert again.key == "payout.budget:1:1:2"


async def test_any_channel_can_get_the_budgets_of_all_campaigns_and_keep_them_quiet(alert_env):
    alert_env.track(LINK, 30)
    await alert_env.env.say(f"/campaign new launch {LINK}")
    await alert_env.env.say("/payout launch terms tiktok 1000 per 1000, from zero")
    assert "Payout budgets: on" in (await alert_env.alerts("payouts on")).summary
    await alert_env.live(6, every=6)
    await budget(alert_env, 60)
    await alert_env.alerts("mute 8h")
    assert await alert_env.live(4) == []
    (opened,) = await alert_env.live(6)
    assert opened.key == "payout.budget:1:1:1"
    await alert_env.env.press(opened.reply, "Snooze")
    await budget(alert_env, 100)
    (edit,) = await alert_env.live(3)
    assert edit.edits == opened.key
    (reply,) = await alert_env.live(24, every=6)
    assert reply.replies_to == opened.key
