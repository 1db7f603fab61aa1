"""/digest in Slack: a form for missing values, the person's own time zone, and private replies."""

import asyncio

from tests.slack.bot_app import ANN, BEN, GENERAL, RANDOM, SECRET, shown_text
from tests.standins.environment import LINK, YOUTUBE


async def test_missing_values_are_requested_in_a_prefilled_form(bot_app):
    form = await bot_app.modal(bot_app.send("/digest on weekly fri skip"))
    await bot_app.slack.send_options_request(form, "zone", "berlin", user=ANN)
    answers = {"time": "09:30", "zone": "Europe/Berlin", "show": ["skip", "top-people"]}
    answer = await bot_app.seen(bot_app.slack.send_view_submission(form, answers))
    assert "every Friday at 09:30 (Europe/Berlin)" in shown_text(answer)
    assert "when there's nothing to report" in shown_text(answer)
    assert "totals, top people" in shown_text(answer)
    assert (answer.channel_id, answer.only_for) == (GENERAL, ANN)
    assert "every Friday at 09:30" in shown_text(await bot_app.type("/digest status"))


async def test_the_persons_time_zone_is_prefilled_and_others_can_be_searched(bot_app):
    bot_app.slack.users[ANN].tz = "Asia/Tokyo"
    form = await bot_app.modal(bot_app.send("/digest on", channel=RANDOM))
    assert form.body["submit"]["text"] == "Turn on digest"
    assert "'value': 'Asia/Tokyo'" in str(form.body)
    assert form.body["title"]["text"] == "Post a digest in #random"
    offered = await bot_app.slack.send_options_request(form, "zone", "new y", user=ANN)
    assert [option["value"] for option in offered.options] == ["America/New_York"]


async def test_a_digest_without_a_time_zone_uses_the_askers(bot_app):
    bot_app.slack.users[ANN].tz = "America/New_York"
    answer = await bot_app.type("/digest on 9am")
    assert "daily at 09:00 (America/New_York)" in shown_text(answer)
    assert "The time zone is your own" in shown_text(answer)


async def test_alerts_are_refused_in_direct_messages_unless_with_the_app(bot_app, team):
    bot_app.slack.add_channel("D2", team, [ANN, BEN], "im")
    refused = await bot_app.seen(bot_app.send("/alerts spike on", channel="D2"))
    assert "I can't post here, so alerts can't arrive" in refused.text
    own = bot_app.slack.conversation(bot_app.token, bot_app.slack.users[ANN])
    assert "Spikes" in shown_text(await bot_app.type("/alerts spike on", channel=own.id))


async def test_a_first_tracking_in_a_channel_without_the_bot_only_explains_how_to_get_alerts(bot_app):
    card = await bot_app.card(f"/track {LINK} 7", channel=SECRET)
    await bot_app.changed(card, bot_app.press(card, "Track 7"))
    assert "No channel gets alerts yet" in shown_text(card)
    assert "are on in this channel" not in shown_text(card)
    card = await bot_app.card(f"/track {YOUTUBE} 7")
    await bot_app.changed(card, bot_app.press(card, "Track 7"))
    assert "are on in this channel" in shown_text(card)


async def test_a_digest_in_a_slack_connect_channel_has_no_money(bot_app):
    bot_app.slack.channel(GENERAL).is_ext_shared = True
    assert "spend and balance are left out" in shown_text(await bot_app.type("/digest on 09:00 UTC"))


async def test_a_channel_that_another_company_joins_shows_money_no_longer(bot_app):
    assert "Shows" not in shown_text(await bot_app.type("/digest on 09:00 UTC"))
    assert "Turn low balance off" in shown_text(await bot_app.type("/alerts status"))
    event = {"type": "channel_shared", "connected_team_id": "T9", "channel": GENERAL, "event_ts": "1.1"}
    assert (await bot_app.slack.send_event(event, bot_app.slack.teams["T1"])).failure == ""
    async with asyncio.timeout(10):
        while "totals, movers, top creators, new and finished, ending, flattened" not in shown_text(
            await bot_app.type("/digest status")
        ):
            pass
        while "Turn low balance off" in shown_text(await bot_app.type("/alerts status")):
            pass
