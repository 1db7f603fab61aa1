from adapters.discord.files import MAX_FILE
from adapters.discord.render import messages
from bot.reply.model import File, Reply, Tone
from tests.discord_render.rendered import read


def test_an_oversized_file_is_a_warning_and_the_others_are_sent():
    large, small = (
        File(name, b"x" * size, "text/csv", "rows") for name, size in (("a.csv", 11 << 20), ("b.csv", 2 << 20))
    )
    for files, most, said in (
        ((large, small), MAX_FILE, "a.csv (11 MiB) is too large: Discord allows 10 MiB here."),
        ((small,), 1 << 20, "b.csv (2 MiB) is too large: Discord allows 1 MiB here."),
    ):
        (message,) = messages(Reply("Here.", title="Export", files=files, tone=Tone.SUCCESS), most)
        words = read(message.components)
        assert said in words
        assert "⚠️ Export" in words
        assert [file.name for file in message.files] == [file.name for file in files[1:]]
    (message,) = messages(Reply("Here.", files=(large,), tone=Tone.SUCCESS), 50 << 20)
    assert [file.name for file in message.files] == ["a.csv"]


def test_many_files_are_split_into_valid_messages():
    files = tuple(File(f"{number}.zip", b"x" * (8 << 20), "application/zip", "a part") for number in range(5))
    assert [len(message.files) for message in messages(Reply("Here.", files=files))] == [2, 2, 1]
