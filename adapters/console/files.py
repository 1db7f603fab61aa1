"""Pictures and downloads on disk: a console cannot show them, so it says where they lie."""

import re
import shutil
from itertools import count
from pathlib import Path

from bot.reply.spool import Content, opened

_UNFIT = re.compile(r"[^\w.-]+")
_LONGEST = 60  # characters; at four bytes each that still fits into the 255 bytes of a file name, with a number


def save(directory: Path, name: str, content: Content) -> str:
    """Write the content under a name that is still free, and say where it lies or why it could not be written."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return f"Saved {_write(directory, Path(_fit(name)), content)}"
    except OSError as error:
        return f"{_fit(name)} could not be saved in {directory}: {error.strerror}. Choose another directory."


def _write(directory: Path, name: Path, content: Content) -> Path:
    for number in count(1):
        path = directory / (name if number == 1 else f"{name.stem}-{number}{name.suffix}")
        try:
            with path.open("xb") as file, opened(content) as source:
                shutil.copyfileobj(source, file)
        except FileExistsError:
            continue
        break
    return path


def _fit(name: str) -> str:
    """The name without anything that leads elsewhere, hides the file or offends a file system."""
    suffix = Path(name).suffix
    stem = _UNFIT.sub("_", name.removesuffix(suffix)).strip("._-")
    return f"{stem[:_LONGEST] or 'file'}{_UNFIT.sub('_', suffix)[:8]}"
