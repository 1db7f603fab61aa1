"""Commands in a message: names can be pressed, examples use Discord's options, and foreign text stays unchanged."""

import re

import pytest

from adapters.discord.mentions import with_commands
from adapters.discord.render import messages
from bot.commands.registry import COMMANDS
from bot.reply.model import Code, Paragraph, Reply, text
from tests.gallery import gallery

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
        "/track <link> 7": "`/track link:<link> days:7`",
    }.items(),
)
def test_commands_are_clickable_and_examples_use_options(code, words):
    assert shown(Code(code)) == words


def test_foreign_text_and_overlong_messages_stay_unchanged():
    assert "</track" not in shown("`/track` and `/digest on`")
    long = [piece for _ in range(190) for piece in (Code("/track"), " and ")]
    assert "</track" not in shown(*long, ids={"track": "1" * 20})


SENTENCES = {
    "Turn one on with /digest on 09:00 Europe/Berlin.": (
        "Turn one on with `/digest action:on time:09:00 zone:Europe/Berlin`."
    ),
    "Type /digest on 09:00 Europe/Berlin in the channel that should get it, or use /digest now to see one here.": (
        "Type `/digest action:on time:09:00 zone:Europe/Berlin` in the channel that should get it, "
        "or use `/digest action:now` to see one here."
    ),
    "Run /alerts on in a channel where I can post.": "Run `/alerts switch:on` in a channel where I can post.",
    "No filter called that. Try /videos error.": "No filter called that. Try `/videos status:error`.",
    "/help lists all commands.": "</help:7> lists all commands.",
    "Check /videos before you try again, or /usage.": "Check </videos:3> before you try again, or /usage.",
    "Your /track <link> 7 starts at once.": "Your `/track link:<link> days:7` starts at once.",
    "Use /videos and /help there.": "Use </videos:3> and </help:7> there.",
    "Try /leaderboard 7 days.": "Try /leaderboard 7 days.",
    "/alerts mute 8h silences them.": "`/alerts what:mute time:8h` silences them.",
    "/campaign archive launch puts it away.": "`/campaign campaign:launch action:archive` puts it away.",
    "For example: /campaign launch budget 50, or /campaign launch end 31 dec.": (
        "For example: `/campaign campaign:launch action:budget dollars:50`, or "
        "`/campaign campaign:launch action:dates end:31 dec`."
    ),
    "Name one, such as /allowance everyone 5.": "Name one, such as `/allowance who:everyone dollars:5`.",
    "/stats my cat shows it.": "/stats my cat shows it.",
    "See https://a.b/videos and and/videos.": "See https\\://a.b/videos and and/videos.",
    "A title “use /videos now” stays.": "A title “use /videos now” stays.",
    "There's no command /videoz.": "There's no command /videoz.",
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_command_in_a_sentence_is_clickable_or_shown_with_its_options(sentence):
    assert shown(sentence, ids={"videos": "3", "help": "7"}) == SENTENCES[sentence]


def test_no_typed_line_of_a_command_is_left_in_a_hint():
    """Discord has options where other chats have words."""
    left = re.compile(r"(?<![\w/`<:])/(?:digest (?:on|off|now)|alerts (?:on|off|balance)|videos [a-z]+ing)\b")
    for name, reply in gallery().items():
        for message in messages(reply):
            found = left.search(
                str(with_commands(message, dict.fromkeys((each.name for each in COMMANDS), "1")).components)
            )
            assert found is None, (name, found)
