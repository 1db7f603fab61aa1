"""Reads a message's HTML as a browser parses it."""

from html.parser import HTMLParser

MESSAGE = {
    *("a", "article", "b", "blockquote", "br", "button", "caption", "code", "details", "div", "h3", "hr", "i", "img"),
    *("li", "p", "pre", "small", "span", "summary", "table", "tbody", "td", "th", "thead", "time", "tr", "ul"),
}
"""The elements of messages."""
DOCUMENT = {"body", "head", "html", "meta", "style", "title"}


class Reader(HTMLParser):
    """Collects elements and words; no attribute may run or load anything from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        assert all((value or "").startswith(("https://", "/", "data:")) for name, value in attrs if name == "href")

    def handle_data(self, data: str) -> None:
        self.words += data
