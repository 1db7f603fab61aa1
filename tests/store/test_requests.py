"""The state machine of a start, one step at a time."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.allowances import Limit, Scope
from bot.domain.tracking import QUIET, REVISITED_FOR, RequestState, StartTerms
from bot.store.audit import Action
from bot.store.spend_guard import (
    AlreadyRunning,
    Expired,
    InFlight,
    LimitReached,
    NotProposed,
    NotYours,
    Submitted,
    Unclear,
)
from tests.store.samples import ADA, BEN, HERE, MONTH, NOW, proposed, submitted, video

COST = Decimal("2.52")


@pytest.fixture
async def request_(store, workspace):
    (request,) = await proposed(store, workspace, "tiktok:1")
    return request


async def test_links_typed_together_share_a_batch_in_their_order_also_if_redelivered(store, workspace, wallet_id):
    requests = await proposed(store, workspace, "tiktok:2", "tiktok:1")
    assert [request.key for request in requests] == ["tiktok:2", "tiktok:1"]
    assert await store.tracking.batch(workspace.id, "batch") == requests
    assert await proposed(store, workspace, "tiktok:2", "tiktok:1") == requests
    first = requests[0]
    assert (first.workspace_id, first.wallet_id, first.channel_id, first.person) == (workspace.id, wallet_id, "C1", ADA)
    assert (first.link, first.platform) == ("https://example.com/tiktok:2", "tiktok")
    assert (first.state, first.proposed_at) == (RequestState.PROPOSED, NOW)
    assert (first.days, first.cost, first.submitted_at, first.video_id, first.outcome) == (None, None, None, None, "")


async def test_another_workspaces_button_finds_no_request(store, request_, neighbour):
    assert await store.tracking.batch(neighbour.id, request_.batch) == ()
    assert await store.tracking.cancel(neighbour.id, request_.batch, ADA.id) == ()
    assert (await store.tracking.batch(request_.workspace_id, request_.batch))[0].state is RequestState.PROPOSED


async def test_a_submitted_request_knows_its_price_and_time_and_is_not_submitted_again(store, request_):
    result = await submitted(store, request_, COST)
    assert result == Submitted(replace(request_, state=RequestState.SUBMITTED, days=7, cost=COST, submitted_at=NOW))
    assert await store.tracking.in_flight(request_.wallet_id, "tiktok:1") == result.request
    assert await submitted(store, request_, COST) == NotProposed(result.request)


async def test_only_the_asker_may_confirm(store, request_):
    result = await store.tracking.submit(request_.id, StartTerms(BEN, 7, COST, Decimal(100)), NOW)
    assert result == NotYours(request_)


@pytest.mark.parametrize(
    ("later", "is_open"), [(timedelta(minutes=10), False), (timedelta(minutes=9, seconds=59), True)]
)
async def test_a_button_works_until_it_expires(store, request_, later, is_open):
    result = await submitted(store, request_, COST, now=NOW + later)
    assert isinstance(result, Submitted) is is_open
    assert is_open or result == Expired(request_)


async def test_a_button_of_a_previous_key_has_expired(store, request_):
    rotated = await store.wallets.ensure_wallet("rotated", NOW)
    await store.workspaces.ensure_workspace(HERE, rotated)
    assert await submitted(store, request_, COST) == Expired(request_)


async def test_a_running_link_is_not_started_again(store, request_, wallet_id):
    await store.videos.remember(wallet_id, [(video("v1"), "tiktok:1")], NOW)
    result = await submitted(store, request_, COST)
    assert isinstance(result, AlreadyRunning)
    assert result.video.video.id == "v1"


@pytest.mark.parametrize(("wallet", "status"), [("fingerprint", "completed"), ("elsewhere", "monitoring")])
async def test_a_link_that_ended_or_runs_in_another_wallet_may_be_started(store, request_, wallet, status):
    wallet_id = await store.wallets.ensure_wallet(wallet, NOW)
    await store.videos.remember(wallet_id, [(video("v1", status=status), "tiktok:1")], NOW)
    assert isinstance(await submitted(store, request_, COST), Submitted)


@pytest.mark.parametrize("is_unclear", [False, True])
async def test_a_link_being_started_is_not_sent_twice(store, request_, neighbour, is_unclear):
    (theirs,) = await proposed(store, neighbour, "tiktok:1", person=BEN)
    other = (await submitted(store, theirs, COST)).request
    if is_unclear:
        other = await store.tracking.mark_unknown(other.id, "no answer", NOW)
    assert await submitted(store, request_, COST) == InFlight(other)


async def test_a_link_whose_start_failed_may_be_sent_again(store, request_, neighbour):
    (theirs,) = await proposed(store, neighbour, "tiktok:1")
    await submitted(store, theirs, COST)
    await store.tracking.mark_failed(theirs.id, "not enough balance", NOW)
    assert isinstance(await submitted(store, request_, COST), Submitted)


async def test_the_cap_holds_to_the_cent_over_everything_that_may_be_charged(store, workspace):
    keys = ("running", "unclear", "failed", "submitted", "last")
    running, unclear, failed, open_, last = await proposed(store, workspace, *keys)
    for request in (running, unclear, failed, open_):
        assert isinstance(await submitted(store, request, Decimal("0.1"), cap=Decimal("0.6")), Submitted)
    await store.tracking.mark_tracking(running.id, video("v1"), NOW)
    await store.tracking.mark_unknown(unclear.id, "no answer", NOW)
    await store.tracking.mark_failed(failed.id, "refused", NOW)
    refused = await submitted(store, last, Decimal("0.300001"), cap=Decimal("0.6"))
    assert refused == LimitReached(Limit(Scope.OPERATOR, Decimal("0.6"), Decimal("0.3")))
    assert isinstance(await submitted(store, last, Decimal("0.3"), cap=Decimal("0.6")), Submitted)


async def test_the_cap_counts_only_this_month_and_workspace(store, workspace, neighbour):
    (before,) = await proposed(store, workspace, "a", batch="before", now=MONTH - timedelta(minutes=5))
    await submitted(store, before, Decimal(1), now=MONTH - timedelta(seconds=1))
    (theirs,) = await proposed(store, neighbour, "b")
    await submitted(store, theirs, Decimal(1))
    (now,) = await proposed(store, workspace, "c")
    assert isinstance(await submitted(store, now, Decimal(1), cap=Decimal(1)), Submitted)


async def test_a_started_video_is_the_workspaces_own_and_audited(store, request_, workspace, neighbour):
    await submitted(store, request_, COST)
    later = NOW + timedelta(seconds=3)
    tracking, is_news = await store.tracking.mark_tracking(request_.id, video("v1", title="Mine"), later)
    assert is_news
    assert (tracking.state, tracking.video_id) == (RequestState.TRACKING, "v1")
    stored = await store.videos.find(workspace, "v1")
    assert (stored.video.title, stored.key) == ("Mine", "tiktok:1")
    assert (stored.started_by, stored.workspace_id) == (ADA, workspace.id)
    assert await store.videos.find(neighbour, "v1") is None
    assert await store.tracking.in_flight(request_.wallet_id, "tiktok:1") is None
    (entry,) = await store.audit.recent(workspace.id, 10)
    assert (entry.at, entry.person, entry.channel_id, entry.action) == (later, ADA, "C1", Action.TRACK)
    assert (entry.link, entry.video_id, entry.cost, entry.outcome) == (request_.link, "v1", COST, "tracking")


async def test_an_outcome_recorded_twice_is_audited_once(store, request_, workspace):
    await submitted(store, request_, COST)
    first, _ = await store.tracking.mark_tracking(request_.id, video("v1"), NOW)
    assert await store.tracking.mark_tracking(request_.id, video("v1"), NOW + timedelta(hours=1)) == (first, False)
    assert len(await store.audit.recent(workspace.id, 10)) == 1


async def test_an_unclear_outcome_is_settled_by_looking(store, request_, workspace):
    await submitted(store, request_, COST)
    unclear = await store.tracking.mark_unknown(request_.id, "the connection broke", NOW)
    assert (unclear.state, unclear.outcome) == (RequestState.UNKNOWN, "the connection broke")
    assert [await store.tracking.count_look(request_.id) for _ in range(3)] == [1, 2, 3]
    found, _ = await store.tracking.mark_tracking(request_.id, video("v1"), NOW)
    assert (found.state, found.outcome, found.clean_looks) == (RequestState.TRACKING, "", 3)
    outcomes = [(entry.outcome, entry.cost) for entry in await store.audit.recent(workspace.id, 10)]
    assert outcomes == [("tracking", COST), ("the connection broke", None)]


async def test_no_request_leaves_a_final_state_or_skips_one(store, workspace):
    failed, tracking, fresh = await proposed(store, workspace, "failed", "tracking", "fresh")
    for request in (failed, tracking):
        await submitted(store, request, COST)
    failed = await store.tracking.mark_failed(failed.id, "refused", NOW)
    tracking, _ = await store.tracking.mark_tracking(tracking.id, video("v1"), NOW)
    for request in (failed, tracking, fresh):
        assert await store.tracking.mark_unknown(request.id, "too late", NOW) == request
        assert await store.tracking.mark_failed(request.id, "too late", NOW) == request
    for request in (tracking, fresh):
        assert await store.tracking.mark_tracking(request.id, video("v2"), NOW) == (request, False)
    assert await store.videos.find(workspace, "v2") is None
    for request in (failed, tracking):
        assert await store.tracking.drop(request.id, "too late") == request
        assert await submitted(store, request, COST) == NotProposed(request)


async def test_dropping_never_changes_a_request_that_may_have_been_sent(store, workspace):
    sent, unsent = await proposed(store, workspace, "sent", "unsent")
    sent = (await submitted(store, sent, COST)).request
    assert await store.tracking.drop(sent.id, "stopped") == sent
    dropped = await store.tracking.drop(unsent.id, "stopped")
    assert (dropped.state, dropped.outcome) == (RequestState.FAILED, "stopped")
    assert await store.audit.recent(workspace.id, 10) == ()


async def test_only_the_asker_can_cancel_an_unsent_request(store, workspace):
    sent, unsent = await proposed(store, workspace, "sent", "unsent")
    sent = (await submitted(store, sent, COST)).request
    assert await store.tracking.cancel(workspace.id, "batch", BEN.id) == (sent, unsent)
    left, gone = await store.tracking.cancel(workspace.id, "batch", ADA.id)
    assert (left, gone.state, gone.outcome) == (sent, RequestState.FAILED, "cancelled")
    assert await submitted(store, unsent, COST) == NotProposed(gone)


async def test_unclear_and_long_submitted_requests_need_a_look(store, workspace, wallet_id):
    names = ("proposed", "old", "recent", "unclear", "failed", "tracking")
    requests = dict(zip(names, await proposed(store, workspace, *names), strict=True))
    for name in names[1:]:
        await submitted(store, requests[name], COST, now=NOW + timedelta(minutes=name != "old"))
    await store.tracking.mark_unknown(requests["unclear"].id, "no answer", NOW)
    await store.tracking.mark_failed(requests["failed"].id, "refused", NOW)
    await store.tracking.mark_tracking(requests["tracking"].id, video("v1"), NOW)
    found = await store.tracking.unsettled(wallet_id, NOW + timedelta(seconds=30))
    assert [request.key for request in found] == ["old", "unclear"]
    elsewhere = await store.wallets.ensure_wallet("elsewhere", NOW)
    assert await store.tracking.unsettled(elsewhere, NOW + timedelta(days=1)) == ()


async def test_a_late_response_corrects_a_request_marked_absent(store, request_):
    await submitted(store, request_, COST)
    await store.tracking.mark_failed(request_.id, "absent", NOW)
    late, is_news = await store.tracking.mark_tracking(request_.id, video("v1"), NOW)
    assert (late.state, late.video_id, late.outcome, is_news) == (RequestState.TRACKING, "v1", "", True)


async def test_the_higher_of_confirmed_and_reported_cost_is_recorded(store, workspace):
    more, less = await proposed(store, workspace, "more", "less")
    for request, said in ((more, COST * 2), (less, COST / 2)):
        await submitted(store, request, COST)
        noted, _ = await store.tracking.mark_tracking(request.id, video(request.key, estimated_cost=said), NOW)
        assert noted.cost == max(said, COST)


async def test_a_new_key_waits_until_no_start_of_the_old_one_can_take_effect(store, workspace):
    (first,) = await proposed(store, workspace, "a")
    await submitted(store, first, COST)
    other = await store.wallets.ensure_wallet("rotated", NOW)
    moved = await store.workspaces.ensure_workspace(HERE, other)
    (second,) = await proposed(store, moved, "a", batch="second")
    assert await submitted(store, second, COST) == InFlight((await store.tracking.batch(workspace.id, "batch"))[0])
    (third,) = await proposed(store, moved, "a", batch="third", now=NOW + QUIET)
    assert isinstance(await submitted(store, third, COST, now=NOW + QUIET), Unclear)
    later = NOW + REVISITED_FOR
    (third,) = await proposed(store, moved, "a", batch="fourth", now=later)
    assert isinstance(await submitted(store, third, COST, now=later), Submitted)


async def test_a_forgotten_workspace_keeps_its_open_requests_and_the_sum_of_its_month(store, workspace):
    open_, started, last = await proposed(store, workspace, "open", "started", "last")
    for request in (open_, started):
        await submitted(store, request, COST)
    await store.tracking.mark_tracking(started.id, video("v1"), NOW)
    await store.forgetting.workspace(workspace.id)
    assert [each.id for each in await store.tracking.batch(workspace.id, "batch")] == [open_.id]
    assert await store.videos.by_key(workspace.wallet_id, "started") == ()
    assert await store.audit.recent(workspace.id, 10) == ()
    await store.tracking.mark_failed(open_.id, "absent", NOW)
    await store.forgetting.workspace(workspace.id)
    back = await store.workspaces.ensure_workspace(HERE, workspace.wallet_id)
    (again,) = await proposed(store, back, "anew", batch="anew")
    assert await submitted(store, again, COST, cap=COST) == LimitReached(Limit(Scope.OPERATOR, COST, COST))
    assert last.id


async def test_a_second_start_dated_before_the_first_needs_the_same_warning(store, workspace):
    told, despite = [], 0
    for minutes in (5, 1, 7, 8):
        (request,) = await proposed(store, workspace, "tiktok:1", batch=f"at {minutes}")
        terms = StartTerms(ADA, 7, COST, Decimal(100), despite=despite)
        result = await store.tracking.submit(request.id, terms, NOW + timedelta(minutes=minutes))
        told.append((type(result), result.request.batch))
        if isinstance(result, Submitted):
            await store.tracking.mark_unknown(request.id, "the answer was lost", NOW)
        if minutes != 1:  # the person who presses next saw a warning of the first start only
            despite = result.request.id
    assert told == [(Submitted, "at 5"), (Submitted, "at 1"), (Unclear, "at 1"), (Submitted, "at 8")]
