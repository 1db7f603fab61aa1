"""Package metadata that depends on the repository's URL; the rest is in pyproject.toml.

The URL is known only in GitHub Actions. Elsewhere, the description has no links to the repository.
"""

import os
import re
from pathlib import Path

from setuptools import setup

_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#)([^)]+)\)")
_PAGES = {"Source": "", "Changelog": "/blob/main/CHANGELOG.md", "Issues": "/issues"}


def description(document: str, repository: str) -> str:
    """Make a document's relative links absolute, or replace them by their text if the repository's URL is unknown."""

    def absolute(link: re.Match[str]) -> str:
        kind = "raw" if link[1] else "blob"
        return f"{link[1]}[{link[2]}]({repository}/{kind}/main/{link[3]})" if repository else link[2]

    return _LINK.sub(absolute, document)


_name = os.environ.get("GITHUB_REPOSITORY")
_repository = f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{_name}" if _name else ""
setup(
    long_description=description(Path("README.md").read_text(encoding="utf-8"), _repository),
    long_description_content_type="text/markdown",
    project_urls={"Homepage": "https://contentstats.io"}
    | {page: f"{_repository}{path}" for page, path in _PAGES.items() if _repository},
)
