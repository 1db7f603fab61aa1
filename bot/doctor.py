"""The checks of `contentstats-bot doctor`: settings, database, API key and charts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from bot.charts.charts import Charts
from bot.charts.specs import Spend
from bot.contentstats.client import ContentStatsClient
from bot.contentstats.rate_limit import RateStore
from bot.domain.errors import BotError
from bot.domain.money import dollars
from bot.settings import Settings, Spenders, misspelled_settings
from bot.store import Store
from bot.store.database import database_place


@dataclass(frozen=True, slots=True)
class Check:
    """Result of one check; `detail` says what was found and, unless `ok`, what to do."""

    name: str
    ok: bool
    detail: str


_SHAPES = {
    "contentstats_api_key": (r"cs_(live|test)_.+", "begins with cs_live_ or cs_test_"),
    "slack_bot_token": (r"xoxb-.+", "begins with xoxb-; it is on the app's page OAuth & Permissions"),
    "slack_app_token": (r"xapp-.+", "begins with xapp-; it is on the app's page Basic Information"),
    "slack_signing_secret": (r"[0-9a-f]{32}", "is 32 digits and letters a to f, on the app's page Basic Information"),
    "discord_token": (r"[^.]+\.[^.]+\.[^.]+", "has three parts joined by dots; it is on the application's page Bot"),
}
"""Expected format of each secret, and where to find it. Secrets are often swapped."""
_SPENDERS = {
    Spenders.DEFAULT: "members in Slack, those with Manage Server in Discord",
    Spenders.MEMBERS: "every member",
    Spenders.MANAGERS: "those who manage the workspace",
    Spenders.NO_ONE: "nobody",
}


def configuration(settings: Settings) -> tuple[Check, ...]:
    """The configuration in force, without secrets. Reads nothing outside this machine."""
    env = Path(".env").absolute()
    facts = {
        "Settings file": f"{env}; the environment counts first" if env.is_file() else f"none, there is no {env}",
        "Database address": database_place(settings.database_url),
        "Monthly cap": f"{dollars(settings.monthly_cap_usd)} for each workspace (MONTHLY_CAP_USD)",
        "Who can spend": f"{_SPENDERS[settings.may_spend]} (MAY_SPEND={settings.may_spend})",
        "Time zone": "UTC in logs and files; digests and alerts keep the zone of their channel",
    }
    return tuple(Check(name, ok=True, detail=detail) for name, detail in facts.items())


def malformed_secrets(settings: Settings) -> Mapping[str, Check]:
    """A problem for each secret whose format can't be right, by setting. Makes no call."""
    found: dict[str, Check] = {}
    for name, (shape, words) in _SHAPES.items():
        secret: SecretStr | None = getattr(settings, name)
        if secret is not None and not re.fullmatch(shape, secret.get_secret_value()):
            setting = name.upper()
            found[name] = Check(setting, ok=False, detail=f"looks wrong: a value for {setting} {words}.")
    return found


async def checks(settings: Settings) -> tuple[Check, ...]:
    """Check the settings, the database, the API with its key, and the charts. Never raises; spends nothing."""
    spelled = tuple(Check("Settings", ok=False, detail=sentence) for sentence in misspelled_settings())
    async with Charts() as charts:
        chart = await charts.draw(Spend("Wallet", ((date(2026, 1, 1), Decimal(1)),), date(2026, 1, 2)))
    detail = "drawn" if chart else "can't be drawn; the log has the reason. Numbers still work."
    drawn = Check("Charts", chart is not None, detail)
    try:
        async with Store.opened(settings.database_url, settings.encryption_keys) as store:
            database = Check("Database", ok=True, detail="open and up to date")
            api = await _api(settings, store.rates)
    except BotError as error:
        database, api = Check("Database", ok=False, detail=str(error)), await _api(settings, _Unpaced())
    return (*spelled, database, api, drawn)


class _Unpaced:
    """Rate store for a machine without a database: one call needs no pacing."""

    async def reserve(self, key: str, now: float, period: float, tolerance: float, max_wait: float) -> float:  # noqa: ARG002 - RateStore's
        return 0

    async def hold(self, key: str, until: float) -> None:
        """Does nothing: there is no other call."""


async def _api(settings: Settings, rates: RateStore) -> Check:
    if settings.contentstats_api_key is None:
        return Check("ContentStats", ok=False, detail="CONTENTSTATS_API_KEY isn't set; try contentstats-bot demo")
    if "contentstats_api_key" in malformed_secrets(settings):
        return Check(
            "ContentStats", ok=False, detail="not checked: CONTENTSTATS_API_KEY doesn't begin with cs_live_ or cs_test_"
        )
    key = settings.contentstats_api_key.get_secret_value()
    try:
        client = ContentStatsClient(settings.contentstats_base_url, key, rates)
    except BotError as error:
        return Check("ContentStats", ok=False, detail=str(error))
    try:
        usage = await client.usage()
    except BotError as error:
        request = f"Requested {settings.contentstats_base_url}/usage{failed_with(error)}."
        return Check("ContentStats", ok=False, detail=f"{error} {request}")
    finally:
        await client.aclose()
    kind = "test" if client.is_test else "live"
    return Check(
        "ContentStats", ok=True, detail=f"responds; {kind} key, {dollars(usage.available, down=True)} available"
    )


def failed_with(error: BaseException) -> str:
    """Describe an error's root cause, to append to its sentence: the text of the first exception in the chain."""
    cause = error
    while (earlier := cause.__cause__ or cause.__context__) is not None:
        cause = earlier
    said = str(cause).rstrip(".")
    return "" if said in str(error) else f", which failed with “{said}”"
