"""`python -m tests.drawings OUT` draws the gallery: OUT/index.html, and a PNG of each group of cards.

Words after OUT select the groups whose names contain one of them. With `--lines` instead of OUT it prints how many
lines each card takes on a phone, in Slack and in Discord. PNGs need Chromium, and for all scripts Debian's fonts-lato,
fonts-noto-core, fonts-noto-cjk and fonts-noto-color-emoji.
"""

import asyncio
import sys
from html import escape
from pathlib import Path

from tests.drawings.document import THEMES, message, page
from tests.drawings.measure import lines_of
from tests.drawings.render import CHATS, cards
from tests.gallery import gallery
from tests.standins.browser import browser

WIDTHS = {"phone": 4 * 368 + 24, "desktop": 2 * 1108 + 24}
"""Pixels of a page that shows a card in both chats and both themes, for each width of the chat."""


def drawn(names: list[str], size: str) -> str:
    """These cards, each in both chats and both themes."""
    return f'<div class="{size}">{"".join(map(_set, names))}</div>'


def _set(name: str) -> str:
    made = {chat: cards(chat, gallery()[name]) for chat in CHATS}
    counts = ", ".join(f"{chat.title()} {sum(map(lines_of, each))}" for chat, each in made.items())
    shown = "".join(message(each, chat, theme) for chat, each in made.items() for theme in THEMES)
    return f'<h2>{escape(name)} · lines on a phone: {counts}</h2><div class="set">{shown}</div>'


async def draw(out: Path, *wanted: str) -> None:
    """Write the pages and their pictures."""
    out.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - a tool that does nothing else
    groups: dict[str, list[str]] = {}
    for name in gallery():
        groups.setdefault(name.partition(":")[0].rpartition(".")[0], []).append(name)
    (out / "index.html").write_text(page("Every card", drawn(list(gallery()), "phone")))
    async with browser() as opened:
        tab = await opened.new_page()
        for group, names in groups.items():
            if wanted and not any(word in group for word in wanted):
                continue
            for size, width in WIDTHS.items():
                document = out / f"{group}-{size}.html"
                document.write_text(page(group, drawn(names, size)))
                await tab.set_viewport_size({"width": width, "height": 800})
                await tab.goto(document.resolve().as_uri())
                await tab.screenshot(path=document.with_suffix(".png"), full_page=True)
                sys.stdout.write(f"{document.with_suffix('.png')}\n")


def count() -> None:
    """Print the number of lines of every card."""
    for name, reply in gallery().items():
        counts = (sum(map(lines_of, cards(chat, reply))) for chat in CHATS)
        sys.stdout.write(" ".join([*(f"{each:4}" for each in counts), f" {name}\n"]))


if __name__ == "__main__":
    if sys.argv[1] == "--lines":
        count()
    else:
        asyncio.run(draw(Path(sys.argv[1]), *sys.argv[2:]))
