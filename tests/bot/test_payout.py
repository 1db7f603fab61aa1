"""/payout: terms in words, amounts owed, final lines that keep their terms, and a file that recomputes each line."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from bot.campaigns.payout_card import payout_details
from bot.commands.forms import filled_in, form_fields, form_for, form_of
from bot.commands.payout import read_line
from bot.commands.registry import by_name
from bot.domain.caller import Permission, Person, Role
from bot.domain.errors import UsageError
from bot.domain.payout import Terms
from bot.domain.payout_terms import packed_terms, read_terms, terms_line
from bot.reply.call import Call
from bot.reply.plain import plain_text
from tests.payout_examples import owing
from tests.standins.environment import ANA, INSTAGRAM, LINK, YOUTUBE, button

PAYOUT = by_name()["payout"]
BO = replace(ANA, person=Person("U-bo", "Bo"), role=Role.GUEST, permissions=frozenset({Permission.LOOK}))
WORDS = {
    "": {},
    "spring launch": {"campaign": "spring launch"},
    "launch terms youtube 2 per 1000, cap 5": {
        "campaign": "launch",
        "action": "terms",
        "terms": "youtube 2 per 1000, cap 5",
    },
    "terms budget 50": {"action": "terms", "terms": "budget 50"},
    "launch terms": {"campaign": "launch", "action": "terms"},
    "launch paid @ana": {"campaign": "launch", "action": "paid", "creator": "@ana"},
    "launch CSV": {"campaign": "launch", "action": "csv"},
    '"long terms" csv': {"campaign": "long terms", "action": "csv"},
}


@pytest.mark.parametrize("typed", WORDS)
def test_a_line_is_a_campaign_an_action_and_its_words(typed):
    assert read_line(typed) == WORDS[typed]
    with pytest.raises(UsageError, match="“please now”"):
        read_line("launch csv please now")


ALL_TERMS = "yt 2.5 tt 1 ig 3 from zero min 1000 cap 200 cap 500 per creator final 30d budget 5000"


@pytest.mark.parametrize("typed", ["tiktok 1", ALL_TERMS, "x 0.005 per 1000, final 2026-12-31, cap 12.50, minimum 5"])
def test_terms_are_written_as_they_are_read(typed):
    terms = read_terms(typed, Terms(), date(2026, 3, 1))
    for written in (terms_line(terms), packed_terms(terms)):
        assert read_terms(written, Terms(), date(2000, 1, 1)) == terms


async def test_the_form_for_terms_begins_with_the_current_ones_and_a_removed_one_ends(env):
    await env.say(f"/campaign new launch {LINK}")
    nothing_yet = button(await env.say("/payout launch"), "Set terms")
    assert form_of(PAYOUT, nothing_yet.arguments).arguments[0].label == "What changes"
    saved = await env.say("/payout launch terms tiktok 1, minimum 1000, cap 200, final after 30 days, budget 5000")
    given = form_for(PAYOUT, button(saved, "Change terms").arguments)
    form, (first, *_) = form_of(PAYOUT, given), form_fields(PAYOUT, given)
    assert first.given == "tiktok 1 per 1000, min 1000, cap 200, final 30 days, budget 5000"
    assert (first.label, form.send) == ("Terms", "Save terms")
    command, arguments = filled_in(form.call.encode(), {"terms": "tiktok 2 per 1000, cap 200, final 30 days"})
    reply = await env.run(Call(command, arguments))
    assert "TikTok $2.00 per 1,000 views" in plain_text(reply)
    assert "udget" not in plain_text(reply)
    assert "inimum" not in plain_text(reply)


async def test_the_form_begins_with_terms_of_every_kind(env):
    await env.say(f"/campaign new launch {LINK}")
    saved = await env.say(f"/payout launch terms {ALL_TERMS} x 1.123456")
    (field,) = form_fields(PAYOUT, form_for(PAYOUT, button(saved, "Change terms").arguments))
    assert field.label == "Terms"
    assert field.given == (
        "tiktok 1 per 1000, instagram 3 per 1000, youtube 2.5 per 1000, twitter 1.123456 per 1000, from zero, "
        "min 1000, cap 200, cap 500 per creator, final 30 days, budget 5000"
    )


async def test_terms_with_enormous_sums_open_a_form_that_changes_only_named_ones(env):
    await env.say(f"/campaign new launch {LINK}")
    rates = "yt 9999999.123456 tt 9999999.123456 ig 9999999.123456 x 9999999.123456"
    sums = "min 999999999k cap 9999999k cap 9999999k per creator budget 9999999k"
    saved = await env.say(f"/payout launch terms {rates} {sums}")
    given = form_for(PAYOUT, button(saved, "Change terms").arguments)
    assert [(each.label, each.given) for each in form_fields(PAYOUT, given)] == [("What changes", "")]


async def test_final_lines_keep_their_terms_and_the_file_recomputes_every_line(env):
    env.track(LINK, days=1)
    env.track(YOUTUBE, INSTAGRAM)
    await env.say(f"/campaign new launch {LINK} {YOUTUBE} {INSTAGRAM}")
    assert "No terms yet" in (await env.say("/payout launch")).summary
    saved = await env.say("/payout launch terms tiktok 2.55 youtube 1.05 per 1000, minimum 5, final after 1 day")
    assert "Terms saved" in saved.summary
    env.clock.advance(hours=30)
    for link in (LINK, YOUTUBE, INSTAGRAM):
        await env.say(f"/stats {link}")
    before = plain_text(await env.say("/payout launch"))
    assert "1 can't be computed" in before
    assert "final" in before
    changed = await env.say("/payout launch terms tiktok 100, instagram 3 per 1000 likes, never final, budget 1")
    assert "2 final lines keep earlier terms." in plain_text(changed)
    card = await env.say("/payout launch")
    assert "of the $1.00 budget" in card.summary
    file = (await env.say("/payout launch csv")).files[0]
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert sorted(row["state"] for row in rows) == ["final", "final", "open"]
    total = Decimal()
    for row in rows:
        counted = max(int(row["end_count"]) - int(row["start_count"]), 0)
        assert int(row["counted"]) == (counted if counted >= int(row["minimum"]) else 0)
        rate = Decimal(row["rate_per_1000_usd"])
        assert rate == {"tiktok": Decimal("2.55"), "youtube": Decimal("1.05"), "instagram": 3}[row["platform"]]
        amount = (Decimal(row["counted"]) * rate / 1000).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        assert Decimal(row["amount_usd"]) == amount
        total += amount
    assert f"${total:,.2f} owed" in card.strong


async def test_only_admins_change_terms_and_mark_payments(env):
    await env.say(f"/campaign new launch {LINK}")
    for line in ("terms tiktok 1", "paid @steady"):
        assert "admins" in (await env.say(f"/payout launch {line}", caller=BO)).summary
    await env.say("/payout launch terms tiktok 1")
    card = await env.say("/payout launch", caller=BO)
    assert "$0.00 owed." in card.summary
    await env.say("/campaign launch here")
    assert "This channel's campaign." in plain_text(await env.say("/payout"))
    assert "Did you mean /payout?" in (await env.say("what do we owe")).summary
    assert "Nobody in launch is called “@bo”" in (await env.say("/payout launch paid @bo")).summary
    assert "can be computed" in (await env.say("/payout launch paid @steady")).summary
    env.track(LINK, days=1)
    await env.say("/videos")
    env.clock.advance(hours=3)
    await env.say(f"/stats {LINK}")
    assert (await env.say("/payout launch paid")).summary.startswith("Who was paid?")
    refused = await env.say("/payout launch paid steady")
    assert "No unpaid line of @steady is final yet. Add a final date to the terms" in refused.summary


async def test_a_creator_who_renamed_has_one_cap_under_the_new_name(env):
    world, key = env.sandbox.world, env.sandbox.key
    old, new = (f"https://www.tiktok.com/@{who}.steady/video/730123456789012345{n}" for n, who in enumerate(("a", "b")))
    first = world.track(key, old, 7)
    await env.say(f"/campaign new launch {old} {new}")
    await env.say("/payout launch terms tiktok 10 per 1000, from zero, cap 5 per creator, final after 1 day")
    env.clock.advance(hours=26)
    await env.say(f"/stats {old}")
    assert "@a.steady: " in plain_text(await env.say("/payout launch"))
    first.video = replace(first.video, creator="@b.steady")
    world.track(key, new, 7)
    env.clock.advance(hours=2)
    for link in (old, new):
        await env.say(f"/stats {link}")
    card = await env.say("/payout launch")
    assert card.summary == "$5.00 owed."
    assert "@a.steady" not in plain_text(card)
    assert (await env.say("/payout launch paid @a.steady")).title == "launch: @b.steady"


async def test_a_line_is_open_until_the_page_of_its_final_hour_was_read(env):
    env.track(LINK)
    await env.say(f"/campaign new launch {LINK}")
    await env.say("/payout launch terms tiktok 1, final after 1 day")
    env.clock.advance(hours=20)
    await env.say(f"/stats {LINK}")
    env.clock.advance(hours=20)
    assert "open until" in plain_text(await env.details("/payout launch"))
    await env.say(f"/stats {LINK}")
    assert "· final " in plain_text(await env.details("/payout launch"))


def test_without_a_minimum_a_fallen_counter_is_not_below_it():
    owed = owing(1)
    fallen = replace(owed.lines[0], start=900, end=400, counted=0, fallen=1, minimum=0, amount=Decimal())
    assert "minimum of" not in plain_text(payout_details(replace(owed, lines=(fallen,))))
