"""Which posts show amounts of money, and in which channels."""

import pytest

from bot.digests.planner import DigestPlanner
from bot.domain.allowances import EVERYONE
from bot.reply.model import Tone
from bot.reply.plain import plain_spans
from tests.standins.environment import LINK, YOUTUBE, labels

POSTS = {"line", "share", "digest", "balance.low", "done", "payout.budget", "approval"}
"""Everything posted to a channel automatically or by a press that shows amounts if the channel may see them."""


@pytest.mark.parametrize(
    ("readers", "chosen", "shows"),
    [
        (EVERYONE, "", True), ("spenders", "", False), ("managers", "", False), ("spenders", "on", True),
        ("managers", "on", True), (EVERYONE, "off", False),
    ],
)  # fmt: skip
async def test_posts_show_amounts_only_in_channels_that_may_see_them(alert_env, charts, readers, chosen, shows):
    env = alert_env.env
    for line in (
        f"/campaign new launch {LINK} budget 50",
        "/payout launch terms tiktok 1000 per 1000, from zero, final after 20 days, budget 1",
        "/campaign launch here",
        "/digest on 09:00 UTC",
        "/alerts on",
        "/alerts balance 1000",
        "/alerts payouts on",
        "/alerts trouble on",
        "/allowance approval above 2",
        f"/allowance money {readers}",
        *([f"/alerts amounts {chosen}"] if chosen else []),
    ):
        assert (await env.say(line)).tone is Tone.SUCCESS, line
    found = {"line": plain_spans((await env.start(LINK, 1)).public_line)}
    asked = await env.press(await env.say(f"/track {YOUTUBE} 7"), "Ask")
    assert asked.title == "Waiting for approval"
    await alert_env.live(30, every=6)
    await DigestPlanner(alert_env.store, env.bot.accounts, charts, env.clock).plan_due()
    for line in ("/usage", "/campaign launch"):
        card = await env.say(line)
        if "Post here" in labels(card):
            await env.press(card, "Post here")
    alert_env.read = 0
    for each in await alert_env.posted():
        if each.channel_id:
            name = each.key.partition(":")[0]
            found[name] = f"{found.get(name, '')}{each.text}"
    assert found.keys() >= POSTS
    assert {name for name, words in found.items() if "$" in words} == (POSTS if shows else set())
    assert shows or "Credit is low. Running videos can still finish." in found["balance.low"]
    assert ("Decline" in found["approval"]) is shows
