import httpx
import pytest

from adapters.page.app import HEADERS
from tests.page.conftest import TOKEN

PATHS = ("/", "/home", "/events", "/complete?before=/v", "/files/1/0/a.png", "/page.js", "/?token=wrong", "/none")


@pytest.mark.parametrize("path", PATHS)
async def test_every_path_requires_the_token(page, path):
    async with httpx.AsyncClient(base_url=page.origin) as stranger:
        answer = await stranger.get(path)
    assert answer.status_code == 403
    assert "Open the address that the demo printed" in answer.text
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


async def test_the_token_becomes_a_strict_http_only_cookie(page):
    async with httpx.AsyncClient(base_url=page.origin) as browser:
        answer = await browser.get(page.address)
        (cookie,) = answer.headers.get_list("set-cookie")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert cookie == f"contentstats-{page.port}={TOKEN}; HttpOnly; Path=/; SameSite=strict"
        shown = await browser.get("/")
    assert shown.status_code == 200
    assert TOKEN not in shown.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example:80", ""])
async def test_another_host_name_is_refused(client, page, host):
    assert (await client.get("/", headers={"Host": host})).status_code == 421
    answer = await client.post("/line", headers={"Host": host, "Origin": f"http://{host}"}, json={"line": "/help"})
    assert answer.status_code == 421
    assert page.chat.timeline.messages == ()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/line", "/press", "/form"])
async def test_other_sites_are_refused_even_with_the_cookie(client, page, path, origin):
    answer = await client.post(path, headers={"Origin": origin}, json={"line": "/help", "id": "", "form": ""})
    assert answer.status_code == 403
    assert page.chat.timeline.messages == ()


async def test_the_page_may_run_only_its_own_scripts_and_may_not_be_framed(client):
    answer = await client.get("/")
    policy = dict(each.split(" ", 1) for each in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["img-src"] == "'self'"
    assert "<script>" not in answer.text
    assert "style=" not in answer.text


async def test_malformed_requests_are_refused_or_ignored(client, page):
    forms = (b'{"form": "7", "given": [1]}', b'{"given": {"link": null}}', b'{"given": {"link": 5}}')
    sent = [("line", b"[]"), ("line", b"[" * 5_000), ("press", b"not json"), *(("form", each) for each in forms)]
    assert [(await client.post(f"/{path}", content=body)).status_code for path, body in sent] == [200] * len(sent)
    assert (await client.get("/files/7/0/a.png")).status_code == 404
    assert page.chat.timeline.messages == ()
