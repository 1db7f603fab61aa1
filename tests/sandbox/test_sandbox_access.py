"""Who may see what, what does not exist, and what the sandbox remembers of its callers."""

import httpx
import pytest

from adapters.sandbox.serve import Sandbox
from tests.sandbox.conftest import TIKTOK


@pytest.mark.parametrize("key", [None, "", "cs_test_other", "Bearer cs_test_demo"])
async def test_a_missing_or_unknown_key_is_a_401_on_every_call(sandbox, key):
    headers = {} if key is None else {"X-API-Key": key}
    async with httpx.AsyncClient(base_url=sandbox.url, headers=headers) as stranger:
        for method, path in [
            ("POST", "/videos/track"),
            ("GET", "/videos"),
            ("GET", "/videos/some-id"),
            ("POST", "/videos/some-id/stop"),
            ("GET", "/usage"),
        ]:
            answer = await stranger.request(method, path)
            assert (answer.status_code, answer.json()) == (401, {"error": "API key required"})


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/videos/no-such-id", 404, "Video not found"),
        ("POST", "/videos/no-such-id/stop", 404, "Video not found"),
        ("GET", "/videos/track", 404, "Video not found"),
        ("GET", "/nothing/here", 404, "Not Found"),
        ("DELETE", "/usage", 405, "Method Not Allowed"),
    ],
)
async def test_what_does_not_exist_is_told_in_json(api, method, path, status, error):
    answer = await api.request(method, path)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


async def test_a_path_outside_the_api_is_a_404_in_json(sandbox):
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{sandbox.root}/favicon.ico")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


async def test_two_organisations_have_separate_wallets_lists_and_videos(clock, track):
    async with (
        Sandbox(clock, keys={"cs_test_a": "A", "cs_test_b": "B"}) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, headers={"X-API-Key": "cs_test_a"}) as a,
        httpx.AsyncClient(base_url=sandbox.url, headers={"X-API-Key": "cs_test_b"}) as b,
    ):
        video = await track(a)
        clock.advance(hours=2)
        assert (await a.get("/usage")).json()["total_snapshots"] == 2
        assert (await b.get("/usage")).json()["total_snapshots"] == 0
        assert (await b.get("/videos")).json()["videos"] == []
        for answer in (await b.get(f"/videos/{video['id']}"), await b.post(f"/videos/{video['id']}/stop")):
            assert (answer.status_code, answer.json()) == (403, {"error": "Access denied"})
        assert (await a.get(f"/videos/{video['id']}")).json()["status"] == "monitoring"


async def test_two_keys_of_one_organisation_share_the_account(clock, track):
    async with (
        Sandbox(clock, keys={"cs_test_old": "A", "cs_test_new": "A"}) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, headers={"X-API-Key": "cs_test_old"}) as old,
        httpx.AsyncClient(base_url=sandbox.url, headers={"X-API-Key": "cs_test_new"}) as new,
    ):
        video = await track(old)
        assert (await new.get(f"/videos/{video['id']}")).json()["id"] == video["id"]


async def test_every_call_is_written_down_but_its_key_stays_out_of_the_repr(api, sandbox, track):
    video = await track(api)
    await api.get("/videos", params={"status": "monitoring"})
    await api.get(f"/videos/{video['id']}")
    assert [request.call for request in sandbox.requests] == ["POST /videos/track", "GET /videos", "GET /videos/{id}"]
    [posted] = sandbox.calls("POST /videos/track")
    assert (posted.method, posted.path, posted.key) == ("POST", "/api/v1/videos/track", sandbox.key)
    assert TIKTOK in posted.body
    [listed] = sandbox.calls("GET /videos")
    assert listed.query == {"status": "monitoring"}
    assert sandbox.key not in repr(sandbox.requests)
