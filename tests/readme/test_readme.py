"""The documents match the code. If a comparison fails, `make docs` updates them."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from adapters.__main__ import main
from adapters.page.document import CHATS
from bot.commands.registry import COMMANDS
from bot.domain.caller import Permission
from bot.reply.model import Tone
from bot.reply.plain import plain_spans
from tests.readme.parts import DOCS, ENV_EXAMPLE, PICTURE, README, ROOT, documents, env_example
from tests.readme.pictures import FOLDER, LINES, POSTS, SCALE, WIDTH
from tests.standins.environment import ANA, BEN, LINK, YOUTUBE, labels, rows

TEXT = README.read_text(encoding="utf-8")
PAGES = (README, *sorted(DOCS.glob("*.md")))


def test_the_settings_file_offers_every_setting():
    assert ENV_EXAMPLE.read_text(encoding="utf-8") == env_example()


def test_generated_tables_conversation_and_picture_are_current():
    found, picture = documents()
    for path, document in found.items():
        assert document == path.read_text(encoding="utf-8")
    committed, drawn = (np.asarray(Image.open(each).convert("RGB"), float) for each in (PICTURE, io.BytesIO(picture)))
    assert committed.shape == drawn.shape
    assert np.abs(committed - drawn).mean() < 1  # of 255: another processor may round a pixel differently


def test_every_mentioned_command_exists(capsys):
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:^|`)make ([a-z]+)", TEXT, re.MULTILINE))
    assert targets >= {"demo", "test", "check", "bench", "docs", "install"}
    assert targets <= set(re.findall(r"^([a-z]+):", rules, re.MULTILINE))
    written = "".join(page.read_text(encoding="utf-8") for page in (*PAGES, ROOT / "Procfile"))
    subcommands = set(re.findall(r"contentstats-bot ([a-z][a-z-]*)\b", written))
    assert subcommands >= {"console", "doctor", "manifest", "migrate", "rotate-keys", "run", "sandbox"}
    for subcommand in subcommands:
        with pytest.raises(SystemExit) as ended:
            main([subcommand, "--help"])
        assert ended.value.code == 0
        assert f"contentstats-bot {subcommand}" in capsys.readouterr().out


def test_the_layout_lists_exactly_the_cores_packages():
    packages = {each.parent.relative_to(ROOT).as_posix() for each in ROOT.glob("bot/*/__init__.py")}
    named = set(re.findall(r"\b(?:bot|adapters)/\w+", (DOCS / "how-it-works.md").read_text(encoding="utf-8")))
    assert packages <= named
    assert [name for name in named if not any(ROOT.glob(f"{name}*"))] == []


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize("name", [*LINES, *POSTS])
def test_every_picture_of_the_page_exists_and_is_small(chat, name):
    picture = (FOLDER / f"{chat}-{name}.png").read_bytes()
    assert Image.open(io.BytesIO(picture)).width == SCALE * WIDTH
    assert len(picture) < 150_000


async def test_the_first_lines_for_admins_and_campaigns_work(env):
    lines = re.findall(r"^(/.+?)(?:  .*)?$", TEXT, re.MULTILINE)
    assert len(lines) == 12
    for line in lines:
        reply = await env.say(line.replace("<links>", LINK))
        assert reply.tone is not Tone.PROBLEM, (line, reply.summary)


async def _first_lines(env, heading):
    block = TEXT.partition(f"### {heading}\n")[2].partition("```text\n")[2].partition("```")[0]
    for line in block.splitlines():
        assert (await env.say(line)).tone is Tone.SUCCESS, line


async def test_a_companys_careful_set_up_works_as_in_the_readme(env):
    await _first_lines(env, "Invite it into a company")
    member = replace(BEN, permissions=frozenset({Permission.LOOK, Permission.SPEND, Permission.STOP}))
    large = await env.say(f"/track {LINK} 30", member)
    assert "Ask for approval" in labels(large)
    assert "More than $10.00 at once needs approval." in large.summary
    await env.start(LINK, 7, member)
    assert "$17.48 left of your monthly allowance" in (await env.say(f"/track {YOUTUBE} 7", member)).summary
    assert "Low balance is below $25.00." in (await env.say("/alerts")).summary


async def test_a_communitys_careful_set_up_works_as_in_the_readme(env):
    await _first_lines(env, "Invite it into a community server")
    member = replace(ANA, permissions=frozenset({Permission.LOOK, Permission.SPEND, Permission.STOP}))
    card = await env.say(f"/track {LINK} 7", member)
    assert "Track 3 days · $1.08" in labels(card) or "Ask for approval" in labels(card)
    assert "$0.52 too much" in card.summary
    assert "Only admins can see money here" in (await env.say("/usage", member)).summary
    started = await env.start(LINK, 3, member)
    assert (started.tone, "$" in plain_spans(started.public_line)) == (Tone.SUCCESS, False)
    assert "In that channel" not in started.summary
    shared = [row for row in rows(await env.say("/allowance")) if row[1] == "$40.00 a month"]
    assert [row[2] for row in shared] == ["$1.08"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_linked_file_and_heading_exists(page):
    links = re.findall(r"\]\((?!https:)([^)]+)\)", page.read_text(encoding="utf-8"))
    for link in links:
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        assert not anchor or anchor in _anchors(target.read_text(encoding="utf-8")), link


def _anchors(document):
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_short_and_mentions_every_command_page_and_picture():
    assert len(TEXT.splitlines()) <= 250
    assert [each.name for each in COMMANDS if each.listed and f"`/{each.name}" not in TEXT] == []
    linked = set(re.findall(r"\]\(([^)#]+)", TEXT))
    assert {page.relative_to(ROOT).as_posix() for page in PAGES[1:]} <= linked
    assert {f"docs/pictures/{chat}-{name}.png" for chat in CHATS for name in [*LINES, *POSTS]} <= linked
