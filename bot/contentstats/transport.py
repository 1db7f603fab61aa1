"""HTTP transport of the API: addresses, timeouts, redirects and the maximum body size.

The key is sent as a header to the base URL's host only. Redirects are followed by hand, with method and body kept, and
only between the two documented hosts.
"""

import asyncio
import functools
import json
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

DOCUMENTED_HOSTS = frozenset({"contentstats.io", "www.contentstats.io"})
LARGEST_BODY = 1_000_000
"""Bytes, decompressed. A page with 720 snapshots has 150,000."""
_GZIP = 16 + zlib.MAX_WBITS
"""Makes zlib expect a gzip header."""
MOST_REDIRECTS = 3

_REDIRECTS = frozenset({301, 302, 307, 308})
"""Redirects that repeat the same request; a 303 demands another one."""
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two received pieces, and for a whole exchange."""

    connect: float = 5
    read: float = 15
    total: float = 20


DEFAULT_TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete response of any status. Header names are case-insensitive."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NeverSent(Exception):
    """The request was not sent, so it had no effect. The text completes "ContentStats …"."""


class Lost(Exception):
    """The request may have arrived, but no usable response came back. The text completes "ContentStats …"."""


@functools.cache
def trusted() -> ssl.SSLContext:
    """The trusted certificates, loaded once: that takes longer than most calls."""
    return httpx.create_ssl_context()


class Transport:
    """Connection pool for one base URL and one key, at most five connections."""

    def __init__(self, base_url: str, key: str, timeouts: Timeouts, transport: httpx.AsyncBaseTransport | None) -> None:
        self._base = base_url
        self._timeouts = timeouts
        self._key = key
        self._transport = transport

    @functools.cached_property
    def _http(self) -> httpx.AsyncClient:
        """The HTTP client, created on the first call: its imports take a third of the startup time."""
        waits, is_encrypted = self._timeouts, self._base.startswith("https:")
        return httpx.AsyncClient(
            verify=trusted()
            if is_encrypted
            else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # the latter trusts no certificate
            headers={
                "X-API-Key": self._key,
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": "contentstats-bot",
            },
            timeout=httpx.Timeout(waits.read, connect=waits.connect, pool=waits.connect),
            # A server may close an idle connection just as a POST is sent, which leaves its outcome unclear needlessly.
            limits=httpx.Limits(max_connections=5, keepalive_expiry=3),
            trust_env=is_encrypted,  # a key in plain text must not pass through a proxy
            transport=self._transport,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        if "_http" in self.__dict__:  # created already
            await self._http.aclose()

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        payload: Mapping[str, object] | None = None,
        within: float | None = None,
    ) -> Answer:
        """Send one request; returns the response within `within` seconds, or the total timeout.

        Raises NeverSent and Lost.
        """
        url = httpx.URL(f"{self._base}{path}?{urlencode(query)}" if query else f"{self._base}{path}")
        content = None if payload is None else json.dumps(payload).encode()
        try:
            async with asyncio.timeout(self._timeouts.total if within is None else min(within, self._timeouts.total)):
                return await self._send(method, url, content)
        except _NEVER_SENT as error:
            raise NeverSent("can't be reached") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise Lost("didn't answer in time") from error
        except (httpx.HTTPError, OSError) as error:
            raise Lost("broke the connection") from error

    async def _send(self, method: str, url: httpx.URL, content: bytes | None) -> Answer:
        headers = {} if content is None else {"Content-Type": "application/json"}
        for _ in range(MOST_REDIRECTS + 1):
            async with self._http.stream(method, url, content=content, headers=headers) as response:
                location = response.headers.get("Location")
                if location is None or response.status_code not in _REDIRECTS:
                    return Answer(response.status_code, response.headers, await _read(response))
            target = redirect_target(url, location)
            if target is None:
                raise Lost("redirected to another address, which wasn't followed")
            url = target
        raise Lost("redirected in a loop")


def redirect_target(asked: httpx.URL, location: str) -> httpx.URL | None:
    """The URL to which the same request may be redirected: between documented hosts over https; else None."""
    try:
        target = asked.join(location)
    except httpx.InvalidURL:
        return None
    for url in (asked, target):
        if url.scheme != "https" or url.host not in DOCUMENTED_HOSTS or url.port is not None or url.userinfo:
            return None
    return target


async def _read(response: httpx.Response) -> bytes:
    """Read and decompress the body here, because httpx would decompress without a limit, and nested encodings."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise Lost("sent a response in an encoding that wasn't requested")
    unzip = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
    body, size = bytearray(), 0
    async for piece in response.aiter_raw():
        size += len(piece)
        try:
            body += piece if unzip is None else unzip.decompress(piece, LARGEST_BODY + 1 - len(body))
        except zlib.error:
            raise Lost("sent a response that can't be decompressed") from None
        if max(size, len(body)) > LARGEST_BODY:
            raise Lost("sent a response that is too large")
    if unzip is not None and size and (not unzip.eof or unzip.unused_data):
        raise Lost("sent a response that can't be decompressed")
    return bytes(body)
