"""Command names with this Slack app's prefix, in text that people read and nowhere else."""

import pytest

from adapters.slack.text import NO_PREFIX, CommandNames

NAMES = CommandNames("cs-", ("track", "help", "export"))


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("Send /track with a link.", "Send /cs-track with a link."),
        ("/help lists all; “/export all”, (/track)", "/cs-help lists all; “/cs-export all”, (/cs-track)"),
        ("`/track &lt;link&gt; 7`", "`/cs-track &lt;link&gt; 7`"),
        (
            "https://example.com/track and <https://a.b/help|/help>",
            "https://example.com/track and <https://a.b/help|/cs-help>",
        ),
        (
            "/contentstats track, /tracker, /track/7, and/or /invite",
            "/contentstats track, /tracker, /track/7, and/or /invite",
        ),
    ],
)
def test_a_command_gets_its_prefix_but_an_address_does_not(text, renamed):
    assert NAMES.text(text) == renamed
    assert NO_PREFIX.text(text) == text
    assert NAMES.text(renamed) == renamed


def test_only_visible_text_is_renamed():
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "/track"},
        "value": "/track",
        "action_id": "/help",
    }
    link = {"type": "link", "url": "https://a.b", "text": "My /track day"}
    sent = {"text": "/help", "blocks": [{"type": "actions", "elements": (button, link)}], "channel": "/track"}
    shown = NAMES.shown(sent)
    assert shown["text"] == "/cs-help"
    assert shown["channel"] == "/track"
    changed, kept = shown["blocks"][0]["elements"]
    assert changed == button | {"text": {"type": "plain_text", "text": "/cs-track"}}
    assert kept == link
    assert NO_PREFIX.shown(sent) is sent


def test_the_prefix_is_removed_from_typed_commands():
    assert [NAMES.plain(each) for each in ("/cs-track", "/CS-Track", "/track")] == ["track", "track", "track"]
