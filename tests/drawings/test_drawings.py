import pytest

from adapters.page.elements import Run, Size
from bot.reply.call import Call
from bot.reply.model import Align, Bold, Button, Code, Column, Link, Note, Paragraph, Reply, Table, Tone, text
from bot.reply.text import visible
from tests.drawings.document import message, page
from tests.drawings.measure import lines_of
from tests.drawings.reader import DOCUMENT, MESSAGE, Reader
from tests.drawings.render import CHATS, cards
from tests.every_reply import on_every_reply


@pytest.mark.parametrize("chat", CHATS)
@on_every_reply
def test_every_reply_is_drawn_and_no_title_becomes_markup(chat, name, reply):
    reader = Reader()
    reader.feed(page(name, message(cards(chat, reply), chat, "dark")))
    assert reader.tags <= MESSAGE | DOCUMENT
    assert "".join(name.split()) in "".join(reader.words.split())


@pytest.mark.parametrize("chat", CHATS)
def test_text_is_drawn_as_written(chat):
    hostile = "*b* <!channel> [x](https://evil.example) & `c`"
    link = Link("Cats", "https://example.org/cats")
    parts = (Paragraph(text("See ", link, ". ", Bold(hostile), " and ", Code("/stats"))), Note(text("As of 09:30.")))
    (card,) = cards(chat, Reply("23 views.", title=hostile, parts=parts))
    lines = ["".join(run.text for run in line) for words in card.elements for line in words.lines]
    assert [visible(line).replace("\u200b", "").replace("\u2060", "") for line in lines] == [
        hostile,
        "23 views.",
        f"See Cats. {hostile} and /stats",
        "As of 09:30.",
    ]
    runs = [run for words in card.elements for line in words.lines for run in line]
    command = Run("/stats", is_code=True) if chat == "slack" else Run("/stats", command="/stats")
    assert [run for run in runs if run.url or run.is_code or run.command] == [Run("Cats", url=link.url), command]


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize("title", ["", "Cats"])
def test_the_emphasis_of_a_summary_is_bold_and_no_word_is_lost(chat, title):
    reply = Reply("1,035 *views* · +705 · $3.68 short.", title, tone=Tone.WARNING, strong=("1,035 *views*", "$3.68"))
    (card,) = cards(chat, reply)
    ((*_, runs),) = [words.lines for words in card.elements if words.size is Size.BODY]
    drawn = "".join(run.text for run in runs).replace("\N{NO-BREAK SPACE}", " ")
    assert drawn == f"{'' if title else '⚠️ '}{reply.summary}"
    assert "".join(run.text for run in runs if run.is_bold) == "".join(reply.strong)


@pytest.mark.parametrize("chat", CHATS)
def test_lines_are_counted_as_a_phone_breaks_them(chat):
    sentence = "Tracking pauses in 21 hours. $3.10 left; add $14.21 to let all 12 videos finish."
    names = ("Refresh", "Gains", "Details", "Post here")
    buttons = tuple(Button(name, Call("stats", {"video": name})) for name in names)
    columns = (Column("Video"), Column("Views", Align.RIGHT))
    table = Table("Videos", columns, tuple((text(f"video {at}"), text("1,035")) for at in range(5)))
    counted = [
        sum(map(lines_of, cards(chat, reply)))
        for reply in (
            Reply(sentence),
            Reply(sentence, actions=buttons[:3]),
            Reply(sentence, actions=buttons),
            Reply("5.", parts=(table,)),
        )
    ]
    assert counted == [3, 4, 5, 8]
