"""The way into the REST API: reads a call, writes it down, checks token and pace, and answers."""

import json
import re
from typing import Any

from aiohttp import BodyPartReader, web

from tests.standins.discord_server.calls import Call, Upload
from tests.standins.discord_server.inject import Injection, answer, banned, limited
from tests.standins.discord_server.posting import MOST_BYTES_IN_ALL
from tests.standins.discord_server.refusal import RateLimited, Refusal
from tests.standins.discord_server.routes import Route
from tests.standins.discord_server.world import World

_MAJORS = ("channel", "guild", "app", "token")
_FILE_FIELD = re.compile(r"files\[([0-9]+)\]")


class Door:
    """The handler of every route."""

    def __init__(self, world: World, injection: Injection) -> None:
        self._world = world
        self._injection = injection

    async def handle(self, request: web.Request, route: Route) -> web.StreamResponse:
        """Answer one call, or let the fault happen that waits for it."""
        world = self._world
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
            return self._answer(call, route, problem)

        response = await self._injection.around(request, route.name, act)
        world.rates.note(response.status, response.headers.get("X-RateLimit-Scope", ""))
        return response

    def _answer(self, call: Call, route: Route, problem: Refusal | None) -> web.Response:
        if self._world.rates.is_banned:
            return banned()
        majors = tuple(call.path[key] for key in _MAJORS if key in call.path)
        headers: dict[str, str] = {}
        try:
            self._check_token(call, route)
            headers = dict(self._world.rates.spend(route.name, majors, counts_in_all=route.needs_token))
            if problem is not None:
                raise problem
            call.answer = route.answer(self._world, call)
            call.status = 204 if call.answer is None else 200
        except RateLimited as refusal:
            call.answer, call.status = refusal.body(), 429
            return limited(refusal, dict(self._world.rates.headers(route.name, majors)))
        except Refusal as refusal:
            call.answer, call.status = refusal.body(), refusal.status
        finally:
            self._world.touch()
        if call.answer is None:
            return web.Response(status=204, headers=headers)
        return answer(call.answer, call.status, headers)

    def _check_token(self, call: Call, route: Route) -> None:
        if route.needs_token and call.headers.get("Authorization") != f"Bot {self._world.app.token}":
            raise Refusal(0)


async def _read(request: web.Request, call: Call) -> Refusal | None:
    """Put what was sent into the call; what is wrong with it comes back, to be said after the token was looked at."""
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
    if size > MOST_BYTES_IN_ALL:
        raise Refusal(40005)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise Refusal(50109) from None
