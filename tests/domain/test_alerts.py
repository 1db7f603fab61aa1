"""The state machine of an alert: opened once, worse once per stage, resolved, and hard to open again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts import (
    REARM_BALANCE,
    STALE,
    Act,
    Alert,
    AlertKind,
    Silence,
    Stage,
    Subject,
    advance,
    balance_silence,
    balance_stage,
    default_setting,
)
from bot.domain.caller import Person
from bot.domain.money import Runway, Usage, WalletState
from bot.domain.videos import RunningCount

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRICE = Decimal("0.015")
THRESHOLD = Decimal(2)
KEY = "balance.low:1"

stages = st.sampled_from([Stage.CLEAR, Stage.OPEN, Stage.SOON, Stage.URGENT, Stage.PAUSED])
silences = st.sampled_from(Silence)
walks = st.lists(st.tuples(stages, silences), max_size=40)
balances = st.lists(
    st.tuples(st.decimals(-1, 5, places=2), st.none() | st.integers(0, 120), st.integers(0, 2)), max_size=40
)


def money(available="50", hours=None, paused=0, *, runs=True, as_of=NOW):
    empty_at = None if hours is None else NOW + hours * HOUR
    usage = Usage(Decimal(available), Decimal(0), None, PRICE, None)
    runway = Runway(Decimal(0), empty_at, Decimal(0))
    running = RunningCount(int(runs and not paused), paused)
    return WalletState(usage, (), runway, running, 0, complete=True, is_test=False, as_of=as_of)


def walk(steps):
    """Each step's alert with its action."""
    alert = Alert()
    for stage, silence in steps:
        alert, acts = advance(alert, stage, silence, KEY)
        yield alert, acts


@pytest.mark.parametrize(
    ("stored", "subject"),
    [
        ("balance", Subject(AlertKind.BALANCE)),
        ("done:b77e", Subject("done", "b77e")),
        ("spike:b77e", Subject(AlertKind.SPIKE, "b77e")),
        ("held:balance", Subject(AlertKind.BALANCE, is_deferred=True)),
        ("held:trouble:b77e", Subject(AlertKind.TROUBLE, "b77e").deferred),
        ("budget:launch:80", Subject("budget", "launch:80")),  # a newer version's
    ],
)
def test_stored_subjects_keep_their_format(stored, subject):
    assert Subject.read(stored) == subject
    assert str(subject) == stored


@given(walks)
def test_a_message_is_posted_once_per_episode_under_a_unique_key(steps):
    posted = [alert.episode for alert, acts in walk(steps) if Act.POST in acts]
    edits = [(alert.message_key, alert.edits) for alert, acts in walk(steps) if Act.EDIT in acts]
    replies = [(alert.message_key, alert.stage) for alert, acts in walk(steps) if Act.REPLY in acts]
    for keys in (posted, edits, replies):
        assert len(set(keys)) == len(keys)
    assert {stage for _, stage in replies} <= {Stage.URGENT, Stage.PAUSED}


@given(walks)
def test_between_two_openings_the_alert_was_clear(steps):
    episode, was_clear = 0, True
    for alert, _ in walk(steps):
        if alert.episode > episode:
            assert was_clear
            assert alert.episode == episode + 1
        episode, was_clear = alert.episode, alert.stage is Stage.CLEAR


@given(walks)
def test_during_silence_nothing_notifies_but_posted_messages_stay_current(steps):
    shown = {}
    for (_, silence), (alert, acts) in zip(steps, walk(steps), strict=True):
        if silence is not Silence.NONE:
            assert not {Act.POST, Act.REPLY} & {*acts}
        if {Act.POST, Act.EDIT} & {*acts}:
            shown[alert.message_key] = alert.stage
        if alert.message_key is not None:
            assert shown[alert.message_key] is alert.stage


@given(walks)
def test_an_open_stage_is_posted_when_silence_ends(steps):
    alert, _ = [(Alert(), ()), *walk(steps)][-1]
    after, acts = advance(alert, alert.stage, Silence.NONE, KEY)
    assert not after.is_pending
    if alert.stage is Stage.CLEAR:
        assert acts == ()


def test_an_episode_from_low_to_paused_and_back():
    path = (Stage.OPEN, Stage.SOON, Stage.URGENT, Stage.SOON, Stage.URGENT, Stage.PAUSED, Stage.CLEAR, Stage.CLEAR)
    acts = [acts for _, acts in walk([(stage, Silence.NONE) for stage in path])]
    woken = (Act.EDIT, Act.REPLY)
    assert acts == [(Act.POST,), (Act.EDIT,), woken, (Act.EDIT,), (Act.EDIT,), woken, (Act.EDIT,), ()]


@pytest.mark.parametrize("silence", [Silence.QUIET, Silence.MUTED])
def test_a_stage_that_costs_data_notifies_when_the_silence_ends_if_it_lasts(silence):
    opened, soon = (Stage.OPEN, Silence.NONE), (Stage.SOON, Silence.NONE)
    lasting = [opened, (Stage.URGENT, silence), (Stage.URGENT, silence), (Stage.URGENT, Silence.NONE)]
    assert [acts for _, acts in walk(lasting)] == [(Act.POST,), (Act.EDIT,), (), (Act.REPLY,)]
    passing = [opened, (Stage.URGENT, silence), soon, soon]
    assert [acts for _, acts in walk(passing)] == [(Act.POST,), (Act.EDIT,), (Act.EDIT,), ()]


@pytest.mark.parametrize(
    ("known", "stage"),
    [
        (money("2.00"), Stage.CLEAR), (money("1.99"), Stage.OPEN), (money("50", 73), Stage.CLEAR),
        (money("50", 72), Stage.SOON), (money("50", 24), Stage.URGENT), (money("0", 0), Stage.PAUSED),
        (money("0.01", paused=1), Stage.PAUSED), (money("0.015", paused=1), Stage.OPEN),
        (money("0", runs=False), Stage.OPEN), (money("50", paused=3), Stage.CLEAR),
    ],
)  # fmt: skip
def test_the_stage_is_the_worst_that_applies(known, stage):
    assert balance_stage(Stage.CLEAR, known, THRESHOLD, NOW) is stage


@pytest.mark.parametrize(
    ("before", "known", "stage"),
    [
        (Stage.OPEN, money("2.39"), Stage.OPEN),
        (Stage.OPEN, money("2.40"), Stage.CLEAR),
        (Stage.SOON, money("50", 84), Stage.SOON),
        (Stage.SOON, money("50", 85), Stage.CLEAR),
        (Stage.URGENT, money("50", 30), Stage.URGENT),
        (Stage.URGENT, money("50", 31), Stage.SOON),
        (Stage.SOON, money("50", 25), Stage.SOON),
        (Stage.PAUSED, money("10"), Stage.CLEAR),
        (Stage.PAUSED, money("10", 20), Stage.URGENT),
    ],
)
def test_improving_needs_more_than_worsening_did(before, known, stage):
    assert balance_stage(before, known, THRESHOLD, NOW) is stage


@given(balances)
def test_no_series_of_balances_makes_an_alert_flap(steps):
    """A low balance that is clear again had a fifth more than the threshold."""
    stage = Stage.CLEAR
    for available, hours, paused in steps:
        known = money(str(available), hours, paused)
        after = balance_stage(stage, known, THRESHOLD, NOW)
        if stage is not Stage.CLEAR and after is Stage.CLEAR:
            assert available >= THRESHOLD * REARM_BALANCE
        assert balance_stage(after, known, THRESHOLD, NOW) is after
        stage = after


@given(stages, st.decimals(-1, 100, places=2), st.none() | st.integers(0, 200))
def test_stale_figures_change_nothing(stage, available, hours):
    old = NOW - STALE - timedelta(seconds=1)
    assert balance_stage(stage, money(str(available), hours, as_of=old), THRESHOLD, NOW) is stage


def test_with_fresh_figures_the_end_comes_nearer_with_time():
    known = money("50", 73)
    assert balance_stage(Stage.CLEAR, known, THRESHOLD, NOW) is Stage.CLEAR
    assert balance_stage(Stage.CLEAR, known, THRESHOLD, NOW + HOUR) is Stage.SOON


@pytest.mark.parametrize(
    ("alert", "known", "silence"),
    [
        (Alert(Stage.URGENT, 1), money("1", 6), Silence.NONE),
        (Alert(Stage.URGENT, 1, notified=Stage.SOON), money("1", 6), Silence.NONE),
        (Alert(Stage.URGENT, 1), money("1", 20), Silence.QUIET),
        (Alert(Stage.URGENT, 1, notified=Stage.URGENT), money("1", 6), Silence.QUIET),
        (Alert(Stage.PAUSED, 1), money("0"), Silence.NONE),
        (Alert(Stage.PAUSED, 1, notified=Stage.URGENT), money("0"), Silence.QUIET),
        (Alert(Stage.OPEN, 1), money("1"), Silence.QUIET),
    ],
)
def test_quiet_hours_let_a_forecast_of_a_pause_through_once(alert, known, silence):
    assert balance_silence(alert, known, Silence.QUIET, NOW + 8 * HOUR) is silence
    assert balance_silence(alert, known, Silence.MUTED, NOW + 8 * HOUR) is Silence.MUTED


def test_a_mute_outlasts_quiet_hours_and_a_snooze_mutes_one_alert():
    setting = default_setting(1, "C1", Person("U1", "Ana"))
    assert setting.silence(NOW) == (Silence.NONE, None)
    assert setting.silence(NOW, NOW + HOUR) == (Silence.MUTED, NOW + HOUR)
    assert setting.silence(NOW, NOW) == (Silence.NONE, None)
    assert setting.wants(AlertKind.BALANCE)
    assert not setting.wants(AlertKind.SPIKE)
