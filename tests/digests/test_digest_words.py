"""/digest as people type it: words in any order, refusals, and when a form asks for more."""

import pytest

from bot.commands.digest import Digest, wants_form
from bot.commands.forms import form_for
from bot.commands.parse import parse
from bot.commands.registry import by_name
from bot.domain.schedule import WEEKDAYS
from bot.reply.model import Tone
from bot.reply.plain import plain_text

DIGEST = by_name()["digest"]
TYPED = {
    "on 09:00 Europe/Berlin": Digest("on", 540, "Europe/Berlin"),
    "on 09:00 UTC weekly mon": Digest("on", 540, "UTC", ("monday",)),
    "mon weekly UTC 9am on": Digest("on", 540, "UTC", ("monday",)),
    "weekly monday 9am Berlin": Digest(None, 540, "Europe/Berlin", ("monday",)),
    "on every friday at 5 pm in New York": Digest("on", 1020, "America/New_York", ("friday",)),
    "on 17:30 on sunday": Digest("on", 1050, None, ("sunday",)),
    "09:00": Digest(None, 540),
    "weekly": Digest(every=("monday",)),
    "daily": Digest(every=("daily",)),
    "off": Digest("off"),
    "now": Digest("now"),
    "preview": Digest("now"),
    "": Digest(),
    "on 09:00 tiktok x skip": Digest("on", 540, show=("tiktok", "twitter", "skip")),
    "on 9 berlin": Digest("on", 540, "Europe/Berlin"),
    "on 09 NEW YORK": Digest("on", 540, "America/New_York"),
    "on 18 new_york mon": Digest("on", 1080, "America/New_York", ("monday",)),
    "daily at 0 in tokyo": Digest(None, 0, "Asia/Tokyo", ("daily",)),
    "on 9 every friday": Digest("on", 540, None, ("friday",)),
    "on 5 pm": Digest("on", 1020),
    "show": Digest("status"),
    "on monday 9am Berlin time": Digest("on", 540, "Europe/Berlin", ("monday",)),
    "on 8am London time": Digest("on", 480, "Europe/London"),
    "on 9am, Berlin": Digest("on", 540, "Europe/Berlin"),
    "on 9am show movers": Digest("on", 540, show=("movers",)),
    "please turn it on at 9am, berlin, thanks": Digest("on", 540, "Europe/Berlin"),
    "on midday": Digest("on", 720),
    "on 12 midnight": Digest("on", 0),
    "on half past 8 london": Digest("on", 510, "Europe/London"),
    "on quarter to nine": Digest("on", 525),
    "on quarter past 10 pm": Digest("on", 1335),
    "on ９：００ Berlin": Digest("on", 540, "Europe/Berlin"),
    "on 09.00 – Europe/Zürich": Digest("on", 540, "Europe/Zurich"),
    "on 8:00 pm, Sydney, Australia": Digest("on", 1200, "Australia/Sydney"),
    "on 9am St. John's": Digest("on", 540, "America/St_Johns"),
    "on weekends 10am": Digest("on", 600, None, ("weekends",)),
    "on mon-fri 9am": Digest("on", 540, None, WEEKDAYS[:5]),
    "on 9am mon to fri": Digest("on", 540, None, WEEKDAYS[:5]),
    "on 9am tuesdays through thursdays": Digest("on", 540, None, WEEKDAYS[1:4]),
    "on 9am tue – thu": Digest("on", 540, None, WEEKDAYS[1:4]),
    "on 21h": Digest("on", 1260),
    "on 9 Uhr": Digest("on", 540),
    "on 9 o'clock": Digest("on", 540),
    "on fridays 8am": Digest("on", 480, None, ("friday",)),
    "on tues 10am": Digest("on", 600, None, ("tuesday",)),
    "on every day at 7pm": Digest("on", 1140, None, ("daily",)),
    "on once a week 9am": Digest("on", 540, None, ("monday",)),
    "on 9am Istanbul": Digest("on", 540, "Europe/Istanbul"),
    "on 9am São Paulo": Digest("on", 540, "America/Sao_Paulo"),
    "on 9 indianapolis": Digest("on", 540, "America/Indiana/Indianapolis"),
    "on 9:00 top videos": Digest("on", 540, show=("top-videos",)),
    "on 9:00 leaderboard people, everything": Digest("on", 540, show=("top-people", "everything")),
    "on 9:00 creators movers": Digest("on", 540, show=("top-creators", "movers")),
    "on 9:00 movers flat money": Digest("on", 540, show=("movers", "flat", "money")),
    "on 9:00 mon,thu": Digest("on", 540, None, ("monday", "thursday")),
    "on mondays and thursdays at 9am Berlin": Digest("on", 540, "Europe/Berlin", ("monday", "thursday")),
    "on 9:00 weekdays silent": Digest("on", 540, None, ("weekdays",), ("silent",)),
    "on 9:00 mon,tue,wed,thu,fri,sat": Digest("on", 540, None, WEEKDAYS[:6]),
    "on 9:00 monthly": Digest("on", 540, None, ("monthly",)),
    "on 9am on the 15th of each month": Digest("on", 540, None, ("15th",)),
    "on 9am on the last day of the month": Digest("on", 540, None, ("last",)),
    "on 9am monthly 31st": Digest("on", 540, None, ("31st",)),
    "on 09:00 Europe/Berlin in launch": Digest("on", 540, "Europe/Berlin", campaign="launch"),
    "in spring launch on 9am mon in New York": Digest(
        "on", 540, "America/New_York", ("monday",), campaign="spring launch"
    ),
    "on 9am in New York in spring launch": Digest("on", 540, "America/New_York", campaign="spring launch"),
    "on 9 in campaign berlin": Digest("on", 540, campaign="berlin"),
    'on 9:00 in "nice summer"': Digest("on", 540, campaign="nice summer"),
    "on 9:00 in all": Digest("on", 540, campaign="all"),
    "now in launch": Digest("now", campaign="launch"),
}
WRONG = {
    "on 25:00": "Write it like 09:00",
    "on 24": "Write it like 09:00",
    "9 berlin": "If “9” is the time of day, write it like 09:00 or 9am",
    "on every 2 days": "A digest comes daily, on weekdays or weekends",
    "on 9am every other friday": "A digest comes daily",
    "on 9am first monday of the month": "A digest comes daily",
    "on 9am monthly monday": "A digest comes daily",
    "on 9am biweekly": "A digest comes daily",
    "on 9am daily weekly": "A digest comes daily",
    "on 9am once": "A digest comes daily",
    "on 9am from monday": "runs until /digest off",
    "off until monday": "runs until /digest off",
    "off skip": "takes no settings",
    "on 9am not on weekends": "Name what you want",
    "on 9am fri-mon": "don't know what “fri-mon” means",
    "on 9am berlin, france": "don't know what “france” means",
    "on 2 days": "If “2” is the time of day",
    "on 5 movers": "If “5” is the time of day",
    "on 3 tiktok berlin": "If “3” is the time of day",
    "on 8am India": "Did you mean Asia/Kolkata",
    "on 8am USA": "Did you mean America/New_York, America/Chicago",
    "on 8am Mumbai time": "Did you mean Asia/Kolkata",
    "on 9am berlin zebra": "don't know what “zebra” means",
    "on morning": "don't know what “morning” means",
    "on 9 berln": "Did you mean Europe/Berlin",
    "on 09:00 CET": "Europe/Berlin",
    "on 09:00 UTC+2": "Etc/GMT-2",
    "on 09:00 Berln": "Did you mean Europe/Berlin",
    "on 09:00 Nowhere/City": "I don't know the time zone “Nowhere/City”",
    "on 09:00 daily monday": "daily, on some days of the week, or on one day of the month",
    "on 09:00 5th 20th": "on one day of the month",
    "on 09:00 top videos, people": "A digest has one leaderboard",
    "on off": "takes one value for action",
    "on 09:00 xyzzy": "don't know what “xyzzy” means",
    "on": "needs a time of day",
}


@pytest.mark.parametrize(("typed", "meant"), TYPED.items())
def test_words_mean_the_same_in_any_order(typed, meant):
    assert parse(DIGEST, typed) == meant


@pytest.mark.parametrize(("typed", "answer"), WRONG.items())
async def test_unknown_words_are_named_and_change_nothing(env, typed, answer):
    reply = await env.say(f"/digest {typed}")
    assert reply.tone is Tone.PROBLEM
    assert answer in plain_text(reply)
    assert "This channel has no digest" in (await env.say("/digest status")).summary


def test_a_form_asks_for_the_time_with_given_values_prefilled():
    assert form_for(DIGEST, "on") == {"action": "on"}
    assert form_for(DIGEST, "") == {}
    assert form_for(DIGEST, {"action": "on", "every": "friday mon", "show": "tiktok skip"}) == {
        "action": "on",
        "every": '"friday" "monday"',
        "show": '"tiktok" "skip"',
    }
    assert form_for(DIGEST, {"every": "mon,thu"}) == {"every": '"monday" "thursday"'}
    assert form_for(DIGEST, "on 09:00") is None
    assert form_for(DIGEST, "off") is None
    assert form_for(DIGEST, "on 25:00") is None  # the reply explains the error
    assert not wants_form(Digest("status"))
