"""API keys and base URLs: what can be one, and a name for the account behind them that reveals neither."""

import hashlib
import re

import httpx

from bot.domain.errors import NotConfigured

_KEY = re.compile(r"[!-~]{1,500}")


def is_test_key(key: str) -> bool:
    """Whether this is a development key, which charges nothing."""
    return key.strip().startswith("cs_test_")


def key_fingerprint(base_url: str, key: str) -> str:
    """32 hex digits that name the account behind a key, in the store and in logs. The two documented hosts are one."""
    base = base_url.strip().rstrip("/").replace("://www.contentstats.io", "://contentstats.io")
    return hashlib.sha256(f"contentstats-bot account\0{base}\0{key.strip()}".encode()).hexdigest()[:32]


def checked_key(key: str) -> str:
    """The key as it can be sent. Raises NotConfigured, without showing it, for what would break the header."""
    if not _KEY.fullmatch(key.strip()):
        raise NotConfigured(
            "The ContentStats API key is empty or has invalid characters. Copy it again from the ContentStats "
            "web site, into /connect or CONTENTSTATS_API_KEY."
        )
    return key.strip()


def checked_base_url(base_url: str) -> str:
    """The base without its last slash. Raises NotConfigured for what is no address of a server."""
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query or url.fragment:
        raise NotConfigured(
            "CONTENTSTATS_BASE_URL isn't a valid address. Write it like https://contentstats.io/api/v1."
        )
    return str(url).rstrip("/")
