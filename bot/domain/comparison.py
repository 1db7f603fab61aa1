"""Ranks several videos by a metric at the same age: the last whole hour at which all of them have a reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

from bot.domain.growth import Series, at_hour


@dataclass(frozen=True, slots=True)
class Ranking:
    """Counts by label at one hour of age, the highest first."""

    hour: int
    counts: tuple[tuple[str, int], ...]

    @property
    def leaders(self) -> tuple[str, ...]:
        """The labels with the highest count: several for a tie."""
        return tuple(label for label, count in self.counts if count == self.counts[0][1])


def ranked(series: Mapping[str, Series]) -> Ranking | None:
    """The ranking at the last hour that all of the series have; None if they share no hour."""
    shared = set.intersection(*({floor(age + 0.5) for age, _ in each} for each in series.values())) if series else set()
    for hour in sorted(shared, reverse=True):
        counts = {label: count for label, each in series.items() if (count := at_hour(each, hour)) is not None}
        if len(counts) == len(series):
            return Ranking(hour, tuple(sorted(counts.items(), key=lambda pair: -pair[1])))
    return None
