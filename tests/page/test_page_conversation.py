import asyncio
import html
import json
import re

import pytest

from adapters.page import document
from adapters.page.document import CHATS
from adapters.page.timeline import MAX_MESSAGES, Message, PagePoster, Timeline
from bot.delivery.poster import ChannelRef
from bot.reply.model import Reply, text
from tests.drawings.reader import MESSAGE, Reader
from tests.examples import NOW, every_part
from tests.standins.environment import LINK

HERE = ChannelRef("console", "acme", "C-general")


async def read(client, enough, *, chat="slack", last="0"):
    """The events after the last one that was read, until there are `enough`."""
    found = []
    asked = client.stream("GET", f"/events?chat={chat}&after=0", headers={"Last-Event-ID": last})
    async with asyncio.timeout(60), asked as stream:
        async for line in stream.aiter_lines():
            if line.startswith("id: "):
                last = line.removeprefix("id: ")
            if line.startswith("data: "):
                found.append({"last": last, **json.loads(line.removeprefix("data: "))})
            if enough(found):
                return found
    return found


def words(markup):
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))


def pressable(markup, label):
    """The data that the button of a label sends."""
    found = next(each for each in re.finditer(r"<button[^>]*data-press([^>]*)>([^<]*)", markup) if label in each[2])
    return {name: html.unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', found[1])}


@pytest.mark.parametrize("chat", CHATS)
async def test_pressing_the_rendered_button_tracks_a_link(env, client, chat):
    await client.post(f"/line?chat={chat}", json={"line": f"/track {LINK} 7"})
    (*_, card) = await read(client, lambda found: found and "$2.52" in words(found[-1]["html"]), chat=chat)
    assert f"you used /track {LINK} 7" in " ".join(words(card["html"]).split())
    assert document.PRIVATE[chat] in card["html"]
    sent = {"message": card["id"], **pressable(card["html"], "Track 7 days")}
    await client.post(f"/press?chat={chat}", json=sent)
    (*_, public) = await read(
        client, lambda found: found and document.PRIVATE[chat] not in found[-1]["html"], chat=chat, last=card["last"]
    )
    assert "Ana started tracking" in words(public["html"])
    assert env.posts() == 1
    await client.post(f"/press?chat={chat}", json=sent)
    assert env.trackings() == 1


@pytest.mark.parametrize("chat", CHATS)
async def test_a_card_that_redraws_itself_stays_one_message(env, client, chat):
    await env.start()
    await client.post(f"/line?chat={chat}", json={"line": "/usage"})
    (*_, card) = await read(client, lambda found: found and "Refresh" in found[-1]["html"], chat=chat)
    sent = {"message": card["id"], **pressable(card["html"], "Refresh")}
    await client.post(f"/press?chat={chat}", json=sent)
    (again,) = await read(client, bool, chat=chat, last=card["last"])
    assert again["id"] == card["id"]
    assert "you used /usage" in " ".join(words(again["html"]).split())


async def test_a_form_shows_errors_and_sends_its_values(client):
    opened = (await client.post("/line", json={"line": "/track"})).json()["form"]
    form = re.search(r'data-form="(\d+)"', opened)[1]
    wrong = await client.post("/form", json={"form": form, "given": {"link": ["cats"], "days": ["3"]}})
    assert "link" in wrong.json()["wrong"]
    right = await client.post("/form", json={"form": form, "given": {"link": [LINK], "days": ["3"]}})
    assert right.json() == {"wrong": {}}
    (*_, card) = await read(client, lambda found: found and "$1.08" in words(found[-1]["html"]))
    assert "Track this video?" in words(card["html"])


async def test_a_typed_key_is_never_shown(page, client):
    opened = (await client.post("/line", json={"line": "/connect cs_test_secret"})).json()["form"]
    assert "API key" in words(opened)
    assert "cs_test_secret" not in opened + (await client.get("/")).text
    assert page.chat.timeline.messages == ()


@pytest.mark.parametrize("chat", CHATS)
async def test_a_file_can_be_downloaded_and_a_picture_has_alt_text(env, client, chat):
    await env.start()
    env.clock.advance(hours=30)
    await client.post(f"/line?chat={chat}", json={"line": f"/stats {LINK}"})
    (*_, card) = await read(client, lambda found: found and "<img" in found[-1]["html"], chat=chat)
    address, finding = re.search(r'<img src="([^"]+)" alt="([^"]+)"', card["html"]).groups()
    assert "Views grew from" in finding
    assert (await client.get(address)).content.startswith(b"\x89PNG")
    await client.post(f"/line?chat={chat}", json={"line": "/export all"})
    (*_, card) = await read(client, lambda found: found and 'class="file"' in found[-1]["html"], chat=chat)
    file = await client.get(re.search(r'href="(/files/[^"]+\.csv)" download', card["html"])[1])
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''contentstats-")
    assert file.text.count("\n") > 20


async def test_posts_arrive_and_a_broken_connection_loses_none(page, client, clock):
    poster = PagePoster(page.chat.timeline, clock)
    posted = await poster.post(HERE, Reply("One."), "1")
    (first,) = await read(client, bool)
    await poster.post(await poster.direct("acme", "U-ana"), Reply("Two."), "2")
    await poster.edit(HERE, posted.message_id, Reply("One, changed."))
    missed = await read(client, lambda found: len(found) == 2, last=first["last"])
    assert [words(each["html"]).split()[-1] for each in missed] == ["Two.", "changed."]
    assert [document.PRIVATE["slack"] in each["html"] for each in missed] == [True, False]
    assert missed[1]["id"] == first["id"]
    assert missed[0]["says"].endswith("Two.")
    reloaded = (await client.get("/")).text
    assert "Two." in reloaded
    assert "One, changed." in reloaded


async def test_input_is_completed_and_home_is_shown(env, client):
    await env.start()
    commands = (await client.get("/complete?before=/us")).json()
    assert [each["text"] for each in commands] == ["usage "]
    videos = (await client.get("/complete?before=/stats stead")).json()
    assert [(each["replaces"], each["about"]) for each in videos] == [(5, "video")]
    assert "1 running video" in words((await client.get("/home")).text)


@pytest.mark.parametrize("chat", CHATS)
def test_hostile_text_is_not_markup(chat):
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    reply = every_part(evil, f"https://example.org/{evil}")
    shown = Message("1", NOW, reply=reply, typed=evil, is_private=True)
    for each in (shown, Message("2", NOW, line=text(evil)), Message('3"', NOW, note=evil)):
        reader = Reader()
        reader.feed(document.message(chat, each))
        assert reader.tags <= MESSAGE
    whole = document.channel(chat, document.Frame(evil, evil, evil, (evil,)), (shown,), 1, evil)
    assert "<script>" not in whole
    assert "<img src=x" not in whole


async def test_the_oldest_messages_are_dropped_first():
    timeline = Timeline()
    for number in range(MAX_MESSAGES + 2):
        timeline.put(Message(str(number), NOW))
    assert [len(timeline.messages), timeline.messages[0].id, timeline.get("1")] == [MAX_MESSAGES, "2", None]
