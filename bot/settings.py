"""The operator's choices, and the only reader of the environment: variables, `.env`, and secrets kept in files."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.domain.errors import NotConfigured

LogLevel: TypeAlias = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat: TypeAlias = Literal["text", "json"]


class Spenders(StrEnum):
    """Who may spend: by the rule of their own chat, every full member, those who manage the workspace, or nobody."""

    DEFAULT = "default"
    MEMBERS = "members"
    MANAGERS = "managers"
    NOBODY = "nobody"


_HOST = re.compile(r"[A-Za-z0-9._:-]+")


@dataclass(frozen=True, slots=True)
class _SecretFile:
    """What a `*_FILE` variable says, before the file is read; `clashes` where the plain variable is set as well."""

    variable: str
    path: Path
    clashes: bool


def _read(value: object) -> object:
    """The secret in the file, or the value as it is."""
    if not isinstance(value, _SecretFile):
        return value
    if value.clashes:
        msg = f"{value.variable} and {value.variable}_FILE are both set. Keep one of the two."
        raise ValueError(msg)
    try:
        secret = value.path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        msg = f"{value.variable}_FILE names {value.path}, which cannot be read: {reason}. Correct the path or the file."
        raise ValueError(msg) from None
    if not secret:
        msg = f"{value.variable}_FILE names {value.path}, which is empty. Put the secret into it."
        raise ValueError(msg)
    return secret


_FROM_FILE = BeforeValidator(_read)
"""Marks a field whose value may also lie in the file that `<NAME>_FILE` names."""


class Settings(BaseSettings):
    """Every choice an operator has. Made by `load`, which tells mistakes in sentences."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    contentstats_api_key: Annotated[SecretStr | None, _FROM_FILE] = Field(
        default=None,
        description="Your organisation's key at ContentStats.io: `cs_live_…`, or `cs_test_…`, which spends nothing.",
    )
    contentstats_base_url: str = Field(
        default="https://contentstats.io/api/v1",
        description="Where the ContentStats API answers. Plain http only on this machine.",
    )
    database_url: Annotated[str, _FROM_FILE] = Field(
        default="sqlite:///contentstats-bot.sqlite3",
        repr=False,  # it may hold a password
        description="`sqlite:///file` or `postgresql://user:password@host/name`.",
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
        """The settings of this process; NotConfigured has a sentence for each variable that is wrong, and no secret."""
        try:
            return cls()
        except ValidationError as error:
            raise NotConfigured(" ".join(_sentence(each) for each in error.errors(include_input=False))) from None
        except (OSError, UnicodeDecodeError):
            msg = "The file .env cannot be read. Make it a text file that this user may read, or remove it."
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
        """The environment before `.env`, and before both what their `*_FILE` variables name."""
        files = _SecretFiles(settings_cls, dotenv_settings, env_settings)
        return init_settings, files, env_settings, dotenv_settings

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, level: object) -> object:
        return level.strip().upper() if isinstance(level, str) else level

    @field_validator("log_format", "may_spend", mode="before")
    @classmethod
    def _in_small_letters(cls, word: object) -> object:
        return word.strip().lower() if isinstance(word, str) else word

    @field_validator("contentstats_api_key")
    @classmethod
    def _fits_a_header(cls, key: SecretStr | None) -> SecretStr | None:
        if key is None:
            return None
        bare = key.get_secret_value().strip()
        if not bare or not bare.isascii() or not bare.isprintable() or " " in bare:
            msg = (
                "CONTENTSTATS_API_KEY holds a character that no key has. Copy the key again, without quotes or spaces."
            )
            raise ValueError(msg)
        return SecretStr(bare)

    @field_validator("contentstats_base_url")
    @classmethod
    def _keeps_the_key_private(cls, address: str) -> str:
        try:
            parts = urlsplit(address)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            parts, host = urlsplit(""), ""
        if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or parts.query or parts.fragment:
            msg = "CONTENTSTATS_BASE_URL is not the address of an API. Write it like https://contentstats.io/api/v1."
            raise ValueError(msg)
        if "@" in parts.netloc:
            msg = "CONTENTSTATS_BASE_URL holds a user name. Remove it; the key has a variable of its own."
            raise ValueError(msg)
        if parts.scheme == "http" and not _is_loopback(host):
            msg = f"CONTENTSTATS_BASE_URL would send the key to {host} in clear text. Write it with https://."
            raise ValueError(msg)
        return address.rstrip("/")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret value in here, for the logs to leave out: the key, and a password in the database's address."""
        key = self.contentstats_api_key.get_secret_value() if self.contentstats_api_key else ""
        password = self.database_url.rpartition("@")[0].rpartition("://")[2].partition(":")[2]
        return tuple(dict.fromkeys(secret for secret in (key, password, unquote(password)) if secret))


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the documentation: a variable, its default (empty where there is none) and what it is for."""

    name: str
    default: str
    description: str


def settings_table() -> tuple[Setting, ...]:
    """Every setting in the order of the model, for the README and the command line to show."""
    return tuple(
        Setting(name.upper(), "" if field.default is None else str(field.default), _described(name, field))
        for name, field in Settings.model_fields.items()
    )


def state_dir() -> Path | None:
    """Where this user's programs keep what they remember (XDG base directories); None where the user has no home."""
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    if named.is_absolute():
        return named
    try:
        return Path.home() / ".local" / "state"
    except RuntimeError:
        return None


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads `<NAME>_FILE` for the fields that are marked for it."""

    def __init__(self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._given: dict[str, str | None] = {}
        for source in sources:
            if isinstance(source, EnvSettingsSource):
                self._given |= source.env_vars

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The marker of a field's file, None where no file is named."""
        path = self._given.get(f"{field_name}_file") if _FROM_FILE in field.metadata else None
        clashes = bool(self._given.get(field_name))
        return (_SecretFile(field_name.upper(), Path(path), clashes) if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """The fields whose files are named."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: file for name, file in found.items() if file is not None}


def _sentence(error: Mapping[str, Any]) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return f"{str(error['loc'][0]).upper()} {error['msg'].removeprefix('Input ')}."


def _described(name: str, field: FieldInfo) -> str:
    also = f" Also as `{name.upper()}_FILE`." if _FROM_FILE in field.metadata else ""
    return f"{field.description}{also}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
