import asyncio
import io
import stat

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from adapters.console.app import ConsoleOptions, converse_at_prompt
from adapters.console.prompt import ArgumentCompleter, BotCompleter, private_history
from bot.commands.registry import COMMANDS
from bot.reply.call import Call
from bot.reply.model import Button, Reply

PASTED_END = "\n"
LOOK = Call("stats", {"video": "v1"})
CTRL_C, CTRL_D, UP, TAB = "\x03", "\x04", "\x1b[A", "\t"


@pytest.fixture
def talk(bot, tmp_path):
    """Types keys at a real prompt; returns the exit code and the output."""

    async def typed(keys: str, history=None) -> tuple[int, str]:
        out = io.StringIO()
        options = ConsoleOptions(picture_dir=tmp_path / "charts", history=history)
        with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
            keyboard.send_text(keys)
            keyboard.close()  # so that a prompt that asks for more ends instead of waiting
            return await converse_at_prompt(bot, options, out), out.getvalue()

    return typed


@pytest.fixture
def complete(bot):
    async def completions(line: str) -> list[tuple[str, str, str]]:
        document = Document(line)
        return [
            (line[: len(line) + each.start_position] + each.text, each.display_text, each.display_meta_text)
            async for each in BotCompleter(bot, ConsoleOptions().caller).get_completions_async(
                document, CompleteEvent()
            )
        ]

    return completions


async def test_a_button_asks_for_missing_arguments_with_defaults(bot, talk):
    stated = {"action": "on", "time": "09:00", "zone": "Europe/Berlin", "every": "daily", "asks": "1"}
    bot.replies["status"] = Reply("On.", actions=(Button("Change", Call("digest", stated)), Button("Look", LOOK)))
    erased = "\x7f" * len("09:00")
    await talk(f"/status\r1\r{erased}17:30\r\r\rmovers\r\r/status\r2\r{CTRL_D}")
    known = {
        "action": "on",
        "time": "17:30",
        "zone": "Europe/Berlin",
        "every": '"daily"',
        "show": "movers",
        "campaign": "",
    }
    assert bot.calls[1:] == [("digest", known), ("status", ""), ("stats", {"video": "v1"})]


@pytest.mark.parametrize("keys", ["exit\r", "/quit\r", CTRL_D])
async def test_a_conversation_lasts_until_a_word_or_ctrl_d(bot, talk, keys):
    code, written = await talk(f"/track x\r2\r{keys}/videos\r")
    assert (code, [command for command, _ in bot.calls]) == (0, ["track", "track.start"])
    assert written.startswith("Type /help")
    assert "Started." in written


async def test_ctrl_c_clears_the_line_and_an_empty_line_does_nothing(bot, talk):
    await talk(f"/track dangerous{CTRL_C}\r  \r/videos\r{CTRL_D}")
    assert bot.calls == [("videos", "")]


async def test_ctrl_c_on_an_empty_line_leaves(bot, talk):
    assert (await talk(f"{CTRL_C}/videos\r"))[0] == 130
    assert bot.calls == []


def pasted(*lines):
    return f"\x1b[200~{PASTED_END.join(lines)}\x1b[201~"


async def test_pasted_lines_are_each_a_command(bot, talk):
    await talk(f"{pasted('/videos tiktok', '', '/usage')}\r{CTRL_D}")
    assert bot.calls == [("videos", "tiktok"), ("usage", "")]


async def test_a_number_among_pasted_lines_presses_no_unseen_button(bot, talk):
    _, written = await talk(f"{pasted('/track x', '2')}\r{CTRL_D}")
    assert bot.calls == [("track", "x")]
    assert "nothing was pressed" in written


async def test_after_a_paste_a_typed_number_presses(bot, talk):
    await talk(f"{pasted('/track x', '2')}\r2\r{CTRL_D}")
    assert bot.calls[-1] == ("track.start", {"batch": "b"})


async def test_only_a_line_with_its_command_counts_as_typed(bot, talk):
    link = "https://www.tiktok.com/@steady/video/7301234567890123456"
    await talk(f"{pasted(f'/track {link} 7', '/usage')}\r{link} 7\rplease track {link} 7\r2\r/track {link} 7\r{CTRL_D}")
    assert [name for name, _ in bot.calls] == ["track", "usage", "track", "track", "track.start", "track"]
    assert bot.typed == ["track"]


async def test_tab_completes_what_is_typed(bot):
    out = io.StringIO()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()) as session:
            talking = group.create_task(converse_at_prompt(bot, ConsoleOptions(), out))
            for keys, completed in ((f"/vid{TAB}", "/videos "), (f"youtu{TAB}", "/videos youtube")):
                keyboard.send_text(keys)
                while session.app is None or session.app.current_buffer.text != completed:  # noqa: ASYNC110 - no event tells
                    await asyncio.sleep(0.01)
            keyboard.send_text(f"\r{CTRL_D}")
            assert await talking == 0
    assert bot.calls == [("videos", "youtube")]


async def test_history_is_kept_in_a_file_that_only_its_owner_can_read(bot, talk, tmp_path):
    history = tmp_path / "state" / "history"
    await talk(f"/videos tiktok\r{CTRL_D}", history)
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert stat.S_IMODE(history.parent.stat().st_mode) == 0o700
    await talk(f"{UP}\r{CTRL_D}", history)
    assert bot.calls == [("videos", "tiktok"), ("videos", "tiktok")]


def test_a_history_readable_by_others_is_restricted(tmp_path):
    history = tmp_path / "history"
    history.write_text("")
    history.chmod(0o644)
    assert isinstance(private_history(history), FileHistory)
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


def test_without_a_history_file_the_session_keeps_its_own(tmp_path):
    (tmp_path / "file").write_text("")
    assert isinstance(private_history(tmp_path / "file" / "history"), InMemoryHistory)
    assert isinstance(private_history(None), InMemoryHistory)


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("/sta", ["/stats ", "/status "]),
        ("tr", ["track "]),
        ("/contentstats VI", ["/contentstats videos "]),
        ("/", [f"/{each.name} " for each in COMMANDS if each.listed]),
        ("/videos tikt", ["/videos tiktok"]),
        ("/videos monitoring tikt", ["/videos monitoring tiktok"]),
        ("/stats ", ["/stats v1", '/stats "v 2"']),
        ("/stats cat on a", ["/stats v1"]),
        ("/stats dr", ['/stats "v 2"']),
        ("/compare v1 vs dog on", ['/compare v1 vs "v 2"']),
        ('/compare "cat on a piano" "dog on', ['/compare "cat on a piano" "v 2"']),
        ("/nonsense x", []),
        ("/track.start x", []),
        ("/stats zzz", []),
        (f"/stats {'word ' * 1000}zzz", []),
    ],
)
async def test_commands_choices_and_videos_are_completed(bot, complete, typed, completed):
    bot.titles = {"v1": "cat on a piano", "v 2": "dog on a drum"}
    assert [line for line, *_ in await complete(typed)] == completed


async def test_a_completion_is_explained_without_control_characters(bot, complete):
    bot.titles = {"v1": "cat on a \x1b[31mpiano"}
    summary = next(each.summary for each in COMMANDS if each.name == "help")
    assert (await complete("/help"))[0][1:] == ("help", summary)
    assert await complete("/videos tikt") == [("/videos tiktok", "tiktok", "platform")]
    assert await complete("/stats cat on a") == [("/stats v1", "cat on a [31mpiano", "video")]


async def test_after_a_finished_word_every_choice_is_offered_again(complete):
    lines = [line for line, *_ in await complete("/videos tiktok ")]
    assert "/videos tiktok monitoring" in lines
    assert all(line.startswith("/videos tiktok ") for line in lines)


async def test_a_key_is_typed_hidden_and_stays_out_of_screen_and_history(bot, talk, tmp_path):
    history = tmp_path / "history"
    _, written = await talk(f"/connect\rcs_live_hidden_secret\r{CTRL_D}", history)
    assert bot.calls == [("connect", {"key": "cs_live_hidden_secret"})]
    assert "hidden_secret" not in written + history.read_text()


async def test_ctrl_c_at_the_hidden_prompt_links_nothing(bot, talk):
    code, _ = await talk(f"/connect\r{CTRL_C}{CTRL_D}")
    assert code == 0
    assert bot.calls == []


async def test_missing_arguments_are_requested_and_empty_ones_left_out(bot, talk):
    await talk(f"/digest on\r 09:00\rEurope/Berlin\r\rmovers skip\r\r{CTRL_D}")
    assert bot.calls == [
        (
            "digest",
            {
                "action": "on",
                "time": "09:00",
                "zone": "Europe/Berlin",
                "every": "",
                "show": "movers skip",
                "campaign": "",
            },
        )
    ]


async def test_ctrl_c_at_a_question_sends_nothing(bot, talk):
    await talk(f"/digest on\r09:00\r{CTRL_C}{CTRL_D}")
    assert bot.calls == []


@pytest.mark.parametrize(
    "line", ["/digest", "/digest off", "/digest on 09:00", "/digest on 25:00", "/track", "/connect cs_live_typed"]
)
async def test_complete_or_empty_commands_are_answered_at_once(bot, talk, line):
    await talk(f"{line}\r{CTRL_D}")
    assert len(bot.calls) == 1


async def test_tab_completes_the_last_word_at_a_question(bot):
    completer = ArgumentCompleter(bot, ConsoleOptions().caller, "digest", "show")
    found = completer.get_completions_async(Document("skip fl"), CompleteEvent())
    assert [(each.text, each.start_position) async for each in found] == [("flat", -2)]
