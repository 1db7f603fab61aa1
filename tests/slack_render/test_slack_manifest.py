import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.slack.manifest import (
    EVENTS,
    SCOPES,
    TRACK,
    TRACK_MESSAGE,
    UNFURL_SCOPES,
    create_link,
    manifest,
)
from bot.commands.registry import COMMANDS
from bot.domain.errors import NotConfigured

LISTED = [command for command in COMMANDS if command.listed]
BASE = "https://bot.example.org"


def made(**changes):
    settings = {"prefix": "", "socket_mode": True, "base_url": None, "oauth": False, **changes}
    return manifest(COMMANDS, **settings)


ALL = {
    "socket mode": made(),
    "http": made(socket_mode=False, base_url=BASE),
    "oauth": made(socket_mode=False, base_url=f"{BASE}/", oauth=True),
    "prefixed": made(prefix="cs-"),
    "previews": made(unfurl_domains=("tiktok.com", "youtube.com", "youtu.be", "instagram.com", "x.com")),
}


@pytest.fixture(params=ALL)
def any_manifest(request):
    return ALL[request.param]


@pytest.mark.parametrize(
    "address",
    [
        "http://bot.example.org", "HTTP://localhost", "bot.example.org", "https://", "https://a b", "https://me:pw@a",
        "ftp://a",
    ],
)  # fmt: skip
def test_an_address_that_slack_refuses_is_refused(address):
    with pytest.raises(NotConfigured, match=r"https://|user name") as told:
        made(socket_mode=False, base_url=address)
    assert "pw" not in str(told.value)


def test_the_address_may_be_given_with_its_path():
    assert made(socket_mode=False, base_url=f"{BASE}/slack/events") == ALL["http"]


def commands_of(found):
    return {each["command"]: each for each in found["features"]["slash_commands"]}


def test_every_listed_command_and_the_umbrella_are_in_the_manifest(any_manifest):
    found = commands_of(any_manifest)
    assert len(found) == len(LISTED) + 1
    assert "/contentstats" in found
    assert not any("." in name for name in found)
    assert {each["description"] for each in found.values()} > {command.summary for command in LISTED}


def test_a_prefix_stands_before_each_command_but_the_umbrella():
    assert {*commands_of(ALL["prefixed"])} == {"/contentstats", *(f"/cs-{command.name}" for command in LISTED)}


def test_the_usage_hint_comes_from_the_registry():
    found = commands_of(ALL["socket mode"])
    assert found["/track"]["usage_hint"] == "<link> [link …] [days] [campaign]"
    assert found["/usage"]["usage_hint"] == "[campaign]"


def test_the_documented_limits_are_kept(any_manifest):
    display, features = any_manifest["display_information"], any_manifest["features"]
    assert 1 <= len(display["name"]) <= 35
    assert 1 <= len(display["description"]) <= 140
    assert 175 <= len(display["long_description"]) <= 4_000
    assert re.fullmatch(r"#[0-9a-fA-F]{6}", display["background_color"])
    assert 1 <= len(features["bot_user"]["display_name"]) <= 80
    assert 1 <= len(features["slash_commands"]) <= 50
    for each in features["slash_commands"]:
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", each["command"])
        assert 1 <= len(each["description"]) <= 2_000
        assert 1 <= len(each.get("usage_hint", "x")) <= 1_000
        assert len(each.get("url", "")) <= 3_000
    assert 1 <= len(features["shortcuts"]) <= 10
    for each in features["shortcuts"]:
        assert 1 <= len(each["name"]) <= 24
        assert 1 <= len(each["description"]) <= 150
        assert 1 <= len(each["callback_id"]) <= 255
    assert 1 <= len(features.get("unfurl_domains", ["x"])) <= 5
    scopes = any_manifest["oauth_config"]["scopes"]["bot"]
    assert len(set(scopes)) == len(scopes) <= 255
    assert len(any_manifest["oauth_config"].get("redirect_urls", ())) <= 1_000
    assert len(any_manifest["settings"]["event_subscriptions"]["bot_events"]) <= 100


def test_only_documented_manifest_keys_are_used(any_manifest):
    assert any_manifest.keys() == {"display_information", "features", "oauth_config", "settings"}
    assert any_manifest["display_information"].keys() == {"name", "description", "long_description", "background_color"}
    assert any_manifest["features"].keys() - {"unfurl_domains"} == {
        *("app_home", "bot_user", "shortcuts", "slash_commands")
    }
    assert any_manifest["oauth_config"].keys() - {"redirect_urls"} == {"scopes"}
    assert any_manifest["settings"].keys() == {
        *("event_subscriptions", "interactivity", "org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled")
    }
    for each in any_manifest["features"]["slash_commands"]:
        assert each.keys() - {"url", "usage_hint"} == {"command", "description", "should_escape"}
    for each in any_manifest["features"]["shortcuts"]:
        assert each.keys() == {"name", "type", "callback_id", "description"}


def test_every_scope_has_a_reason(any_manifest):
    reasons = dict(SCOPES + UNFURL_SCOPES)
    assert set(any_manifest["oauth_config"]["scopes"]["bot"]) <= reasons.keys()
    assert all(reason.endswith(".") for reason in reasons.values())
    assert {scope for scope in reasons if "history" in scope or scope == "files:read"} == {"im:history"}


def test_previews_and_their_scopes_are_only_in_the_manifest_if_requested():
    plain, previews = ALL["socket mode"], ALL["previews"]
    assert plain["oauth_config"]["scopes"]["bot"] == [scope for scope, _ in SCOPES]
    assert plain["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert "unfurl_domains" not in plain["features"]
    assert {"links:read", "links:write"} <= set(previews["oauth_config"]["scopes"]["bot"])
    assert "link_shared" in previews["settings"]["event_subscriptions"]["bot_events"]
    assert len(previews["features"]["unfurl_domains"]) == 5
    with pytest.raises(NotConfigured, match="5 domains at most"):
        made(unfurl_domains=("a.io", "b.io", "c.io", "d.io", "e.io", "f.io"))


def test_a_socket_mode_manifest_has_no_address():
    assert ALL["socket mode"]["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(ALL["socket mode"])


def test_an_http_manifest_uses_one_address_for_everything():
    found = ALL["http"]
    url = f"{BASE}/slack/events"
    assert found["settings"]["socket_mode_enabled"] is False
    assert {each["url"] for each in found["features"]["slash_commands"]} == {url}
    assert found["settings"]["event_subscriptions"]["request_url"] == url
    assert found["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": url,
        "message_menu_options_url": url,
    }


def test_an_installation_redirects_to_the_bot():
    assert ALL["oauth"]["oauth_config"]["redirect_urls"] == [f"{BASE}/slack/oauth_redirect"]
    assert "redirect_urls" not in ALL["http"]["oauth_config"]


def test_required_features_are_turned_on(any_manifest):
    settings, features = any_manifest["settings"], any_manifest["features"]
    assert features["app_home"]["home_tab_enabled"] is True
    assert settings["interactivity"]["is_enabled"] is True
    assert settings["org_deploy_enabled"] is True
    assert settings["token_rotation_enabled"] is False
    shortcuts = {(each["type"], each["callback_id"]) for each in features["shortcuts"]}
    assert shortcuts == {("message", TRACK_MESSAGE), ("global", TRACK)}


@pytest.mark.parametrize("changes", [{"socket_mode": False}, {"oauth": True}])
def test_a_missing_address_is_reported(changes):
    with pytest.raises(NotConfigured, match="public https address"):
        made(**changes)


@pytest.mark.parametrize("prefix", ["CS-", "cs ", "x" * 26])
def test_a_prefix_that_slack_refuses_is_refused(prefix):
    with pytest.raises(NotConfigured, match="SLACK_COMMAND_PREFIX"):
        made(prefix=prefix)


def test_the_link_opens_slack_with_the_same_manifest(any_manifest):
    link = urlsplit(create_link(any_manifest))
    query = parse_qs(link.query)
    assert (link.scheme, link.netloc, link.path, query["new_app"]) == ("https", "api.slack.com", "/apps", ["1"])
    assert json.loads(query["manifest_json"][0]) == any_manifest
    assert len(create_link(any_manifest)) < 8_000
