"""The page's HTTP routes, open only to a browser with the token, and only under a loopback host name."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.responses import StreamingResponse as Stream
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.chat.completion import completions
from adapters.page import document, html
from adapters.page.conversation import OpenForm, PageChat
from adapters.page.document import CHATS
from bot.reply.spool import Content, opened
from bot.reply.text import shown

HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
CLOSED = "Open the address that the demo printed: it holds a token. The demo may have been started again since."
KEEP_ALIVE = 15.0
"""Seconds between keep-alive comments on an idle event stream."""
RETRY = 1_000
"""Milliseconds after which a browser reconnects."""
CHUNK = 1 << 16
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
ASSETS = {"cards.css": "text/css", "page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}


def page_app(chat: PageChat, frame: document.Frame, token: str) -> Starlette:
    """The web application of one conversation, for browsers with the token."""
    pages = _Pages(chat, frame)
    routes = [
        Route("/", pages.channel),
        Route("/home", pages.home),
        Route("/events", pages.events),
        Route("/complete", pages.complete),
        Route("/suggest", pages.suggest),
        Route("/files/{message}/{at:int}/{name}", pages.file),
        Route("/line", pages.line, methods=["POST"]),
        Route("/press", pages.press, methods=["POST"]),
        Route("/form", pages.form, methods=["POST"]),
        *(Route(f"/{name}", _asset(name, kind)) for name, kind in ASSETS.items()),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, token=token)])


class Guard:
    """Middleware that admits only browsers that opened the URL with the token, which is then kept in a cookie."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        answer = self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, sent)

    def _refusal(self, request: Request) -> Response | None:
        """The response to a request that isn't admitted, or to one that sets the cookie; None to pass it on."""
        host = request.headers.get("host", "")
        if host.rpartition(":")[0] not in HOSTS:
            return PlainTextResponse(CLOSED, HTTPStatus.MISDIRECTED_REQUEST)
        cookie = f"contentstats-{request.scope['server'][1]}"  # a demo on another port has its own
        if self._is_token(request.query_params.get("token", "")) and request.url.path == "/":
            answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
            answer.set_cookie(cookie, self._token, httponly=True, samesite="strict")
            return answer
        if not self._is_token(request.cookies.get(cookie, "")):
            return PlainTextResponse(CLOSED, HTTPStatus.FORBIDDEN)
        if request.method == "POST" and request.headers.get("origin") != f"http://{host}":
            return PlainTextResponse(CLOSED, HTTPStatus.FORBIDDEN)
        return None

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token.encode())


class _Pages:
    """Request handlers."""

    def __init__(self, chat: PageChat, frame: document.Frame) -> None:
        self._chat = chat
        self._frame = frame

    async def channel(self, request: Request) -> Response:
        timeline, chat = self._chat.timeline, _chat_of(request)
        theme = request.cookies.get("theme", "")
        whole = document.channel(chat, self._frame, timeline.messages, timeline.last_change, theme)
        answer = _html(whole)
        answer.set_cookie("dress", chat, samesite="strict")
        return answer

    async def home(self, request: Request) -> Response:
        whole = document.home(self._frame, await self._chat.home(), request.cookies.get("theme", ""))
        answer = _html(whole)
        answer.set_cookie("dress", "slack", samesite="strict")
        return answer

    async def events(self, request: Request) -> Response:
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        lines = self._events(_chat_of(request), int(after) if after.isdecimal() else 0)
        return Stream(lines, media_type="text/event-stream")

    async def _events(self, chat: str, after: int) -> AsyncIterator[str]:
        yield f"retry: {RETRY}\n\n"
        changes = self._chat.timeline.changes(after)
        following = asyncio.ensure_future(anext(changes, None))
        try:
            while True:
                done, _ = await asyncio.wait({following}, timeout=KEEP_ALIVE)
                if not done:
                    yield ": still here\n\n"
                    continue
                message = following.result()
                if message is None:
                    return
                made = {
                    "id": message.id,
                    "html": document.message(chat, message),
                    "says": document.announcement(message),
                }
                yield f"id: {message.change}\ndata: {json.dumps(made)}\n\n"
                following = asyncio.ensure_future(anext(changes, None))
        finally:
            following.cancel()

    async def complete(self, request: Request) -> Response:
        before = request.query_params.get("before", "")
        found = [each async for each in completions(self._chat.bot, self._chat.caller_here, before)]
        return JSONResponse(
            [{"text": each.text, "replaces": each.replaces, "label": each.label, "about": each.about} for each in found]
        )

    async def suggest(self, request: Request) -> Response:
        asked = request.query_params
        found = await self._chat.suggest(asked.get("form", ""), asked.get("field", ""), asked.get("typed", ""))
        return JSONResponse([{"text": each.value, "label": shown(each.label)} for each in found])

    async def file(self, request: Request) -> Response:
        message = self._chat.timeline.get(request.path_params["message"])
        contents = message.contents if message else ()
        at = request.path_params["at"]
        if at >= len(contents):
            return PlainTextResponse("This file is gone. Ask for it again.", HTTPStatus.NOT_FOUND)
        name, content = contents[at]
        is_picture = isinstance(content, bytes) and content.startswith(b"\x89PNG")
        kind = "image/png" if is_picture else "application/octet-stream"
        way = "inline" if is_picture else "attachment"
        named = f"{way}; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
        return Stream(_chunks(content), media_type=kind, headers={"Content-Disposition": named})

    async def line(self, request: Request) -> Response:
        asked = await _json(request)
        return _answer(await self._chat.type(_chat_of(request), _text(asked, "line")))

    async def press(self, request: Request) -> Response:
        asked = await _json(request)
        pressed = {name: value for name, value in asked.items() if isinstance(value, str)}
        return _answer(await self._chat.press(_chat_of(request), _text(asked, "message"), pressed))

    async def form(self, request: Request) -> Response:
        asked = await _json(request)
        fields = asked.get("given")
        filled = fields.items() if isinstance(fields, dict) else ()
        given = {name: list(map(str, values)) for name, values in filled if isinstance(values, list)}
        return JSONResponse({"wrong": dict(await self._chat.submit(_text(asked, "form"), given))})


def _html(whole: str) -> Response:
    """An HTML response, with lone surrogates replaced by question marks."""
    return HTMLResponse(whole.encode(errors="replace"))


def _answer(form: OpenForm | None) -> Response:
    return JSONResponse({"form": html.form(form.shown, form.id) if form else ""})


def _chat_of(request: Request) -> str:
    """The platform that the page is styled like, from the URL or the cookie."""
    chosen = request.query_params.get("chat") or request.cookies.get("dress", "")
    return chosen if chosen in CHATS else CHATS[0]


async def _json(request: Request) -> Mapping[str, Any]:
    """The JSON object in a request's body; empty if it is anything else."""
    try:
        sent = await request.json()
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}


def _text(asked: Mapping[str, Any], name: str) -> str:
    return str(asked.get(name, ""))


async def _chunks(content: Content) -> AsyncIterator[bytes]:
    with opened(content) as source:
        while chunk := await asyncio.to_thread(source.read, CHUNK):
            yield chunk


def _asset(name: str, kind: str) -> Any:  # noqa: ANN401 - an endpoint
    async def answer(_: Request) -> Response:
        content = await asyncio.to_thread(Path(__file__).with_name(name).read_bytes)
        return Response(content, media_type=kind)

    return answer
