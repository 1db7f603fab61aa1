"""CSV files without formulas for any spreadsheet, and large ones on disk in files that every chat accepts."""

import csv
import io
import re
import resource
import unicodedata
import zipfile
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.errors import BotError
from bot.domain.videos import Metric, Snapshot, Video
from bot.messages.csv_format import HEADER, csv_file, csv_rows
from bot.reply.spool import opened
from bot.wallet.exports import CsvExport
from tests.gallery import NOW

SNAPSHOT = Snapshot(NOW, {Metric.VIEWS: 1_298_000})


def cells(content, delimiter):
    """The cells for programs that split by this delimiter, with quotes and without."""
    if delimiter in content:
        yield from (cell for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter) for cell in row)
    if delimiter != ",":
        yield from (cell for line in content.splitlines() for cell in line.split(delimiter))


@given(st.text(alphabet=";,|\t\r\n\"' =+-@a\uff1d\u200b\ufeff\u2212"))
@example("=1+1")
@example(";=1+1")
@example('x";"=HYPERLINK("https://example.com")')
@example("a\t\u200b＝1")
@example("a|\u00a0﹢1")
@example("a\r\n@SUM(1)")
@example("\ud800=1")
def test_no_title_becomes_a_formula_with_any_delimiter(title):
    file = csv_file("a.csv", list(csv_rows(Video(title, title, title, title, title, title), [SNAPSHOT])))
    content = file.content.decode("utf-8-sig")
    for delimiter in ",;|\t":
        for cell in cells(content, delimiter):
            seen = re.sub(r"^[\s\"\u200b\ufeff]+", "", cell)
            assert unicodedata.normalize("NFKC", seen)[:1] not in {"=", "+", "-", "@", "\u2212"}, (delimiter, cell)


@pytest.mark.parametrize(
    ("title", "written"),
    [("Cats, -5 degrees", "Cats, -5 degrees"), ("a - b = c", "a - b = c"), ("@bob", "'@bob"), ("x;=1", "x;'=1")],
)
def test_ordinary_titles_stay_unchanged(title, written):
    (row,) = csv_rows(Video("1", "", "tiktok", "completed", title=title), [SNAPSHOT])
    assert row[3] == written


def video(number):
    return Video(f"video-{number}", f"https://example.com/{number}", "tiktok", "completed")


async def test_a_large_export_is_split_into_zip_files_of_whole_videos():
    export = CsvExport("all.csv", most=330_000)
    for number in range(60):
        counts = ({metric: hash((number, hour, metric)) % 10**9 for metric in Metric} for hour in range(72))
        taken = [Snapshot(NOW + timedelta(hours=hour), each) for hour, each in enumerate(counts)]
        await export.add(video(number), taken)
    files = await export.files()
    assert [file.name for file in files] == [f"all-{part}-of-{len(files)}.zip" for part in range(1, len(files) + 1)]
    found = []
    for file in files:
        assert file.content.size <= 330_000
        with zipfile.ZipFile(opened(file.content)) as packed:
            (name,) = packed.namelist()
            head, *rows = csv.reader(io.StringIO(packed.read(name).decode("utf-8-sig"), newline=""))
        assert (name, tuple(head)) == ("all.csv", HEADER)
        found += [row[0] for row in rows]
    assert len(files) > 1
    assert found == [f"video-{number}" for number in range(60) for _ in range(72)]


async def test_without_a_snapshot_there_is_no_file():
    export = CsvExport("all.csv")
    await export.add(video(1), [])
    assert await export.files() == ()


async def test_a_full_disk_is_explained():
    export = CsvExport("all.csv")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(BotError, match="The bot's disk is full"):
            await export.add(video(1), [SNAPSHOT] * 720)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_readers_of_one_file_are_independent():
    export = CsvExport("all.csv")
    await export.add(video(1), [SNAPSHOT])
    (file,) = await export.files()
    one, other = opened(file.content), opened(file.content)
    mark = b"\xef\xbb\xbf"
    assert (one.read(3), other.read(), one.seek(0), one.read(3)) == (mark, opened(file.content).read(), 0, mark)
