"""A self-contained document of cards: the page's drawings next to each other."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from adapters.page import html
from adapters.page.elements import Card

STYLES = (Path(html.__file__).with_name("cards.css"), Path(__file__).with_name("document.css"))
THEMES = ("light", "dark")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(title: str, body: str) -> str:
    """A whole document."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><style>{"".join(map(Path.read_text, STYLES))}</style>'
        f"</head><body>{body}</body></html>"
    )


def message(cards: Iterable[Card], chat: str, theme: str) -> str:
    """The cards of one reply as messages of the bot, with their menus open."""
    shown = "".join(map(html.card, cards)).replace("<details", "<details open")
    return (
        f'<div class="{chat} {theme}"><div class="message"><div class="avatar">CS</div><article><div class="sender">'
        f'<b>ContentStats</b><span class="badge">APP</span><time>09:30</time></div>{shown}</article></div></div>'
    )
