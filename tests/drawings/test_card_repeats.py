"""No card states a fact twice: its title, summary, fields and files share no number and no name.

A number counts with its unit, so "7 days" isn't "7 videos"; a name is a video's, a person's or a title of several
words. Help shows examples, not facts.
"""

import re
from itertools import combinations

from bot.messages.wording import name_of
from bot.reply.model import Fields
from bot.reply.plain import plain_cell
from bot.reply.text import visible
from tests.every_reply import on_every_reply
from tests.examples import ANA, TITLES, video

NAMES = {*(visible(name_of(video(number))) for number in range(len(TITLES))), visible(ANA.name)}
NUMBER = re.compile(r"([$+−]*)(\d[\d,.:]*(?<![,.:]))([%kM]?)\s*([^\W\d_]*)")


def facts(text: str, names: set[str]) -> set[str]:
    """The numbers with their units, and the names, in a text."""
    text = visible(text)
    found = {name for name in names if name in text}
    for name in sorted(found, key=len, reverse=True):
        text = text.replace(name, "")
    for sign, number, size, unit in NUMBER.findall(text):
        is_exact = sign or size or "." in number
        found.add(f"{number}{size}" if is_exact else f"{number} {unit}")
    return found


def repeated(reply) -> set[str]:
    """The facts in two of the card's places."""
    fields = [field for part in reply.parts if isinstance(part, Fields) for field in part.fields]
    files = [file.description for file in reply.files]
    places = [reply.title, reply.summary, *(f"{field.name}: {plain_cell(field.value)}" for field in fields), *files]
    names = NAMES | ({visible(reply.title)} if " " in reply.title else set())
    return {fact for one, other in combinations(places, 2) for fact in facts(one, names) & facts(other, names)}


@on_every_reply
def test_title_summary_fields_and_files_share_no_fact(name, reply):
    assert name.startswith("help.") or repeated(reply) == set()
