"""The REST API over HTTP: reads and records a call, checks token, rate limit and body, and answers."""

import json
import re
from typing import Any

from aiohttp import BodyPartReader, web

from tests.standins.discord_server.api_spec import body_problems
from tests.standins.discord_server.application_commands import PUT_COMMANDS
from tests.standins.discord_server.calls import Call, Upload
from tests.standins.discord_server.posting import MAX_REQUEST_BYTES
from tests.standins.discord_server.refusal import RateLimited, Refusal
from tests.standins.discord_server.routes import Route
from tests.standins.discord_server.world import World
from tests.standins.faults import Fault, FaultKind, Injection

_MAJORS = ("channel", "guild", "app", "token")
_FILE_FIELD = re.compile(r"files\[([0-9]+)\]")
_SCOPES = {
    FaultKind.RATE_LIMITED: "user",
    FaultKind.RATE_LIMITED_GLOBALLY: "global",
    FaultKind.RATE_LIMITED_TOGETHER: "shared",
}


async def handle(request: web.Request, *, world: World, injection: Injection, route: Route) -> web.StreamResponse:
    """Answer a call, or apply the fault that is planned for it."""
    call = Call(
        route=route.name,
        path=dict(request.match_info),
        query=dict(request.query),
        body=None,
        headers=request.headers.copy(),
        at=world.clock(),
    )
    world.calls.append(call)
    problem = await _read(request, call)

    async def act() -> web.Response:
        return _answer(world, call, route, problem)

    return await injection.around(request, route.name, act)


def _answer(world: World, call: Call, route: Route, problem: Refusal | None) -> web.Response:
    majors = tuple(call.path[key] for key in _MAJORS if key in call.path)
    headers: dict[str, str] = {}
    try:
        _check_token(world, call, route)
        headers = dict(world.rates.spend(route.name, majors, counts_in_all=route.needs_token))
        if problem is not None:
            raise problem
        _check_body(call)
        call.answer = route.answer(world, call)
        call.status = 204 if call.answer is None else 200
    except RateLimited as refusal:
        call.answer, call.status = refusal.body(), 429
        return _limited(refusal, dict(world.rates.headers(route.name, majors)))
    except Refusal as refusal:
        call.answer, call.status = refusal.body(), refusal.status
    finally:
        world.touch()
    return (
        web.Response(status=204, headers=headers) if call.answer is None else answer(call.answer, call.status, headers)
    )


def _check_token(world: World, call: Call, route: Route) -> None:
    if route.needs_token and call.headers.get("Authorization") != f"Bot {world.app.token}":
        raise Refusal(0)


def _check_body(call: Call) -> None:
    # Commands are checked on registration: the description has another type for their permissions.
    problems = [] if call.route == PUT_COMMANDS else body_problems(call.route, _without_tts(call.body))
    if problems:
        raise Refusal(50035, problems)


def _without_tts(body: Any) -> Any:
    """The body without a false `tts`: discord.py adds it to edits, though only new messages have it."""
    return (
        {key: value for key, value in body.items() if (key, value) != ("tts", False)}
        if isinstance(body, dict)
        else body
    )


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON as Discord sends it: clients compare its content type literally, so it has no charset."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def refuse(fault: Fault) -> web.Response:
    """The response for a planned error, rate limit or ban."""
    if fault.kind is FaultKind.BANNED:
        return _banned()
    if fault.kind is FaultKind.ERROR:
        refusal = Refusal(int(fault.value))
        return answer(refusal.body(), refusal.status)
    return _limited(RateLimited(fault.seconds, _SCOPES[fault.kind]))


def _limited(refusal: RateLimited, headers: dict[str, str] | None = None) -> web.Response:
    """A response with status 429. Only responses from behind Cloudflare have `Via`."""
    said = {"Via": "1.1 google", "Retry-After": f"{refusal.seconds:.3f}", "X-RateLimit-Scope": refusal.scope}
    said |= {"X-RateLimit-Global": "true"} if refusal.scope == "global" else {}
    return answer(refusal.body(), 429, {**(headers or {}), **said})


def _banned() -> web.Response:
    """Cloudflare's response to an address that made too many invalid requests."""
    return web.Response(status=429, text="error code: 1015", headers={"Retry-After": "3600"})


async def _read(request: web.Request, call: Call) -> Refusal | None:
    """Read the body into the call; returns its problem, which is answered once the token is checked."""
    try:
        if request.content_type == "multipart/form-data":
            await _read_parts(request, call)
        elif request.can_read_body:
            if request.content_type != "application/json":
                return Refusal(50035, ["the content type must be application/json"])
            call.body = _json(await request.read())
    except web.HTTPRequestEntityTooLarge:
        return Refusal(40005)
    except Refusal as refusal:
        return refusal
    return None


async def _read_parts(request: web.Request, call: Call) -> None:
    uploads, size = [], 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise Refusal(50035, ["a part cannot have parts"])
        content = bytes(await part.read(decode=False))
        size += len(content)
        field = _FILE_FIELD.fullmatch(part.name or "")
        if part.name == "payload_json":
            call.body = _json(content)
        elif field is None:
            raise Refusal(50035, [f"{part.name} is neither payload_json nor files[n]"])
        else:
            uploads.append(Upload(field.group(1), part.filename or "", content))
    call.uploads = tuple(uploads)
    if size > MAX_REQUEST_BYTES:
        raise Refusal(40005)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise Refusal(50109) from None
