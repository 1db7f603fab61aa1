from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.store.audit import Action, Entry, Spend
from tests.store.samples import ADA, BEN, MONTH, NOW, PRICE, submitted, video

NOTHING = Spend((), ())
STOP = Entry(NOW, ADA, "C1", Action.STOP, "stopped, saves $1.20", "https://example.com/1", "v1")


async def test_entries_are_listed_newest_first_for_their_workspace_only(store, workspace, neighbour):
    later = Entry(NOW + timedelta(hours=1), BEN, "C2", Action.TRACK, "tracking", "https://x", cost=Decimal("0.36"))
    for entry in (STOP, later):
        await store.audit.write(workspace.id, entry)
    assert await store.audit.recent(workspace.id, 10) == (later, STOP)
    assert await store.audit.recent(workspace.id, 1) == (later,)
    assert await store.audit.recent(neighbour.id, 10) == ()


async def test_entries_of_one_moment_keep_their_order(store, workspace):
    entries = [Entry(NOW, ADA, "C1", Action.STOP, "stopped", f"https://x/{n}") for n in range(3)]
    for entry in entries:
        await store.audit.write(workspace.id, entry)
    assert await store.audit.recent(workspace.id, 10) == tuple(reversed(entries))


async def test_the_log_includes_outside_starts_with_pages_and_filters(store, workspace, neighbour, monkeypatch):
    seen = [(video("out1"), "k1"), (video("out2", status="completed"), "k2")]
    await store.videos.remember(workspace.wallet_id, seen, NOW)
    await store.audit.write(neighbour.id, STOP)
    entries = [replace(STOP, at=NOW + timedelta(hours=n), person=(ADA, BEN)[n % 2]) for n in range(3)]
    for entry in entries:
        await store.audit.write(workspace.id, entry)
    whole = await store.audit.log(workspace)
    assert sorted(whole, key=lambda each: each.at, reverse=True) == list(whole)
    assert {each.video_id: each.cost for each in whole if each.action is Action.OUTSIDE} == {"out1": None, "out2": None}
    assert [each for each in whole if each.action is Action.STOP] == entries[::-1]
    pages = [await store.audit.log(workspace, offset=at, limit=2) for at in (0, 2, 4)]
    assert tuple(each for page in pages for each in page) == whole
    monkeypatch.setattr("bot.store.audit.PAGE", 2)
    streamed = []
    async for page in store.audit.pages(workspace):
        streamed += page
        await store.audit.write(workspace.id, replace(STOP, at=NOW + timedelta(days=1)))
    assert tuple(streamed) == whole
    assert await store.audit.log(workspace, (Action.STOP,), BEN.id) == (entries[1],)
    assert await store.audit.log(workspace, (Action.TRACK,)) == ()


async def test_spending_is_summed_exactly_by_person_and_by_channel(store, workspace, neighbour):
    await track(store, workspace, ADA, "C1", Decimal("0.1"))
    await track(store, workspace, ADA, "C2", Decimal("0.2"))
    await track(store, workspace, BEN, "C1", Decimal("0.015"))
    await track(store, neighbour, BEN, "C1", Decimal(50))
    await track(store, workspace, ADA, "C1", Decimal(9), now=MONTH - timedelta(days=1))
    spend = await store.audit.spend(workspace.id, MONTH)
    assert spend.by_person == ((ADA, Decimal("0.3")), (BEN, Decimal("0.015")))
    assert spend.by_channel == (("C2", Decimal("0.2")), ("C1", Decimal("0.115")))
    assert await store.audit.spend(workspace.id, NOW + timedelta(days=1)) == NOTHING


async def test_only_started_trackings_count_as_spent(store, workspace):
    (request,) = await propose(store, workspace, ADA, "C1", NOW)
    await submitted(store, request, Decimal(1))
    assert await store.audit.spend(workspace.id, MONTH) == NOTHING
    await store.tracking.mark_failed(request.id, "refused", NOW)
    assert await store.audit.spend(workspace.id, MONTH) == NOTHING
    (entry,) = await store.audit.recent(workspace.id, 10)
    assert (entry.outcome, entry.cost, entry.video_id) == ("refused", None, None)


async def propose(store, workspace, person, channel, now):
    token = f"{person.id}{channel}{now}"
    item = (f"tiktok:{workspace.id}{token}", "https://example.com", "tiktok")
    until = now + timedelta(minutes=1)
    return await store.tracking.propose(workspace, channel, person, token, [item], PRICE, now, until)


async def track(store, workspace, person, channel, cost, now=NOW):
    (request,) = await propose(store, workspace, person, channel, now)
    await submitted(store, request, cost, now=now)
    await store.tracking.mark_tracking(request.id, video(f"v{request.id}"), now)
