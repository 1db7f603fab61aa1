import pwd
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.domain.errors import NotConfigured
from bot.settings import Settings, Spenders, misspelled_settings, settings_table, state_dir

KEY = "cs_test_0123456789abcdef"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, tmp_path):
    for row in settings_table():
        monkeypatch.delenv(row.name, raising=False)
        monkeypatch.delenv(f"{row.name}_FILE", raising=False)
    monkeypatch.chdir(tmp_path)


def problem_with(monkeypatch, **variables) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NotConfigured) as caught:
        Settings.load()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    return str(caught.value)


def test_without_variables_the_defaults_are_the_documented_ones():
    settings = Settings.load()
    assert settings.contentstats_api_key is None
    assert settings.contentstats_base_url == "https://contentstats.io/api/v1"
    assert settings.database_url == "sqlite:///contentstats-bot.sqlite3"
    assert settings.may_spend is Spenders.DEFAULT
    assert settings.monthly_cap_usd == Decimal(100)
    assert (settings.log_level, settings.log_format) == ("INFO", "text")
    assert settings.secrets == ()


def test_the_environment_overrides_the_env_file_and_unknown_variables_are_ignored(monkeypatch):
    Path(".env").write_text("MAY_SPEND=nobody\nMONTHLY_CAP_USD=12.50\nCOLOUR_OF_THE_SHED=red\n")
    monkeypatch.setenv("MAY_SPEND", "Managers")
    settings = Settings.load()
    assert settings.may_spend is Spenders.MANAGERS
    assert settings.monthly_cap_usd == Decimal("12.50")


def test_an_empty_variable_counts_as_not_set(monkeypatch):
    Path(".env").write_text("LOG_LEVEL=debug\n")
    for row in settings_table():
        monkeypatch.setenv(row.name, "")
    monkeypatch.setenv("CONTENTSTATS_API_KEY_FILE", "")
    settings = Settings.load()
    assert settings.log_level == "DEBUG"
    assert settings.contentstats_api_key is None


def test_a_secret_may_be_in_a_file_also_named_in_the_env_file(monkeypatch):
    Path("key").write_text(f"{KEY}\n")
    Path("token").write_text("a.b.c\n")
    Path("address").write_text("postgresql://bot:hunter2@db/bot\n")
    Path(".env").write_text("DATABASE_URL_FILE=address\n")
    monkeypatch.setenv("CONTENTSTATS_API_KEY_FILE", "key")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "token")
    settings = Settings.load()
    assert settings.contentstats_api_key.get_secret_value() == KEY
    assert settings.discord_token.get_secret_value() == "a.b.c"
    assert settings.database_url == "postgresql://bot:hunter2@db/bot"
    assert set(settings.secrets) == {KEY, "a.b.c", "hunter2"}
    assert not [secret for secret in settings.secrets if secret in repr(settings)]


def test_a_secret_set_twice_is_refused(monkeypatch):
    Path("key").write_text(KEY)
    Path(".env").write_text(f"CONTENTSTATS_API_KEY={KEY}\n")
    said = problem_with(monkeypatch, CONTENTSTATS_API_KEY_FILE="key")
    assert said == "CONTENTSTATS_API_KEY and CONTENTSTATS_API_KEY_FILE are both set. Keep one of the two."


def test_an_invalid_secret_file_is_named(monkeypatch):
    Path("empty").write_text("\n")
    Path("picture").write_bytes(b"\x89PNG\xff")
    for path, reason in (
        ("absent", "No such file"),
        ("cs_test_0123456789", "No such file"),
        ("empty", "is empty"),
        ("picture", "isn't text"),
        (".", "directory"),
    ):
        said = problem_with(monkeypatch, CONTENTSTATS_API_KEY_FILE=path)
        assert said.startswith("The file in CONTENTSTATS_API_KEY_FILE ")
        assert reason in said
        assert "cs_test_" not in said


@pytest.mark.parametrize("key", ["cs_test_two words", "cs_test_ключ", "cs_test_a\nX-Evil: 1", " "])
@pytest.mark.parametrize(
    "name",
    [
        "CONTENTSTATS_API_KEY", "DISCORD_TOKEN", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SLACK_CLIENT_SECRET",
        "SLACK_SIGNING_SECRET",
    ],
)  # fmt: skip
def test_a_key_invalid_in_headers_is_refused_without_showing_it(monkeypatch, name, key):
    said = problem_with(monkeypatch, **{name: key})
    assert said.startswith(f"{name} has an invalid")
    assert "cs_test_" not in said


@pytest.mark.parametrize(
    "address",
    [
        "https://contentstats.io/api/v1", "http://localhost:8080/api/v1", "http://127.0.0.1:1",
        "http://[::1]:9/api/v1", "http://10.1.2.3:8080", "http://172.17.0.1/api", "http://stand-in:8080/api/v1",
        "http://host.docker.internal:9", "http://proxy.bots.svc.cluster.local",
    ],
)  # fmt: skip
def test_an_address_may_be_https_anywhere_and_plain_http_within_the_operators_network(monkeypatch, address):
    names = ("CONTENTSTATS_BASE_URL", "SLACK_API_URL", "DISCORD_API_URL")
    for name in names:
        monkeypatch.setenv(name, f"{address}/")
    settings = Settings.load()
    assert settings.contentstats_base_url == settings.discord_api_url == address
    assert settings.slack_api_url == f"{address}/"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://contentstats.io/api/v1", "would send a secret to contentstats.io unencrypted"),
        ("http://localhost.example.org", "would send a secret to localhost.example.org unencrypted"),
        ("http://8.8.8.8", "unencrypted"),
        ("http://0.0.0.0", "unencrypted"),
        ("https://me:hunter2@contentstats.io", "has a user name in it"),
        ("https://hunter2@contentstats.io", "has a user name in it"),
        ("ftp://contentstats.io", "isn't an API's address"),
        ("contentstats.io/api/v1", "isn't an API's address"),
        ("https://", "isn't an API's address"),
        ("https://a:99999/", "isn't an API's address"),
        ("https://[::1", "isn't an API's address"),
        ("https://a b/", "isn't an API's address"),
        ("https://a/?x=hunter2", "isn't an API's address"),
    ],
)
@pytest.mark.parametrize("name", ["CONTENTSTATS_BASE_URL", "SLACK_API_URL", "DISCORD_API_URL"])
def test_any_other_address_is_refused_with_a_reason(monkeypatch, name, address, reason):
    said = problem_with(monkeypatch, **{name: address})
    assert said.startswith(f"{name} ")
    assert reason in said
    assert "hunter2" not in said


def test_every_invalid_variable_is_explained(monkeypatch):
    said = problem_with(
        monkeypatch,
        LOG_LEVEL="loud",
        LOG_FORMAT="xml",
        MAY_SPEND="anyone",
        MONTHLY_CAP_USD="-1",
        CONTENTSTATS_API_KEY="a b",
    )
    for sentence in (
        "LOG_LEVEL should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'.",
        "LOG_FORMAT should be 'text' or 'json'.",
        "MAY_SPEND should be 'default', 'members', 'managers' or 'nobody'.",
        "MONTHLY_CAP_USD should be greater than or equal to 0.",
        "CONTENTSTATS_API_KEY has an invalid character.",
    ):
        assert sentence in said


INVALID = {
    "MONTHLY_CAP_USD": ("MONTHLY_CAP_USD should be ", ["$100", "NaN", "Infinity", "ten"]),
    "SLACK_COMMAND_PREFIX": (
        "SLACK_COMMAND_PREFIX can have up to 20 letters",
        ["//cs", "c s", "cs/", "é", "cs.", "a" * 21],
    ),
    "DISCORD_SHARDS": (
        "DISCORD_SHARDS like 0-3/16",
        ["3", "3-1/16", "0-16/16", "0-3", "a/b", "-1/4", "0,2/4", "0-3/٤"],
    ),
    "DISCORD_SERVERS": ("invalid server id", ["my server"]),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, (_, values) in INVALID.items() for value in values]
)
def test_an_invalid_value_is_refused_with_the_format(monkeypatch, name, value):
    assert INVALID[name][0] in problem_with(monkeypatch, **{name: value})


def test_a_binary_env_file_is_refused(monkeypatch):
    Path(".env").write_bytes(b"\xff\xfe\x00")
    readable = "Make it a text file that this user can read, or remove it."
    assert problem_with(monkeypatch) == f"The file .env can't be read. {readable}"


def test_no_secret_shows_when_settings_are_printed(monkeypatch):
    monkeypatch.setenv("CONTENTSTATS_API_KEY", KEY)
    monkeypatch.setenv("DATABASE_URL", "postgresql://bot:hunter%402@db/bot")
    settings = Settings.load()
    assert settings.secrets == (KEY, "hunter%402", "hunter@2")
    for printed in (repr(settings), str(settings)):
        assert not [secret for secret in settings.secrets if secret in printed]


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("postgresql://bot:hun/ter 2@db/bot", {"hun/ter 2"}),
        ("postgresql://bot:hun@ter:2@db/bot", {"hun", "hun@ter:2"}),
        ("postgresql://bot:hun%2Fter%402@db/bot", {"hun%2Fter%402", "hun/ter@2"}),
        ("postgresql://bot@db/bot", set()),
        ("sqlite:///of:bot.db", set()),
    ],
)
def test_the_logs_know_the_password_of_every_address(monkeypatch, address, secrets):
    monkeypatch.setenv("DATABASE_URL", address)
    assert set(Settings.load().secrets) == secrets
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("https_proxy", address)
    assert set(Settings.load().secrets) == secrets


def test_a_mistyped_setting_is_named_with_the_nearest_one(monkeypatch):
    Path(".env").write_text("SLACK_TOKEN=xoxb-1\nDISCORD_SERVER=1\nPOSTGRES_PASSWORD=hunter2\nMAY_SPEND=nobody\n")
    mistyped = ("contentstats_url", "DATABASE_URI", "SECRET_KEY_FILE", "LOG_LEVEL_FILE", "SLACK_WEBHOOK_URL")
    for name in (*mistyped, "HOSTNAME"):
        monkeypatch.setenv(name, "hunter2")
    assert misspelled_settings() == (
        "CONTENTSTATS_URL isn't a setting. Did you mean CONTENTSTATS_BASE_URL?",
        "DATABASE_URI isn't a setting. Did you mean DATABASE_URL?",
        "DISCORD_SERVER isn't a setting. Did you mean DISCORD_SERVERS?",
        "SECRET_KEY_FILE isn't a setting. Did you mean SECRET_KEYS_FILE?",
        "SLACK_TOKEN isn't a setting. Did you mean SLACK_BOT_TOKEN?",
    )


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Settings.load().monthly_cap_usd = Decimal(1_000_000)


def test_the_table_has_a_described_row_for_every_variable():
    rows = {row.name: row for row in settings_table()}
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    assert all(row.description.endswith(".") for row in rows.values())
    assert rows["MONTHLY_CAP_USD"].default == "100"
    assert rows["MAY_SPEND"].default == "default"
    assert rows["CONTENTSTATS_API_KEY"].default == ""
    assert rows["CONTENTSTATS_API_KEY"].description.endswith("Also as `CONTENTSTATS_API_KEY_FILE`.")


def test_the_state_directory_follows_xdg_state_home(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_dir() == tmp_path
    monkeypatch.setenv("XDG_STATE_HOME", "relative/paths/do/not/count")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert state_dir() == tmp_path / "home/.local/state"


def test_a_user_without_a_home_has_no_state_directory(monkeypatch):
    def nobody(uid):
        raise KeyError(uid)

    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert state_dir() is None


@pytest.mark.parametrize(
    ("shards", "found"), [("", None), ("0-3/16", ((0, 1, 2, 3), 16)), ("5/16", ((5,), 16)), (" 0-0/1 ", ((0,), 1))]
)
def test_the_shards_of_a_process_are_written_as_a_range(monkeypatch, shards, found):
    monkeypatch.setenv("DISCORD_SHARDS", shards)
    assert Settings.load().discord_shard_set == found


@pytest.mark.parametrize(
    ("written", "prefix"),
    [("cs-", "cs-"), ("/cs-", "cs-"), ("CS_2", "cs_2"), ("", ""), ("/", ""), ("a" * 20, "a" * 20)],
)
def test_the_prefix_of_slacks_commands_is_read_as_people_write_it(monkeypatch, written, prefix):
    monkeypatch.setenv("SLACK_COMMAND_PREFIX", written)
    assert Settings.load().slack_command_prefix == prefix


def test_the_servers_of_the_operators_key_are_numbers(monkeypatch):
    monkeypatch.setenv("DISCORD_SERVERS", "123, 456,")
    assert Settings.load().discord_server_ids == ("123", "456")
