"""The sandbox's control calls for faults and credit, which the real service doesn't have.

POST   /sandbox/faults  add one: {"fault": "effect-then-hang", "on": "POST /videos/track", "times": 1, "seconds": 20}
GET    /sandbox/faults  list the pending ones
DELETE /sandbox/faults  remove all
POST   /sandbox/credit  {"amount": "10", "key": "cs_test_demo"}; a negative amount removes credit
"""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any

from aiohttp import web

from adapters.sandbox import wire
from adapters.sandbox.api import Problem, answer
from adapters.sandbox.faults import Faults
from adapters.sandbox.world import World

_FAULT_FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "fault": str,
    "on": str,
    "times": (int, type(None)),
    "status": int,
    "seconds": (int, float),
    "location": str,
    "headers": dict,
    "body": object,
    "lie": str,
}


class Control:
    """Request handlers for a world and its faults. `key` is the default account for credit."""

    def __init__(self, world: World, faults: Faults, key: str) -> None:
        self._world = world
        self._faults = faults
        self._key = key

    def routes(self) -> list[web.RouteDef]:
        """The routes of the control calls."""
        return [
            web.post("/sandbox/faults", self.add_fault),
            web.get("/sandbox/faults", self.list_faults),
            web.delete("/sandbox/faults", self.clear_faults),
            web.post("/sandbox/credit", self.add_credit),
        ]

    async def add_fault(self, request: web.Request) -> web.Response:
        """Add a fault. The body has the arguments of `Faults.add`."""
        given = await _object(request)
        for name, value in given.items():
            if name not in _FAULT_FIELDS:
                raise Problem(HTTPStatus.BAD_REQUEST, f"unknown field {name!r}: use {', '.join(_FAULT_FIELDS)}")
            if isinstance(value, bool) or not isinstance(value, _FAULT_FIELDS[name]):
                raise Problem(HTTPStatus.BAD_REQUEST, f"{name} has the wrong type: {value!r}")
        if "fault" not in given:
            raise Problem(HTTPStatus.BAD_REQUEST, 'say which fault: {"fault": "hang"}')
        try:
            self._faults.add(**given)
        except ValueError as error:
            raise Problem(HTTPStatus.BAD_REQUEST, str(error)) from None
        return await self.list_faults(request)

    async def list_faults(self, _: web.Request) -> web.Response:
        """List the pending faults."""
        return answer({"faults": self._faults.pending()})

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Remove all pending faults."""
        self._faults.clear()
        return await self.list_faults(request)

    async def add_credit(self, request: web.Request) -> web.Response:
        """Add dollars to a balance."""
        given = await _object(request)
        key = given.get("key", self._key)
        if not isinstance(key, str) or key not in self._world.keys:
            raise Problem(HTTPStatus.BAD_REQUEST, "no such key here")
        try:
            amount = Decimal(str(given.get("amount")))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise Problem(HTTPStatus.BAD_REQUEST, 'say how much: {"amount": "10"}')
        self._world.add_credit(key, amount)
        return answer(wire.usage(self._world.account(key)))


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        given = json.loads(await request.read())
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "the body must be a JSON object")
    return given
