"""Every metric of the stream, declared once, with a sentence on what it means and when a rise is bad.

The reference page and the dashboards' help texts come from here. Labels hold names of stages, topics and kinds only.
"""

from __future__ import annotations

import time
from collections import Counter as Counts
from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

from chartstream.stream.batch_histogram import BatchHistogram

RECORDS = Counter(
    "chartstream_records",
    "Records whose outcome was committed. A fall to nothing while lag rises means that the stage is stuck.",
    ["stage", "outcome"],
)
RETRIES = Counter(
    "chartstream_retries",
    "Tries repeated after a failure of the world around. A steady rise means that something outside is down.",
    ["stage", "kind"],
)
DEAD_LETTERS = Counter(
    "chartstream_dead_letters",
    "Records kept as dead letters. Any rise needs a look: undecodable means a publisher, defect means us.",
    ["stage", "category", "error_class"],
)
UNKNOWN_SCHEMAS = Counter(
    "chartstream_unknown_schemas",
    "Tries that met a schema this version does not know. Alert at once: a newer writer is out, upgrade this stage.",
    ["stage"],
)
TRANSACTIONS = Counter(
    "chartstream_transactions",
    "Transactions by how they ended. Lost ones are repeated from the committed offsets; many mean an unwell broker.",
    ["stage", "outcome"],
)
TRANSACTION_SECONDS = Histogram(
    "chartstream_transaction_seconds",
    "From begin to committed. A rise slows every record of the stage by as much.",
    ["stage"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
TRANSACTION_RECORDS = Histogram(
    "chartstream_transaction_records",
    "Input records a transaction. A rise means that work arrives faster than transactions end; that alone is fine.",
    ["stage"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000),
)
RECORD_SECONDS = BatchHistogram(
    "chartstream_record_seconds",
    "From a record's timestamp to the commit of its outcome: waiting in the topic, work and transaction together.",
    "stage",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60, 300, 900),
)
UNFINISHED = Gauge(
    "chartstream_unfinished_records",
    "Records read and not committed. Near its limit partitions are paused: the stage is at its capacity.",
    ["stage"],
)
PARTITIONS = Gauge(
    "chartstream_assigned_partitions",
    "Partitions that this process works on. Zero for long means more processes than partitions.",
    ["stage"],
)
REBALANCES = Counter(
    "chartstream_rebalances",
    "Times that partitions came or went. Many without a deployment mean processes that die or hang.",
    ["stage", "kind"],
)
RESTORE_SECONDS = Histogram(
    "chartstream_restore_seconds",
    "Time to read a partition's memory back from its changelog. It delays the partition after each rebalance.",
    ["stage"],
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300),
)


def observe_committed(stage: str, timestamps_ms: Iterable[int], outcomes: Iterable[str]) -> None:
    """Take note of a committed batch: of each record the timestamp (milliseconds since 1970, or -1) and the outcome."""
    now_ms = time.time() * 1000
    # records come in bursts of the same millisecond: a batch has few different ages
    seconds: Counts[float] = Counts()
    for then, number in Counts(timestamps_ms).items():
        if then >= 0:
            seconds[max(0.0, now_ms - then) / 1000] += number
    RECORD_SECONDS.observe(stage, seconds)
    by_outcome = Counts(outcomes)
    for outcome, number in by_outcome.items():
        RECORDS.labels(stage, outcome).inc(number)
    TRANSACTION_RECORDS.labels(stage).observe(by_outcome.total())
