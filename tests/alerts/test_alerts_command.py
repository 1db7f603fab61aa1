"""/alerts: typed in any order, by buttons, forms and options, and only by people with permission."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.commands.alerts import Alerts
from bot.commands.forms import form_for
from bot.commands.parse import bind, parse
from bot.commands.registry import by_name
from bot.domain.digest import DigestOptions
from bot.domain.errors import UsageError
from bot.domain.schedule import Schedule
from bot.reply.call import Call
from bot.reply.model import Tone
from bot.reply.plain import plain_text
from tests.standins.environment import ANA, EVE, LINK, LOOKER, TWITTER, YOUTUBE, button, labels

COMMAND = by_name()["alerts"]


@pytest.mark.parametrize(
    ("typed", "args"),
    {
        "": Alerts(),
        "on": Alerts(switch="on"),
        "off": Alerts(switch="off"),
        "balance 10": Alerts("balance", dollars=Decimal(10)),
        "balance $2.50": Alerts("balance", dollars=Decimal("2.50")),
        "below 10 balance": Alerts("balance", dollars=Decimal(10)),
        "threshold 3": Alerts("balance", dollars=Decimal(3)),
        "low balance 5 dollars": Alerts("balance", dollars=Decimal(5)),
        "balance 5 USD": Alerts("balance", dollars=Decimal(5)),
        "balance off": Alerts("balance", "off"),
        "spike on": Alerts("spike", "on"),
        "snooze 8h": Alerts("mute", time="8h"),
        "quiet 22-7": Alerts("quiet", time="22-7"),
        "on spikes": Alerts("spike", "on"),
        "milestones off": Alerts("milestones", "off"),
        "completed on": Alerts("completed", "on"),
        "finished off": Alerts("completed", "off"),
        "trouble on": Alerts("trouble", "on"),
        "mute 8h": Alerts("mute", time="8h"),
        "2d mute": Alerts("mute", time="2d"),
        "mute until 09:00": Alerts("mute", time="09:00"),
        "mute for 90m": Alerts("mute", time="90m"),
        "mute 2 days": Alerts("mute", time="2days"),
        "mute for a week": Alerts("mute", time="1week"),
        "mute 30 min": Alerts("mute", time="30min"),
        "mute 1h30": Alerts("mute", time="1h30"),
        "mute for 1 hour and 30 minutes": Alerts("mute", time="1hour30minutes"),
        "mute 1.5h": Alerts("mute", time="1.5h"),
        "mute for an hour and a half": Alerts("mute", time="1.5h"),
        "balance 1'000": Alerts("balance", dollars=Decimal(1000)),
        "quiet from 22:00 till 07:00 london": Alerts("quiet", time="22:00-07:00", zone="Europe/London"),
        "mute two days": Alerts("mute", time="2days"),
        "mute until 21h": Alerts("mute", time="21:00"),
        "mute until 9": Alerts("mute", time="9:00"),
        "balance 1,000": Alerts("balance", dollars=Decimal(1000)),
        "balance 5,50": Alerts("balance", dollars=Decimal("5.50")),
        "balance 1.000,50 dollars": Alerts("balance", dollars=Decimal("1000.50")),
        "balance US$ 1,000.5": Alerts("balance", dollars=Decimal("1000.5")),
        "mute tonight": Alerts("mute", time="tonight"),
        "mute until tomorrow 9am": Alerts("mute", time="tomorrow@9am"),
        "mute until friday at 9": Alerts("mute", time="friday@9:00"),
        "please mute this until friday berlin": Alerts("mute", time="friday", zone="Europe/Berlin"),
        "mute over the weekend": Alerts("mute", time="monday"),
        "until tomorrow morning": Alerts(time="tomorrow@morning"),
        "mute until 9 am": Alerts("mute", time="9am"),
        "mute off": Alerts("mute", "off"),
        "unmute": Alerts("unmute"),
        "quiet 22:00-07:00 Europe/Berlin": Alerts("quiet", time="22:00-07:00", zone="Europe/Berlin"),
        "Europe/Berlin quiet 22:00 - 07:00": Alerts("quiet", time="22:00-07:00", zone="Europe/Berlin"),
        "quiet 22:00 to 07:00 europe/berlin": Alerts("quiet", time="22:00-07:00", zone="Europe/Berlin"),
        "quiet hours from 10 pm to 7am UTC": Alerts("quiet", time="10pm-7am", zone="UTC"),
        "quiet between 22:00 and 07:00 berlin": Alerts("quiet", time="22:00-07:00", zone="Europe/Berlin"),
        "quiet off": Alerts("quiet", "off"),
        "status": Alerts("status"),
        "settings": Alerts("status"),
        "show": Alerts("status"),
        "milestones on in launch": Alerts("milestones", "on", campaign="launch"),
        "milestones 50k in spring launch": Alerts("milestones", counts=(50_000,), campaign="spring launch"),
        "on in launch": Alerts(switch="on", campaign="launch"),
        "campaign launch": Alerts(campaign="launch"),
        "campaign off": Alerts("campaign", "off"),
        "in all": Alerts(campaign="all"),
        "quiet 22:00-07:00 in berlin": Alerts("quiet", time="22:00-07:00", zone="Europe/Berlin"),
    }.items(),
)
def test_words_are_read_in_any_clear_order(typed, args):
    assert parse(COMMAND, typed) == args


@pytest.mark.parametrize(
    "typed", ["no spikes", "milestones not", "balance tenner", "spike maybe", "quiet 22 to 7", "on off", "sandwich"]
)
def test_unknown_words_are_refused(typed):
    with pytest.raises(UsageError):
        parse(COMMAND, typed)


def test_forms_and_options_give_the_same_arguments():
    given = {"what": "quiet", "switch": "", "dollars": "", "time": "22:00-07:00", "zone": "Europe/Berlin"}
    assert bind(COMMAND, given) == parse(COMMAND, "quiet 22:00-07:00 Europe/Berlin")
    assert bind(COMMAND, {"what": "balance", "dollars": "7.5"}) == Alerts("balance", dollars=Decimal("7.5"))


@pytest.mark.parametrize("line", ["/alerts status", "/alerts settings", "/alerts status on"])
async def test_status_shows_the_settings_and_changes_nothing(env, line):
    await env.say("/alerts balance 10")
    await env.say("/alerts off")
    assert await env.say(line, LOOKER) == await env.say("/alerts", LOOKER)


async def test_alerts_keep_their_campaign_until_all_is_typed(env):
    await env.say("/campaign new launch")
    await env.say("/alerts balance 10")
    assert "Milestones: on" in (on := (await env.say("/alerts milestones on in launch")).summary)
    assert "Only campaign launch." in on
    assert "Only campaign launch, except for low balance." in (await env.say("/alerts")).summary
    await env.say("/alerts spike on")
    await env.say("/campaign launch archive")
    assert "Only campaign launch (archived), except" in (await env.say("/alerts")).summary
    for line in ("mute 8h in launch", "balance 5 in launch", "off in launch", "spike off in launch"):
        assert "uses no campaign (“launch”)" in (await env.say(f"/alerts {line}")).summary, line
    assert "There's no campaign called “summer”" in (await env.say("/alerts in summer")).summary
    assert (await env.say("/alerts in all")).summary == "Alerts cover every video again."
    assert "campaign" not in (await env.say("/alerts")).summary


@pytest.mark.parametrize("typed", ["mute", "quiet", "campaign", "balance", "quiet Europe/Berlin"])
def test_a_form_asks_for_what_is_missing(typed):
    assert form_for(COMMAND, typed)["what"] == typed.split()[0]


async def test_the_cards_forms_are_prefilled(env):
    await env.say("/alerts balance 2.50")
    card = await env.say("/alerts quiet 22:00-07:00 Europe/Berlin")
    low, quiet = (form_for(COMMAND, button(card, label).arguments) for label in ("Low balance…", "Quiet hours…"))
    assert low == {"what": "balance", "dollars": "2.5"}
    assert quiet == {"what": "quiet", "time": "22:00-07:00", "zone": "Europe/Berlin"}


@pytest.mark.parametrize("typed", ["", "on", "balance 10", "balance off", "spike on", "mute 8h", "quiet off"])
def test_no_form_opens_if_nothing_is_missing(typed):
    assert form_for(COMMAND, typed) is None


async def test_a_channel_without_settings_is_off_and_can_be_turned_on(env):
    reply = await env.say("/alerts")
    assert reply.summary == "Alerts are off in this channel."
    on = await env.press(reply, "Turn on")
    assert on.tone is Tone.SUCCESS
    shown = await env.say("/alerts")
    assert shown.summary.startswith("Alerts on in this channel: low balance, finished videos.")
    assert labels(shown)[0] == "Low balance…"


async def test_every_change_is_kept_and_shown(env):
    for line in ("balance 10", "spike on", "milestones on", "completed off", "trouble on", "mute 8h"):
        assert (await env.say(f"/alerts {line}")).tone is Tone.SUCCESS
    assert (await env.say("/alerts quiet 22:00-07:00 Europe/Berlin")).tone is Tone.SUCCESS
    shown = plain_text(await env.say("/alerts"))
    for words in (
        "Alerts on in this channel: low balance, videos in trouble, spikes, milestones.",
        "Muted until Mon 2 Mar, 18:30 UTC",
        "Low balance is below $10.00.",
        "Turn finished videos on",
        "Quiet 22:00-07:00 Europe/Berlin.",
    ):
        assert words in shown
    for line in ("unmute", "quiet off", "balance off"):
        assert (await env.say(f"/alerts {line}")).tone is Tone.SUCCESS
    shown = plain_text(await env.say("/alerts"))
    assert "Turn low balance on" in shown
    assert not re.search("Quiet 22|Muted|Balance is low", shown)


@pytest.mark.parametrize(
    ("typed", "answer"),
    {
        "balance 0": "Below how many dollars",
        "balance €5": "Amounts are in US dollars",
        "balance 5 EUR": "Amounts are in US dollars",
        "balance 5.000": "could be 5 or 5000 dollars",
        "balance 1,00,000": "Write it like 10, 2.50 or 1,000",
        "balance": "Below how many dollars",
        "spike": "Add on or off",
        "mute": "needs an end",
        "mute forever": "needs an end",
        "mute 90d": "can last 30 days at most",
        "quiet 22:00-07:00": "In which time zone",
        "quiet": "from when to when",
        "quiet 22:00-22:00 UTC": "start and end at the same time",
        "quiet 22:00-07:00 CET": "abbreviation",
        "UTC": "needs quiet hours",
        "spike 1000000 on": "/alerts spike uses no dollars (“1000000”)",
        "spike usual": "Only milestones have usual numbers",
        "milestones": "Add on or off: /alerts milestones on, or your own numbers",
        "milestones 0.5": "0.5",
        "spike on 8h": "/alerts spike uses no time (“8h”)",
        "mute 8h 10": "/alerts mute uses no dollars (“10”)",
        "balance 10 Europe/Berlin": "/alerts balance uses no zone (“Europe/Berlin”)",
        "on 8h": "can't be on for a time only",
        "quiet off 22:00-07:00 UTC": "/alerts quiet off uses no time",
        "mute off 8h": "/alerts mute off uses no time",
        "balance off 10": "/alerts balance off uses no dollars",
        "off Europe/Berlin": "/alerts off uses no zone (“Europe/Berlin”)",
    }.items(),
)
async def test_a_missing_wrong_or_unused_value_is_refused_with_the_next_step(env, typed, answer):
    reply = await env.say(f"/alerts {typed}")
    assert reply.tone is Tone.PROBLEM
    assert answer in reply.summary
    assert (await env.say("/alerts")).summary == "Alerts are off in this channel."


@pytest.mark.parametrize(
    ("line", "words"),
    {
        "mute 2 days": "Muted until Wed 4 Mar, 10:30 UTC. Anything still open then is posted once.",
        "mute until tomorrow 9am Europe/Berlin": "Muted until Tue 3 Mar, 08:00 UTC. Anything still open",
        "mute 30 minutes": "Muted until Mon 2 Mar, 11:00 UTC. Anything still open",
        "unmute": "Nothing was muted.",
        "off until friday": "Muted until Fri 6 Mar, 09:00 UTC.",
        "balance 5000": "below $5,000.00",
        "balance on": "Low balance: on",
    }.items(),
)
async def test_the_reply_names_the_change(env, line, words):
    await env.say("/alerts on")
    assert words in (await env.say(f"/alerts {line}")).summary
    assert "low balance" in (await env.say("/alerts")).summary


@pytest.mark.parametrize("line", ["mute off", "unmute"])
async def test_a_mute_can_be_ended_in_either_spelling(env, line):
    await env.say("/alerts on")
    await env.say("/alerts mute 8h")
    assert (await env.say(f"/alerts {line}")).summary == "No longer muted."
    assert "Muted" not in plain_text(await env.say("/alerts"))


async def test_a_mute_until_a_time_is_in_the_zone_of_the_quiet_hours_and_those_in_the_persons(env):
    caller = replace(ANA, zone="Asia/Tokyo")
    assert "Quiet hours: 22:00-07:00 Asia/Tokyo" in (await env.say("/alerts quiet 22:00-07:00", caller)).summary
    quiet = await env.say("/alerts quiet 22:00-07:00 Europe/Berlin")
    assert "Alerts are off in this channel; turn them on with /alerts on." in quiet.summary
    await env.say("/alerts on")
    assert "Muted until Tue 3 Mar, 08:00 UTC" in (await env.say("/alerts mute until 09:00")).summary
    assert "Muted until Mon 2 Mar, 14:00 UTC" in (await env.say("/alerts mute 09:00 America/New_York")).summary


async def test_people_without_permission_see_the_settings_and_change_nothing(env):
    await env.say("/alerts on")
    shown = await env.say("/alerts", LOOKER)
    assert shown.summary.startswith("Alerts on in this channel")
    assert labels(shown) == []
    for call in (
        Call("alerts", {"switch": "off"}),
        Call("alerts.set", {"switch": "off"}),
        Call("alerts", {"what": "mute", "time": "8h"}),
        Call("alerts.snooze", {"setting": "1", "alert": "balance"}),
    ):
        reply = await env.run(call, LOOKER)
        assert reply.tone is Tone.PROBLEM
        assert "Only admins" in reply.summary
    assert "low balance" in (await env.say("/alerts")).summary


async def test_settings_are_per_channel_and_workspace(env):
    await env.say("/alerts spike on")
    other = replace(ANA, channel_id="C-other")
    assert "off" in (await env.say("/alerts", other)).summary
    assert "off" in (await env.say("/alerts", EVE)).summary
    reply = await env.run(Call("alerts.snooze", {"setting": "1", "alert": "balance"}), EVE)
    assert reply.summary.startswith("That alert is no longer open")
    await env.say("/alerts on", other)
    assert "Alerts: in 2 channels" in plain_text(await env.run(Call("home")))


@pytest.mark.parametrize(
    "where", [{"is_direct": True}, {"channel_id": ""}, {"cannot_post_reason": "Invite me."}, {"is_shared": True}]
)
async def test_a_tracking_explains_once_how_to_get_alerts_if_they_cannot_arrive_here(env, where):
    caller = replace(ANA, **where)
    assert "No channel gets alerts yet" in plain_text(await env.start(LINK, 1, caller))
    second = plain_text(await env.start(YOUTUBE, 1, caller))
    assert "alerts" not in second.casefold()
    assert (await env.say("/alerts")).summary == "Alerts are off in this channel."
    assert "are on in this channel" in plain_text(await env.start(TWITTER, 1))


async def test_if_the_bot_may_not_post_here_alerts_go_to_the_digests_channel(env):
    await env.say("/videos")
    async with env.store() as (store, _):
        workspace = await store.workspaces.find(ANA.workspace)
        daily = Schedule(540, "UTC")
        await store.digests.switch_on(workspace, "C-news", daily, DigestOptions(), ANA.person, env.clock())
    card = plain_text(await env.start(LINK, 1, replace(ANA, cannot_post_reason="Invite me.")))
    assert "are on in" in card
    assert "in this channel" not in card
    assert "low balance" in (await env.say("/alerts", replace(ANA, channel_id="C-news"))).summary


async def test_alerts_in_a_shared_channel_omit_the_balance_unless_a_manager_allows_it(env):
    shared = replace(ANA, is_shared=True)
    on = await env.say("/alerts on", shared)
    assert "low-balance alerts stay off" in on.summary
    assert "low balance" not in (await env.say("/alerts", shared)).summary
    assert "stay off" not in (await env.say("/alerts balance 10", shared)).summary
    assert "low balance" in (await env.say("/alerts", shared)).summary


async def test_the_first_digest_turns_them_on_too_but_not_where_the_bot_can_never_post(env):
    refused = await env.say("/alerts spike on", replace(ANA, channel_id=""))
    assert refused.tone is Tone.PROBLEM
    assert "I can't post here" in refused.summary
    reply = await env.say("/digest on 09:00 UTC")
    assert "Alerts for low balance and finished videos are on" in plain_text(reply)
    assert "low balance, finished videos" in (await env.say("/alerts")).summary


async def test_alerts_turned_off_by_a_person_stay_off_after_a_tracking(env):
    await env.say("/alerts on")
    for _ in range(2):
        reply = await env.say("/alerts off")
        assert reply.summary == "Alerts are off in this channel. Turn them back on with /alerts on."
    await env.start(LINK, 7)
    card = await env.start(f"{LINK[:-1]}1", 7, replace(ANA, is_direct=True))
    assert "No channel gets alerts" not in plain_text(card)
    assert (await env.say("/alerts")).summary == "Alerts are off in this channel."


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("milestones on", "10k, 100k, 1M and so on"),
        ("milestones 250k 50000", "50k, 250k"),
        ("milestone at 1.5m and 500", "500, 1.5M"),
        ("1,000,000 milestones", "1M"),
        ("milestones 10k,100k", "10k, 100k"),
        ("milestones at 1 million and ten thousand", "10k, 1M"),
    ],
)
async def test_a_channel_can_set_its_own_milestones(env, typed, at):
    assert (await env.say(f"/alerts {typed}")).summary == f"Milestones: on, at {at}."
    for switch in ("off", "on"):
        await env.say(f"/alerts milestones {switch}")
    assert ("(" in (await env.say("/alerts")).summary) is ("so on" not in at)
    assert "so on" in (await env.say("/alerts milestones usual")).summary
