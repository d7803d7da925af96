"""Says how the bot does in Prometheus's words.

No label is about a person or a guild: panels, and a few fixed words, are all there are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.domain.health import Answered, Connection, Health
    from bot.domain.watching import PanelHealth


def exposition(health: Health) -> bytes:
    """Return all metrics as text."""
    registry = CollectorRegistry()
    registry.register(_Told(health))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Told(Collector):
    """What was looked at before, since looking takes time and Prometheus' library gives none."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        health = self._health
        yield from _gateway(health.connection)
        yield _gauge(
            "database_up", "Whether the database can be written to.", health.database is None
        )
        yield from _panels(health.panels)
        yield _of_panels(
            "panel_budget_left",
            "Requests that may still be sent in the present window.",
            health.budgets.items(),
        )
        yield from _news(health)
        boards = health.boards
        yield _gauge("boards", "Boards in channels.", boards.count)
        yield _gauge(
            "boards_paused", "Those that cannot be shown in their channels.", boards.paused
        )
        yield _counter(
            "board_failures", "Tries to update one that Discord did not take.", boards.failed
        )
        yield _gauge("receipts_running", "Receipts that have not ended.", health.running)
        yield from _interactions(health.answered)


def _gateway(connection: Connection) -> Iterator[Metric]:
    yield _gauge("gateway_ready", "Whether every shard is connected.", connection.is_ready)
    if connection.latency_seconds is not None:
        yield _gauge(
            "gateway_latency_seconds",
            "From a heartbeat to its answer, of the slowest shard.",
            connection.latency_seconds,
        )
    yield _gauge("guilds", "Discord servers that the bot is in.", connection.guilds)


def _panels(panels: Mapping[str, PanelHealth]) -> Iterator[Metric]:
    yield _of_panels(
        "panel_last_success_timestamp_seconds",
        "When the list of its servers was read last.",
        ((key, each.last_success.timestamp()) for key, each in panels.items() if each.last_success),
    )
    yield _of_panels(
        "panel_lag_seconds",
        "Since then, or since watching it began.",
        ((key, each.lag_seconds) for key, each in panels.items()),
    )
    yield _of_panels(
        "panel_late",
        "Whether no list came for five intervals.",
        ((key, each.is_late) for key, each in panels.items()),
    )
    yield _of_panels(
        "panel_servers",
        "Servers in the last list.",
        ((key, each.servers) for key, each in panels.items()),
    )
    yield _of_panels(
        "panel_servers_followed",
        "Servers that a live connection tells of.",
        ((key, each.followed) for key, each in panels.items()),
    )
    failures = CounterMetricFamily(
        "deckhand_panel_failures",
        "Looks that failed since the start, by the class of the error.",
        labels=("panel", "error"),
    )
    for key, each in panels.items():
        for error, count in each.failures.items():
            failures.add_metric((key, error), count)
    yield failures


def _news(health: Health) -> Iterator[Metric]:
    if health.waiting is not None:
        oldest_at = health.waiting.oldest_at
        age = (health.at - oldest_at).total_seconds() if oldest_at else 0.0
        yield _gauge("deliveries_queued", "News that wait to be told.", health.waiting.count)
        yield _gauge("deliveries_oldest_age_seconds", "Age of the oldest of them.", max(age, 0.0))
        yield _gauge(
            "deliveries_paused",
            "News for channels that cannot be written to.",
            health.waiting.paused,
        )
    told = health.told
    yield _counter("deliveries_sent", "Messages and edits that told news.", told.sent)
    yield _counter("deliveries_failed", "Tries that Discord did not take.", told.failed)
    yield _gauge("events_held", "Events that the database does not take yet.", told.held)
    yield _counter("events_lost", "Events that were given up and are told nowhere.", told.lost)


def _interactions(answered: Answered) -> Iterator[Metric]:
    counts = CounterMetricFamily(
        "deckhand_interactions", "What people did in Discord.", labels=("type",)
    )
    for sort, count in answered.counts.items():
        counts.add_metric((sort,), count)
    yield counts
    yield HistogramMetricFamily(
        "deckhand_interaction_answer_seconds",
        "From what people did to its first answer.",
        buckets=[(_bound(step), count) for step, count in answered.within.items()],
        sum_value=answered.seconds,
    )
    yield _counter("interactions_late", "Answered after more than 3 s, or never.", answered.late)


def _bound(seconds: float) -> str:
    return "+Inf" if math.isinf(seconds) else str(seconds)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"deckhand_{name}", text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(f"deckhand_{name}", text, value=value)


def _of_panels(name: str, text: str, values: Iterable[tuple[str, float]]) -> Metric:
    family = GaugeMetricFamily(f"deckhand_{name}", text, labels=("panel",))
    for panel_id, value in values:
        family.add_metric((panel_id,), value)
    return family
