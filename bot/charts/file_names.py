"""What a picture's file is called: what it shows, in ASCII, short: `unboxing-episode-1-views-7-days.png`."""

import re
import unicodedata
from datetime import timedelta
from typing import assert_never

from bot.charts.specs import Comparison, Gains, Growth, Movers, Spec, Spend
from bot.domain.videos import HOUR

_LONGEST = 36
_DAYS_FROM = 48
"""Hours from which a span is named in days."""


def file_name(spec: Spec) -> str:
    """The name for the file of a spec's picture."""
    match spec:
        case Growth(name, line):
            words = f"{_slug(name)}-{line.label}{_span(line.points[-1][0] - line.points[0][0])}"
        case Gains(name, line):
            words = f"{_slug(name)}-{line.label}-gained{_span(line.points[-1][0] - line.points[0][0])}"
        case Comparison(unit, _, lines):
            others = f"-and-{len(lines) - 1}-more" if len(lines) > 1 else ""
            words = f"{_slug(lines[0].label)}{others}-{unit}"
        case Movers():
            words = f"{_slug(spec.title)}-{spec.unit}{_span(spec.until - spec.since)}"
        case Spend(name, days):
            words = f"{_slug(name, 'wallet')}-spend{_span(days[-1][0] - days[0][0] + timedelta(days=1))}"
        case _:
            assert_never(spec)
    return f"{re.sub(r'[^a-z0-9]+', '-', words.lower())}.png"


def _span(span: timedelta) -> str:
    hours = round(span / HOUR)
    count, unit = (round(hours / 24), "day") if hours >= _DAYS_FROM or not hours % 24 else (hours, "hour")
    return f"-{count}-{unit}{'' if count == 1 else 's'}" if hours else ""


def _slug(name: str, without_letters: str = "video") -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")
    short = slug if len(slug) <= _LONGEST else slug[: _LONGEST + 1].rpartition("-")[0] or slug[:_LONGEST]
    return short if re.search("[a-z]", slug) else without_letters
