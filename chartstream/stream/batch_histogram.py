"""A Prometheus histogram that takes a whole batch of observations at once.

prometheus_client takes them one by one, which cost a sixth of the loop's time where records pass quickly.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector


class BatchHistogram(Collector):
    """A histogram with one label; exact, and safe to collect from another thread."""

    def __init__(
        self,
        name: str,
        documentation: str,
        label: str,
        buckets: Sequence[float],
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        """``buckets`` are the upper bounds, inclusive and ascending; one without bound is added."""
        self._name, self._documentation, self._label = name, documentation, label
        self._bounds = tuple(buckets)
        self._counts: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}
        self._lock = threading.Lock()
        registry.register(self)

    def observe(self, value: str, observations: Mapping[float, int]) -> None:
        """Take in observations under the label's ``value``, each with how often it was made."""
        with self._lock:
            counts = self._counts.setdefault(value, [0] * (len(self._bounds) + 1))
            for observation, times in observations.items():
                counts[bisect_left(self._bounds, observation)] += times
            total = sum(observation * times for observation, times in observations.items())
            self._sums[value] = self._sums.get(value, 0.0) + total

    def describe(self) -> Iterator[HistogramMetricFamily]:
        """What there is, without the numbers."""
        yield HistogramMetricFamily(self._name, self._documentation, labels=[self._label])

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """The numbers as they are now."""
        family = HistogramMetricFamily(self._name, self._documentation, labels=[self._label])
        bounds = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        with self._lock:
            for value, counts in self._counts.items():
                buckets = list(zip(bounds, map(float, accumulate(counts)), strict=True))
                family.add_metric([value], buckets, self._sums[value])
        yield family
