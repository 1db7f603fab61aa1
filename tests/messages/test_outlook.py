"""How long the money lasts, in the fields of several messages."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.clock import moment_text
from bot.domain.money import Runway
from bot.messages.wording import runway_text
from bot.reply.plain import plain_spans
from tests.examples import NOW, wallet_state

ENOUGH = Runway(Decimal(1), None, Decimal(1), 0, NOW + timedelta(days=3))
DRY = Runway(Decimal(9), NOW + timedelta(hours=5), Decimal(-2), 0, NOW + timedelta(days=3))


@pytest.mark.parametrize(
    ("runway", "open_ended", "shown"),
    [
        (ENOUGH, 0, f"covers all running videos; the last one ends {moment_text(ENOUGH.last_end)}"),
        (ENOUGH, 1, f"covers all videos with a known end; the last one ends {moment_text(ENOUGH.last_end)}"),
        (replace(ENOUGH, last_end=None), 0, "nothing is being spent"),
        (replace(ENOUGH, last_end=None), 1, "not known"),
        (replace(ENOUGH, left_after=Decimal(-1), paused=2), 0, "not enough for the paused videos"),
        (replace(ENOUGH, left_after=Decimal(-1)), 0, "used up"),
        (DRY, 0, f"{moment_text(DRY.empty_at)}"),
        (DRY, 1, f"{moment_text(DRY.empty_at)} at the latest"),
    ],
)
def test_the_runway_is_shown_as_far_as_known(runway, open_ended, shown):
    assert plain_spans(
        runway_text(wallet_state("9.00", runway=runway, open_ended=open_ended, complete=True))
    ).startswith(shown)
