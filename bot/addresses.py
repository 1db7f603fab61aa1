"""Validates API addresses that receive a key or token: https, or plain http within the operator's own network.

Proxies and test servers there speak plain http, under a container's name or a private address (RFC 1918).
"""

import ipaddress
import re
from urllib.parse import urlsplit

_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_OWN_NAMES = (".localhost", ".local", ".internal")


def api_address(name: str, address: str, example: str) -> str:
    """Validate the address of the setting `name` and drop a trailing slash.

    Raises ValueError with a sentence that never repeats the address.
    """
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
    """True for a host that can only be in the operator's own network: a private address, or a name without a domain."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_OWN_NAMES)
    return number.is_private and not number.is_unspecified
