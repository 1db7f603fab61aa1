"""Campaigns in the database: unique names and links, and no data of other workspaces."""

import asyncio
from datetime import date
from decimal import Decimal

from bot.store.audit import Actor
from tests.store.samples import ADA, BEN, NOW


def links(*numbers):
    return [(f"tiktok:{n}", f"https://www.tiktok.com/@ada/video/{n}", "tiktok") for n in numbers]


async def test_simultaneous_creations_of_one_name_make_one_campaign(store, two_stores, workspace):
    names = ("launch", "LAUNCH", "Laünch", "launch", "Launch ", "'launch'")
    made = await asyncio.gather(
        *(two_stores[n % 2].campaigns.create(workspace.id, name, Actor(ADA, NOW)) for n, name in enumerate(names))
    )
    assert len({campaign for campaign, _ in made}) == 1
    assert [is_new for _, is_new in made].count(True) == 1
    assert len(await store.campaigns.all(workspace.id)) == 1


async def test_a_workspace_neither_sees_nor_changes_anothers_campaigns(store, workspace, neighbour):
    campaigns = store.campaigns
    mine, _ = await campaigns.create(workspace.id, "launch", Actor(ADA, NOW))
    await campaigns.add(workspace.id, mine.id, links(1), Actor(ADA, NOW))
    theirs = neighbour.id
    assert await campaigns.named(theirs, "launch") is None
    assert await campaigns.find(theirs, mine.id) is None
    assert await campaigns.links(theirs, mine.id) == ()
    assert await campaigns.of_keys(theirs, ["tiktok:1"]) == {}
    assert await campaigns.add(theirs, mine.id, links(2), Actor(BEN, NOW)) == frozenset()
    assert await campaigns.remove(theirs, mine.id, ["tiktok:1"], Actor(BEN, NOW)) == frozenset()
    assert await campaigns.rename(theirs, mine.id, "mine", Actor(BEN, NOW)) is None
    assert await campaigns.archive(theirs, mine.id, Actor(BEN, NOW)) is None
    assert await campaigns.set_channel(theirs, mine.id, Actor(BEN, NOW, "C1")) is None
    assert (await store.channels.find(theirs, "C1")).campaign is None
    assert (await campaigns.create(theirs, "launch", Actor(BEN, NOW)))[1]
    assert await campaigns.all(workspace.id) == (mine,)
    assert await campaigns.of_keys(workspace.id, ["tiktok:1", "tiktok:2"]) == {"tiktok:1": (mine,)}


async def test_a_taken_name_is_refused_and_settings_are_kept(store, workspace):
    campaigns = store.campaigns
    launch, _ = await campaigns.create(workspace.id, "launch", Actor(ADA, NOW))
    spring, _ = await campaigns.create(workspace.id, "spring", Actor(ADA, NOW))
    assert await campaigns.rename(workspace.id, spring.id, "Launch", Actor(BEN, NOW)) is None
    assert (await campaigns.rename(workspace.id, launch.id, "Launch", Actor(BEN, NOW))).name == "Launch"
    await campaigns.set_budget(workspace.id, launch.id, Decimal("50.25"), Actor(BEN, NOW))
    await campaigns.set_dates(workspace.id, launch.id, date(2026, 3, 1), None, Actor(BEN, NOW))
    kept = await campaigns.named(workspace.id, "LAUNCH")
    assert (kept.budget, kept.starts_on, kept.ends_on) == (Decimal("50.25"), date(2026, 3, 1), None)
    (entry,) = await store.audit.recent(workspace.id, 1)
    assert entry.outcome == "Campaign Launch: dates set to 2026-03-01 until open"
