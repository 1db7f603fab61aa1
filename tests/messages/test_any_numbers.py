"""Cards with figures from snapshots, for any snapshots at all."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.allowances import Limit, Scope
from bot.domain.curves import joined
from bot.domain.money import DURATIONS
from bot.domain.videos import Metric, Snapshot, VideoReading
from bot.messages.compare import Compared, comparison, shared_metric
from bot.messages.offer import consequence_card
from bot.messages.stats import VideoFacts, video_details, video_stats
from bot.reply.model import Button, Tone
from bot.reply.plain import plain_text
from tests.examples import ANA, DAYS_AGO, NOW, offered, video

COUNTS = st.dictionaries(st.sampled_from(Metric), st.integers(0, 2**63 - 1))
SUMS = st.decimals(0, 15, places=2)
MINUTES = st.sets(st.integers(-90, 60 * 48), max_size=12).map(sorted)


@st.composite
def readings(draw):
    """A page with snapshots at any minute and with any metrics, of a video with any start or none."""
    minutes = draw(MINUTES)
    taken = tuple(Snapshot(DAYS_AGO + timedelta(minutes=minute), draw(COUNTS)) for minute in minutes)
    started_at = draw(st.sampled_from([None, DAYS_AGO, DAYS_AGO - timedelta(minutes=29)]))
    days = draw(st.none() | st.integers(1, 30))
    remaining = draw(st.none() | st.decimals(0, 30, places=2))
    shown = video(draw(st.integers(0, 6)), started_at=started_at, days=days, days_remaining=remaining)
    return VideoReading(shown, taken)


@given(st.lists(readings(), min_size=1, max_size=5))
def test_any_videos_can_be_compared(found):
    compared = [Compared(label, joined([each]), NOW, "") for label, each in zip("12345", found, strict=False)]
    reply = comparison(compared, shared_metric(found), None, NOW)
    assert reply.title == "Comparison"
    assert plain_text(reply)


@given(readings(), st.none() | st.decimals(0, 1, places=3))
def test_any_video_has_a_card(reading, cost):
    facts = VideoFacts(
        curve=joined([reading]),
        started_by=ANA,
        started_here=True,
        cost_per_snapshot=Decimal(cost) if cost is not None else None,
        as_of=NOW,
        seen_at=NOW,
        problem="",
        now=NOW,
    )
    said = plain_text(video_stats(facts, None))
    assert "As of Mon 2 Mar, 10:30 UTC" in said or "No newer snapshot since" in said
    assert "snapshot" in video_details(facts).summary


@given(
    SUMS, SUMS, st.sampled_from([Scope.OPERATOR, Scope.PERSON]), st.none() | SUMS, st.sampled_from([None, *DURATIONS])
)
def test_any_limits_and_sums_leave_a_card(balance, left, scope, above, days):
    asked = replace(offered(str(balance), days), limits=(Limit(scope, left, Decimal(0)),), approval_above=above)
    labels = [each.label for each in consequence_card(asked).actions if isinstance(each, Button)]
    starts = [label for label in labels if label.startswith("Track")]
    price = asked.proposed.price
    there = min(asked.wallet.usage.available, left)
    assert bool(starts) == (price <= there and (above is None or price <= above))
    assert not (starts and "Ask for approval" in labels)


@given(
    SUMS,
    SUMS,
    st.none() | SUMS,
    st.sampled_from(DURATIONS),
    SUMS,
    st.sampled_from(["", "away", "partial", "doubt", "endless"]),
)
def test_a_start_without_a_press_has_a_card_without_warnings(balance, left, above, days, up_to, fault):
    asked = replace(offered(str(balance), days), limits=(Limit(Scope.PERSON, left, Decimal(0)),), approval_above=above)
    problem, is_endless = "The API is away." * (fault == "away"), fault == "endless"
    wallet = replace(asked.wallet, problem=problem, complete=fault != "partial", open_ended=int(is_endless))
    rows = (replace(asked.rows[0], may_run=fault == "doubt"),)
    asked = replace(asked, wallet=wallet, rows=rows)
    card = consequence_card(asked)
    is_known = wallet.is_certain and not wallet.problem
    assert asked.needs_no_press(up_to) is (card.tone is Tone.INFO and is_known and 0 < asked.proposed.price <= up_to)
    assert asked.needs_no_press(up_to) or (balance, up_to, fault) != (50, 9, "")
    if asked.needs_no_press(up_to):
        assert "That leaves $" in card.summary
        assert isinstance(card.actions[0], Button)
        assert card.actions[0].call.command == "track.start"
