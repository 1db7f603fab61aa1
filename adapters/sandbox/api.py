"""Request handlers of the five documented calls, with the documented errors."""

import json
import re
from collections.abc import Collection
from http import HTTPStatus
from typing import TypeGuard

from aiohttp import web

from adapters.sandbox import wire
from adapters.sandbox.platform_videos import METRICS
from adapters.sandbox.wire import Json
from adapters.sandbox.world import (
    STATUSES,
    ForeignVideo,
    NotEnoughCredit,
    TooManyVideos,
    Tracking,
    UnknownVideo,
    UnsupportedLink,
    World,
)

MAX_DAYS = 30
MAX_LIMIT, DEFAULT_LIMIT = 100, 50


class Problem(Exception):
    """An error response: status and body (Errors page)."""

    def __init__(self, status: int, error: str, **more: object) -> None:
        super().__init__(error)
        self.status = status
        self.body: Json = {"error": error, **more}


def invalid(*details: tuple[str, str]) -> Problem:
    """A 400 with each wrong field and what is wrong with it (Errors page)."""
    listed = [{"field": name, "message": message} for name, message in details]
    return Problem(HTTPStatus.BAD_REQUEST, "Invalid request", details=listed)


def answer(body: Json, status: int = HTTPStatus.OK) -> web.Response:
    """A JSON response in UTF-8."""
    return web.json_response(body, status=status, dumps=lambda value: json.dumps(value, ensure_ascii=False))


class Api:
    """Handlers for one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """The routes of the documented calls, relative to the API's base."""
        return [
            web.post("/videos/track", self.track),
            web.get("/videos", self.videos),
            web.get("/videos/{id}", self.video),
            web.post("/videos/{id}/stop", self.stop),
            web.get("/usage", self.usage),
        ]

    async def track(self, request: web.Request) -> web.Response:
        """Start a tracking (Track video page)."""
        key = self._key(request)
        link, days = _track_arguments(await request.read())
        try:
            tracking = self._world.track(key, link, days)
        except UnsupportedLink:
            raise invalid(("video_link", "Unsupported video link")) from None
        except NotEnoughCredit as error:
            raise _insufficient(error) from None
        except TooManyVideos:
            raise self._too_many(key) from None
        return answer(wire.started(tracking, self._world.clock()), HTTPStatus.CREATED)

    async def videos(self, request: web.Request) -> web.Response:
        """List trackings (List videos page). Newest first is the sandbox's own choice."""
        key = self._key(request)
        platform = _filter(request, "platform", METRICS)
        status = _filter(request, "status", STATUSES)
        limit = _limit(request.query.get("limit"))
        now = self._world.clock()
        found = [
            tracking
            for tracking in reversed(self._world.account(key).trackings.values())
            if platform in {None, tracking.video.platform}
            and status in {None, tracking.status}
            and tracking.started_at <= now - self._world.list_lag
        ]
        rows = [wire.row(tracking, now) for tracking in found[:limit]]
        return answer({"videos": rows, "total": len(rows), "limit": limit})

    async def video(self, request: web.Request) -> web.Response:
        """Return a tracking with its snapshots (Get video page)."""
        tracking = self._found(self._key(request), request.match_info["id"])
        return answer(wire.page(tracking, self._world.clock()))

    async def stop(self, request: web.Request) -> web.Response:
        """Stop a tracking (Stop video page)."""
        key = self._key(request)
        tracking = self._found(key, request.match_info["id"])
        previous = self._world.account(key).stop(tracking, self._world.clock())
        return answer(wire.stopped(tracking, previous))

    async def usage(self, request: web.Request) -> web.Response:
        """Return the balance and usage (Usage page)."""
        return answer(wire.usage(self._world.account(self._key(request))))

    def _key(self, request: web.Request) -> str:
        """The caller's key. Missing, malformed, deleted and expired keys get the same error (Authentication page)."""
        key = request.headers.get("X-API-Key", "")
        if key not in self._world.keys:
            raise Problem(HTTPStatus.UNAUTHORIZED, "API key required")
        return key

    def _found(self, key: str, video_id: str) -> Tracking:
        """Find a tracking: 403 for another organisation's, 404 for an unknown one; both may be 404 (Errors page)."""
        try:
            return self._world.find(key, video_id)
        except ForeignVideo:
            raise Problem(HTTPStatus.FORBIDDEN, "Access denied") from None
        except UnknownVideo:
            raise Problem(HTTPStatus.NOT_FOUND, "Video not found") from None

    def _too_many(self, key: str) -> Problem:
        """The response at the plan's limit (Rate limits page). Its status and text are the sandbox's own choice."""
        limit = self._world.account(key).concurrent_videos
        return Problem(
            HTTPStatus.BAD_REQUEST,
            f"Concurrent video limit reached: your plan allows {limit} at a time. Stop a video or upgrade your plan.",
        )


def _track_arguments(body: bytes) -> tuple[str, int]:
    """Parse the link and the days of a track call. Raises a 400 that names every wrong field."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise invalid(("body", "Must be JSON")) from None
    if not isinstance(given, dict):
        raise invalid(("body", "Must be a JSON object"))
    link, days = given.get("video_link"), given.get("duration_days")
    if _is_link(link) and _is_duration(days):
        return link, days
    details = []
    if not _is_link(link):
        details.append(("video_link", "Must be a link"))
    if not _is_duration(days):
        details.append(("duration_days", f"Must be a whole number from 1 to {MAX_DAYS}"))
    raise invalid(*details)


def _is_link(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""


def _is_duration(value: object) -> TypeGuard[int]:
    return type(value) is int and 1 <= value <= MAX_DAYS


def _filter(request: web.Request, name: str, allowed: Collection[str]) -> str | None:
    given = request.query.get(name)
    if given is not None and given not in allowed:
        raise invalid((name, f"Must be one of {', '.join(allowed)}"))
    return given


def _limit(given: str | None) -> int:
    if given is None:
        return DEFAULT_LIMIT
    if not (re.fullmatch("[0-9]{1,3}", given) and 1 <= int(given) <= MAX_LIMIT):
        raise invalid(("limit", f"Must be a whole number from 1 to {MAX_LIMIT}"))
    return int(given)


def _insufficient(error: NotEnoughCredit) -> Problem:
    """A 402 (Errors page). The sandbox reads `balance` as the available credit, and `required` as the estimate."""
    return Problem(
        HTTPStatus.PAYMENT_REQUIRED,
        "Insufficient balance",
        balance=wire.dollars(error.available),
        estimated_cost=wire.dollars(error.estimate),
        required=wire.dollars(error.estimate),
    )
