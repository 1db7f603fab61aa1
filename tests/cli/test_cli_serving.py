"""The subcommands that serve chats: without credentials, and from start to shutdown in Slack."""

import asyncio
import json

import pytest

from tests.standins.faults import Fault, FaultKind
from tests.standins.slack.server import running

BESIDE = {"backup copy.db": 0, "migrate": 0, "run": 1}
"""Exit codes of other subcommands while a bot uses the same SQLite file."""
KEYS = "0123456789abcdef" * 2


def test_run_without_credentials_names_what_is_missing_and_the_demo(cli):
    ended = cli("run", SLACK_TOKEN="xoxb-1", DATABASE_URI="sqlite:///bot.db")
    assert ended.returncode == 1
    (warning,) = (line for line in ended.stderr.splitlines() if "WARNING" in line)
    assert "Did you mean SLACK_BOT_TOKEN?" in warning
    assert "Did you mean DATABASE_URL?" in warning
    assert "contentstats-bot demo" in ended.stderr


@pytest.mark.parametrize("only", ["", "smoke", "slack,smoke"])
def test_an_unknown_part_is_refused_and_the_known_ones_are_listed(said, only):
    code, _, err = said("run", "--only", only)
    assert code == 2
    assert "slack,discord,web,scheduler" in err


def test_the_manifest_is_json_with_a_link_that_creates_the_app(cli):
    ended = cli("manifest", "slack", SLACK_COMMAND_PREFIX="cs-")
    made = json.loads(ended.stdout)
    commands = [each["command"] for each in made["features"]["slash_commands"]]
    assert "/cs-track" in commands
    assert "/contentstats" in commands
    assert made["settings"]["socket_mode_enabled"]
    assert "https://api.slack.com/apps?new_app=1&manifest_json=" in ended.stderr


def test_the_manifest_for_http_names_the_address(cli):
    made = json.loads(cli("manifest", "slack", "--url", "https://bot.example", "--oauth").stdout)
    assert made["settings"]["interactivity"]["request_url"] == "https://bot.example/slack/events"
    assert cli("manifest", "slack", "--oauth").returncode == 1


def test_keys_are_rotated_and_a_wrong_one_is_refused(cli):
    database = {"DATABASE_URL": f"sqlite:///{cli.folder}/bot.db"}
    assert "SECRET_KEYS isn't set" in cli("rotate-keys", **database).stderr
    assert "0 stored secrets" in cli("rotate-keys", SECRET_KEYS=KEYS, **database).stdout
    refused = cli("rotate-keys", SECRET_KEYS="another key " * 3, **database)
    assert refused.returncode == 1
    assert "SECRET_KEYS can't decrypt" in refused.stderr


async def test_a_served_slack_answers_is_backed_up_and_ends_in_order(cli, sandbox):
    async with running() as slack:
        team = slack.add_team("T1", "Acme")
        slack.add_user("U1", team, "Ann")
        slack.add_channel("C1", team, ["U1"])
        app = slack.add_app(is_socket_mode=True)
        token = slack.install(app, team)
        cli.env |= sandbox | {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": token.value}
        cli.env["SLACK_APP_TOKEN"] = app.app_token
        with cli.started("run") as process:
            await slack.until(slack.connections, seconds=60)
            await slack.send_command("/usage", "", user="U1", channel="C1")
            await slack.until(lambda: slack.ephemerals("U1"), seconds=60)
            beside = {line: await asyncio.to_thread(cli, *line.split()) for line in BESIDE}
            slack.faults.add("response_url", Fault(FaultKind.SLOW, seconds=0.5))
            await slack.send_command("/usage", "", user="U1", channel="C1")
            process.terminate()  # while the second one is being answered
            assert await asyncio.to_thread(process.wait, 60) == 143
            assert b"Traceback" not in process.stderr.read()
        assert ["available" in each.text for each in slack.ephemerals("U1")] == [True, True]
        assert {line: ended.returncode for line, ended in beside.items()} == BESIDE
        assert "Another contentstats-bot process uses the SQLite file" in beside["run"].stderr
        restored = {"DATABASE_URL": f"sqlite:///{cli.folder}/restored.db"}
        assert cli("restore", "copy.db", **restored).returncode == 0
        assert "available" in cli("console", "-c", "/usage", **restored).stdout
