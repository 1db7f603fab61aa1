"""Lines in plain words: the command each leads to, and which are only offered or never guessed."""

import pytest

from bot.commands.lines import nearest, nearest_line, read_line
from bot.commands.registry import by_name
from bot.domain.caller import Permission
from bot.reply.call import Call
from tests.standins.environment import ANA, LINK, YOUTUBE, environment_of, labels

READ = {
    "/usage": "/usage",
    "USAGE": "/usage",
    "contentstats /usage": "/usage",
    "contentstats": "/help",
    "please show me the stats of kitchen sink": "/stats of kitchen sink",
    "can you stop the osaka video": "/stop the osaka video",
    "stats 3": "/stats 3",
    "@ada.lovelace": "/stats @ada.lovelace",
    LINK: f"/track {LINK}",
    f"cancel {LINK}": f"/stats {LINK}",
    f"trak {LINK} 7": f"/track {LINK} 7",
    f"look at this {LINK}": f"/track look at this {LINK}",
    f"please start tracking {LINK} for the next 2 weeks": f"/track please {LINK} for the next 2 weeks",
    f"track this {LINK}": f"/track this {LINK}",
    "stop it please": "/stop",
    "how do I stop a video": "/stop",
    "set up a weekly report on fridays": "/set up a weekly report on fridays",
    f"how much would {LINK} cost for a week?": f"/track how would {LINK} for a week?",
    f"how is {LINK} doing?": f"/stats {LINK}",
    f"what are the views of {LINK} and {YOUTUBE}": f"/compare {LINK} {YOUTUBE}",
    "how much money is left?": "/usage",
    "what did we spend this week": "/usage",
    "best videos": "/videos count",
    "what's trending on tiktok": "/videos count tiktok",
    "which videos are growing fastest": "/videos change_24h",
    "show my running youtube videos": "/videos running youtube",
    "how are my videos doing": "/videos",
    "how many views does Kitchen Sink have?": "/stats Kitchen Sink",
    "csv": "/export",
    "download everything as excel": "/export",
    "get me a csv of kitchen sink": "/export kitchen sink",
    "osaka vs tomatoes": "/compare osaka vs tomatoes",
    "what is the difference between osaka and tomatoes": "/compare osaka and tomatoes",
    "is everything working?": "/status",
    "hello": "/help",
    "?": "/help",
    f"/ track {LINK}": f"/track {LINK}",
    "what can you do": "/help",
    "xyzzy plugh": "/xyzzy plugh",
    "/best": "/best",
    "mute alerts for an hour": "/mute alerts for an hour",
    "quit tracking kitchen sink": "/quit tracking kitchen sink",
    "top creators this week": "/leaderboard top creators this week",
    "rank creators": "/leaderboard creators",
    "show tiktok videos sorted by growth": "/videos tiktok growth",
    "which are deleted": "/videos error",
    "the second one": "/stats second",
    "#2": "/stats #2",
    f"is {LINK} still growing?": f"/stats {LINK}",
    f"put {LINK} into launch": f"/track {LINK} in launch",
    "campaigns": "/campaign",
    "good morning": "/help",
    "worst video": "/videos lowest",
    "least viewed tiktok videos": "/videos lowest tiktok",
    "which clips are the flops": "/videos lowest",
    "slowest videos": "/videos slowest",
    "which videos are not growing": "/videos slowest",
    "which videos aren't popular": "/videos lowest",
    "what isn't performing well": "/videos lowest",
    "which videos are not running": "/videos",
    "views yesterday": "/leaderboard yesterday",
    "what did we gain yesterday?": "/leaderboard yesterday",
    "what happened yesterday": "/leaderboard yesterday",
    "best creators yesterday": "/leaderboard creators yesterday",
    "tiktok views last night": "/leaderboard tiktok yesterday",
    "how many views did Kitchen Sink get yesterday": "/stats Kitchen Sink",
    "what did we spend yesterday": "/usage",
    "add $50 to my balance": "/usage",
    "how do i start": "/help",
    "is there a tutorial?": "/help",
}


def _filled(words: str, **given: str) -> tuple[str, Call]:
    """A guess about the campaign launch."""
    return f"/campaign {words}", Call("campaign", {"campaign": "launch", **given})


GUESSED = {
    "usag": ("/usage", Call("usage")),
    "/vidoes tiktok": ("/videos tiktok", Call("videos", {"platform": "tiktok"})),
    "mute alerts for an hour": ("/alerts mute for an hour", Call("alerts", {"what": "mute", "time": "1hour"})),
    "give me a report": ("/digest", Call("digest")),
    "weekly summary on monday at 9am Berlin": (
        "/digest weekly on monday at 9am Berlin",
        Call("digest", {"action": "on", "time": "09:00", "zone": "Europe/Berlin", "every": '"monday"'}),
    ),
    "quit tracking kitchen sink": ("/stats kitchen sink", Call("stats", {"video": "kitchen sink"})),
    "give me a summary now": ("/digest now", Call("digest", {"action": "now"})),
    "set up a weekly report on fridays": (
        "/digest weekly on fridays",
        Call("digest", {"action": "on", "every": '"friday"'}),
    ),
    "be quiet for 8 hours": ("/alerts mute for 8 hours", Call("alerts", {"what": "mute", "time": "8hours"})),
    "warn me below $10,50": ("/alerts balance $10,50", Call("alerts", {"what": "balance", "dollars": "10.50"})),
    "warn me when less than €10 is left": ("/alerts", Call("alerts")),
    "add street food to launch": _filled("add street food to launch", action="add", videos="street food"),
    "can you put the osaka video in launch": _filled(
        "add the osaka video to launch", action="add", videos="the osaka video"
    ),
    "remove osaka from launch": _filled("remove osaka from launch", action="remove", videos="osaka"),
    "take osaka out of launch": _filled("remove osaka from launch", action="remove", videos="osaka"),
    "rename launch to summer": _filled("rename launch to summer", action="rename", name="summer"),
    "who may spend": ("/allowance", Call("allowance")),
    "who can see money?": ("/allowance", Call("allowance")),
    "who is allowed to approve": ("/allowance", Call("allowance")),
    "am I allowed to track videos": ("/allowance", Call("allowance")),
    "permissions": ("/allowance", Call("allowance")),
    "views last week": ("/leaderboard 7d", Call("leaderboard")),
    "what happened on friday": ("/leaderboard 7d", Call("leaderboard")),
    "top creators last month": (
        "/leaderboard creators month",
        Call("leaderboard", {"by": "creators", "period": "month"}),
    ),
    "how do I start tracking a video?": ("/help track", Call("help", {"command": "track"})),
    "how do i pay the creators": ("/payout", Call("payout")),
    "remove my key": ("/help disconnect", Call("help", {"command": "disconnect"})),
    "how can I change the api key": ("/help connect", Call("help", {"command": "connect"})),
    "can i delete everything": ("/help disconnect", Call("help", {"command": "disconnect"})),
    "is there a report every day?": ("/digest every day", Call("digest", {"every": '"daily"'})),
    "delete kitchen sink": ("/stats kitchen sink", Call("stats", {"video": "kitchen sink"})),
}


@pytest.mark.parametrize(("typed", "line"), READ.items())
def test_a_line_leads_to_its_command(typed, line):
    assert str(read_line(typed)) == line


@pytest.mark.parametrize(("typed", "guessed"), GUESSED.items())
def test_a_guess_keeps_the_rest_of_the_line_and_is_not_carried_out(typed, guessed):
    assert nearest_line(typed, is_title=False) == guessed
    command = by_name().get(read_line(typed).name)
    assert command is None or command.need is Permission.LOOK
    assert read_line(typed).name not in {"campaign", "allowance", "alerts"}


@pytest.mark.parametrize("typed", ["yes", "Y", "no!", "sure"])
async def test_a_word_confirms_nothing(env, typed):
    await env.say(f"/track {LINK} 1")
    assert "Press a button under the card" in (await env.say(typed)).summary
    assert env.posts() == 0


@pytest.mark.parametrize("typed", ["sotp", "stopp", "disconect", "stop it", "xyzzy", ""])
def test_stopping_or_deleting_is_never_guessed(typed):
    found = nearest_line(typed, is_title=False)
    assert found is None or found[1].command not in {"stop", "disconnect"}
    assert nearest(typed.partition(" ")[0]) in {None, "stats"}


def test_a_title_is_offered_as_stats():
    line, call = nearest_line("the kitchen sink", is_title=True)
    assert (line, call) == ("/stats kitchen sink", Call("stats", {"video": "kitchen sink"}))


async def test_the_rows_of_the_last_list_name_videos(env):
    for link in (LINK, YOUTUBE):
        env.track(link)
        env.clock.advance(hours=1)
    shown = [(await env.say(f"/stats {link}")).title for link in (YOUTUBE, LINK)]
    await env.say("/videos")
    rows = [(await env.say(f"/stats {row}")).title for row in ("1", "#2", "video 2", "the first video", "2nd")]
    assert rows == [*shown, shown[1], *shown]
    assert [each.value for each in await env.bot.suggest("stats", "video", "2", ANA)] == [
        each.id for each in env.sandbox.world.account(env.sandbox.key).trackings.values() if each.link == LINK
    ]
    assert "matches “730”" in (await env.say("/stats 730")).summary, "only a link has that"
    assert (await env.say("/compare 1 and 2")).title.startswith("Comparison")
    assert "Stop tracking" in labels(await env.say("/stop 2"))
    assert labels(await env.say("/stop the digest")) == ["/digest off"]
    await env.say("/videos")
    async with environment_of(env.sandbox, env.clock, env.database_url) as other:
        assert (await other.say("/stats 2")).title == shown[1], "another process knows the list"
        other.clock.advance(days=8)
        assert (await other.say("/stats 2")).summary.startswith("Your last list has no row 2, and no video here")


async def test_an_unknown_word_is_named_with_a_button_for_the_nearest(env):
    reply = await env.say("/videos deleted")
    assert reply.summary == "No filter called “deleted”. Try /videos error."
    assert reply.actions[0].call == Call("videos", {"status": "error"})
    assert (await env.say("/videos not tiktok")).actions == ()  # the opposite is no guess at it
    reply = await env.say("/videos tiktok zebra")
    assert reply.actions[0].call == Call("videos", {"platform": "tiktok"})
    for line, call in {  # a setting's name alone is no guess
        "/alerts milestones 5 zebra": Call("alerts"),
        "/digest on 9am UTC without money": Call("digest"),
        "/digest on 9am thusday": Call("digest", {"action": "on", "time": "09:00", "every": '"thursday"'}),
    }.items():
        assert (await env.say(line)).actions[0].call == call
    assert (await env.say(f"/track {LINK} zebra")).actions == ()
    assert (await env.say("/track zebra")).summary == (
        "I see no video link there. Paste one from TikTok, YouTube, Instagram or X."
    )


@pytest.mark.parametrize("line", [f"/stats {LINK}", f"/usage {LINK}", f"/videos {LINK}"])
async def test_a_link_in_another_command_is_offered_its_price(env, line):
    reply = await env.say(line)
    assert reply.actions[0].call == Call("track", {"link": f'"{LINK}"'})
    assert env.posts() == 0
    card = await env.run(reply.actions[0].call)
    assert card.title == "Track this video?"


async def test_a_command_about_a_video_sent_alone_offers_the_videos(env):
    assert (await env.say("/stats")).summary == "/stats needs a video."
    env.track(LINK, YOUTUBE)
    env.clock.advance(minutes=6)
    for line, call in {"/stats": "stats", "/stop": "stop", "/compare": "compare.with"}.items():
        (menu,) = (await env.say(line)).actions
        assert (menu.call.command, len(menu.options)) == (call, 2)


@pytest.mark.parametrize(
    ("command", "argument", "typed", "offered"),
    [
        ("videos", "status", "run", ["monitoring"]),
        ("videos", "status", "deleted", ["error"]),
        ("videos", "sort", "best", ["count"]),
        ("help", "command", "money", ["usage"]),
    ],
)
async def test_completion_reads_plain_words_too(env, command, argument, typed, offered):
    assert [each.value for each in await env.bot.suggest(command, argument, typed, ANA)] == offered


async def test_help_explains_a_topic_and_an_overlong_line_is_refused(env):
    assert (await env.say("/help with tracking")).title == "/track"
    assert (await env.say("/help csv")).title == "/export"
    for words in ("me please", "everything"):
        assert (await env.say(f"/help {words}")).title == (await env.say("/help")).title
    assert labels(await env.say("/help trakc")) == ["/help track"]
    assert "a command can have 4,000 at most" in (await env.bot.run("contentstats", "how " * 10_000, ANA)).summary


@pytest.mark.parametrize(
    ("typed", "label"),
    {
        "/campaign lanuch": "/campaign launch",
        "/campaign launch zebra": "/campaign launch",
        "/leaderboard creators in lanuch": "/leaderboard creators in launch",
        "/usage this month": "/usage",
        "/videos tiktok zebra": "/videos tiktok",
    }.items(),
)
async def test_the_nearest_campaign_is_a_button_with_the_rest_of_the_line(env, typed, label):
    await env.say("/campaign new launch")
    assert labels(await env.say(typed)) == [label]


async def test_a_creator_is_found_by_handle_without_its_sign_and_by_profile(env):
    env.track(LINK)
    shown = (await env.say(f"/stats {LINK}")).title
    handle = LINK.partition("@")[2].partition("/")[0]
    for line in (f"/videos {handle}", f"/videos tiktok.com/@{handle}", f"/videos ＠{handle}"):
        assert f"1 video by @{handle}" in (await env.say(line)).summary
    assert (await env.say(f"/stats https://www.tiktok.com/@{handle}")).title == shown
