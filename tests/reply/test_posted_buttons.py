"""Buttons and menus as an earlier version posted them: pressing one still runs its command."""

import pytest

from adapters.discord.actions import call_of as pressed_in_discord
from adapters.slack.actions import call_of as pressed_in_slack
from bot.commands.forms import reopened
from bot.commands.registry import by_name

VIDEO = "b77e9e3f-c2a0-532a-aa57-000000000001"
BUTTONS = f"""
track
track.start?batch=xxxxxxxxxxxx&days=1
track.start?batch=xxxxxxxxxxxx&days=7&sure=yes
track.cancel?batch=xxxxxxxxxxxx
track.check?batch=xxxxxxxxxxxx
track.again?batch=xxxxxxxxxxxx
stats?video={VIDEO}
stats!?video={VIDEO}
compare.with?video={VIDEO}
stop?video={VIDEO}
stop?post=123456.2026-03-02&video={VIDEO}
stop.confirm?video={VIDEO}
export?video={VIDEO}
export.all
connect
disconnect.confirm
videos
videos!?sort=change_24h&page=1
videos!?platform=twitter&status=monitoring&sort=change_24h&page=1
usage
usage!
previews?on=no
digest?action=now
digest?action=on&time=09%3A00&zone=Europe%2FBerlin&every=daily&asks=1
alerts.snooze?setting=12&alert=balance
alerts?what=mute&time=8h
alerts?what=balance
alerts.set?what=completed&switch=off
alerts.set?what=mute&time=8h
alerts.set?what=unmute
alerts.set?switch=off
status
status!
letters.retry
help
form?command=track&link=https%3A%2F%2Fexample.com
""".split()
MENUS = (
    (f"0:compare.with?video={VIDEO}", f"other={VIDEO}", f"compare.with?video={VIDEO}&other="),
    ("0:stats", f"video={VIDEO}", "stats?video="),
    ("0:stop?post=123456.2026-03-02", f"video={VIDEO}", "stop?post=123456.2026-03-02&video="),
)
"""Slack's action_id and option, and Discord's custom_id."""


def is_understood(call):
    name, given, _ = reopened(call)
    return set(given) <= {each.name for each in by_name()[name].arguments}


@pytest.mark.parametrize("encoded", BUTTONS)
def test_a_posted_button_or_menu_of_calls_still_calls_its_command(encoded):
    call = pressed_in_discord(encoded)
    assert is_understood(call)
    assert pressed_in_slack({"type": "button", "action_id": "0:call", "value": encoded}) == call
    assert pressed_in_discord("menu:2.0", [encoded]) == call
    selected = {"type": "static_select", "action_id": "3:call", "selected_option": {"value": encoded}}
    assert pressed_in_slack(selected) == call


@pytest.mark.parametrize(("action_id", "option", "custom_id"), MENUS)
def test_a_posted_menu_still_fills_its_argument(action_id, option, custom_id):
    selected = {"type": "static_select", "action_id": action_id, "selected_option": {"value": option}}
    call = pressed_in_discord(custom_id, [VIDEO])
    assert is_understood(call)
    assert pressed_in_slack(selected) == call
