"""The Web API over HTTP: reads and records a call, checks token, scope, arguments and rate limit, and answers."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from aiohttp import web

from tests.standins.faults import Fault, FaultKind, Injection
from tests.standins.slack.apps import Token
from tests.standins.slack.calls import Call
from tests.standins.slack.methods import METHODS, Method
from tests.standins.slack.refusal import RateLimited, Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]


def refuse(fault: Fault) -> web.Response:
    """The response for a planned error or rate limit."""
    if fault.kind is FaultKind.RATE_LIMITED:
        answer = {"ok": False, "error": "ratelimited"}
        return web.json_response(answer, status=429, headers={"Retry-After": str(fault.seconds)})
    if fault.kind is not FaultKind.ERROR:
        raise ValueError(f"Slack has no {fault.kind}")
    return web.json_response({"ok": False, "error": fault.value})


async def read(request: web.Request, world: World, method: str) -> Call:
    """Record the call in a request. Raises Refusal for invalid JSON.

    Arguments come from the query, a form or JSON; a token in the query doesn't count.
    """
    sent = await _body(request)
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = bearer if kind == "Bearer" else str(sent.get("token", ""))
    args = {key: value for key, value in {**request.query, **sent}.items() if key != "token"}
    call = Call(method=method, args=args, headers=request.headers.copy(), at=world.clock(), token=token)
    world.calls.append(call)
    return call


async def _body(request: web.Request) -> Json:
    if request.content_type != "application/json":
        return {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    try:
        value = json.loads(await request.read() or b"{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Refusal("invalid_json")
    return value


class WebApi:
    """Handles every `/api/{method}`."""

    def __init__(self, world: World, extra: Mapping[str, Method]) -> None:
        self._world = world
        self._methods = {**METHODS, **extra}

    async def handle(self, request: web.Request, injection: Injection) -> web.StreamResponse:
        """Answer a call, or apply the fault that is planned for it."""
        try:
            call = await read(request, self._world, request.match_info["method"])
        except Refusal as refusal:
            return web.json_response(refusal.body())

        async def act() -> web.Response:
            return self._answer(call)

        return await injection.around(request, call.method, act)

    def _answer(self, call: Call) -> web.Response:
        status, headers = 200, {}
        try:
            call.answer = {"ok": True, **self._perform(call)}
        except RateLimited as refusal:
            call.answer, status, headers = refusal.body(), 429, {"Retry-After": str(refusal.seconds)}
        except Refusal as refusal:
            call.answer = refusal.body()
        if call.bearer is not None:
            headers["X-OAuth-Scopes"] = ",".join(sorted(call.bearer.scopes))
        self._world.touch()
        return web.json_response(call.answer, status=status, headers=headers)

    def _perform(self, call: Call) -> Json:
        method = self._methods.get(call.method)
        if method is None:
            raise Refusal("unknown_method", req_method=call.method)
        if method.bearers:
            call.bearer = self._authenticated(call, method)
        place = call.place.id if call.bearer and call.bearer.kind == "bot" else ""
        app = call.app.id if call.bearer else str(call.args.get("client_id", ""))
        self._world.rates.spend_on_method(call.method, method.tier, app, place)
        self._check_arguments(call, method)
        return method.answer(self._world, call)

    def _authenticated(self, call: Call, method: Method) -> Token:
        if not call.token:
            raise Refusal("not_authed")
        token = self._world.tokens.get(call.token)
        if token is None:
            raise Refusal("invalid_auth")
        call.bearer = token
        if token.is_revoked:
            raise Refusal("token_revoked")
        if token.is_inactive:
            raise Refusal("account_inactive")
        if token.kind not in method.bearers:
            raise Refusal("not_allowed_token_type")
        if method.scope and method.scope not in token.scopes:
            raise Refusal("missing_scope", needed=method.scope, provided=",".join(sorted(token.scopes)))
        return token

    def _check_arguments(self, call: Call, method: Method) -> None:
        """Refuse unknown arguments: Slack ignores them, but here they are mistakes."""
        missing = [key for key in sorted(method.required) if call.args.get(key) in (None, "")]
        unknown = [key for key in call.args if key not in method.required | method.optional | {"team_id"}]
        problems = [f"[ERROR] missing required field: {key}" for key in missing]
        problems += [f"[ERROR] unknown argument: {key}" for key in unknown]
        if problems:
            raise Refusal("invalid_arguments", problems)
