"""The five calls against the sandbox: requests, responses, and the message of each refusal."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.contentstats.client import is_test_key, key_fingerprint
from bot.domain.errors import (
    AccessDenied,
    InvalidRequest,
    KeyRejected,
    NotConfigured,
    NotEnoughBalance,
    OutcomeUnclear,
    RateLimited,
    ServiceUnavailable,
    UnexpectedAnswer,
    VideoNotFound,
)
from bot.domain.videos import Metric, Stopped

TIKTOK = "https://www.tiktok.com/@steady/video/7301"
TWITTER = "https://twitter.com/someone/status/1801"


async def test_a_video_is_tracked_listed_read_and_stopped(client, wall):
    tracked = await client.track(TIKTOK, 7)
    assert (tracked.link, tracked.platform, tracked.status, tracked.days) == (TIKTOK, "tiktok", "monitoring", 7)
    assert tracked.started_at == wall.date()
    wall.time += timedelta(hours=3).total_seconds()
    (listed,) = (await client.list_videos()).videos
    assert (listed.id, listed.link, listed.days) == (tracked.id, TIKTOK, 7)
    reading = await client.read_video(tracked.id)
    assert reading.video.title
    assert [s.taken_at for s in reading.snapshots] == [tracked.started_at + timedelta(hours=h) for h in (1, 2, 3)]
    assert set(reading.snapshots[0].counts) == set(Metric)
    assert await client.stop(tracked.id) == Stopped("monitoring", "completed")
    assert (await client.read_video(tracked.id)).video.status == "completed"


async def test_a_short_track_response_is_enough(client, sandbox):
    sandbox.faults.add("short-body", on="POST /videos/track")
    video = await client.track(TIKTOK, 7)
    assert (video.id != "", video.link, video.days) == (True, TIKTOK, None)


async def test_the_list_is_filtered_by_the_server(client, sandbox):
    await client.track(TIKTOK, 1)
    await client.track(TWITTER, 1)
    listed = (await client.list_videos(platform="twitter", status="monitoring")).videos
    assert [video.link for video in listed] == [TWITTER]
    assert (await client.list_videos(status="completed")).videos == ()
    queries = [dict(request.query) for request in sandbox.calls("GET /videos")]
    assert queries == [
        {"platform": "twitter", "status": "monitoring", "limit": "100"},
        {"status": "completed", "limit": "100"},
    ]


async def test_requests_carry_the_key_in_its_header_and_the_documented_body(client, sandbox):
    await client.track(TIKTOK, 7)
    (request,) = sandbox.requests
    assert request.key == sandbox.key
    assert json.loads(request.body) == {"video_link": TIKTOK, "duration_days": 7}


async def test_a_video_id_cannot_escape_its_path_segment(client, sandbox):
    for hostile in ("../usage", "a/b", "x?limit=1", "x#y", "é %2e", "..%2f..", "%"):
        with pytest.raises(VideoNotFound):
            await client.read_video(hostile)
        assert sandbox.requests[-1].call == "GET /videos/{id}"
        assert sandbox.requests[-1].path == f"/api/v1/videos/{hostile}"


@pytest.mark.parametrize("nothing", ["", ".", ".."])
async def test_an_id_that_is_a_path_step_is_never_requested(client, sandbox, nothing):
    for call in (client.read_video, client.stop):
        with pytest.raises(VideoNotFound, match="/videos"):
            await call(nothing)
    assert sandbox.requests == ()


REFUSALS = {
    400: (InvalidRequest, "Invalid request: video_link: Invalid URL"),
    401: (KeyRejected, "CONTENTSTATS_API_KEY"),
    402: (NotEnoughBalance, r"needs \$2\.52, you have \$0\.50 \(\$2\.02 short\)"),
    403: (AccessDenied, "another organisation"),
    404: (VideoNotFound, "/videos"),
    409: (UnexpectedAnswer, "Status 409"),
    422: (UnexpectedAnswer, "Status 422"),
    429: (RateLimited, "Try again in"),
}


@pytest.mark.parametrize("status", REFUSALS)
async def test_every_refusal_of_every_call_has_its_own_error_and_is_not_retried(any_call, connect, sandbox, status):
    name, call = any_call
    error, sentence = REFUSALS[status]
    if status == 404 and name in {"GET /usage", "GET /videos"}:  # neither looks a video up: the API has nothing there
        error, sentence = UnexpectedAnswer, "CONTENTSTATS_BASE_URL"
    if status == 403 and name == "POST /videos/track":  # it contains nothing that could be another organisation's
        sentence = "check the key and its plan"
    elif status == 403 and name in {"GET /usage", "GET /videos"}:
        sentence = r"denies this API key access[^;]*\. Ask an admin to check the key\."
    sandbox.faults.add(str(status), on=name, times=None)
    with pytest.raises(error, match=sentence):
        await call(connect(sandbox.url))
    assert len(sandbox.calls(name)) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 599, 300, 303, 304])
async def test_reading_calls_retry_a_failing_server_three_times(reading_call, client, sandbox, status):
    name, call = reading_call
    sandbox.faults.add(str(status), on=name, times=None, status=status)
    with pytest.raises(ServiceUnavailable, match="Try again"):
        await call(client)
    assert len(sandbox.calls(name)) == 3


@pytest.mark.parametrize("status", [500, 502, 503, 599, 300, 303, 304])
async def test_changing_calls_to_a_failing_server_are_unclear(changing_call, client, sandbox, status):
    name, call = changing_call
    sandbox.faults.add(f"effect-then-{status}", on=name, times=None)
    with pytest.raises(OutcomeUnclear, match="unclear whether"):
        await call(client)
    assert len(sandbox.calls(name)) == 1


async def test_a_recovering_server_is_read_at_the_third_attempt(reading_call, client, sandbox):
    name, call = reading_call
    tracked = await client.track(TIKTOK, 1)
    sandbox.faults.add("503", on=name)
    sandbox.faults.add("html", on=name)
    await (client.read_video(tracked.id) if name == "GET /videos/{id}" else call(client))
    assert len(sandbox.calls(name)) == 3


async def test_a_402_names_the_shortfall(client):
    await client.track(TIKTOK, 1)
    with pytest.raises(NotEnoughBalance) as caught:
        await client.track(TWITTER, 30)
    assert (caught.value.required, caught.value.balance) == (Decimal("10.8"), Decimal("5.0"))
    assert "$10.80" in str(caught.value)
    assert "($5.80 short)" in str(caught.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            {"error": "Insufficient balance", "balance": "0.125", "required": 2.52},
            r"you have \$0\.12 \(\$2\.40 short\)",
        ),
        ({"error": "Insufficient balance", "estimated_cost": 2.52}, r"this needs \$2\.52\."),
        (
            {"error": "Insufficient balance", "balance": 0.5, "estimated_cost": 2.52, "required": 2.02},
            r"this needs \$2\.52, you have \$0\.50 \(\$2\.02 short\)",
        ),
        ({"error": "Insufficient balance", "required": 2.52, "balance": 3}, r"this needs \$2\.52, you have \$3\.00\."),
        ({"error": "Insufficient balance", "required": 2.52, "balance": -0.3}, r"you have -\$0\.30 \(\$2\.82 short\)"),
        ({"error": "Top up first."}, "Top up first. Nothing"),
        ("<html>", "gave no amounts"),
    ],
)
async def test_a_402_keeps_the_servers_details(client, sandbox, body, words):
    sandbox.faults.add("402", body=body)
    with pytest.raises(NotEnoughBalance, match=words):
        await client.track(TIKTOK, 7)


async def test_a_400_names_each_field_in_the_servers_words(client):
    with pytest.raises(InvalidRequest) as caught:
        await client.track("", 31)
    assert [field for field, _ in caught.value.problems] == ["video_link", "duration_days"]
    assert "duration_days: Must be" in str(caught.value)


@pytest.mark.parametrize("status", [400, 403, 409, 422, 429])
async def test_the_undocumented_limit_of_videos_is_refused_in_the_servers_words(client, sandbox, status):
    sandbox.faults.add("status", status=status, body={"error": "Concurrent video limit reached (10)"})
    with pytest.raises(
        (InvalidRequest, AccessDenied, UnexpectedAnswer, RateLimited), match=r"limit reached \(10\)"
    ) as told:
        await client.track(TIKTOK, 7)
    assert "organisation" not in str(told.value)


@pytest.mark.parametrize("status", [400, 409, 422])
async def test_any_refusal_names_the_fields_that_the_server_names(client, sandbox, status):
    named = {"error": "Unprocessable.", "details": [{"field": "video_link", "message": "Age restricted"}]}
    sandbox.faults.add("status", status=status, body=named)
    with pytest.raises((InvalidRequest, UnexpectedAnswer), match="“Unprocessable: video_link: Age restricted”"):
        await client.track(TIKTOK, 7)


async def test_an_odd_status_without_json_leaves_a_post_unclear_and_a_get_refused(client, sandbox):
    for call in (client.track(TIKTOK, 7), client.stop("v")):
        sandbox.faults.add("status", status=418, body="<html>Teapot</html>")
        with pytest.raises(OutcomeUnclear):
            await call
    sandbox.faults.add("status", status=418, body="<html>Teapot</html>")
    with pytest.raises(UnexpectedAnswer) as caught:
        await client.usage()
    assert caught.value.status == 418


@pytest.mark.parametrize("status", [408, 425, 499])
async def test_a_time_out_leaves_a_post_unclear_in_the_apis_own_words_too_and_a_get_is_tried_again(
    client, sandbox, status
):
    for call in (client.track(TIKTOK, 7), client.stop("v")):
        sandbox.faults.add("status", status=status, body={"error": "Request timeout"})
        with pytest.raises(OutcomeUnclear, match=f"cut the request off .status {status}."):
            await call
    sandbox.faults.add("status", status=status, body={"error": "Request timeout"})
    assert (await client.usage()).balance > 0


@pytest.mark.parametrize("key", ["", "  ", "cs_live_ä", "cs_live_a\nX-Evil: 1", "cs live", "k" * 501])
def test_a_key_invalid_in_a_header_is_refused_without_being_shown(connect, key):
    with pytest.raises(NotConfigured) as caught:
        connect("https://contentstats.io/api/v1", key)
    assert key.strip() == "" or key not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["", "contentstats.io", "ftp://contentstats.io", "https://", "https://a:b@c/", "https://c/?q=1", "http://[::"],
)
def test_an_invalid_base_url_is_refused(connect, url):
    with pytest.raises(NotConfigured, match="CONTENTSTATS_BASE_URL"):
        connect(url)


async def test_spaces_around_url_and_key_are_ignored_and_a_test_key_is_known_by_its_prefix(connect, sandbox):
    client = connect(f" {sandbox.url}/ ", f"{sandbox.key}\n")
    assert (await client.usage()).balance == 5
    assert client.is_test
    assert is_test_key("cs_test_1")
    assert not is_test_key("cs_live_1")


def test_fingerprints_identify_accounts_without_revealing_the_key():
    fingerprint = key_fingerprint("https://contentstats.io/api/v1", "cs_live_a")
    assert fingerprint == key_fingerprint("https://www.contentstats.io/api/v1/", " cs_live_a\n")
    assert len(fingerprint) == 32
    assert int(fingerprint, 16)
    others = {
        key_fingerprint("https://contentstats.io/api/v1", "cs_live_b"),
        key_fingerprint("http://127.0.0.1:1/api/v1", "cs_live_a"),
        fingerprint,
    }
    assert len(others) == 3
