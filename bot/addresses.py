"""Addresses that may receive a key or a token: encrypted ones, and those within the operator's own network.

Proxies and stand-ins run there and speak plain HTTP, under the name of a container or a private number (RFC 1918).
"""

import ipaddress
import re
from urllib.parse import urlsplit

_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_OWN_NAMES = (".localhost", ".local", ".internal")


def api_address(name: str, address: str, example: str) -> str:
    """The address of the setting `name`, without a slash at its end; ValueError, which never repeats what it holds."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or parts.query or parts.fragment:
        msg = f"{name} isn't an API's address. Write it like {example}."
        raise ValueError(msg)
    if "@" in parts.netloc:
        msg = f"{name} has a user name in it. Remove it; keys and tokens have their own variables."
        raise ValueError(msg)
    if parts.scheme == "http" and not _is_own(host):
        msg = f"{name} would send a secret to {host} unencrypted. Write it with https://."
        raise ValueError(msg)
    return address.rstrip("/")


def _is_own(host: str) -> bool:
    """Whether a host can only be in the operator's own network: a private number, or a name that no domain holds."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_OWN_NAMES)
    return number.is_private and not number.is_unspecified
