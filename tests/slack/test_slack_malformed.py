"""Signed but malformed requests: each gets status 400, and nothing is done."""

import copy
import json
import random

import pytest

from adapters.slack.listeners import is_well_formed
from tests.slack.bot_app import ANN, GENERAL, signed
from tests.standins.environment import LINK

WRONG = [None, 0, -1.5, True, "", "x", [], [None], [[]], {}, {"id": None}, {"a": {"b": []}}, "missing"]


def _paths(value, path=()):
    """Every path in a payload."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield (*path, key)
        yield from _paths(each, (*path, key))


def _broken(payload, path, wrong):
    """The payload with another value, or none, at one path."""
    broken = copy.deepcopy(payload)
    at = broken
    for key in path[:-1]:
        at = at[key]
    if wrong == "missing":
        del at[path[-1]]
    else:
        at[path[-1]] = wrong
    return broken


async def _sent(bot_app):
    """A payload of each kind that the app handles, as Slack sends it."""
    card = await bot_app.card(f"/track {LINK} 7")
    modal = await bot_app.modal(bot_app.send("/track"))
    submitted = await bot_app.slack.send_view_submission(modal, {"Link": LINK})
    modal = await bot_app.modal(bot_app.send("/compare"))
    typed = await bot_app.slack.send_options_request(modal, "Videos", "", user=ANN)
    message = bot_app.slack.say(ANN, GENERAL, f"look {LINK}")
    deliveries = [
        await bot_app.send("/usage"),
        await bot_app.press(card, "Track 7"),
        await bot_app.slack.send_shortcut("track", user=ANN),
        await bot_app.slack.send_message_shortcut("track_message", message, user=ANN),
        await bot_app.slack.open_home(ANN),
        await bot_app.slack.share_link(message, LINK),
        typed,
        submitted,
    ]
    return [each.payload for each in deliveries]


async def test_no_malformed_field_of_a_payload_breaks_anything(bot_app, caplog):
    payloads = await _sent(bot_app)
    assert all(map(is_well_formed, payloads))
    places = [(payload, path) for payload in payloads for path in _paths(payload)]
    choose = random.Random(0)
    for payload, path in places:
        broken = _broken(payload, path, choose.choice(WRONG))
        assert (await bot_app.program.dispatch(broken)).status in (200, 400, 404), (path, broken)
    await bot_app.close()
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == []


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "block_actions", "user": {"id": "U1"}, "actions": []},
        {"type": "block_actions", "user": {"id": "U1"}},
        {"type": "view_submission", "user": {"id": "U1"}, "view": {"callback_id": "track"}},
        {"type": "event_callback", "event_id": "E1", "event": []},
        {"type": "event_callback", "event": {"type": "link_shared", "links": ["x"]}},
        {"type": "message_action", "user": {"id": "U1"}, "callback_id": "track_message"},
        {"type": 7},
        {"command": "/usage"},
        {"command": "/usage", "team_id": "T1", "user_id": "U1", "channel_id": ["C1"]},
        {"view": "x"},
        {"team": 7},
    ],
    ids=str,
)
async def test_a_payload_of_the_wrong_shape_is_a_bad_request(bot_app, payload):
    assert await _status(bot_app, json.dumps(payload).encode()) == 400


@pytest.mark.parametrize("levels", [101, 3_000, 100_000])
async def test_deeply_nested_json_is_a_bad_request(bot_app, levels):
    message = "[" * levels + "]" * levels
    body = b'{"type": "message_action", "message": {"blocks": ' + message.encode() + b"}}"
    assert await _status(bot_app, body) == 400


async def _status(bot_app, body):
    return (await bot_app.program.handle(body, signed(bot_app, body))).status
