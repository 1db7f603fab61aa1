from adapters.discord.render import Message, messages, public_message
from bot.reply.call import Call
from bot.reply.model import (
    Button,
    Divider,
    File,
    LinkButton,
    Note,
    Paragraph,
    Picture,
    Reply,
    Tone,
    text,
)
from tests.discord_render.rendered import missing, read, sent
from tests.standins.discord_server.components import nested, validate


def problems(message: Message) -> list[str]:
    return validate(sent(message), attached=[file.name for file in message.files])


def kinds(message: Message) -> list[int]:
    return [each["type"] for each in message.components[0]["components"]]


def contents(message: Message) -> list[str]:
    return [each["content"] for each in nested(list(message.components)) if "content" in each]


def test_a_long_public_line_is_one_message_with_all_of_it():
    long = " ".join(f"word{number}" for number in range(350))
    message = public_message(text(long))
    assert problems(message) == []
    assert missing(long, (message,)) == []


def test_a_reply_is_ordered_title_summary_parts_actions():
    reply = Reply(
        "It costs $2.52.", title="Track?", parts=(Note(text("Old.")),), actions=(Button("Go", Call("usage")),)
    )
    (message,) = messages(reply)
    assert kinds(message) == [10, 10, 1]
    assert contents(message) == ["### Track?\nIt costs $2.52.", "-# Old."]


def test_each_tone_has_its_colour():
    heads = {tone: messages(Reply("Done.", tone=tone))[0] for tone in Tone}
    assert len({heads[tone].components[0]["accent_color"] for tone in Tone}) == 4


def test_an_oversized_picture_is_reported():
    (message,) = messages(Reply("", parts=(Picture("a.png", b"x" * (10 * 1024 * 1024 + 1), "It doubled."),)))
    assert (contents(message), message.files) == (["-# Picture: It doubled."], ())


NAMES = {
    "SPOILER_ä b.csv": "b.csv",
    "ä b.csv": "b-2.csv",
    "": "file",
    "…": "file-2",
    "x.csv": "x.csv",
    "../SPOILER_x y.png": "x-y.png",
    "../x y.png": "x-y-2.png",
    "b.csv": "b-3.csv",
}


def test_files_are_sent_under_a_name_that_discord_keeps():
    files = tuple(File(name, b"1", "text/csv", "9 rows") for name in NAMES)
    (message,) = messages(Reply("Here.", files=files))
    assert [file.name for file in message.files] == list(NAMES.values())
    assert problems(message) == []
    assert "File ä b.csv: 9 rows" in read(message.components)


def test_more_than_ten_files_go_in_several_messages():
    files = tuple(File(f"{number}.csv", b"1", "text/csv", "rows") for number in range(12))
    found = messages(Reply("Here.", files=files))
    assert [len(message.files) for message in found] == [10, 2]
    assert all(problems(message) == [] for message in found)


def test_a_link_that_cannot_be_a_button_is_text():
    (message,) = messages(Reply("See.", actions=(LinkButton("Docs", "http://example.org"),)))
    assert "Docs: http://example.org" in read(message.components)
    assert kinds(message) == [10, 10]


def test_a_divider_is_a_separator():
    (message,) = messages(Reply("One.", parts=(Divider(), Paragraph(text("Other.")))))
    assert kinds(message) == [10, 14, 10]
