"""Which addresses a link may lead to."""

import re
from urllib.parse import quote, urlsplit

from bot.reply.text import visible

_NOT_IN_A_URL = re.compile(r'[\s"<>\\^`{|}]')


def address(url: str) -> str | None:
    """The address of an https link, its stray characters encoded; None for any other, and for a disguised host.

    Scheme and host are in small letters: Discord refuses a whole message for `HTTPS://`.
    """
    try:
        clean = _NOT_IN_A_URL.sub(lambda match: quote(match[0]), visible(url).strip())
        parts = urlsplit(clean)
        is_web = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return None
    return f"https://{parts.netloc.lower()}{clean.partition('//')[2][len(parts.netloc) :]}" if is_web else None
