"""Each mistake of the operator is one sentence on stderr, with exit code 1."""

import json
from pathlib import Path

import pytest

IN_FORCE = ("Settings file", "Database address", "Monthly cap", "Who can spend", "Time zone")
NOWHERE = {"CONTENTSTATS_BASE_URL": "http://127.0.0.1:1/api/v1", "CONTENTSTATS_API_KEY": "cs_test_x"}


@pytest.mark.parametrize("args", [["console"], ["console", "-c", "/help"]])
def test_a_console_without_a_key_names_the_setting_and_the_demo(cli, args):
    ended = cli(*args)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("CONTENTSTATS_API_KEY isn't set. ")
    assert ended.stderr.endswith(" contentstats-bot demo\n")
    assert not (cli.folder / "contentstats-bot.sqlite3").exists()


@pytest.mark.parametrize("subcommand", ["console", "migrate", "doctor"])
def test_every_invalid_setting_is_named_and_no_secret_is_shown(said, monkeypatch, subcommand):
    wrong = {"CONTENTSTATS_API_KEY": "cs_live_a b", "MONTHLY_CAP_USD": "lots", "LOG_LEVEL": "loud"}
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    code, out, err = said(subcommand)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert all(name in err for name in wrong)
    assert wrong["CONTENTSTATS_API_KEY"] not in err


@pytest.mark.parametrize("args", [["console", "-c", "/help"], ["migrate"]])
def test_an_unreachable_database_is_reported_without_its_password(cli, args):
    ended = cli(*args, DATABASE_URL="postgresql://bot:hunter2@127.0.0.1:1/bot", **NOWHERE)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "DATABASE_URL" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "hunter2" not in ended.stderr


def test_a_settings_file_that_is_no_text_is_named(cli, said, monkeypatch):
    (cli.folder / ".env").write_bytes(b"\xff\xfe")
    monkeypatch.chdir(cli.folder)
    code, out, err = said("doctor")
    assert (code, out) == (1, "")
    assert err.startswith("The file .env can't be read.")
    with cli.started("demo") as demo:
        assert demo.stdout.readline().startswith(b"This is contentstats-bot with play money")


def states(ended):
    """The state of each check by name, without the settings that are only shown."""
    found = {line[9:].partition(":")[0]: line[:9].strip() for line in ended.stdout.splitlines()}
    return {name: state for name, state in found.items() if name not in IN_FORCE}


def test_the_doctor_checks_contentstats_even_without_a_database(cli, sandbox):
    nowhere = {"DATABASE_URL": "postgresql://bot:hunter2@127.0.0.1:1/bot"}
    ended = cli("doctor", **sandbox | nowhere, SECRET_KEY="x" * 32)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert states(ended) == {"Settings": "PROBLEM", "Database": "PROBLEM", "ContentStats": "ok", "Charts": "ok"}
    assert "SECRET_KEY isn't a setting. Did you mean SECRET_KEYS?" in ended.stdout


def test_the_doctor_opens_the_database_with_its_keys_and_notices_an_address_without_its_path(cli, sandbox):
    cli.env |= sandbox | {"SECRET_KEYS": "0123456789abcdef" * 2}
    assert cli("migrate").returncode == 0
    ended = cli("doctor", CONTENTSTATS_BASE_URL=sandbox["CONTENTSTATS_BASE_URL"].removesuffix("/api/v1"))
    assert states(ended) == {"Database": "ok", "ContentStats": "PROBLEM", "Charts": "ok"}
    assert ended.stdout.count("CONTENTSTATS_BASE_URL, which usually ends with /api/v1") == 1


def test_the_doctor_shows_what_is_in_force_and_sends_no_secret_of_the_wrong_kind(cli, sandbox):
    (cli.folder / ".env").write_text("MONTHLY_CAP_USD=12.5\nMAY_SPEND=managers\n")
    wrong = {
        "CONTENTSTATS_API_KEY": "xoxb-1-misplaced",
        "SLACK_BOT_TOKEN": "xapp-1-misplaced",
        "SLACK_SIGNING_SECRET": "misplaced",
        "DISCORD_TOKEN": "misplaced",
    }
    ended = cli("doctor", "--json", **sandbox | wrong)
    assert (ended.returncode, ended.stderr) == (1, "")
    found = {check["name"]: check for check in json.loads(ended.stdout)["checks"]}
    assert found["Settings file"]["detail"].startswith(f"{cli.folder}/.env")
    assert found["Database address"]["detail"] == f"SQLite file {cli.folder}/bot.db"
    assert found["Monthly cap"]["detail"].startswith("$12.50")
    assert "MAY_SPEND=managers" in found["Who can spend"]["detail"]
    assert {name for name, check in found.items() if not check["ok"]} == {*wrong, "ContentStats"}
    assert "xoxb-; it is on the app's page" in found["SLACK_BOT_TOKEN"]["detail"]
    assert "misplaced" not in ended.stdout


def test_the_doctor_names_a_database_server_without_its_password(cli):
    ended = cli("doctor", DATABASE_URL="postgresql://bot:hunter2@127.0.0.1:1/data", CONTENTSTATS_API_KEY="")
    assert "Database address: PostgreSQL data at 127.0.0.1:1\n" in ended.stdout
    assert "hunter2" not in ended.stdout


def test_a_full_disk_is_reported_in_a_sentence(cli, sandbox):
    cli.env |= sandbox
    with Path("/dev/full").open("wb") as full, cli.started("console", "-c", "/help", stdout=full) as console:
        assert console.wait(120) == 1
        assert console.stderr.read() == b"contentstats-bot can't continue: No space left on device.\n"


def test_a_closed_output_causes_no_traceback(cli, sandbox):
    cli.env |= sandbox
    with cli.started("console") as console:
        console.stdout.close()
        console.stdin.write(b"/help\n/videos\n")
        console.stdin.close()
        console.wait(120)
        assert console.returncode == 1
        assert console.stderr.read() == b""
