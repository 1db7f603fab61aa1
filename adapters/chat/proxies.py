"""Whether HTTP sessions look up a proxy for each call."""

from urllib.request import getproxies


def trusts_env() -> bool:
    """The `trust_env` of aiohttp's sessions: True if the environment names a proxy (HTTPS_PROXY, NO_PROXY).

    With it, aiohttp switches to a thread twice per call, to look for the proxy and to read ~/.netrc.
    """
    return bool(getproxies())
