"""Starting, stopping, the sandbox's own calls, the demo's past, and the output of the command line."""

import asyncio
import shlex
from contextlib import asynccontextmanager
from decimal import Decimal

import httpx
import pytest

from adapters.sandbox.serve import Sandbox, serve
from bot.domain.errors import NotConfigured
from tests.sandbox.conftest import TIKTOK


async def test_a_taken_port_is_explained(clock, sandbox):
    port = httpx.URL(sandbox.url).port
    with pytest.raises(NotConfigured, match=f"^Can't listen on port {port} of 127.0.0.1 .* choose another, or 0 "):
        await Sandbox(clock, port=port).__aenter__()


async def test_an_unknown_address_is_reported(clock):
    with pytest.raises(NotConfigured, match=r"of 127\.0\.0\.0\.0 \(unknown address\)"):
        await Sandbox(clock, host="127.0.0.0.0").__aenter__()


@pytest.mark.parametrize(("host", "shown"), [("::1", "[::1]"), ("::", "[::1]"), ("0.0.0.0", "127.0.0.1")])
def test_an_address_is_shown_as_a_client_writes_it(clock, host, shown):
    assert Sandbox(clock, host=host, port=8787).root == f"http://{shown}:8787"


async def test_faults_can_be_added_listed_and_removed_over_http(sandbox, api):
    faults = f"{sandbox.root}/sandbox/faults"
    wanted = {"fault": "status", "status": 503, "on": "GET /usage", "times": 2, "seconds": 1, "lie": "past"}
    added = await api.post(faults, json=wanted)
    assert added.json() == {"faults": [{"fault": "status", "on": "GET /usage", "times": 2}]}
    assert (await api.get("/usage")).status_code == 503
    assert (await api.get(faults)).json() == {"faults": [{"fault": "status", "on": "GET /usage", "times": 1}]}
    assert (await api.delete(faults)).json() == {"faults": []}
    assert (await api.get("/usage")).status_code == 200


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, 'say which fault: {"fault": "hang"}'),
        ({"fault": "explode"}, "fault must be one of status"),
        ({"fault": "hang", "seconds": "5"}, "seconds has the wrong type: '5'"),
        ({"fault": "hang", "times": True}, "times has the wrong type: True"),
        ({"fault": "hang", "when": "now"}, "unknown field 'when': use fault, on, times"),
        ([], "the body must be a JSON object"),
    ],
)
async def test_an_invalid_fault_over_http_is_a_400_with_an_explanation(sandbox, api, body, sentence):
    answer = await api.post(f"{sandbox.root}/sandbox/faults", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(sentence)
    assert sandbox.faults.pending() == []


async def test_credit_over_http_resumes_paused_videos(sandbox, api):
    video = sandbox.world.track(sandbox.key, TIKTOK, 7)
    credit = f"{sandbox.root}/sandbox/credit"
    assert (await api.post(credit, json={"amount": -5})).json()["balance_usd"] == 0
    assert video.status == "paused"
    answer = await api.post(credit, json={"amount": "10.50", "key": sandbox.key})
    assert answer.json()["balance_usd"] == 10.5
    assert video.status == "monitoring"


@pytest.mark.parametrize(
    "body", [{}, {"amount": "much"}, {"amount": "NaN"}, {"amount": 1, "key": "x"}, {"amount": 1, "key": []}]
)
async def test_invalid_credit_is_a_400(sandbox, api, body):
    answer = await api.post(f"{sandbox.root}/sandbox/credit", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sandbox.world.account(sandbox.key).balance == Decimal("5.00")


async def test_the_demo_account_has_every_platform_curve_and_status(clock):
    async with (
        Sandbox(clock, seed_demo=True) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, headers={"X-API-Key": sandbox.key}) as api,
    ):
        rows = (await api.get("/videos")).json()["videos"]
        assert len(rows) == 8
        assert {row["platform"] for row in rows} == {"tiktok", "youtube", "instagram", "twitter"}
        assert {row["status"] for row in rows} == {"monitoring", "completed", "error"}
        assert len({row["current_metadata"]["title"] for row in rows}) == 8
        shapes = {each.video.growth.curve for each in sandbox.world.account(sandbox.key).trackings.values()}
        assert shapes == {"viral", "steady", "flat", "gaps", "deleted"}
        pages = [(await api.get(f"/videos/{row['id']}")).json() for row in rows]
        assert all(page["snapshots"] for page in pages)
        usage = (await api.get("/usage")).json()
        assert usage["total_snapshots"] == sum(len(page["snapshots"]) for page in pages)
        assert 5 < usage["balance_usd"] - usage["uncharged_usage_usd"] < 10
        assert usage["active_videos"] == 5


async def test_the_demos_past_fits_any_balance_and_leaves_other_accounts_alone(clock):
    sandbox = Sandbox(clock, keys={"cs_test_a": "A", "cs_test_b": "B"}, balance=Decimal(0), seed_demo=True)
    assert len(sandbox.world.account("cs_test_a").trackings) == 8
    assert len(sandbox.world.account("cs_test_b").trackings) == 0


@asynccontextmanager
async def served(**options):
    """The output of `serve` while it runs."""
    shown = asyncio.Queue()
    task = asyncio.create_task(serve(host="127.0.0.1", port=0, output=shown.put_nowait, **options))
    async with asyncio.timeout(5):
        lines = [await shown.get()]
    lines += [shown.get_nowait() for _ in range(shown.qsize())]
    yield lines
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_serving_prints_its_address_and_usage():
    async with served(speed=3600) as lines:
        url = lines[0].split(" at ")[1].split(". ")[0]
        assert lines[0] == f"The sandbox listens at {url}. Its API key is cs_test_demo. An hour takes 1 s."
        assert (
            f"  CONTENTSTATS_BASE_URL={url} CONTENTSTATS_API_KEY=cs_test_demo contentstats-bot console --admin" in lines
        )
        async with httpx.AsyncClient(base_url=url, headers={"X-API-Key": "cs_test_demo"}) as api:
            assert (await api.get("/videos")).json()["total"] == 8


@pytest.mark.parametrize(
    ("speed", "shown"), [(60, "takes 60 s"), (7, "takes 8.57 minutes"), (0.5, "takes 120 minutes")]
)
async def test_the_clock_speed_is_shown_in_a_familiar_unit(speed, shown):
    async with served(speed=speed) as lines:
        assert shown in lines[0]


async def test_a_served_account_runs_at_the_given_speed():
    async with served(speed=360_000) as lines:
        url = lines[0].split(" at ")[1].split(". ")[0]
        async with httpx.AsyncClient(base_url=url, headers={"X-API-Key": "cs_test_demo"}) as api:
            before = (await api.get("/usage")).json()["total_snapshots"]
            await asyncio.sleep(0.1)
            assert (await api.get("/usage")).json()["total_snapshots"] > before


async def test_the_printed_examples_work():
    async with served(speed=1, seed_demo=False) as lines, httpx.AsyncClient() as client:
        copied = [shlex.split(line) for line in lines if line.startswith("  curl") and " -d " in line]
        assert [(await client.post(url, content=body)).status_code for _, url, _, body in copied] == [200, 200]
