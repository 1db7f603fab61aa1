"""Remains of a forgotten workspace in the database: on SQLite, down to the bytes of the file and its log."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.domain.allowances import Approval, ApprovalRule, ApprovalState, Spender
from bot.domain.caller import Person
from bot.domain.errors import SpendingRefused
from bot.domain.payout import Line, State, Terms
from bot.domain.videos import Metric
from bot.reply.model import Picture, Reply
from bot.store import Store
from bot.store.audit import Action, Actor, Entry
from bot.store.database import Database
from bot.store.forgetting import SPEND_KEPT
from bot.store.outbox import Message, News, enqueue
from bot.store.spend_guard import Submitted
from bot.store.tables import forgotten_spend
from tests.store.samples import HERE, NOW, PRICE, THERE, keyed, proposed, reading, submitted, video

MARK = "zzsecretzz"
"""Contained in every text of the workspace to forget."""
ZOE = Person(f"U{MARK}", f"Zoe {MARK}")
GOING = replace(HERE, id=f"T{MARK}", name=f"Shop {MARK}")


async def owe(store, workspace_id, campaign_id, link):
    """Add a final line for a creator who was paid."""
    terms = await store.payouts.change_terms(
        workspace_id, campaign_id, lambda _: Terms({"tiktok": PRICE}), lambda _: MARK, Actor(ZOE, NOW)
    )
    line = Line(f"tiktok:{MARK}", link, MARK, "tiktok", f"@{MARK}", MARK, Metric.VIEWS, State.FINAL)
    line = replace(line, start_at=NOW, end_at=NOW, final_hour=NOW)
    await store.payouts.settle(workspace_id, campaign_id, terms.id, 0, [line])
    await store.payouts.mark_paid(workspace_id, campaign_id, "tiktok", MARK, Actor(ZOE, NOW))


async def live(store, database):
    """Let one workspace use every feature once, and add one that stays; returns the first."""
    wallet = await store.wallets.ensure_wallet("theirs", NOW)
    going = await store.workspaces.ensure_workspace(GOING, wallet)
    await store.workspaces.ensure_workspace(THERE, await store.wallets.ensure_wallet("ours", NOW))
    await store.credentials.link(going.id, f"cs_live_{MARK}", ZOE, NOW)
    (request,) = await proposed(store, going, f"tiktok:{MARK}", person=ZOE)
    await submitted(store, request, PRICE * 24)
    seen = video(f"v{MARK}", title=f"Title {MARK}" * 40, creator=f"creator {MARK}")
    await store.tracking.mark_tracking(request.id, seen, NOW)
    await store.videos.remember(wallet, keyed(seen), NOW)
    key, page = f"tiktok:v{MARK}", reading(seen, 1, 2, 3)
    await store.videos.remember_reading(wallet, page, key, main_count=3, change_24h=2, now=NOW)
    spent = Entry(NOW, ZOE, f"C{MARK}", Action.TRACK, f"tracking {MARK}", seen.link, seen.id, PRICE)
    await store.audit.write(going.id, spent)
    campaign, _ = await store.campaigns.create(going.id, f"Launch {MARK}", Actor(ZOE, NOW, f"C{MARK}"))
    await store.campaigns.add(going.id, campaign.id, [(key, seen.link, "tiktok")], Actor(ZOE, NOW))
    await store.campaigns.set_channel(going.id, campaign.id, Actor(ZOE, NOW, f"C{MARK}"))
    await owe(store, going.id, campaign.id, seen.link)
    await store.approvals.change_rule(going.id, ApprovalRule(roles={MARK: MARK}), Actor(ZOE, NOW, f"C{MARK}"), MARK)
    wanted = Approval(0, going.id, "b", 7, PRICE, ZOE, f"C{MARK}", MARK, ApprovalState.PENDING, NOW, NOW)
    offered = await proposed(store, going, MARK, person=ZOE, batch="b")
    await store.approvals.ask(wanted, offered, lambda *_: News(()))
    shown = Reply(f"Up {MARK}.", parts=(Picture("chart.png", MARK.encode() * 1_000, "Views went up."),))
    async with database.writing() as connection:
        await enqueue(connection, Message(f"key {MARK}", going.id, f"C{MARK}", shown), NOW)
    return going


@pytest.fixture
async def database(sqlite_url):
    database = Database(sqlite_url)
    yield database
    await database.close()


@pytest.fixture
def store(database):
    return Store(database, ("k" * 32,))


def written(sqlite_url):
    """Every byte of the database file and the files next to it."""
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in sorted(file.parent.glob(f"{file.name}*")))


async def test_no_byte_of_a_forgotten_workspace_stays_in_the_file_or_its_log(store, database, sqlite_url):
    going = await live(store, database)
    assert written(sqlite_url).count(MARK.encode()) > 50
    await store.forgetting.workspace(going.id)
    assert written(sqlite_url).count(MARK.encode()) == 0
    async with database.reading() as connection:
        assert await connection.scalar(text("PRAGMA integrity_check")) == "ok"


async def test_remaining_sums_name_no_workspace_and_go_once_no_cap_needs_them(store, database):
    async def sums():
        async with database.reading() as connection:
            return (await connection.execute(select(forgotten_spend))).all()

    going = await live(store, database)
    await store.forgetting.workspace(going.id)
    (row,) = await sums()
    assert (row.chat, row.cost) == ("slack", PRICE * 24)
    assert MARK not in row.external_id
    await store.forgetting.old_spend(NOW + SPEND_KEPT - timedelta(days=31))
    assert len(await sums()) == 1
    await store.forgetting.old_spend(NOW + SPEND_KEPT)
    assert await sums() == []


async def test_a_workspace_kept_for_an_open_start_is_deleted_once_settled(store, database):
    going = await live(store, database)
    (request,) = await proposed(store, going, "tiktok:open", person=ZOE, batch="open")
    await submitted(store, request, PRICE * 24)
    await store.forgetting.workspace(going.id)
    await store.forgetting.settled_workspaces(NOW)
    kept = await store.workspaces.by_id(going.id)
    assert kept is not None, "what an open request started must not be started again"
    assert MARK not in kept.name
    await store.tracking.mark_tracking(request.id, video("v-late"), NOW)
    await store.forgetting.settled_workspaces(NOW)
    assert await store.workspaces.by_id(going.id) is None


async def test_a_forgotten_workspace_in_use_again_stays(store, database):
    going = await live(store, database)
    for key in ("tiktok:again", "tiktok:old"):
        (request,) = await proposed(store, going, key, person=ZOE, batch=key)
        await submitted(store, request, PRICE * 24)
        await store.forgetting.workspace(going.id)
        if key == "tiktok:again":
            await store.workspaces.ensure_workspace(GOING, going.wallet_id)
            await store.tracking.mark_failed(request.id, "nothing", NOW)
            await store.forgetting.settled_workspaces(NOW)
            assert (await store.workspaces.by_id(going.id)).name == GOING.name
    await store.forgetting.settled_workspaces(NOW + SPEND_KEPT + timedelta(days=1))
    assert await store.workspaces.by_id(going.id) is None


@pytest.mark.parametrize("race", ["press", "started", "failed"])
async def test_a_start_during_the_deletion_is_refused_or_counted_and_never_lost(two_stores, race):
    """One of the two waits for the other, whichever comes first."""
    one, two = two_stores
    wallet = await one.wallets.ensure_wallet("theirs", NOW)
    counted = Decimal(0)
    for turn in range(12):
        workspace = await one.workspaces.ensure_workspace(GOING, wallet)
        (request,) = await proposed(one, workspace, f"tiktok:{turn}", person=ZOE, batch=f"b{turn}")
        if race != "press":
            await submitted(one, request, PRICE)
        at_once = {
            "press": lambda each=request: submitted(one, each, PRICE),
            "started": lambda each=request, n=turn: one.tracking.mark_tracking(each.id, video(f"v{n}"), NOW),
            "failed": lambda each=request: one.tracking.mark_failed(each.id, "no", NOW),
        }[race]
        outcome, deleted = await asyncio.gather(
            at_once(), two.forgetting.workspace(workspace.id), return_exceptions=True
        )
        assert deleted is None
        assert not isinstance(outcome, Exception) or isinstance(outcome, SpendingRefused)
        counted += PRICE if race == "started" or isinstance(outcome, Submitted) else 0
        again = await one.workspaces.ensure_workspace(GOING, wallet)
        (cap,) = await one.allowances.limits(again.id, Spender(ZOE.id, frozenset(), "C1"), NOW, Decimal(99))
        assert cap.used == counted, turn


async def test_metrics_count_messages_up_to_a_limit(store, database, monkeypatch):
    monkeypatch.setattr("bot.store.outbox.MOST_COUNTED", 3)
    here = await store.workspaces.ensure_workspace(HERE, await store.wallets.ensure_wallet("ours", NOW))
    async with database.writing() as connection:
        for number in range(5):
            await enqueue(connection, Message(f"key {number}", here.id, "C1", Reply("Up.")), NOW)
    assert await store.outbox_status.load(NOW + timedelta(minutes=2)) == (3, 3, 3, 0)
