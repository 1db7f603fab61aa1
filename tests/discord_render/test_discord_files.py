import csv
import io

from adapters.discord.files import MAX_FILE, safe_name, small_enough
from adapters.discord.render import messages
from bot.reply.model import File, Reply
from tests.discord_render.reading import read

ROWS = [("id", "title"), *((str(number), f'a "quoted"\r\n title {number}') for number in range(200))]


def table(rows=ROWS):
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return File("all.csv", written.getvalue().encode("utf-8-sig"), "text/csv", "200 snapshots")


def read_rows(file):
    return [tuple(row) for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))]


def test_a_file_that_fits_is_left_alone():
    assert small_enough(table()) == (table(),)


def test_a_table_too_large_is_several_tables_of_whole_rows_under_the_same_head():
    parts = small_enough(table(), 1_000)
    assert len(parts) > 5
    assert all(len(part.content) <= 1_000 for part in parts)
    assert {read_rows(part)[0] for part in parts} == {ROWS[0]}
    assert [row for part in parts for row in read_rows(part)[1:]] == ROWS[1:]
    assert parts[0].name == f"all-1-of-{len(parts)}.csv"
    assert parts[1].description == f"part 2 of {len(parts)}; in all 200 snapshots"


def test_what_cannot_be_parted_is_not_sent():
    assert small_enough(table(), 30) == ()
    assert small_enough(File("a.bin", b"x" * 40, "application/octet-stream", ""), 30) == ()
    assert small_enough(File("a.csv", b"x" * 40, "text/csv", ""), 30) == ()


def test_a_file_too_large_for_discord_is_told():
    file = File("a.bin", b"x" * (MAX_FILE + 1), "application/octet-stream", "much")
    (message,) = messages(Reply("Here.", files=(file,)))
    assert message.files == ()
    assert "File a.bin: much. It is too large for Discord, which takes 10 MiB." in read(message.components)


def test_a_large_export_goes_in_messages_that_discord_takes():
    row = b"x" * 1_022 + b"\r\n"
    file = File("all.csv", b"head\r\n" + row * (45 * 1024), "text/csv", "many snapshots")
    found = messages(Reply("Here.", files=(file,)))
    assert sum(len(message.files) for message in found) == 5
    assert all(sum(len(each.content) for each in message.files) <= 20 * 1024 * 1024 for message in found)
    assert sum(len(each.content) - 6 for message in found for each in message.files) == 45 * 1024 * 1024


def test_names_are_what_discord_keeps_and_never_the_same_twice():
    assert safe_name("growth.png", ()) == "growth.png"
    assert safe_name("growth.png", {"growth.png", "growth-2.png"}) == "growth-3.png"
    assert safe_name("../SPOILER_x y.png", ()) == "x-y.png"
    assert safe_name("…", {"file"}) == "file-2"
