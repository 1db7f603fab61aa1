"""The page in Chromium, used by keyboard and mouse."""

import shutil
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import expect

from adapters.page.document import CHATS, PRIVATE
from adapters.page.timeline import PagePoster
from bot.delivery.poster import ChannelRef
from bot.reply.call import Call
from bot.reply.model import Align, Button, Column, Link, Paragraph, Reply, Table, text
from tests.page.conftest import served
from tests.standins.browser import browser
from tests.standins.environment import LINK, STOP, HandClock, environment_of, sandbox_of
from tests.standins.folders import quick_folder, temporary
from tests.standins.relay import Relay

pytestmark = pytest.mark.asyncio(loop_scope="module")

expect.set_options(timeout=30_000)  # milliseconds, for a machine that is busy
HERE = ChannelRef("console", "acme", "C-general")
PHONE = {"width": 360, "height": 740}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def chromium():
    async with browser() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def env(sqlite_template):
    """One bot for all these tests; its account has eight videos with a past."""
    clock = HandClock()
    with temporary(quick_folder()) as folder:
        url = f"sqlite:///{shutil.copy(sqlite_template, folder / 'bot.db')}"
        async with sandbox_of(clock, seed_demo=True) as sandbox, environment_of(sandbox, clock, url) as env:
            await env.say("/videos")
            yield env


@pytest_asyncio.fixture(loop_scope="module")
async def page(env):
    async with served(env.bot, env.clock) as page:
        yield page


@asynccontextmanager
async def tab_of(chromium, page, **options):
    """A tab in a new browser context; any error in it fails the test."""
    context = await chromium.new_context(**options)
    tab = await context.new_page()
    failures = []
    tab.on("pageerror", lambda error: failures.append(str(error)))
    tab.on("console", lambda message: message.type == "error" and failures.append(message.text))
    tab.failures = failures
    await tab.goto(page.address)
    yield tab
    await context.close()
    assert failures == []


@pytest_asyncio.fixture(loop_scope="module")
async def tab(chromium, page):
    async with tab_of(chromium, page) as tab:
        yield tab


def last(tab):
    """The newest message."""
    return tab.locator("#messages > li").last


async def say(tab, line, shows):
    """Type a line, and wait until the newest message shows some words."""
    await tab.fill("#line", line)
    await tab.press("#line", "Enter")
    await expect(last(tab)).to_contain_text(shows)


async def focused(tab):
    """The text of the focused element."""
    return await tab.evaluate("document.activeElement.textContent")


async def walk(tab, key, words):
    """Press a key until the focused element begins with these words."""
    for _ in range(60):
        await tab.keyboard.press(key)
        if (await focused(tab)).startswith(words):
            return
    raise AssertionError(f"{words} can't be reached with {key}")


@pytest.mark.parametrize("chat", CHATS)
async def test_a_video_is_tracked_with_the_keyboard_alone(env, page, tab, chat):
    await tab.goto(f"{page.origin}/?chat={chat}")
    trackings = env.trackings()
    await tab.keyboard.type(f"/track {LINK[:-1]}{CHATS.index(chat)} 3")
    await tab.keyboard.press("Enter")
    await expect(last(tab)).to_contain_text("$1.08")
    await expect(last(tab)).to_contain_text(PRIVATE[chat])
    await walk(tab, "Shift+Tab", "Another length")
    await tab.keyboard.press("Enter")
    await tab.keyboard.press("ArrowDown")
    assert (await focused(tab)).startswith("1 day")
    await tab.keyboard.press("Escape")
    assert (await focused(tab)).startswith("Another length")
    await walk(tab, "Shift+Tab", "Track 3 days")
    await tab.keyboard.press("Enter")
    await expect(last(tab)).to_contain_text("Ana started tracking")
    assert env.trackings() == trackings + 1
    assert await tab.evaluate("document.activeElement.closest('.message') !== null"), "the focus was lost"


async def test_commands_and_titles_are_completed(tab):
    await tab.keyboard.type("/st")
    options = tab.locator("#completions li")
    await expect(options.first).to_contain_text("/stats")
    await tab.keyboard.press("Tab")
    await expect(tab.locator("#line")).to_have_value("/stats ")
    await expect(options.nth(7)).to_contain_text("video")
    await tab.keyboard.type("sink")
    await expect(options).to_have_count(1)
    await tab.keyboard.press("ArrowDown")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await tab.keyboard.press("Enter")
    await tab.keyboard.press("Enter")
    await expect(last(tab)).to_contain_text("kitchen sink")
    picture = last(tab).locator("img")
    await expect(picture).to_be_visible()
    assert "grew" in await picture.get_attribute("alt")
    assert await picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0


@pytest.mark.parametrize("chat", CHATS)
async def test_a_form_is_filled_in_and_sent(page, tab, chat):
    await tab.goto(f"{page.origin}/?chat={chat}")
    await tab.keyboard.type("/track")
    await tab.keyboard.press("Escape")
    await tab.keyboard.press("Enter")
    form = tab.get_by_role("dialog")
    await expect(form.get_by_label("Link")).to_be_focused()
    if chat == "slack":  # only Slack keeps a form open
        await tab.keyboard.type("cats")
        await form.get_by_role("button", name="Show the price").click()
        await expect(form.locator("#wrong-link")).to_contain_text("link")
        await expect(form.get_by_label("Link")).to_be_focused()
    await form.get_by_label("Link").fill(LINK)
    await form.get_by_label("Days").fill("3")
    await tab.keyboard.press("Tab")
    await form.get_by_role("button").last.click()
    await expect(form).to_be_hidden()
    await expect(last(tab)).to_contain_text("$1.08")


async def test_a_menu_of_suggestions_sends_the_chosen_video(tab):
    await tab.keyboard.type("/stats")
    await tab.keyboard.press("Escape")
    await tab.keyboard.press("Enter")
    form = tab.get_by_role("dialog")
    await expect(form.get_by_role("combobox")).to_be_focused()
    await tab.keyboard.type("sink")
    await expect(form.get_by_role("option")).to_have_count(1)
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Enter")
    await tab.keyboard.press("Enter")
    await expect(form).to_be_hidden()
    await expect(last(tab).get_by_role("heading")).to_contain_text("kitchen sink")


async def test_a_file_is_saved(env, tab):
    await env.say("/stats kitchen sink")
    await say(tab, "/export kitchen sink", "contentstats")
    async with tab.expect_download() as download:
        await last(tab).locator("a.file").click()
    saved = await download.value
    assert saved.suggested_filename.endswith(".csv")


async def test_a_post_is_announced_without_taking_the_focus(env, page, tab):
    poster = PagePoster(page.chat.timeline, env.clock)
    await tab.keyboard.type("/vid")
    await poster.post(HERE, Reply("Tracking pauses in 21 hours.", "Low balance"), "1")
    await expect(last(tab)).to_contain_text("Tracking pauses in 21 hours.")
    await expect(tab.locator("#status")).to_have_text("ContentStats: Low balance Tracking pauses in 21 hours.")
    await expect(tab.locator("#line")).to_be_focused()
    await expect(tab.locator("#line")).to_have_value("/vid")


async def test_the_conversation_survives_a_reload_and_a_change_of_style(tab):
    await say(tab, "/usage", "available")
    before = await last(tab).get_by_role("button", name="Refresh").element_handle()
    await walk(tab, "Shift+Tab", "Refresh")
    await tab.keyboard.press("Enter")
    await before.wait_for_element_state("hidden")
    assert await focused(tab) == "Refresh"
    await tab.reload()
    await expect(last(tab)).to_contain_text("available")
    await tab.get_by_role("link", name="Discord").click()
    await expect(last(tab)).to_contain_text(PRIVATE["discord"])
    await tab.reload()
    await expect(tab.get_by_role("link", name="Discord")).to_have_attribute("aria-current", "true")


async def test_a_dropped_connection_loses_nothing(chromium, env, page):
    poster = PagePoster(page.chat.timeline, env.clock)
    async with Relay(page.port) as relay, tab_of(chromium, replace(page, port=relay.port)) as tab:
        await poster.post(HERE, Reply("Before."), "1")
        await expect(last(tab)).to_contain_text("Before.")
        await relay.cut()
        await expect(tab.get_by_text("Connection lost. Reconnecting")).to_be_visible()
        await poster.post(HERE, Reply("Meanwhile."), "2")
        await tab.fill("#line", "/usage")
        await tab.press("#line", "Enter")
        await expect(tab.get_by_role("alert")).to_contain_text("didn't reach the bot")
        await expect(tab.locator("#line")).to_have_value("/usage")
        await relay.join()
        await expect(last(tab)).to_contain_text("Meanwhile.")
        await expect(tab.get_by_text("Connection lost. Reconnecting")).to_be_hidden()
        await expect(tab.locator("#messages > li")).to_have_count(2)
        tab.failures.clear()  # Chromium logs each connection that failed


@pytest.mark.parametrize(("chat", "theme"), [("slack", "light"), ("discord", "dark")])
async def test_a_phone_shows_everything_without_scrolling_sideways(chromium, page, chat, theme):
    async with tab_of(chromium, page, viewport=PHONE, color_scheme=theme) as tab:
        await tab.goto(f"{page.origin}/?chat={chat}")
        for line, shows in (
            ("/videos", "kitchen sink"),
            (f"/track {LINK} 7", "$2.52"),
            ("/stats kitchen sink", "views"),
        ):
            await say(tab, line, shows)
        await last(tab).locator("img").wait_for()
        assert await tab.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert await tab.evaluate("document.querySelector('.scroll').scrollWidth") == PHONE["width"]
        outside = "[...document.querySelectorAll('button, summary, img, p, input')].filter(each => { const box ="
        outside += " each.getBoundingClientRect(); return !each.closest('.grid, .hidden') && box.right > 360; }).length"
        assert await tab.evaluate(outside) == 0
        red, green, blue = await tab.evaluate(
            "getComputedStyle(document.querySelector('main')).backgroundColor.match(/\\d+/g).map(Number)"
        )
        assert (max(red, green, blue) < 80) == (theme == "dark")


async def test_light_and_dark_can_be_switched_and_stay(tab):
    background = "getComputedStyle(document.body).backgroundColor"
    light = await tab.evaluate(background)
    await tab.get_by_role("button", name="Light or dark").click()
    dark = await tab.evaluate(background)
    await tab.reload()
    assert light != dark == await tab.evaluate(background)


async def test_a_new_message_changes_no_other(env, page, tab):
    poster = PagePoster(page.chat.timeline, env.clock)
    button = (Button("Refresh", Call("usage", in_place=True)),)
    for number in range(199):
        await poster.post(HERE, Reply(f"Number {number}.", actions=button), str(number))
    await tab.reload()
    await expect(tab.locator("#messages > li")).to_have_count(199)
    await expect(last(tab)).to_be_in_viewport()
    await tab.evaluate(
        "window.touched = []; new MutationObserver(found => touched.push(...found.map(each => each.target.id)))"
        ".observe(document.body, {childList: true, subtree: true})"
    )
    await poster.post(HERE, Reply("Number 199."), "199")
    await expect(last(tab)).to_contain_text("Number 199.")
    await expect(last(tab)).to_be_in_viewport()
    assert await tab.evaluate("[...new Set(touched)].sort()") == ["messages", "status"]


async def test_a_dangerous_button_asks_first_and_home_shows_the_reply(env, page, tab):
    await say(tab, "/stop grandmother", "Stop")
    await last(tab).get_by_role("button", name="Stop").click()
    question = tab.get_by_role("dialog")
    await expect(question).to_contain_text("This can't be undone.")
    await tab.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    assert env.posts(STOP) == 0
    await last(tab).get_by_role("button", name="Stop").click()
    await question.get_by_role("button", name="Yes").click()
    await expect(last(tab)).to_contain_text("stopped")
    assert env.posts(STOP) == 1
    await tab.goto(f"{page.origin}/home")
    await tab.get_by_role("button", name="Wallet").click()
    await expect(last(tab)).to_contain_text("available")


async def test_a_long_table_can_be_sorted_and_paged(env, page, tab):
    rows = tuple((text(f"video {number:02}"), text(f"{number * 37 % 1000}")) for number in range(25))
    table = Table("Videos", (Column("Video"), Column("Views", Align.RIGHT)), rows)
    await PagePoster(page.chat.timeline, env.clock).post(HERE, Reply("25 videos.", parts=(table,)), "1")
    shown = last(tab).locator("tbody tr:visible")
    await expect(shown).to_have_count(10)
    await last(tab).get_by_role("button", name="Next page").click()
    await expect(shown.first).to_contain_text("video 10")
    await last(tab).get_by_role("button", name="Views").click()
    await expect(shown.first).to_contain_text("888")
    await expect(last(tab).get_by_role("columnheader", name="Views")).to_have_attribute("aria-sort", "descending")


@pytest.mark.parametrize("chat", CHATS)
async def test_a_screen_reader_finds_a_name_for_everything(page, tab, chat):
    await tab.goto(f"{page.origin}/?chat={chat}")
    await say(tab, "/stats kitchen sink", "views")
    await last(tab).locator("img").wait_for()
    await tab.keyboard.type("/digest")
    await tab.keyboard.press("Escape")
    await tab.keyboard.press("Enter")
    for opens in (True, False):
        if opens:
            await expect(tab.get_by_role("dialog")).to_be_visible()
        else:
            await tab.keyboard.press("Escape")
        session = await tab.context.new_cdp_session(tab)
        nodes = (await session.send("Accessibility.getFullAXTree"))["nodes"]
        seen = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
        named = {"button", "link", "textbox", "combobox", "checkbox", "InputTime", "image", "article", "dialog"}
        assert [role for role, name in seen if role in named and not name.strip()] == []
        roles = {role for role, _ in seen}
        wanted = {"dialog", "checkbox"} if opens else {"main", "navigation", "status", "article"}
        assert wanted - roles == set()


async def test_a_hostile_title_runs_nothing(env, page, tab):
    evil = "<img src=x onerror='window.ran=1'><script>window.ran=1</script>&lt;b&gt;"
    reply = Reply(evil, evil, (Paragraph(text(Link(evil, "https://example.org/?a=\"onclick='ran=1'"))),))
    await PagePoster(page.chat.timeline, env.clock).post(HERE, reply, "1")
    await expect(last(tab)).to_contain_text("<script>window.ran=1</script>&lt;b&gt;")
    await tab.reload()
    await expect(last(tab)).to_contain_text("<script>")
    assert await tab.evaluate("window.ran") is None
    assert await last(tab).locator("script, img").count() == 0
