import pytest

from tests.slack.stage import told
from tests.standins.scene import LINK


async def test_usage_is_answered_to_the_asker_alone(stage):
    answer = await stage.type("/usage")
    assert "$100.00 available" in answer.text
    assert "$100.00" in told(answer)
    assert stage.lines() == []


async def test_track_shows_the_card_first(stage):
    card = await stage.card(f"/track {LINK} 7")
    assert "costs up to $2.52" in told(card)
    assert stage.spent() == 0
