"""What blocks and elements are made of: texts, options, confirm dialogs, pictures, with their documented limits."""

import ipaddress
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from tests.standins.slack.shapes import Check, among, array, exactly_one, flag, shape, string, typed

WEB_ADDRESS = r"https?://[^\s/]+.*"


def plain_text(most: int = 3000) -> Check:
    """A text that is shown as it is."""
    return typed({"plain_text": _text("plain_text", most)}, "text")


def any_text(most: int = 3000) -> Check:
    """A text that is shown as it is, or mrkdwn."""
    return typed({"plain_text": _text("plain_text", most), "mrkdwn": _text("mrkdwn", most)}, "text")


def _text(kind: str, most: int) -> Check:
    own = {"emoji": flag()} if kind == "plain_text" else {"verbatim": flag()}
    return shape({"type": among(kind), "text": string(most)}, own)


def option(text: Check, **more: Check) -> Check:
    """One choice."""
    return shape({"text": text, "value": string(150)}, {"description": text, **more})


PLAIN_OPTION = option(plain_text(75))
OVERFLOW_OPTION = option(plain_text(75), url=string(3000, like=WEB_ADDRESS))
RICH_OPTION = option(any_text(75))
OPTION_GROUP = shape({"label": plain_text(75), "options": array(PLAIN_OPTION, 100)})

CONFIRM = shape(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": among("primary", "danger")},
)

SLACK_FILE = shape({}, {"id": string(), "url": string(like=WEB_ADDRESS)}, also=exactly_one("id", "url"))


def public_picture(value: object, where: str) -> Iterator[str]:
    """An https address that Slack could fetch a picture from: localhost and private networks are out of its reach."""
    yield from string(3000)(value, where)
    try:
        parts = urlsplit(str(value))
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme != "https" or "." not in host or _is_private(host):
        yield f"{where} is no picture that can be downloaded: it must be a public https address"


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host.endswith((".localhost", ".local", ".internal"))


def picture(kind_of_alt: Check, **more: Check) -> Check:
    """A picture, from the web or from a file at Slack."""
    return shape(
        {"type": among("image"), "alt_text": kind_of_alt},
        {"image_url": public_picture, "slack_file": SLACK_FILE, **more},
        also=exactly_one("image_url", "slack_file"),
    )


PICTURE_ELEMENT = picture(string(2000))


def chosen_from(initial: str, *, several: bool) -> Check:
    """What is chosen at first is among the options, to the letter."""

    def check(value: object, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping) or initial not in value:
            return
        groups = value.get("option_groups", ())
        offered = [*value.get("options", ()), *(each for group in groups for each in group["options"])]
        chosen = value[initial] if several else [value[initial]]
        if any(each not in offered for each in chosen):
            yield f"{where}/{initial} is not among the options"

    return check
