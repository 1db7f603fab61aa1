"""Commands in a message: a name can be pressed, an example has Discord's options, and foreign text stays as it is."""

import pytest

from adapters.discord.mentions import with_commands
from adapters.discord.render import messages
from bot.reply.model import Code, Paragraph, Reply, text

IDS = {"track": "123", "digest": "456"}


def shown(*pieces, ids=IDS):
    (message,) = messages(Reply("Summary.", parts=(Paragraph(text(*pieces)),)))
    (card,) = with_commands(message, ids).components
    return card["components"][-1]["content"].removeprefix("Summary.\n")


@pytest.mark.parametrize(
    ("code", "words"),
    {
        "/track": "</track:123>",
        "/usage": "`/usage`",
        "/nonsense": "`/nonsense`",
        "/digest on 09:00 Europe/Berlin": "`/digest action:on time:09:00 zone:Europe/Berlin`",
        "/alerts balance 10": "`/alerts what:balance dollars:10`",
        '/compare "cat on a piano" vs "dog"': "`/compare video:cat on a piano video2:dog`",
        "/track <link> [link …] [days]": "`/track <link> [link …] [days]`",
        "/export all": "`/export campaign:all`",
    }.items(),
)
def test_a_command_is_pressed_and_an_example_has_options(code, words):
    assert shown(Code(code)) == words


def test_foreign_text_and_a_message_that_would_be_too_long_stay_as_they_are():
    assert "</track" not in shown("`/track` and `/digest on`")
    long = [piece for _ in range(190) for piece in (Code("/track"), " and ")]
    assert "</track" not in shown(*long, ids={"track": "1" * 20})
