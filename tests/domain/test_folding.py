"""Differences between a title and what people type that don't count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.folding import folded


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ('It\'s "only" a test', "its only a TEST"),
        ("Don’t stop believin’", "Don't stop believin'"),
        ("„Was für ein Tag“ – Folge 3", '"Was fur ein Tag" - folge 3'),
        ("Crème brûlée à l’ancienne", "creme brulee a l'ancienne"),
        ("Straße Łódź Ærø İstanbul", "strasse lodz aero istanbul"),
        ("ﬁnal Ｃｕｔ №３", "final cut no3"),
        ("cat\u200b\u202e on\u00a0a  piano\u2060", "cat on a piano"),
        ("a\u0301 ё й", "a е и"),
        ("❤️ love 👩\u200d🍳", "❤ love 👩🍳"),
        ("two\nlines\there", "two lines here"),
        ("wait… what", "wait... what"),
        ("@bravo", "bravo"),
        ("قَهْوَة", "قهوة"),
        ("ｶﾞ한", "ガ한"),
        ("x − y ‑ z", "x - y - z"),
    ],
)
def test_these_are_the_same(title, typed):
    assert folded(title) == folded(typed)


@pytest.mark.parametrize(("title", "other"), [("cat 1", "cat 2"), ("a-b", "a b"), ("か", "き"), ("C++", "C")])
def test_these_are_not(title, other):
    assert folded(title) != folded(other)


@given(st.text())
def test_folding_is_idempotent(text):
    assert folded(folded(text)) == folded(text)
