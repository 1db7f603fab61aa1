"""Every card of the gallery fits a phone, as `lines_of` counts.

Run it with `.venv/bin/python -m pytest -q tests/drawings`, which names each card that does not. Print the
lines of every card in both chats with `.venv/bin/python -m tests.drawings --lines`.
"""

from dataclasses import replace

from bot.reply.model import Listing, Table
from tests.drawings.measure import lines_of
from tests.drawings.render import CHATS, cards
from tests.every_reply import on_every_reply

TARGETS = {
    "offer.consequence_card": 14,
    "campaigns.payout_card.terms_set": 14,
    "problems.with_links_left_out": 16,
    "home.home": 17,
    "help.all_commands": 16,
    "help.one_command": 20,
    "digests.card.digest": 22,
    "digests.card.with_stopped": 23,
    "campaigns.card.campaign_card": 15,
    "alerts.low_balance.low_balance": 6,
    "alerts.low_balance.balance_warning": 6,
    "alerts.spikes.spike_card": 6,
    "alerts.milestones.milestone_card": 6,
    "alerts.milestones.total_card": 6,
    "alerts.payout_budget.payout_budget": 6,
    "alerts.trouble.trouble": 6,
}
USUAL = 12
"""Lines of any other card, its list of things not counted."""
UNLIMITED = ("details",)
"""What a person has asked for in full."""
WHOLE = {name for name, target in TARGETS.items() if target in {22, 23}}
"""Cards whose lists count."""


def lines(name: str, reply) -> int:
    """The lines that a target is about, in the chat that needs more of them."""
    function = name.partition(":")[0]
    uncounted = () if function in WHOLE else Listing if TARGETS.get(function) == 14 else (Listing, Table)
    kept = replace(reply, parts=tuple(part for part in reply.parts if not isinstance(part, uncounted)))
    return max(sum(map(lines_of, cards(chat, kept))) for chat in CHATS)


def target(name: str) -> int:
    return TARGETS.get(name.partition(":")[0], USUAL)


@on_every_reply
def test_a_card_fits_its_target_on_a_phone(name, reply):
    assert any(part in name for part in UNLIMITED) or lines(name, reply) <= target(name)
