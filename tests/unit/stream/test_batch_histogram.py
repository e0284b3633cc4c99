from __future__ import annotations

import random
from collections import Counter

from prometheus_client import CollectorRegistry, Histogram, generate_latest

from chartstream.stream.batch_histogram import BatchHistogram

BUCKETS = (0.01, 0.1, 1, 10)


def exposed(registry: CollectorRegistry) -> list[str]:
    return [line for line in generate_latest(registry).decode().splitlines() if "_created" not in line]


def test_it_says_what_the_librarys_own_histogram_says() -> None:
    ours, theirs, rng = CollectorRegistry(), CollectorRegistry(), random.Random(1)
    batches = BatchHistogram("seconds", "How long.", "stage", BUCKETS, ours)
    single = Histogram("seconds", "How long.", ["stage"], buckets=BUCKETS, registry=theirs)

    for stage in ("intake", "intake", "routing"):
        # quarters add up to the same sum in any order; 1 and 10 lie on a bound
        made = [rng.choice([0.0, 0.25, 1, 2.5, 10, 40]) for _ in range(200)]
        batches.observe(stage, Counter(made))
        for observation in made:
            single.labels(stage).observe(observation)

    assert exposed(ours) == exposed(theirs)


def test_nothing_observed_is_declared_all_the_same() -> None:
    registry = CollectorRegistry()
    BatchHistogram("seconds", "How long.", "stage", BUCKETS, registry)

    assert exposed(registry) == ["# HELP seconds How long.", "# TYPE seconds histogram"]
