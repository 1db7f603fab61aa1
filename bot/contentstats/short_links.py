"""Follows short links to the video behind them, and to no other address. Results aren't stored here.

Only the hosts in `FOLLOWABLE_HOSTS` are requested, each at an address that was checked to be public: the connection
goes to that very address, so no second look-up can change it. The Host header and TLS name stay the host's. If the
environment names a proxy for the host, the proxy resolves the host instead.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from bot.contentstats.transport import trusted
from bot.domain.errors import LinkError
from bot.domain.links import FOLLOWABLE_HOSTS, VideoLink, page_words, parse_link

MOST_HOPS = 5
WITHIN = 5.0
"""Seconds for all hops together."""
CONNECT_WITHIN = 2.0
"""Seconds per address, so that a dead one leaves time for the next."""

Resolve: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]

_UNICAST = ipaddress.IPv6Network("2000::/3")
_WRAPPED_IPV4 = ipaddress.IPv6Network("2002::/16")


async def resolve(host: str) -> Sequence[str]:
    """The addresses of a host from the system's resolver, best first."""
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(address: str) -> bool:
    """Whether an address is on the public internet. IPv6 that wraps an IPv4 address isn't."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address) and (parsed not in _UNICAST or parsed in _WRAPPED_IPV4):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def https_origin(address: str) -> str:
    """The URL of an address."""
    return f"https://[{address}]" if ":" in address else f"https://{address}"


class ShortLinks:
    """Follows short links; safe from many tasks at once. Close it with `aclose`.

    `resolve` looks up a host, `is_allowed` decides which of its addresses may be requested, `origin` is the URL of one;
    `within` is the seconds for all hops of a short link.
    """

    def __init__(
        self,
        *,
        resolve: Resolve = resolve,
        is_allowed: Callable[[str], bool] = is_public,
        origin: Callable[[str], str] = https_origin,
        within: float = WITHIN,
    ) -> None:
        self._resolve = resolve
        self._is_allowed = is_allowed
        self._origin = origin
        self._within = within
        self._transports: dict[str | None, httpx.AsyncHTTPTransport] = {}

    async def follow(self, url: str) -> str:
        """The canonical link of the video behind a short link. Raises LinkError, which asks for the full link."""
        try:
            async with asyncio.timeout(self._within):
                return await self._follow(url)
        except TimeoutError as error:
            raise _refusal("didn't answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise _refusal("can't be followed right now") from error

    async def aclose(self) -> None:
        """Close every connection."""
        for transport in self._transports.values():
            await transport.aclose()

    async def _follow(self, url: str) -> str:
        step = _onward(url)
        for _ in range(MOST_HOPS):
            if isinstance(step, VideoLink):
                break
            location = await self._ask(step)
            if location is None:
                raise _no_video(step)
            onward = _onward(urljoin(step, location))
            if onward == step:  # a log-in page redirected back here
                raise _refusal("can't be followed without logging in")
            step = onward
        if isinstance(step, VideoLink):
            return step.url
        raise _refusal("redirects too often")

    async def _ask(self, url: str) -> str | None:
        """The redirect target of a URL; None if it doesn't redirect."""
        host = urlsplit(url).netloc
        if (proxy := _proxy_for(host)) is not None:
            return await self._ask_at(f"https://{host}", host, url, proxy)
        addresses = await self._resolve(host)
        if not all(self._is_allowed(address) for address in addresses):
            raise _refusal("leads to an address that is not on the public internet")
        for address in addresses:
            try:
                return await self._ask_at(self._origin(address), host, url, None)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        raise _refusal("can't be followed right now")

    async def _ask_at(self, origin: str, host: str, url: str, proxy: str | None) -> str | None:
        if proxy not in self._transports:
            # A bare transport keeps no cookies and follows no redirects.
            limits = httpx.Limits(max_keepalive_connections=0)
            self._transports[proxy] = httpx.AsyncHTTPTransport(verify=trusted(), limits=limits, proxy=proxy)
        request = httpx.Request(
            "GET",
            origin + url.removeprefix(f"https://{host}"),
            headers={"Host": host, "Accept": "*/*", "User-Agent": "contentstats-bot"},
            extensions={
                "sni_hostname": host,
                "timeout": {"connect": CONNECT_WITHIN, "read": WITHIN, "write": WITHIN, "pool": WITHIN},
            },
        )
        response = await self._transports[proxy].handle_async_request(request)
        try:
            location = response.headers.get("Location")
        finally:
            await response.aclose()  # the body is never read
        return str(location) if 300 <= response.status_code < 400 and location else None


def _proxy_for(host: str) -> str | None:
    """The proxy that the environment names for a host, by HTTPS_PROXY or ALL_PROXY and NO_PROXY."""
    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    if not proxy or proxy_bypass(host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _onward(url: str) -> VideoLink | str:
    """Classify a link: a video, or an https URL of a host that may be requested. Raises LinkError otherwise."""
    try:
        reading = parse_link(url)
    except LinkError:
        reading = None
    if isinstance(reading, VideoLink):
        return reading
    parts = urlsplit(url)
    if reading is not None and not parts.path.startswith(urlsplit(reading.url).path):
        return reading.url  # a log-in page, which leads back to it
    if parts.scheme in {"http", "https"} and parts.netloc in FOLLOWABLE_HOSTS:
        return parts._replace(scheme="https", fragment="").geturl()
    if reading is not None:
        return reading.url
    raise _no_video(url)


def _no_video(url: str) -> LinkError:
    """The error for a dead end. Sites redirect to a profile, their front page or a log-in if the video is gone."""
    words = page_words(url)
    if words is None:
        is_short = urlsplit(url).netloc in FOLLOWABLE_HOSTS
        return _refusal("doesn't lead anywhere" if is_short else "doesn't lead to a video that can be tracked")
    if words.endswith("profile") or words.startswith("a page of"):
        return LinkError(
            f"That video was removed or is private: its short link leads to {words}. If you can still see the video in "
            "a browser, paste the full link from there."
        )
    return _refusal(f"leads to {words}, not a single video")


def _refusal(reason: str) -> LinkError:
    return LinkError(f"That short link {reason}. Open it in a browser and paste the full link from there.")
