"""Prometheus metrics of this process. The only importer of prometheus-client.

Counting is plain arithmetic; the library is imported only when metrics are requested.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

PREFIX = "contentstats_bot"


@dataclass(slots=True)
class Metrics:
    """Counters of one process since it started.

    `api_calls` by response status or kind of failure; `rate_left` by key fingerprint; `lag` (seconds by which the
    oldest page of a wallet is overdue) and `backlog` (pages due) by wallet id; `jobs` and `failures` by job name;
    `posts` by chat and outcome.
    """

    api_calls: Counter[str] = field(default_factory=Counter)
    rate_left: dict[str, int] = field(default_factory=dict)
    lag: dict[int, float] = field(default_factory=dict)
    backlog: dict[int, int] = field(default_factory=dict)
    jobs: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    posts: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """Values read from the database and the scheduler when metrics are requested.

    Messages: `waiting` to be posted, `due` now, `late` by more than a minute, `dead` ones given up lately. `silence` is
    the seconds since the last tick, None without a scheduler.
    """

    waiting: int
    due: int
    late: int
    dead: int
    silence: float | None


def exposition(metrics: Metrics, live: LiveFigures) -> tuple[bytes, str]:
    """Metrics in the text format of Prometheus, and the content type."""
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - imported only when metrics are requested
    from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415 - as above
    from prometheus_client.registry import Collector  # noqa: PLC0415 - as above

    class Numbers(Collector):
        def collect(self) -> "Iterator[Metric]":
            yield from _counters(metrics)
            yield from _gauges(metrics, live)

    registry = CollectorRegistry()
    registry.register(Numbers())
    return generate_latest(registry), CONTENT_TYPE_LATEST


def _counters(metrics: Metrics) -> "Iterator[Metric]":
    from prometheus_client.core import CounterMetricFamily  # noqa: PLC0415 - as above

    families = (
        ("api_calls", "Calls of the ContentStats API by status.", "code", metrics.api_calls),
        # Not "job": Prometheus gives that name to the program that it reads from.
        ("job_runs", "Runs of the periodic jobs.", "name", metrics.jobs),
        # From zero on, or the first failure would be no increase.
        ("job_failures", "Runs that failed.", "name", {name: metrics.failures[name] for name in metrics.jobs}),
    )
    posts = CounterMetricFamily(f"{PREFIX}_posts", "Attempts to post, by outcome.", labels=("chat", "outcome"))
    for labels, count in sorted(metrics.posts.items()):
        posts.add_metric(labels, count)
    yield posts
    for name, words, label, counts in families:
        family = CounterMetricFamily(f"{PREFIX}_{name}", words, labels=(label,))
        for value, count in sorted(counts.items()):
            family.add_metric((value,), count)
        yield family


def _gauges(metrics: Metrics, live: LiveFigures) -> "Iterator[Metric]":
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - as above

    left = GaugeMetricFamily(
        f"{PREFIX}_rate_left", "Calls left in the rate limit, as the API last reported.", labels=("key",)
    )
    for key, calls in sorted(metrics.rate_left.items()):
        left.add_metric((key,), calls)
    yield left
    values = {
        "poll_lag_seconds": ("How long the oldest page was overdue.", max(metrics.lag.values(), default=0.0)),
        "poll_backlog": ("Pages that are due.", sum(metrics.backlog.values())),
        "messages_waiting": ("Messages written and not posted.", live.waiting),
        "messages_due": ("Messages that may go now.", live.due),
        "messages_late": ("Messages that have been due for a minute.", live.late),
        "messages_dead": ("Messages given up in the last seven days.", live.dead),
    }
    if live.silence is not None:
        values["tick_age_seconds"] = ("Time since the last tick.", live.silence)
    for name, (words, value) in values.items():
        yield GaugeMetricFamily(f"{PREFIX}_{name}", words, value=value)
