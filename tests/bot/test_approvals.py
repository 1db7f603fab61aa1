"""Approvals: who may say yes, how often it counts, and what the asker gets to read."""

from adapters.discord.forms import form as discord_form
from adapters.slack.forms import form as slack_form
from bot.commands.forms import filled_in, form_for
from bot.commands.registry import by_name


def test_the_form_asks_why_alone_and_keeps_the_offer():
    command, given = by_name()["approval.ask"], {"batch": "x" * 12, "days": "7"}
    begun = form_for(command, given)
    assert begun == given
    for id_ in (discord_form(command, begun)["custom_id"], slack_form(command, "", begun)["callback_id"]):
        assert len(id_) <= 100
        assert filled_in(id_, {"why": "launch"}) == ("approval.ask", {**given, "why": "launch"})
