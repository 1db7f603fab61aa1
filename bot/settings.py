"""Settings: environment variables, `.env`, and secrets kept in files. The only reader of the environment."""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias
from urllib.parse import unquote

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.addresses import api_address
from bot.domain.errors import NotConfigured
from bot.secret_files import FROM_FILE, SecretFiles

LogLevel: TypeAlias = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat: TypeAlias = Literal["text", "json"]


class Spenders(StrEnum):
    """Who may spend: by each chat's own rule, every full member, workspace admins, or nobody."""

    DEFAULT = "default"
    MEMBERS = "members"
    MANAGERS = "managers"
    NO_ONE = "nobody"


_PREFIX = re.compile(r"[a-z0-9_-]{0,20}", re.ASCII)
"""With the longest command and the slash, 32 characters at most: Slack's limit."""
_SHARDS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?/([0-9]{1,5})", re.ASCII)


class Settings(BaseSettings):
    """Every option an operator has. Create it with `load`, which explains mistakes in sentences."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    contentstats_api_key: Annotated[SecretStr | None, FROM_FILE] = Field(
        default=None,
        description="Your organisation's key at ContentStats.io: `cs_live_…`, or `cs_test_…`, which spends nothing.",
    )
    contentstats_base_url: str = Field(
        default="https://contentstats.io/api/v1",
        description="Address of the ContentStats API. Plain http only within your own network.",
    )
    database_url: Annotated[str, FROM_FILE] = Field(
        default="sqlite:///contentstats-bot.sqlite3",
        repr=False,  # it may hold a password
        description="`sqlite:///file` or `postgresql://user:password@host/name`.",
    )
    secret_keys: Annotated[SecretStr | None, FROM_FILE] = Field(
        default=None,
        description="Encrypt stored keys and tokens: 32 characters or more each, separated by commas, newest first.",
    )
    slack_bot_token: Annotated[SecretStr | None, FROM_FILE] = Field(
        default=None, description="`xoxb-…`: the bot's token for one Slack workspace."
    )
    slack_app_token: Annotated[SecretStr | None, FROM_FILE] = Field(
        default=None, description="`xapp-…`: app-level token for Socket Mode, which needs no public address."
    )
    slack_signing_secret: Annotated[SecretStr | None, FROM_FILE] = Field(
        default=None, description="Slack over HTTP: verifies that requests come from Slack."
    )
    slack_client_id: str | None = Field(default=None, description="For many Slack workspaces, installed by OAuth.")
    slack_client_secret: Annotated[SecretStr | None, FROM_FILE] = Field(
        default=None, description="Belongs to `SLACK_CLIENT_ID`."
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/", description="Slack's Web API; GovSlack's is `https://slack-gov.com/api/`."
    )
    slack_command_prefix: str = Field(
        default="", description="Prefix of each Slack command: `cs-` turns `/track` into `/cs-track`."
    )
    slack_preview_domains: str = Field(
        default="",
        description="Domains whose links show a video's numbers in Slack: `tiktok.com,youtu.be`, five at most.",
    )
    discord_token: Annotated[SecretStr | None, FROM_FILE] = Field(
        default=None, description="The bot's token, from the application's page **Bot**."
    )
    discord_api_url: str = Field(
        default="https://discord.com/api/v10", description="Discord's REST API, for a proxy; it also names the gateway."
    )
    discord_servers: str = Field(
        default="",
        description="Discord servers that may use `CONTENTSTATS_API_KEY`: comma-separated ids; empty: docs/discord.md.",
    )
    discord_shards: str = Field(
        default="", description="This process's shards: `0-3/16`; empty: all that Discord recommends."
    )
    host: str = Field(default="127.0.0.1", description="The address that the web server listens on.")
    port: int = Field(default=3000, ge=0, le=65535, description="The port that the web server listens on.")
    probe_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="The port for probes (`/healthz`, `/readyz`, `/metrics`) of a process without Slack over HTTP; "
        "empty: `PORT`, if that is set and `run` has no `--only`.",
    )
    may_spend: Spenders = Field(
        default=Spenders.DEFAULT,
        description="Who may spend: `default` (each chat's own rule), `members`, `managers` or `nobody`.",
    )
    monthly_cap_usd: Decimal = Field(
        default=Decimal(100),
        ge=0,
        description="The most that one workspace may spend in a calendar month, in US dollars.",
    )
    log_level: LogLevel = Field(default="INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`.")
    log_format: LogFormat = Field(default="text", description="`text` for people, `json` for machines.")

    @classmethod
    def load(cls) -> Self:
        """Read the settings. Raises NotConfigured with a sentence for each wrong variable, and no secret."""
        try:
            return cls()
        except ValidationError as error:
            raise NotConfigured(" ".join(_sentence(each) for each in error.errors(include_input=False))) from None
        except (OSError, UnicodeDecodeError):
            msg = "The file .env can't be read. Make it a text file that this user can read, or remove it."
            raise NotConfigured(msg) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature; ours are named one by one
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Precedence: files named by `*_FILE` variables, then the environment, then `.env`."""
        files = SecretFiles(settings_cls, dotenv_settings, env_settings)
        return init_settings, files, env_settings, dotenv_settings

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, level: object) -> object:
        return level.strip().upper() if isinstance(level, str) else level

    @field_validator("log_format", "may_spend", mode="before")
    @classmethod
    def _in_small_letters(cls, word: object) -> object:
        return word.strip().lower() if isinstance(word, str) else word

    @field_validator(
        "contentstats_api_key",
        "slack_bot_token",
        "slack_app_token",
        "slack_signing_secret",
        "slack_client_secret",
        "discord_token",
    )
    @classmethod
    def _fits_a_header(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if key is None:
            return None
        bare = key.get_secret_value().strip()
        if not bare or not bare.isascii() or not bare.isprintable() or " " in bare:
            name = str(info.field_name).upper()
            raise ValueError(f"{name} has an invalid character. Copy it again, without quotes or spaces.")
        return SecretStr(bare)

    @field_validator("contentstats_base_url")
    @classmethod
    def _keeps_the_key_private(cls, address: str) -> str:
        return api_address("CONTENTSTATS_BASE_URL", address, "https://contentstats.io/api/v1")

    @field_validator("secret_keys")
    @classmethod
    def _long_enough(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys is not None and any(len(key) < 32 for key in _listed(keys)):
            msg = "SECRET_KEYS has a key shorter than 32 characters. Make one with: openssl rand -hex 32"
            raise ValueError(msg)
        return keys

    @field_validator("slack_api_url")
    @classmethod
    def _ends_with_a_slash(cls, address: str) -> str:
        return f"{api_address('SLACK_API_URL', address, 'https://slack.com/api/')}/"

    @field_validator("slack_command_prefix")
    @classmethod
    def _begins_a_command(cls, prefix: str) -> str:
        prefix = prefix.removeprefix("/").lower()
        if not _PREFIX.fullmatch(prefix):
            msg = "SLACK_COMMAND_PREFIX can have up to 20 letters a to z, digits, - and _, such as cs-."
            raise ValueError(msg)
        return prefix

    @field_validator("discord_api_url")
    @classmethod
    def _ends_without_a_slash(cls, address: str) -> str:
        return api_address("DISCORD_API_URL", address, "https://discord.com/api/v10")

    @field_validator("discord_servers")
    @classmethod
    def _are_numbers(cls, ids: str) -> str:
        if not all(each.isascii() and each.isdecimal() for each in _words(ids)):
            msg = "DISCORD_SERVERS has an invalid server id. Write numbers such as 1234567890, separated by commas."
            raise ValueError(msg)
        return ids

    @field_validator("discord_shards")
    @classmethod
    def _are_shards(cls, shards: str) -> str:
        found = _SHARDS.fullmatch(shards)
        if shards and not (found and int(found[1]) <= int(found[2] or found[1]) < int(found[3])):
            msg = "Write DISCORD_SHARDS like 0-3/16 (shards 0 to 3 of 16) or 5/16."
            raise ValueError(msg)
        return shards

    @property
    def encryption_keys(self) -> tuple[str, ...]:
        """The keys of `SECRET_KEYS`: the first encrypts, all decrypt; empty if unset."""
        return _listed(self.secret_keys) if self.secret_keys else ()

    @property
    def slack_preview_domain_list(self) -> tuple[str, ...]:
        """The domains of `SLACK_PREVIEW_DOMAINS`."""
        return _words(self.slack_preview_domains)

    @property
    def discord_server_ids(self) -> tuple[str, ...]:
        """The servers of `DISCORD_SERVERS`."""
        return _words(self.discord_servers)

    @property
    def discord_shard_set(self) -> tuple[tuple[int, ...], int] | None:
        """The shard ids of `DISCORD_SHARDS` and the shard count; None for all."""
        found = _SHARDS.fullmatch(self.discord_shards)
        return (tuple(range(int(found[1]), int(found[2] or found[1]) + 1)), int(found[3])) if found else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret value, for redaction in logs: keys, tokens, passwords of the database and of proxies."""
        fields = (getattr(self, name) for name in type(self).model_fields)
        kept = [field.get_secret_value() for field in fields if isinstance(field, SecretStr)]
        proxies = [value for name, value in os.environ.items() if name.lower().endswith("_proxy")]
        passwords = [each for address in (self.database_url, *proxies) for each in _passwords(address)]
        found = (*kept, *self.encryption_keys, *passwords)
        return tuple(dict.fromkeys(secret for secret in found if secret))


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the documentation: a variable, its default (empty if there is none) and its description."""

    name: str
    default: str
    description: str


def settings_table() -> tuple[Setting, ...]:
    """Every setting in the order of the model, for the README and the command line."""
    return tuple(
        Setting(name.upper(), "" if field.default is None else str(field.default), _described(name, field))
        for name, field in Settings.model_fields.items()
    )


def misspelled_settings() -> tuple[str, ...]:
    """A sentence for each unknown variable of the environment or `.env` that is spelled much like a setting."""
    given = EnvSettingsSource(Settings).env_vars.keys() | DotEnvSettingsSource(Settings).env_vars.keys()
    known = {name.upper() for name in Settings.model_fields}
    known |= {f"{name.upper()}_FILE" for name, field in Settings.model_fields.items() if FROM_FILE in field.metadata}
    near = ((name, _nearest(name, known)) for name in sorted({each.upper() for each in given} - known))
    return tuple(f"{name} isn't a setting. Did you mean {setting}?" for name, setting in near if setting)


def state_dir() -> Path | None:
    """This user's directory for program state (XDG base directories); None without a home directory."""
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    if named.is_absolute():
        return named
    try:
        return Path.home() / ".local" / "state"
    except RuntimeError:
        return None


def _sentence(error: Mapping[str, Any]) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return f"{str(error['loc'][0]).upper()} {error['msg'].removeprefix('Input ')}."


def _nearest(name: str, known: Collection[str]) -> str | None:
    # Few variables of other programs begin with the name of a service that the bot uses, so those may differ more.
    likeness = 0.7 if name.startswith(("CONTENTSTATS_", "SLACK_", "DISCORD_")) else 0.84
    found = get_close_matches(name, known, n=1, cutoff=likeness)
    return found[0] if found else None


def _described(name: str, field: FieldInfo) -> str:
    also = f" Also as `{name.upper()}_FILE`." if FROM_FILE in field.metadata else ""
    return f"{field.description}{also}"


def _passwords(address: str) -> tuple[str, ...]:
    """Possible passwords of a URL, cut at its first and at its last @, since a password may contain one."""
    found = [
        address[:end].partition("://")[2].partition(":")[2]
        for end in (address.find("@"), address.rfind("@"))
        if end > 0
    ]
    return (*found, *map(unquote, found))


def _listed(keys: SecretStr) -> tuple[str, ...]:
    return _words(keys.get_secret_value())


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for each in text.split(",") if (word := each.strip()))
