import asyncio
import io
import json
import os

import pytest

from adapters.console.app import ConsoleOptions, answer_lines, converse, play, run_line
from bot.domain.caller import Permission, Role
from bot.reply.model import File, Picture, Reply, Tone


@pytest.fixture
def options(tmp_path):
    def build(**chosen):
        return ConsoleOptions(picture_dir=tmp_path / "charts", **chosen)

    return build


class Terminal(io.StringIO):
    def isatty(self):
        return True


async def said(bot, line, options) -> tuple[int, str]:
    out = io.StringIO()
    return await run_line(bot, line, options, out), out.getvalue()


LINK = "https://www.tiktok.com/@a/video/7301234567890123456"


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("/videos tiktok  monitoring", ("videos", "tiktok  monitoring")),
        ("videos tiktok  monitoring", ("videos", "tiktok  monitoring")),
        ("  /videos tiktok  monitoring ", ("videos", "tiktok  monitoring")),
        ("/contentstats usage", ("usage", "")),
        ("/track\nhttps://a\nhttps://b", ("track", "https://a\nhttps://b")),
        (LINK, ("track", LINK)),
        ("youtu.be/x 30", ("track", "youtu.be/x 30")),
        ("12:30", ("12:30", "")),
        ("cats.", ("cats.", "")),
        ("help me", ("help", "me")),
    ],
)
async def test_a_line_is_a_command_or_a_link_to_track(bot, options, line, call):
    await said(bot, line, options())
    assert bot.calls == [call]


async def test_a_problem_is_the_exit_code(bot, options):
    assert await said(bot, "/videos", options()) == (0, "2 videos.\n\n")
    assert await said(bot, "/nonsense", options()) == (1, "No command nonsense.\n\n")
    bot.replies["track.start"] = Reply("Refused.", tone=Tone.PROBLEM)
    assert (await said(bot, "/track x", options(yes=True)))[0] == 1, "the button's"


async def test_the_plain_form_numbers_the_choices(bot, options):
    _, written = await said(bot, "/track x", options())
    assert written == (
        "Track?\nTracking costs $2.52.\n\n"
        "1. Details\nAdd credit: https://contentstats.io/billing\n2. Track 7 days\n"
        "Other length:\n3. 1 day\n4. 3 days\n\n"
    )


async def test_json_prints_one_object_and_saves_nothing(bot, options):
    code, written = await said(bot, "/stats v1", options(json=True))
    assert code == 0
    assert written.count("\n") == 1
    assert json.loads(written)["parts"][0]["alt"] == "Views doubled in a day"
    assert not options().picture_dir.exists()


async def test_notices_are_printed_above_a_reply_but_not_in_json(bot, options):
    assert (await said(bot, "/busy", options()))[1] == "You're in line.\nNo command busy.\n\n"
    assert "in line" not in (await said(bot, "/busy", options(json=True)))[1]


async def test_yes_presses_the_primary_button_and_prints_both_replies(bot, options):
    code, written = await said(bot, "/track x", options(yes=True))
    assert code == 0
    assert written.startswith("Track?\n")
    assert written.endswith("Started.\n\nEveryone sees: Ana started tracking cats.\n\n")
    assert bot.calls == [("track", "x"), ("track.start", {"batch": "b"})]
    assert bot.typed == [], "with --yes the one press confirms the card, never the doubt after a start"


async def test_yes_in_json_prints_only_the_last_reply(bot, options):
    _, written = await said(bot, "/track x", options(yes=True, json=True))
    assert json.loads(written)["summary"] == "Started."
    _, written = await said(bot, "/videos", options(yes=True, json=True))
    assert json.loads(written)["summary"] == "2 videos."


async def test_without_admin_a_person_may_only_look(bot, options):
    await said(bot, "/videos", options(user="ana"))
    await said(bot, "/videos", options(user="ana", admin=True))
    guest, admin = bot.callers
    assert (guest.person.id, guest.person.name, guest.channel_id) == ("ana", "ana", "console")
    assert (guest.workspace.chat, guest.workspace.id, guest.workspace.name) == ("console", "local", "Console")
    assert (guest.role, guest.permissions) == (Role.MEMBER, frozenset({Permission.LOOK}))
    assert (admin.role, admin.permissions) == (Role.ADMIN, frozenset(Permission))


async def test_pictures_and_files_are_saved_under_unused_names(bot, options):
    directory = options().picture_dir
    bot.replies["export"] = Reply("1 file.", files=(File("all.csv", b"a,b", "text/csv", "31 snapshots"),))
    for number in ("", "-2", "-3"):
        _, written = await said(bot, "/stats v1", options())
        path = directory / f"growth{number}.png"
        assert path.read_bytes() == b"PNG"
        assert written == f"Views doubled.\n\nPicture: Views doubled in a day\n\nSaved {path}\n\n"
    _, written = await said(bot, "/export all", options())
    assert (directory / "all.csv").read_bytes() == b"a,b"
    assert written == f"1 file.\n\nFile all.csv: 31 snapshots\n\nSaved {directory / 'all.csv'}\n\n"


@pytest.mark.parametrize(
    ("name", "lies_at"),
    [
        ("../../up.png", "up.png"),
        ("/etc/passwd", "etc_passwd"),
        (".bashrc", "bashrc"),
        ("..", "file"),
        ("a\x1b[2J b\n.png", "a_2J_b.png"),
        ("кот.png", "кот.png"),
        ("x" * 300 + ".png", "x" * 60 + ".png"),
        ("\ud800.png", "file.png"),
    ],
)
async def test_no_file_name_escapes_the_folder(bot, options, name, lies_at):
    bot.replies["stats"] = Reply("", parts=(Picture(name, b"PNG", "up"),))
    await said(bot, "/stats", options())
    assert [path.name for path in options().picture_dir.iterdir()] == [lies_at]


async def test_a_failed_save_of_a_picture_is_reported(bot, options):
    options().picture_dir.write_text("a file stands in the way")
    code, written = await said(bot, "/stats", options())
    assert code == 0
    assert "growth.png couldn't be saved in" in written
    assert "Views doubled in a day" in written


async def test_a_terminal_gets_cards_and_hostile_text_stays_text(bot, options, hostile, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    bot.replies["stats"] = hostile[0]
    out = Terminal()
    await run_line(bot, "/stats", options(), out)
    assert "╭" in out.getvalue()
    assert "\x1b[34m" in out.getvalue()
    assert "\x1b[2J" not in out.getvalue()
    assert "[bold red]x[/] :smile:" in out.getvalue()


async def test_no_color_keeps_the_card_and_drops_the_colours(bot, options, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    await run_line(bot, "/nonsense", options(), out)
    assert "✗ No command nonsense." in out.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert "31m" not in out.getvalue()


async def test_a_pipe_gets_hostile_text_in_plain_lines(bot, options, hostile):
    bot.replies["stats"], seen = hostile
    _, written = await said(bot, "/stats", options())
    assert seen in written
    assert all(char.isprintable() or char == "\n" for char in written)


async def test_an_output_without_unicode_gets_question_marks(bot, options):
    bot.replies["videos"] = Reply("Cats 日本 ❤️")
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    await run_line(bot, "/videos", options(), out)
    assert raw.getvalue() == b"Cats ?? ??\n\n"


async def test_a_pipe_is_answered_line_by_line_and_numbers_press_buttons(bot, options):
    source = io.TextIOWrapper(io.BytesIO(b"/track x\n\n2\n/track y\n4\n"), encoding="utf-8")
    out = io.StringIO()
    assert await answer_lines(bot, options(), source, out) == 0
    assert bot.calls == [
        ("track", "x"),
        ("track.start", {"batch": "b"}),
        ("track", "y"),
        ("track.start", {"batch": "b", "days": "3"}),
    ]
    assert out.getvalue().count("Started.") == 2


async def test_one_failed_line_of_a_pipe_fails_it_and_stops_nothing(bot, options):
    out = io.StringIO()
    assert await answer_lines(bot, options(), io.StringIO("/nonsense\n/videos\nexit\n/track x\n"), out) == 1
    assert out.getvalue() == "No command nonsense.\n\n2 videos.\n\n"


async def test_a_pipe_is_answered_as_each_line_arrives(bot, options):
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as source, os.fdopen(writing, "w", encoding="utf-8") as typing:
        out = io.StringIO()
        talking = asyncio.create_task(answer_lines(bot, options(), source, out))
        typing.write("/videos\n/vid")
        typing.flush()
        async with asyncio.timeout(10):
            while not out.getvalue():  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.01)
        assert bot.calls == [("videos", "")]
        typing.write("eos й")
        typing.close()
        assert await talking == 0
    assert bot.calls == [("videos", ""), ("videos", "й")]


async def test_waiting_for_a_silent_pipe_can_be_cancelled(bot, options):
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as source, os.fdopen(writing, "w", encoding="utf-8"):
        talking = asyncio.create_task(answer_lines(bot, options(), source, io.StringIO()))
        await asyncio.sleep(0)
        talking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await talking


async def test_an_unknown_number_is_refused_and_keeps_the_choices(bot, options):
    out = io.StringIO()
    assert await answer_lines(bot, options(), io.StringIO("1\n/track x\n9\n2\n"), out) == 1
    assert "There's no choice 1: the last reply offers none." in out.getvalue()
    assert "There's no choice 9: the last reply offers 1 to 4." in out.getvalue()
    assert bot.calls[-1] == ("track.start", {"batch": "b"})
    assert await answer_lines(bot, options(), io.StringIO(f"{'9' * 5000}\n"), out) == 1


async def test_the_choices_of_an_older_reply_are_gone(bot, options):
    out = io.StringIO()
    await answer_lines(bot, options(), io.StringIO("/track x\n/videos\n2\n"), out)
    assert "offers none" in out.getvalue()
    assert [command for command, _ in bot.calls] == ["track", "videos"]


async def test_a_tour_shows_its_input_and_the_real_replies(bot, options):
    out = io.StringIO()
    replies = await play(bot, ["/track x", "2", "/nonsense"], options(), out)
    assert [reply.tone for reply in replies] == [Tone.INFO, Tone.SUCCESS, Tone.PROBLEM]
    assert out.getvalue().startswith("> /track x\nTrack?\n")
    assert "\n> 2\nStarted.\n" in out.getvalue()


async def test_without_a_terminal_a_conversation_is_a_pipe(bot, options, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("/videos\n"))
    assert await converse(bot, options()) == 0
    assert capsys.readouterr().out == "2 videos.\n\n"
